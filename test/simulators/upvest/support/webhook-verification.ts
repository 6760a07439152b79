import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import type { UpvestTestClient } from './client';
import type { ReceivedRequest } from './webhook-receiver';

/**
 * Verifies a signature (references/upvest.md#webhook-signature) with the key from verify_keys: version 6, or 15 if the
 * request declares it.
 */
export async function isSigned(
  { method, path, headers, body }: ReceivedRequest,
  client: UpvestTestClient,
): Promise<boolean> {
  const { keys } = (await client.call('GET', '/auth/verify_keys')).json as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const params = String(headers['signature-input']).slice('sig1='.length);
  const key = keys.find(({ kid }) => params.includes(`keyid="${kid}"`));
  if (!key) return false;
  const names = Array.from(
    (/^\(([^)]*)\)/.exec(params)?.[1] ?? '').matchAll(/"([^"]+)"/g),
    ([, name]) => name ?? '',
  );
  const isNew = headers['upvest-signature-version'] === '15';
  const digest = isNew ? 'content-digest' : 'digest';
  const expected = isNew
    ? `sha-512=:${createHash('sha512').update(body).digest('base64')}:`
    : `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
  expect([...names].sort()).toEqual(['@method', '@path', digest, 'content-length', 'content-type'].sort());
  const values: Record<string, unknown> = { ...headers, '@method': method, '@path': path };
  const quote = isNew ? '"' : '';
  const lines = names.map((name) => `${quote}${name}${quote}: ${String(values[name])}`);
  const base = [...lines, `${quote}@signature-params${quote}: ${params}`].join('\n');
  const signature = Buffer.from(String(headers.signature).slice('sig1=:'.length, -1), 'base64');
  const publicKey = createPublicKey({ key, format: 'jwk' });
  return headers[digest] === expected && verify('sha512', Buffer.from(base), publicKey, signature);
}
