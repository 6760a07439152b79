import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { isInnerList, parseDictionary } from 'structured-headers';
import type { ClientKey } from '../options';
import { problem, type Problem } from '../http/problem';

/** An API request as received. */
export interface SignedRequest {
  method: string;
  /** Path and query, percent-encoding untouched. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer | undefined;
}

interface SignatureInput {
  components: string[];
  keyId: string;
  created: number;
  expires: number;
  nonce: string;
  /** Everything after `sig1=`, unchanged: also the last line of the signature base. */
  verbatim: string;
}

const verifyAsync = promisify(verify);

/**
 * Allowed clock skew of a client: above about ten seconds Upvest responds with 401
 * (references/upvest.md#signing-pitfalls).
 */
const allowedSkewSeconds = 10;
/**
 * The longest validity in Upvest's sample code; the actual maximum is undocumented
 * (references/upvest.md#request-signature, #open-questions no. 9).
 */
const maxValiditySeconds = 60;
/** Prefixes of headers that must not be covered (references/upvest.md#covered-components). */
const uncoveredPrefixes = ['cf-', 'cdn-', 'cookie', 'x-', 'priority', 'upvest-signature', 'sec-'];

/**
 * Verifies request signatures of draft v15: ECDSA P-521 with SHA-512 in DER (references/upvest.md#request-signature).
 * Every failure is a 401.
 */
export class RequestVerifier {
  private readonly keys = new Map<string, KeyObject>();
  /** Expiry of remembered nonces in Unix seconds, by key id and nonce. */
  private readonly nonces = new Map<string, number>();

  constructor(keys: readonly ClientKey[]) {
    for (const { keyId, publicKey } of keys) {
      const key = createPublicKey(publicKey);
      if (key.asymmetricKeyDetails?.namedCurve !== 'secp521r1') {
        throw new Error(
          `Client key ${keyId} is not an EC P-521 key. Generate one with openssl ecparam -name secp521r1 -genkey`,
        );
      }
      this.keys.set(keyId, key);
    }
  }

  async check(request: SignedRequest): Promise<void> {
    if (header(request, 'upvest-signature-version') !== '15') {
      throw rejected(
        'upvest-signature-version: 15 is missing; without it version 6 is assumed, which the simulator does not support',
      );
    }
    const input = readSignatureInput(header(request, 'signature-input'));
    checkWindow(input);
    checkCoverage(request, input.components);
    checkBody(request);
    const key = this.keys.get(input.keyId);
    if (!key) throw rejected(`keyid ${input.keyId} is not registered`);
    const signature = readSignature(header(request, 'signature'));
    if (!(await verifyAsync('sha512', requestSignatureBase(request, input), key, signature))) {
      throw rejected(
        signature.length === 132
          ? 'the signature is 132 bytes long, which looks like IEEE P1363; it must be ASN.1 DER'
          : 'the signature does not match the signature base',
      );
    }
    this.useNonce(input);
  }

  private useNonce({ keyId, nonce, expires }: SignatureInput): void {
    const name = `${keyId} ${nonce}`;
    if (this.nonces.has(name)) throw rejected('the nonce was already used');
    const now = Date.now() / 1000;
    // Insertion order is nearly expiry order, so the scan ends early.
    for (const [old, until] of this.nonces) {
      if (until >= now) break;
      this.nonces.delete(old);
    }
    this.nonces.set(name, expires);
  }
}

/**
 * The signature base of draft v15: quoted names, the parameters last, no trailing newline
 * (references/upvest.md#request-signature, #signed-request-example).
 */
export function requestSignatureBase(
  request: SignedRequest,
  input: { components: string[]; verbatim: string },
): Buffer {
  const lines = input.components.map((name) => `"${name}": ${componentValue(request, name)}`);
  return Buffer.from([...lines, `"@signature-params": ${input.verbatim}`].join('\n'));
}

/** The value of `content-digest` for a body. */
export function contentDigest(body: Buffer): string {
  return `sha-512=:${createHash('sha512').update(body).digest('base64')}:`;
}

function componentValue(request: SignedRequest, name: string): string {
  switch (name) {
    case '@method':
      return request.method;
    case '@path':
      return request.target.split('?')[0] ?? '/';
    case '@query':
      return queryOf(request);
    default:
      return header(request, name) ?? '';
  }
}

function queryOf({ target }: SignedRequest): string {
  const start = target.indexOf('?');
  return start < 0 ? '' : target.slice(start);
}

function readSignatureInput(value: string | undefined): SignatureInput {
  const start = 'sig1=';
  if (!value?.startsWith(start)) throw rejected('signature-input is missing or its label is not sig1');
  const dictionary = structured(value);
  const member = dictionary.get('sig1');
  if (!member || dictionary.size !== 1 || !isInnerList(member))
    throw rejected('signature-input must contain sig1=(...) only');
  const [items, params] = member;
  const components = items.map(([name, own]) => {
    if (typeof name !== 'string' || own.size > 0) throw rejected('components must be plain quoted names');
    return name;
  });
  const known = ['keyid', 'created', 'expires', 'nonce'];
  const unknown = [...params.keys()].find((name) => !known.includes(name));
  if (unknown) throw rejected(`the signature parameter ${unknown} is not accepted`);
  const param = (name: string): unknown => params.get(name);
  const [keyId, created, expires, nonce] = [
    param('keyid'),
    param('created'),
    param('expires'),
    param('nonce'),
  ];
  if (typeof keyId !== 'string' || typeof nonce !== 'string' || nonce === '') {
    throw rejected('keyid and nonce must be quoted strings');
  }
  if (!isSeconds(created) || !isSeconds(expires))
    throw rejected('created and expires must be integers in Unix seconds');
  return { components, keyId, created, expires, nonce, verbatim: value.slice(start.length) };
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function structured(value: string): ReturnType<typeof parseDictionary> {
  try {
    return parseDictionary(value);
  } catch {
    throw rejected('signature-input is not a structured field dictionary (RFC 8941)');
  }
}

function readSignature(value: string | undefined): Buffer {
  const base64 = /^sig1=:([A-Za-z0-9+/]+={0,2}):$/.exec(value ?? '')?.[1];
  if (base64 === undefined) throw rejected('signature must be sig1=:<base64>:');
  return Buffer.from(base64, 'base64');
}

function checkWindow({ created, expires }: SignatureInput): void {
  const now = Date.now() / 1000;
  if (created > now + allowedSkewSeconds) throw rejected('created is in the future: check the clock');
  if (expires < now)
    throw rejected('the signature has expired: check the clock, and sign right before sending');
  if (expires <= created || expires - created > maxValiditySeconds) {
    throw rejected(`expires must be at most ${maxValiditySeconds} seconds after created`);
  }
}

/** The table of covered components (references/upvest.md#covered-components). */
function checkCoverage(request: SignedRequest, components: string[]): void {
  for (const name of components) {
    if (components.indexOf(name) !== components.lastIndexOf(name)) throw rejected(`${name} is covered twice`);
    if (name.startsWith('@') && !['@method', '@path', '@query'].includes(name)) {
      throw rejected(`${name} is not a supported component`);
    }
    if (name !== name.toLowerCase()) throw rejected(`${name} must be in lower case`);
    if (uncoveredPrefixes.some((prefix) => name.startsWith(prefix)))
      throw rejected(`${name} must not be covered`);
    if (!name.startsWith('@') && header(request, name) === undefined)
      throw rejected(`${name} is covered but not sent`);
  }
  if (components.includes('@query') && queryOf(request) === '')
    throw rejected('@query is covered, but there is no query');
  const missing = requiredComponents(request).find((name) => !components.includes(name));
  if (missing !== undefined) throw rejected(`${missing} must be covered`);
}

function requiredComponents(request: SignedRequest): string[] {
  const sent = (name: string): boolean => header(request, name) !== undefined;
  const isToken = request.target.split('?')[0] === '/auth/token';
  return [
    '@method',
    '@path',
    ...(queryOf(request) === '' ? [] : ['@query']),
    'accept',
    ...(isToken ? [] : ['authorization']),
    'upvest-client-id',
    ...['upvest-api-version', 'idempotency-key', 'date'].filter(sent),
    ...(request.body ? ['content-type', 'content-length', 'content-digest'] : []),
  ];
}

function checkBody(request: SignedRequest): void {
  if (!request.body) return;
  const isToken = request.target.split('?')[0] === '/auth/token';
  const contentType = isToken ? 'application/x-www-form-urlencoded' : 'application/json';
  if (header(request, 'content-type') !== contentType) {
    throw rejected(`unexpected request Content-Type: it must be exactly ${contentType}`);
  }
  if (header(request, 'content-length') !== String(request.body.length)) {
    throw rejected('content-length is not the number of bytes in the body');
  }
  if (header(request, 'content-digest') !== contentDigest(request.body)) {
    throw rejected('content-digest is not the SHA-512 of the body as received');
  }
}

function header(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function rejected(detail: string): Problem {
  return problem(401, `HTTP signature: ${detail}`);
}
