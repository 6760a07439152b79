/**
 * Verifies a request as Upvest would, written from upvest.md 2.2 alone: by regular expressions over the raw headers,
 * without any code of the product.
 */
import { createHash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Arrived } from './http-stub';

export interface Verified {
  components: string[];
  keyId: string;
  created: number;
  expires: number;
  nonce: string;
}

export function verifyRequest(request: Arrived, publicKey: KeyObject): Verified {
  const input = /^sig1=(\((.*)\);keyid="([^"]+)";created=(\d+);expires=(\d+);nonce="([^"]+)")$/.exec(
    request.headers['signature-input'] ?? '',
  );
  const signature = /^sig1=:([A-Za-z0-9+/]+=*):$/.exec(request.headers.signature ?? '');
  if (!input || !signature) throw new Error('no signature that can be read');
  const [, params = '', list = '', keyId = '', created = '', expires = '', nonce = ''] = input;
  const components = list.split(' ').map((name) => name.slice(1, -1));
  const [path, query] = request.url.split(/(?=\?)/);
  const values: Record<string, string | undefined> = {
    '@method': request.method,
    '@path': path,
    '@query': query,
  };
  const lines = components.map((name) => {
    const value = values[name] ?? request.headers[name];
    if (value === undefined) throw new Error(`${name} is covered but did not arrive`);
    return `"${name}": ${value}\n`;
  });
  const base = `${lines.join('')}"@signature-params": ${params}`;
  const der = Buffer.from(signature[1] ?? '', 'base64');
  if (!verify('sha512', Buffer.from(base), { key: publicKey, dsaEncoding: 'der' }, der)) {
    throw new Error('signature does not match');
  }
  if (request.body.length > 0) {
    const digest = createHash('sha512').update(request.body).digest('base64');
    if (request.headers['content-digest'] !== `sha-512=:${digest}:`) throw new Error('digest does not match');
    if (!components.includes('content-digest')) throw new Error('the body is not covered');
  }
  return { components, keyId, created: Number(created), expires: Number(expires), nonce };
}
