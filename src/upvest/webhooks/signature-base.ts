/**
 * The signature base of webhooks, in the forms "v6" and "v15" (references/upvest.md#request-signature,
 * #webhook-signature).
 */
import { own } from '../../domain/values/own';

/** What is known of a request before its body has arrived. */
export interface SignedWebhookHead {
  method: string;
  /** Path and query as Upvest signed them: the public ones behind a rewriting proxy. */
  path: string;
  /** Raw values with lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An unparsed request. */
export interface SignedWebhookRequest extends SignedWebhookHead {
  /** The bytes of the body as received. */
  body: Buffer;
}

export type SignatureVersion = 'v6' | 'v15';

/** A header's value for the signature: trimmed, repetitions joined. Undefined if absent. */
export function headerOf({ headers }: SignedWebhookHead, name: string): string | undefined {
  const value = own(headers, name);
  return Array.isArray(value) ? value.map((part) => part.trim()).join(', ') : value?.trim();
}

/**
 * v15 if the request declares or implies it; Upvest documents v6 (references/upvest.md#signature-versions,
 * #webhook-signature no. 3).
 */
export function versionOf(request: SignedWebhookHead, components: readonly string[]): SignatureVersion {
  const declared = headerOf(request, 'upvest-signature-version') === '15';
  return declared || components.includes('content-digest') ? 'v15' : 'v6';
}

/**
 * The value of a covered component.
 *
 * @param bodyBytes length of the body: a proxy that passes the body on in chunks drops `content-length`, and the length
 *   that was signed is that of the bytes that arrive
 * @returns undefined if the request lacks it, null if its derivation is not supported
 */
export function componentOf(
  request: SignedWebhookHead,
  name: string,
  bodyBytes: number,
): string | undefined | null {
  if (name === 'content-length') return headerOf(request, name) ?? String(bodyBytes);
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
