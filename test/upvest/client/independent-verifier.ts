/**
 * Verifies a request as Upvest would. Written from draft-ietf-httpbis-message-signatures-15 and
 * references/upvest.md#request-signature, over the raw header lines, without any code of the product and without its
 * libraries. Section numbers are the draft's.
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
  /** Names of the parameters in their order. */
  parameters: string[];
}

/** 2.1: the values of a field's lines, each trimmed, joined by a comma and a space. */
export function fieldOf({ rawHeaders }: Pick<Arrived, 'rawHeaders'>, name: string): string | undefined {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === name) values.push((rawHeaders[index + 1] ?? '').trim());
  return values.length === 0 ? undefined : values.join(', ');
}

/**
 * 2.2.1, 2.2.6, 2.2.7: the derived components that references/upvest.md#covered-components has; 2.1: fields, by their
 * lower-case names.
 */
function valueOf(request: Arrived, component: string): string {
  const queryStart = request.url.indexOf('?');
  const path = queryStart < 0 ? request.url : request.url.slice(0, queryStart);
  if (component === '@method') return request.method;
  if (component === '@path') return path === '' ? '/' : path;
  if (component === '@query') return queryStart < 0 ? '?' : request.url.slice(queryStart);
  if (!/^[a-z0-9-]+$/.test(component))
    throw new Error(`${component} is no component of references/upvest.md#covered-components`);
  const value = fieldOf(request, component);
  if (value === undefined) throw new Error(`${component} is covered but did not arrive`);
  return value;
}

/** 4.1: one member, labelled `sig1`: an inner list of strings, and parameters in any order. */
function readInput(header: string): {
  serialized: string;
  components: string[];
  parameters: [string, string][];
} {
  const member = /^sig1=((\((?:"[^"]+"(?: "[^"]+")*)?\))((?:;[a-z]+=(?:"[^"]*"|\d+))*))$/.exec(header);
  if (!member) throw new Error(`signature-input cannot be read: ${header}`);
  const [, serialized = '', list = '', tail = ''] = member;
  return {
    serialized,
    components: [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
    parameters: [...tail.matchAll(/;([a-z]+)=("[^"]*"|\d+)/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  };
}

/** 2.5: one line for each component, each of them once, and the parameters as they came, without a newline at the end. */
export function signatureBaseOf(request: Arrived): string {
  const { serialized, components } = readInput(fieldOf(request, 'signature-input') ?? '');
  if (new Set(components).size !== components.length) throw new Error('a component is covered twice');
  const lines = components.map((name) => `"${name}": ${valueOf(request, name)}`);
  return [...lines, `"@signature-params": ${serialized}`].join('\n');
}

/**
 * 3.2, with ECDSA, SHA-512 and ASN.1 DER as references/upvest.md#request-signature has it; the digest of the body must
 * be covered, and right.
 */
export function verifyRequest(request: Arrived, publicKey: KeyObject): Verified {
  const { components, parameters } = readInput(fieldOf(request, 'signature-input') ?? '');
  const signature = /^sig1=:([A-Za-z0-9+/]+={0,2}):$/.exec(fieldOf(request, 'signature') ?? '');
  if (!signature) throw new Error('no signature that can be read');
  const der = Buffer.from(signature[1] ?? '', 'base64');
  const base = Buffer.from(signatureBaseOf(request), 'utf8');
  if (!verify('sha512', base, { key: publicKey, dsaEncoding: 'der' }, der))
    throw new Error('signature does not match');

  if (request.body.length > 0) {
    const digest = createHash('sha512').update(request.body).digest('base64');
    if (fieldOf(request, 'content-digest') !== `sha-512=:${digest}:`)
      throw new Error('digest does not match');
    if (!components.includes('content-digest')) throw new Error('the body is not covered');
  }

  const given = new Map(parameters);
  const text = (name: string): string => /^"(.+)"$/.exec(given.get(name) ?? '')?.[1] ?? missing(name);
  const seconds = (name: string): number => Number(/^\d+$/.exec(given.get(name) ?? '')?.[0] ?? missing(name));
  return {
    components,
    keyId: text('keyid'),
    created: seconds('created'),
    expires: seconds('expires'),
    nonce: text('nonce'),
    parameters: parameters.map(([name]) => name),
  };
}

function missing(name: string): never {
  throw new Error(`the parameter ${name} is missing or has another type`);
}
