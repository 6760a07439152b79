import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { isInnerList, parseDictionary } from 'structured-headers';
import type { ClientKey } from './options';
import { problem, type Problem } from './problem';

/** An API request as it came over the wire. */
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
  /** Everything behind `sig1=`, byte for byte: it is also the base's last line. */
  verbatim: string;
}

const verifyAsync = promisify(verify);

/** How far a client's clock may run ahead: above about ten seconds Upvest answers 401 (upvest.md 2.4). */
const allowedSkewSeconds = 10;
/** The longest validity of any official code; the true maximum is unknown (upvest.md 2.2, 10.9). */
const longestValiditySeconds = 60;
/** Prefixes of headers that must not be covered (upvest.md 2.2). */
const uncoveredPrefixes = ['cf-', 'cdn-', 'cookie', 'x-', 'priority', 'upvest-signature', 'sec-'];

/** Checks request signatures as draft v15: ECDSA P-521 with SHA-512 in DER (upvest.md 2.2). Every failure is a 401. */
export class RequestVerifier {
  private readonly keys = new Map<string, KeyObject>();
  /** When a nonce may be forgotten, in Unix seconds, by key id and nonce. */
  private readonly nonces = new Map<string, number>();

  constructor(keys: readonly ClientKey[]) {
    for (const { keyId, publicKey } of keys) {
      const key = createPublicKey(publicKey);
      if (key.asymmetricKeyDetails?.namedCurve !== 'secp521r1') {
        throw new Error(
          `Client key ${keyId} is not an EC P-521 key: make one with openssl ecparam -name secp521r1 -genkey`,
        );
      }
      this.keys.set(keyId, key);
    }
  }

  async check(request: SignedRequest): Promise<void> {
    if (header(request, 'upvest-signature-version') !== '15') {
      throw refused(
        'upvest-signature-version: 15 is missing; without it version 6 is assumed, which is not offered here',
      );
    }
    const input = readSignatureInput(header(request, 'signature-input'));
    checkWindow(input);
    checkCoverage(request, input.components);
    checkBody(request);
    const key = this.keys.get(input.keyId);
    if (!key) throw refused(`keyid ${input.keyId} is not registered`);
    const signature = readSignature(header(request, 'signature'));
    if (!(await verifyAsync('sha512', requestSignatureBase(request, input), key, signature))) {
      throw refused(
        signature.length === 132
          ? 'the signature is 132 bytes long, which looks like IEEE P1363; it must be ASN.1 DER'
          : 'the signature does not match the signature base',
      );
    }
    this.useNonce(input);
  }

  private useNonce({ keyId, nonce, expires }: SignatureInput): void {
    const name = `${keyId} ${nonce}`;
    if (this.nonces.has(name)) throw refused('the nonce was used before');
    const now = Date.now() / 1000;
    // Insertion order is nearly expiry order, so the scan ends early.
    for (const [old, until] of this.nonces) {
      if (until >= now) break;
      this.nonces.delete(old);
    }
    this.nonces.set(name, expires);
  }
}

/** The signature base of draft v15: quoted names, the parameters last, no newline at the end (upvest.md 2.2, 2.3). */
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
  if (!value?.startsWith(start)) throw refused('signature-input is missing or has another label than sig1');
  const dictionary = structured(value);
  const member = dictionary.get('sig1');
  if (!member || dictionary.size !== 1 || !isInnerList(member))
    throw refused('signature-input must be sig1=(...) alone');
  const [items, params] = member;
  const components = items.map(([name, own]) => {
    if (typeof name !== 'string' || own.size > 0) throw refused('components must be plain quoted names');
    return name;
  });
  const known = ['keyid', 'created', 'expires', 'nonce'];
  const unknown = [...params.keys()].find((name) => !known.includes(name));
  if (unknown) throw refused(`the signature parameter ${unknown} is not accepted`);
  const param = (name: string): unknown => params.get(name);
  const [keyId, created, expires, nonce] = [
    param('keyid'),
    param('created'),
    param('expires'),
    param('nonce'),
  ];
  if (typeof keyId !== 'string' || typeof nonce !== 'string' || nonce === '') {
    throw refused('keyid and nonce must be quoted strings');
  }
  if (!isSeconds(created) || !isSeconds(expires))
    throw refused('created and expires must be integers in Unix seconds');
  return { components, keyId, created, expires, nonce, verbatim: value.slice(start.length) };
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function structured(value: string): ReturnType<typeof parseDictionary> {
  try {
    return parseDictionary(value);
  } catch {
    throw refused('signature-input is not a structured field dictionary (RFC 8941)');
  }
}

function readSignature(value: string | undefined): Buffer {
  const base64 = /^sig1=:([A-Za-z0-9+/]+={0,2}):$/.exec(value ?? '')?.[1];
  if (base64 === undefined) throw refused('signature must be sig1=:<base64>:');
  return Buffer.from(base64, 'base64');
}

function checkWindow({ created, expires }: SignatureInput): void {
  const now = Date.now() / 1000;
  if (created > now + allowedSkewSeconds) throw refused('created lies in the future: check the clock');
  if (expires < now)
    throw refused('the signature has expired: check the clock, and sign right before sending');
  if (expires <= created || expires - created > longestValiditySeconds) {
    throw refused(`expires must lie within ${longestValiditySeconds} seconds after created`);
  }
}

/** The table of covered components (upvest.md 2.2). */
function checkCoverage(request: SignedRequest, components: string[]): void {
  for (const name of components) {
    if (components.indexOf(name) !== components.lastIndexOf(name)) throw refused(`${name} is covered twice`);
    if (name.startsWith('@') && !['@method', '@path', '@query'].includes(name)) {
      throw refused(`${name} is not a component of the table`);
    }
    if (name !== name.toLowerCase()) throw refused(`${name} must be in lower case`);
    if (uncoveredPrefixes.some((prefix) => name.startsWith(prefix)))
      throw refused(`${name} must not be covered`);
    if (!name.startsWith('@') && header(request, name) === undefined)
      throw refused(`${name} is covered but not sent`);
  }
  if (components.includes('@query') && queryOf(request) === '')
    throw refused('@query is covered, but there is no query');
  const missing = requiredComponents(request).find((name) => !components.includes(name));
  if (missing !== undefined) throw refused(`${missing} must be covered`);
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
    throw refused(`unexpected request Content-Type: it must be exactly ${contentType}`);
  }
  if (header(request, 'content-length') !== String(request.body.length)) {
    throw refused('content-length is not the number of bytes in the body');
  }
  if (header(request, 'content-digest') !== contentDigest(request.body)) {
    throw refused('content-digest is not the SHA-512 of the body as received');
  }
}

function header(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function refused(detail: string): Problem {
  return problem(401, `HTTP signature: ${detail}`);
}
