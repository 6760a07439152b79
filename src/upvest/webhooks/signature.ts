/** Verifies that a request is from Upvest. Checks run cheapest first; none parses the body. */
import type { KeyObject } from 'node:crypto';
import { verify } from 'node:crypto';
import type { DigestHeader } from './digest';
import { digestMatches } from './digest';
import type { SignatureHeaders, SignatureVersion, SignedWebhookRequest } from './signature-base';
import {
  componentOf,
  headerOf,
  readSignatureHeaders,
  versionOf,
  webhookSignatureBase,
} from './signature-base';

export type { SignedWebhookRequest } from './signature-base';

export interface WebhookSignatureOptions {
  /** See `createVerifyKeys`. Its errors are passed on: the request can then not be verified. */
  keyFor: (keyId: string) => Promise<KeyObject | undefined>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /**
   * Handling of a signature past its `expires`. It is unknown whether Upvest signs a redelivery again, and a rejected
   * delivery blocks all later ones (references/upvest.md#webhook-signature no. 7): `warn` accepts it and reports it.
   */
  expiryPolicy: 'warn' | 'reject';
  /** Allowed difference between Upvest's clock and ours, in both directions. Default 30 s. */
  clockToleranceMs?: number;
}

/** In the order of the checks. */
export type WebhookRejectionReason =
  | 'SIGNATURE_HEADERS_MISSING'
  | 'SIGNATURE_HEADERS_MALFORMED'
  /** The signature does not bind method, path and body. */
  | 'COVERAGE_INSUFFICIENT'
  /** A derived component that is not supported. */
  | 'COMPONENT_UNSUPPORTED'
  /** A covered header is missing; a proxy may have removed it. */
  | 'COMPONENT_MISSING'
  | 'KEY_UNKNOWN'
  | 'CREATED_IN_FUTURE'
  /** Only with the policy `reject`. */
  | 'EXPIRED'
  | 'DIGEST_MISMATCH'
  | 'SIGNATURE_MISMATCH';

export interface WebhookAccepted {
  ok: true;
  /**
   * Form of the matching signature base. Webhooks are v6 today (references/upvest.md#signature-versions); a change must
   * be visible.
   */
  version: SignatureVersion;
  /** True if past its `expires`, with the policy `warn`. */
  expired: boolean;
  keyId: string;
  /**
   * Input of the replay check, with `signature` (base64) and the body (references/upvest.md#webhook-signature no. 6).
   */
  nonce: string | undefined;
  signature: string;
}

export interface WebhookRejected {
  ok: false;
  reason: WebhookRejectionReason;
  /** One sentence for the log, not for the answer. */
  detail: string;
}

const CLOCK_TOLERANCE_MS = 30_000;

/**
 * Verifies the signature of a webhook (references/upvest.md#webhook-signature).
 *
 * @throws what `keyFor` throws, such as UpvestVerifyKeysUnavailable
 */
export async function verifyWebhookSignature(
  request: SignedWebhookRequest,
  { keyFor, now, expiryPolicy, clockToleranceMs = CLOCK_TOLERANCE_MS }: WebhookSignatureOptions,
): Promise<WebhookAccepted | WebhookRejected> {
  const inputHeader = headerOf(request, 'signature-input');
  const signatureHeader = headerOf(request, 'signature');
  if (!inputHeader || !signatureHeader) {
    return rejected('SIGNATURE_HEADERS_MISSING', 'The headers signature and signature-input are required.');
  }
  const signed = readSignatureHeaders(inputHeader, signatureHeader);
  if (typeof signed === 'string')
    return rejected('SIGNATURE_HEADERS_MALFORMED', `The signature headers are malformed: ${signed}.`);

  const digests = DIGEST_HEADERS.filter((name) => signed.components.includes(name));
  if (!REQUIRED.every((name) => signed.components.includes(name)) || digests.length === 0) {
    return rejected('COVERAGE_INSUFFICIENT', `The signature covers only ${signed.components.join(', ')}.`);
  }
  const components = valuesOf(request, signed);
  if ('ok' in components) return components;

  const key = await keyFor(signed.keyId);
  if (key === undefined) return rejected('KEY_UNKNOWN', `Upvest does not list the key ${signed.keyId}.`);

  const { created, expires } = signed;
  if (created !== undefined && created * 1000 > now() + clockToleranceMs) {
    return rejected('CREATED_IN_FUTURE', `The signature was created in the future, at ${created}.`);
  }
  const expired = expires !== undefined && expires * 1000 < now() - clockToleranceMs;
  if (expired && expiryPolicy === 'reject')
    return rejected('EXPIRED', `The signature expired at ${expires}.`);

  for (const name of digests) {
    if (!digestMatches(name, components.get(name) ?? '', request.body)) {
      return rejected('DIGEST_MISMATCH', `The header ${name} does not match the body.`);
    }
  }

  const version = versionOf(request, signed.components);
  const base = webhookSignatureBase(version, [...components], signed.input);
  if (!(await isSignedBy(key, base, signed.signature))) {
    return rejected(
      'SIGNATURE_MISMATCH',
      `The signature does not match this request and the key ${signed.keyId}.`,
    );
  }
  const { keyId, nonce, signature } = signed;
  return { ok: true, version, expired, keyId, nonce, signature: signature.toString('base64') };
}

const REQUIRED = ['@method', '@path'];
const DIGEST_HEADERS: DigestHeader[] = ['digest', 'content-digest'];

function valuesOf(
  request: SignedWebhookRequest,
  signed: SignatureHeaders,
): Map<string, string> | WebhookRejected {
  const values = new Map<string, string>();
  for (const name of signed.components) {
    const value = componentOf(request, name);
    if (value === null) return rejected('COMPONENT_UNSUPPORTED', `The component ${name} is not supported.`);
    if (value === undefined) return rejected('COMPONENT_MISSING', `${name} is covered but missing.`);
    values.set(name, value);
  }
  return values;
}

/**
 * Length of r‖s for P-521. Upvest's code writes DER, but this is undocumented for webhooks
 * (references/upvest.md#webhook-signature).
 */
const P1363_BYTES = 132;

function isSignedBy(key: KeyObject, base: string, signature: Buffer): Promise<boolean> {
  const dsaEncoding = signature.length === P1363_BYTES ? 'ieee-p1363' : 'der';
  return new Promise((resolve) => {
    // With a callback it runs on the thread pool: a verification would block the event loop noticeably.
    verify('sha512', Buffer.from(base, 'latin1'), { key, dsaEncoding }, signature, (error, valid) => {
      // An error means that the bytes are not a signature.
      resolve(error === null && valid);
    });
  });
}

function rejected(reason: WebhookRejectionReason, detail: string): WebhookRejected {
  return { ok: false, reason, detail };
}
