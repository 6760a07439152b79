/** Is this request from Upvest? The checks go from cheap to dear; none of them parses the body. */
import type { KeyObject } from 'node:crypto';
import { verify } from 'node:crypto';
import type { DigestHeader } from './webhook-digest';
import { digestMatches } from './webhook-digest';
import type { SignatureHeaders, SignatureVersion, SignedWebhookRequest } from './webhook-signature-base';
import {
  componentOf,
  headerOf,
  readSignatureHeaders,
  versionOf,
  webhookSignatureBase,
} from './webhook-signature-base';

export type { SignedWebhookRequest } from './webhook-signature-base';

export interface WebhookSignatureOptions {
  /** See `createVerifyKeys`. What it throws is passed on: then the request is neither good nor bad. */
  keyFor: (keyId: string) => Promise<KeyObject | undefined>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /**
   * What a signature past its `expires` means. It is unknown whether Upvest signs a redelivery anew, and a refused
   * delivery blocks all later ones (upvest.md 5.5 no. 7): `warn` lets it pass and says so.
   */
  expiryPolicy: 'warn' | 'reject';
  /** Allowed difference between Upvest's clock and ours, in both directions. Default 30 s. */
  clockToleranceMs?: number;
}

/** In the order in which they are found. */
export type WebhookRejectionReason =
  | 'SIGNATURE_HEADERS_MISSING'
  | 'SIGNATURE_HEADERS_MALFORMED'
  /** The signature does not bind method, path and body. */
  | 'COVERAGE_INSUFFICIENT'
  /** A derived component that we cannot rebuild. */
  | 'COMPONENT_UNSUPPORTED'
  /** A covered header did not arrive: a proxy on the way may have taken it. */
  | 'COMPONENT_MISSING'
  | 'KEY_UNKNOWN'
  | 'CREATED_IN_FUTURE'
  /** Under the policy `reject` only. */
  | 'EXPIRED'
  | 'DIGEST_MISMATCH'
  | 'SIGNATURE_MISMATCH';

export interface WebhookAccepted {
  ok: true;
  /** The form of the signature base that matched. Webhooks are v6 today (upvest.md 2.1); a change must be visible. */
  version: SignatureVersion;
  /** Past its `expires`; true only under the policy `warn`. */
  expired: boolean;
  keyId: string;
  /** With `signature` (base64) and the body for the check for replays (upvest.md 5.5 no. 6). */
  nonce: string | undefined;
  signature: string;
}

export interface WebhookRejected {
  ok: false;
  reason: WebhookRejectionReason;
  /** One sentence for the log; not for the answer. */
  detail: string;
}

const CLOCK_TOLERANCE_MS = 30_000;

/**
 * Verifies the signature of a webhook as upvest.md 5.5 describes it.
 *
 * @throws whatever `keyFor` throws, UpvestVerifyKeysUnavailable above all
 */
export async function verifyWebhookSignature(
  request: SignedWebhookRequest,
  { keyFor, now, expiryPolicy, clockToleranceMs = CLOCK_TOLERANCE_MS }: WebhookSignatureOptions,
): Promise<WebhookAccepted | WebhookRejected> {
  const inputHeader = headerOf(request, 'signature-input');
  const signatureHeader = headerOf(request, 'signature');
  if (!inputHeader || !signatureHeader) {
    return rejected('SIGNATURE_HEADERS_MISSING', 'The headers signature and signature-input are needed.');
  }
  const signed = readSignatureHeaders(inputHeader, signatureHeader);
  if (typeof signed === 'string')
    return rejected('SIGNATURE_HEADERS_MALFORMED', `They cannot be read: ${signed}.`);

  const digests = DIGEST_HEADERS.filter((name) => signed.components.includes(name));
  if (!REQUIRED.every((name) => signed.components.includes(name)) || digests.length === 0) {
    return rejected('COVERAGE_INSUFFICIENT', `It covers only ${signed.components.join(', ')}.`);
  }
  const components = valuesOf(request, signed);
  if ('ok' in components) return components;

  const key = await keyFor(signed.keyId);
  if (key === undefined) return rejected('KEY_UNKNOWN', `Upvest lists no key ${signed.keyId}.`);

  const { created, expires } = signed;
  if (created !== undefined && created * 1000 > now() + clockToleranceMs) {
    return rejected('CREATED_IN_FUTURE', `It was created at ${created}, which is still to come.`);
  }
  const expired = expires !== undefined && expires * 1000 < now() - clockToleranceMs;
  if (expired && expiryPolicy === 'reject') return rejected('EXPIRED', `It expired at ${expires}.`);

  for (const name of digests) {
    if (!digestMatches(name, components.get(name) ?? '', request.body)) {
      return rejected('DIGEST_MISMATCH', `The header ${name} is not the digest of the body.`);
    }
  }

  const version = versionOf(request, signed.components);
  const base = webhookSignatureBase(version, [...components], signed.input);
  if (!(await isSignedBy(key, base, signed.signature))) {
    return rejected('SIGNATURE_MISMATCH', `It is not the signature of this request by key ${signed.keyId}.`);
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
    if (value === null)
      return rejected('COMPONENT_UNSUPPORTED', `The component ${name} cannot be derived here.`);
    if (value === undefined) return rejected('COMPONENT_MISSING', `${name} is covered but did not arrive.`);
    values.set(name, value);
  }
  return values;
}

/** r‖s of P-521. All code of Upvest's writes DER, but nothing says so for webhooks (upvest.md 5.5). */
const P1363_BYTES = 132;

function isSignedBy(key: KeyObject, base: string, signature: Buffer): Promise<boolean> {
  const dsaEncoding = signature.length === P1363_BYTES ? 'ieee-p1363' : 'der';
  return new Promise((resolve) => {
    // With a callback it runs on the thread pool: verifying takes long enough to be felt on the event loop.
    verify('sha512', Buffer.from(base, 'latin1'), { key, dsaEncoding }, signature, (error, valid) => {
      // An error means bytes that are no signature at all.
      resolve(error === null && valid);
    });
  });
}

function rejected(reason: WebhookRejectionReason, detail: string): WebhookRejected {
  return { ok: false, reason, detail };
}
