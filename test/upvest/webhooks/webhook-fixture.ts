/**
 * Signs webhooks in the two forms of references/upvest.md#webhook-signature and #request-signature, written from the
 * text and without the product's code.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { SignedWebhookRequest } from '../../../src/upvest/webhooks/signature';

export const signer = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
export const keyId = '11111111-2222-4333-8444-555555555555';

/** references/upvest.md#webhook-signature. */
export const body = Buffer.from(
  '{"payload":[{"id":"4c0d7b1e-9f6a-4b7e-8a53-1d2e3f405162","created_at":"2026-01-02T09:00:01.250Z","type":"PORTFOLIO_ORDER.PROCESSING","object":{},"webhook_id":"c3a1f0d2-5b6e-4f7a-9c8d-0e1f2a3b4c5d"}]}',
);
export const created = 1767344401;
export const expires = created + 60;

export interface Recipe {
  form: 'v6' | 'v15';
  covered: string[];
  headers: Record<string, string>;
  path: string;
  query: string;
  params: string;
  encoding: 'der' | 'ieee-p1363';
  key: typeof signer.privateKey;
  body: Buffer;
}

export const v6Digest = (bytes: Buffer): string =>
  `SHA-256=${createHash('sha256').update(bytes).digest('base64')}`;
export const v15Digest = (bytes: Buffer): string =>
  `sha-512=:${createHash('sha512').update(bytes).digest('base64')}:`;

export function signedWebhook(changes: Partial<Recipe> = {}): SignedWebhookRequest {
  const form = changes.form ?? 'v6';
  const digest = form === 'v6' ? 'digest' : 'content-digest';
  const recipe: Recipe = {
    form,
    covered: ['@method', '@path', 'content-length', 'content-type', digest],
    headers: {},
    path: '/webhooks/upvest',
    query: '',
    params: `;keyid="${keyId}";created=${created};nonce="5173920486";expires=${expires}`,
    encoding: 'der',
    key: signer.privateKey,
    body,
    ...changes,
  };
  const { body: bytes } = recipe;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    [digest]: form === 'v6' ? v6Digest(bytes) : v15Digest(bytes),
    host: 'Hooks.Example.com',
    ...recipe.headers,
  };
  const values: Record<string, string> = {
    ...headers,
    '@method': 'POST',
    '@path': recipe.path,
    '@query': recipe.query === '' ? '?' : recipe.query,
    '@authority': 'hooks.example.com',
    '@request-target': recipe.path + recipe.query,
    '@target-uri': `https://hooks.example.com${recipe.path}${recipe.query}`,
    '@scheme': 'https',
  };
  const input = `(${recipe.covered.map((name) => `"${name}"`).join(' ')})${recipe.params}`;
  const quote = form === 'v6' ? '' : '"';
  const base = [
    ...recipe.covered.map((name) => `${quote}${name}${quote}: ${values[name] ?? ''}`),
    `${quote}@signature-params${quote}: ${input}`,
  ].join('\n');
  const signature = sign('sha512', Buffer.from(base), { key: recipe.key, dsaEncoding: recipe.encoding });
  return {
    method: 'POST',
    path: recipe.path + recipe.query,
    headers: {
      ...headers,
      'signature-input': `sig1=${input}`,
      signature: `sig1=:${signature.toString('base64')}:`,
    },
    body: bytes,
  };
}
