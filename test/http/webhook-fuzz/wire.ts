/**
 * Webhook requests byte by byte, signed as references/upvest.md#webhook-signature (v6) and #request-signature (v15)
 * say, without the product's code.
 */
import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { WEBHOOK_PATH } from '../../../bench/webhook-server';
import { fieldOf } from '../../upvest/client/independent-verifier';
import type { Random } from './random';

export interface WireRequest {
  method: string;
  target: string;
  /** As they go out: names in their case, repeated where repeated, values as latin1 bytes. */
  headers: [name: string, value: string][];
  body: Buffer;
  /** Sent in chunks of this many bytes, whatever the headers say. */
  chunkBytes?: number;
}

export interface SigningKey {
  keyId: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export interface Recipe {
  key: SigningKey;
  body: Buffer;
  form: 'v6' | 'v15';
  label: string;
  covered: string[];
  /** What follows the list of components. */
  params: string;
  encoding: 'der' | 'ieee-p1363';
  /** In addition to those of every request. */
  headers: [name: string, value: string][];
}

export const COVERED = ['@method', '@path', 'content-length', 'content-type', 'digest'];
const HOST = 'hooks.example.com';
const signAsync = promisify(sign);

export function newKey(keyId: string): SigningKey {
  return { keyId, ...generateKeyPairSync('ec', { namedCurve: 'secp521r1' }) };
}

/** @param serial makes the nonce one of its own */
export function paramsOf(random: Random, keyId: string, serial: string): string {
  const created = Math.floor(Date.now() / 1000) - random.below(20);
  const nonce = `${random.digits(6)}${serial}`;
  const all = [`keyid="${keyId}"`, `created=${created}`, `nonce="${nonce}"`, `expires=${created + 60}`];
  return random
    .shuffled(all)
    .map((parameter) => `;${parameter}`)
    .join('');
}

export const hashOf = (algorithm: 'sha256' | 'sha512', bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest('base64');

export async function seal(recipe: Recipe): Promise<WireRequest> {
  const { key, body, form, label, covered, params, encoding } = recipe;
  const digest: [string, string] =
    form === 'v6'
      ? ['digest', `SHA-256=${hashOf('sha256', body)}`]
      : ['content-digest', `sha-512=:${hashOf('sha512', body)}:`];
  const headers: [string, string][] = [
    ['host', HOST],
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
    digest,
    ...recipe.headers,
  ];
  const input = `(${covered.map((name) => `"${name}"`).join(' ')})${params}`;
  const base = baseOf(form === 'v15' ? '"' : '', covered, input, (name) => valueOf('POST', headers, name));
  const signature = await signAsync('sha512', base, { key: key.privateKey, dsaEncoding: encoding });
  headers.push(['signature-input', `${label}=${input}`]);
  headers.push(['signature', `${label}=:${signature.toString('base64')}:`]);
  return { method: 'POST', target: WEBHOOK_PATH, headers, body };
}

function valueOf(method: string, headers: [string, string][], name: string): string | undefined {
  switch (name) {
    case '@method':
      return method;
    // The path that Upvest signs is configured, since a proxy may rewrite it.
    case '@path':
      return WEBHOOK_PATH;
    case '@query':
      return '?';
    case '@scheme':
      return 'https';
    case '@request-target':
      return WEBHOOK_PATH;
    case '@authority':
      return HOST;
    case '@target-uri':
      return `https://${HOST}${WEBHOOK_PATH}`;
    default:
      return name.startsWith('@') ? undefined : fieldOf({ rawHeaders: headers.flat() }, name);
  }
}

function baseOf(
  quote: string,
  covered: string[],
  input: string,
  read: (name: string) => string | undefined,
): Buffer {
  const lines = covered.map((name) => `${quote}${name}${quote}: ${read(name) ?? ''}`);
  return Buffer.from([...lines, `${quote}@signature-params${quote}: ${input}`].join('\n'), 'latin1');
}

const verifyAsync = (base: Buffer, key: KeyObject, signature: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    const dsaEncoding = signature.length === 132 ? 'ieee-p1363' : 'der';
    verify('sha512', base, { key, dsaEncoding }, signature, (error, valid) => {
      resolve(error === null && valid);
    });
  });

const PARAMETER = /;\s*([a-z*][a-z0-9_.*-]*)(?:=("(?:[^"\\]|\\.)*"|[^;,\s]+))?/g;

/**
 * Whether the request, as it was sent, is signed by one of these keys: written from
 * references/upvest.md#webhook-signature.
 */
export async function isSigned(request: WireRequest, keys: SigningKey[]): Promise<boolean> {
  const field = (name: string) => fieldOf({ rawHeaders: request.headers.flat() }, name);
  const member = /^([a-z*][a-z0-9_.*-]*)=(\(([^()]*)\)((?:;[^,]*)?))(?:, gw=.*)?$/.exec(
    field('signature-input') ?? '',
  );
  const [, label, input, list, tail] = member ?? [];
  if (label === undefined || input === undefined || list === undefined) return false;
  const covered = list.split(/ +/).flatMap((item) => /^"([^"\\]+)"$/.exec(item)?.[1] ?? []);
  const digestName = covered.find((name) => name === 'digest' || name === 'content-digest');
  if (digestName === undefined || !['@method', '@path'].every((name) => covered.includes(name))) return false;
  const digests = [
    `SHA-256=${hashOf('sha256', request.body)}`,
    `sha-512=:${hashOf('sha512', request.body)}:`,
  ];
  if (!digests.includes(field(digestName) ?? '')) return false;

  const keyIdText = [...(tail ?? '').matchAll(PARAMETER)].findLast(([, name]) => name === 'keyid')?.[2];
  const key = keys.find(({ keyId }) => `"${keyId}"` === keyIdText);
  const escaped = label.replace(/[.*]/g, '\\$&');
  const signatures = [
    ...(field('signature') ?? '').matchAll(new RegExp(`(?:^|, *)${escaped}=:([^:]*):`, 'g')),
  ];
  const signature = signatures.at(-1)?.[1];
  if (key === undefined || signature === undefined) return false;
  const quote = digestName === 'content-digest' ? '"' : '';
  const base = baseOf(quote, covered, input, (name) =>
    name === 'content-length'
      ? (field(name) ?? String(request.body.length))
      : valueOf(request.method, request.headers, name),
  );
  return verifyAsync(base, key.publicKey, Buffer.from(signature, 'base64'));
}

export function bytesOf({ method, target, headers, body, chunkBytes }: WireRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  return Buffer.concat([head, ...(chunkBytes === undefined ? [body] : chunksOf(body, chunkBytes))]);
}

function chunksOf(body: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < body.length; start += size) {
    const part = body.subarray(start, start + size);
    chunks.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return [...chunks, Buffer.from('0\r\n\r\n')];
}
