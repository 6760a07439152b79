/**
 * HTTP message signatures of our calls to Upvest: "v15", draft-ietf-httpbis-message-signatures-15 with Upvest's choices
 * (references/upvest.md#request-signature). The caller must send exactly what is signed.
 */
import type { KeyObject } from 'node:crypto';
import { createHash, sign } from 'node:crypto';
import { serializeInnerList } from 'structured-headers';

export interface SignableRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  /** With lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** The bytes as sent; absent for calls without a body. */
  body?: Buffer | undefined;
}

export interface SigningOptions {
  keyId: string;
  /** EC P-521. */
  privateKey: KeyObject;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Unique per request. */
  nonce: () => string;
}

export interface SignatureParameters {
  keyId: string;
  /** Seconds since the epoch. */
  created: number;
  expires: number;
  nonce: string;
}

/**
 * Covered headers, in the order of the signature base (references/upvest.md#request-signature). An allow-list, so that
 * headers added by a proxy never break a signature.
 */
const COVERED_HEADERS = [
  { name: 'accept', when: 'always' },
  // The token call has none.
  { name: 'authorization', when: 'if sent' },
  { name: 'content-digest', when: 'with body' },
  { name: 'content-length', when: 'with body' },
  { name: 'content-type', when: 'with body' },
  { name: 'date', when: 'if sent' },
  { name: 'idempotency-key', when: 'with body, if sent' },
  { name: 'upvest-api-version', when: 'if sent' },
  { name: 'upvest-client-id', when: 'always' },
] as const;

/**
 * Seconds that a signature is valid. Allows for a slow connection and some clock skew; Upvest's own code uses 5 to 60
 * (references/upvest.md#request-signature).
 */
const LIFETIME_SECONDS = 30;

/**
 * The text to sign, and the value of `signature-input` without its label. For a request with a body, `headers` must include
 * the body's headers; `signRequest` adds them.
 */
export function signatureBase(
  { method, target, headers, body }: SignableRequest,
  { keyId, created, expires, nonce }: SignatureParameters,
): { base: string; input: string } {
  const [path, query] = splitTarget(target);
  const components: [name: string, value: string][] = [
    ['@method', method.toUpperCase()],
    ['@path', path],
    ...(query === undefined ? [] : [['@query', query] as [string, string]]),
  ];
  for (const { name, when } of COVERED_HEADERS) {
    const value = headers[name];
    if (body === undefined && when.startsWith('with body')) continue;
    if (value !== undefined) components.push([name, value]);
    else if (!when.endsWith('if sent'))
      throw new TypeError(`Header ${name} must be sent, because it must be signed`);
  }
  const input = serializeInnerList([
    components.map(([name]) => [name, new Map<string, string>()]),
    new Map<string, string | number>([
      ['keyid', keyId],
      ['created', created],
      ['expires', expires],
      ['nonce', nonce],
    ]),
  ]);
  const lines = components.map(([name, value]) => `"${name}": ${value}`);
  return { base: [...lines, `"@signature-params": ${input}`].join('\n'), input };
}

/**
 * Signs a request. Runs on Node's thread pool: a P-521 signature takes one to three milliseconds, so that 250 per second
 * would occupy the event loop (`npm run bench:signing`).
 *
 * @returns the headers to add: digest and length of the body, and the signature. Each attempt needs new ones.
 */
export async function signRequest(
  request: SignableRequest,
  options: SigningOptions,
): Promise<Record<string, string>> {
  const created = Math.floor(options.now() / 1000);
  const bodyHeaders = request.body === undefined ? {} : describeBody(request.body);
  const { base, input } = signatureBase(
    { ...request, headers: { ...request.headers, ...bodyHeaders } },
    { keyId: options.keyId, created, expires: created + LIFETIME_SECONDS, nonce: options.nonce() },
  );
  const signature = await signOffLoop(Buffer.from(base, 'utf8'), options.privateKey);
  return {
    ...bodyHeaders,
    'signature-input': `sig1=${input}`,
    signature: `sig1=:${signature.toString('base64')}:`,
    // Without this header, which is not covered, Upvest verifies as v6.
    'upvest-signature-version': '15',
  };
}

/**
 * Produces ASN.1 DER, Node's default, not the r‖s that the IETF text implies (references/upvest.md#request-signature).
 */
function signOffLoop(base: Buffer, privateKey: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha512', base, privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

function describeBody(body: Buffer): Record<string, string> {
  const digest = createHash('sha512').update(body).digest('base64');
  return { 'content-digest': `sha-512=:${digest}:`, 'content-length': String(body.length) };
}

function splitTarget(target: string): [path: string, query: string | undefined] {
  const start = target.indexOf('?');
  const path = start < 0 ? target : target.slice(0, start);
  return [path === '' ? '/' : path, start < 0 ? undefined : target.slice(start)];
}
