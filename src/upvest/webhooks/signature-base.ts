/**
 * The signature base of webhooks, in the forms "v6" and "v15" (references/upvest.md#request-signature,
 * #webhook-signature).
 */
import type { Dictionary, InnerList, Item } from 'structured-headers';
import { parseDictionary } from 'structured-headers';

/** An unparsed request. */
export interface SignedWebhookRequest {
  method: string;
  /** Path and query as Upvest signed them: the public ones behind a rewriting proxy. */
  path: string;
  /** Raw values with lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes of the body as received. */
  body: Buffer;
}

export type SignatureVersion = 'v6' | 'v15';

/** Parsed `signature-input` and `signature`. */
export interface SignatureHeaders {
  components: string[];
  /** Value of `signature-input` after the label, byte for byte. */
  input: string;
  keyId: string;
  /** Seconds since the epoch. */
  created: number | undefined;
  expires: number | undefined;
  nonce: string | undefined;
  signature: Buffer;
}

/** A header's value for the signature: trimmed, repetitions joined. Undefined if absent. */
export function headerOf({ headers }: SignedWebhookRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.map((part) => part.trim()).join(', ') : value?.trim();
}

/** @returns a description of the error if the headers are malformed */
export function readSignatureHeaders(
  inputHeader: string,
  signatureHeader: string,
): SignatureHeaders | string {
  const inputs = dictionary(inputHeader);
  const signatures = dictionary(signatureHeader);
  if (inputs === undefined || signatures === undefined) return 'not a structured field';
  const [entry, ...others] = inputs;
  if (entry === undefined || others.length > 0) return 'signature-input must hold exactly one signature';
  const [label, list] = entry;
  if (!isInnerList(list)) return 'signature-input is not a list of components';
  const components: string[] = [];
  for (const [name, parameters] of list[0]) {
    if (typeof name !== 'string' || parameters.size > 0) return 'a component is not a plain string';
    components.push(name);
  }
  if (new Set(components).size < components.length) return 'a component is covered twice';

  const [bytes] = signatures.get(label) ?? [];
  if (!(bytes instanceof ArrayBuffer)) return `signature has no bytes labelled ${label}`;
  const keyId: unknown = list[1].get('keyid');
  const nonce: unknown = list[1].get('nonce');
  if (typeof keyId !== 'string') return 'keyid is missing';
  return {
    components,
    // Verbatim, since the order of the parameters is free and their bytes are signed
    // (references/upvest.md#webhook-signature no. 2).
    input: inputHeader.slice(inputHeader.indexOf('=') + 1),
    keyId,
    created: integer(list[1].get('created')),
    expires: integer(list[1].get('expires')),
    nonce: typeof nonce === 'string' ? nonce : undefined,
    signature: Buffer.from(bytes),
  };
}

/**
 * v15 if the request declares or implies it; Upvest documents v6 (references/upvest.md#signature-versions,
 * #webhook-signature no. 3).
 */
export function versionOf(request: SignedWebhookRequest, components: readonly string[]): SignatureVersion {
  const declared = headerOf(request, 'upvest-signature-version') === '15';
  return declared || components.includes('content-digest') ? 'v15' : 'v6';
}

/**
 * The value of a covered component.
 *
 * @returns undefined if the request lacks it, null if its derivation is not supported
 */
export function componentOf(request: SignedWebhookRequest, name: string): string | undefined | null {
  if (!name.startsWith('@')) return headerOf(request, name);
  const queryStart = request.path.indexOf('?');
  const host = headerOf(request, 'host')?.toLowerCase();
  switch (name) {
    case '@method':
      return request.method.toUpperCase();
    case '@path':
      return queryStart < 0 ? request.path : request.path.slice(0, queryStart);
    case '@query':
      return queryStart < 0 ? '?' : request.path.slice(queryStart);
    case '@request-target':
      return request.path;
    case '@authority':
      return host;
    // Webhook URLs are always HTTPS (references/upvest.md#webhook-subscriptions), even if a proxy terminates TLS.
    case '@scheme':
      return 'https';
    case '@target-uri':
      return host === undefined ? undefined : `https://${host}${request.path}`;
    default:
      return null;
  }
}

/**
 * v6 does not quote the names outside the list, a bug that Upvest keeps for compatibility
 * (references/upvest.md#webhook-signature).
 */
export function webhookSignatureBase(
  version: SignatureVersion,
  components: readonly (readonly [name: string, value: string])[],
  input: string,
): string {
  const quote = version === 'v15' ? '"' : '';
  return [...components, ['@signature-params', input] as const]
    .map(([name, value]) => `${quote}${name}${quote}: ${value}`)
    .join('\n');
}

function dictionary(text: string): Dictionary | undefined {
  try {
    return parseDictionary(text);
  } catch {
    return undefined;
  }
}

function isInnerList(member: Item | InnerList): member is InnerList {
  return Array.isArray(member[0]);
}

function integer(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined;
}
