/** Verifies that a request is from Upvest. Checks run cheapest first; none parses the body. */
import type { KeyObject } from 'node:crypto';
import { createHash, verify } from 'node:crypto';
import type { DigestHeader } from './digest';
import { digestMatches } from './digest';
import type { SignatureVersion, SignedWebhookHead, SignedWebhookRequest } from './signature-base';
import { componentOf, headerOf, versionOf, webhookSignatureBase } from './signature-base';
import { readSignatureHeaders, type LabelledSignature } from './signature-headers';
import type { VerifyKeys } from './verify-keys';

export type { SignedWebhookHead, SignedWebhookRequest } from './signature-base';

export interface WebhookSignatureOptions {
  /** Its errors are passed on: the request can then not be verified. */
  keys: VerifyKeys;
  /** Milliseconds since the epoch. */
  now: () => number;
  policy: WebhookSignaturePolicy;
}

/** What a deployment asks of the times of a signature. Milliseconds. */
export interface WebhookSignaturePolicy {
  /**
   * Handling of a signature past its `expires`. It is unknown whether Upvest signs a redelivery again, and a rejected
   * delivery blocks all later ones (references/upvest.md#webhook-signature no. 7): `warn` accepts it and reports it.
   */
  expiry: 'warn' | 'reject';
  /** How far `created` may lie ahead of our clock. */
  maxAheadMs: number;
  /** How far `created` may lie behind our clock: the horizon beyond which a captured request cannot be sent again. */
  maxAgeMs: number;
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
  /** Beyond what the policy allows, in either direction. */
  | 'CREATED_IN_FUTURE'
  | 'CREATED_TOO_LONG_AGO'
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
   * Hash of the signature base, which has the key id, the nonce, `created` and the digest of the body
   * (references/upvest.md#webhook-signature no. 6). The signature itself is left out: anybody can give an ECDSA signature
   * another form that is just as valid.
   */
  fingerprint: string;
}

export interface WebhookRejected {
  ok: false;
  reason: WebhookRejectionReason;
  /** One sentence for the log, not for the answer. */
  detail: string;
}

/** Allowed difference between Upvest's clock and ours for `expires`. */
const CLOCK_TOLERANCE_MS = 30_000;

/** The signatures that may be Upvest's, by what the headers alone say. */
export interface WebhookHeadAccepted {
  ok: true;
  candidates: Candidate[];
}

interface Candidate {
  signed: LabelledSignature;
  key: KeyObject;
  expired: boolean;
}

/**
 * Verifies the signature of a webhook (references/upvest.md#webhook-signature).
 *
 * @throws what the keys throw, such as UpvestVerifyKeysUnavailable
 */
export async function verifyWebhookSignature(
  request: SignedWebhookRequest,
  options: WebhookSignatureOptions,
): Promise<WebhookAccepted | WebhookRejected> {
  const head = await checkWebhookHead(request, options);
  return head.ok ? verifyWebhookBody(request, head) : head;
}

/**
 * Does all checks that need no body, so that a stranger's body is not even read. Of several signatures, those whose key
 * Upvest lists count (RFC 9421, section 4.3): a gateway may have added its own.
 *
 * @throws what the keys throw, such as UpvestVerifyKeysUnavailable
 */
export async function checkWebhookHead(
  request: SignedWebhookHead,
  { keys, now, policy }: WebhookSignatureOptions,
): Promise<WebhookHeadAccepted | WebhookRejected> {
  const inputHeader = headerOf(request, 'signature-input');
  const signatureHeader = headerOf(request, 'signature');
  if (!inputHeader || !signatureHeader) {
    return rejected('SIGNATURE_HEADERS_MISSING', 'The headers signature and signature-input are required.');
  }
  const read = readSignatureHeaders(inputHeader, signatureHeader);
  if (typeof read === 'string') return malformed(read);

  const rejections: WebhookRejected[] = [];
  const covering = read.filter((signed): signed is LabelledSignature => {
    const rejection = typeof signed === 'string' ? malformed(signed) : whyNotCovering(request, signed);
    if (rejection !== undefined) rejections.push(rejection);
    return rejection === undefined;
  });
  const known = covering.filter(({ keyId }) => keys.knows(keyId));
  const candidates: Candidate[] = [];
  for (const signed of known.length > 0 ? known : covering) {
    const key = await keys.keyFor(signed.keyId);
    const checked =
      key === undefined
        ? rejected('KEY_UNKNOWN', `Upvest does not list the key ${signed.keyId}.`)
        : checkTimes(signed, now(), policy);
    if ('ok' in checked) rejections.push(checked);
    else if (key !== undefined) candidates.push({ signed, key, ...checked });
  }
  if (candidates.length > 0) return { ok: true, candidates };
  // The last one got furthest.
  return rejections.at(-1) ?? malformed('no signature');
}

/** Verifies digest and signature over the bytes of the body. */
export async function verifyWebhookBody(
  request: SignedWebhookRequest,
  { candidates }: WebhookHeadAccepted,
): Promise<WebhookAccepted | WebhookRejected> {
  let rejection = malformed('no signature');
  for (const candidate of candidates) {
    const result = await verifyOne(request, candidate);
    if (result.ok) return result;
    rejection = result;
  }
  return rejection;
}

async function verifyOne(
  request: SignedWebhookRequest,
  { signed, key, expired }: Candidate,
): Promise<WebhookAccepted | WebhookRejected> {
  const { keyId } = signed;
  const components = valuesOf(request, signed, request.body.length);
  if ('ok' in components) return components;
  for (const name of digestsOf(signed)) {
    if (!digestMatches(name, components.get(name) ?? '', request.body)) {
      return rejected('DIGEST_MISMATCH', `The header ${name} does not match the body.`);
    }
  }
  const version = versionOf(request, signed.components);
  const base = webhookSignatureBase(version, [...components], signed.input);
  if (!(await isSignedBy(key, base, signed.bytes))) {
    return rejected('SIGNATURE_MISMATCH', `The signature does not match this request and the key ${keyId}.`);
  }
  const fingerprint = createHash('sha256').update(base).digest('base64');
  return { ok: true, version, expired, keyId, fingerprint };
}

const REQUIRED = ['@method', '@path'];
const DIGEST_HEADERS: DigestHeader[] = ['digest', 'content-digest'];

function digestsOf({ components }: LabelledSignature): DigestHeader[] {
  return DIGEST_HEADERS.filter((name) => components.includes(name));
}

function whyNotCovering(request: SignedWebhookHead, signed: LabelledSignature): WebhookRejected | undefined {
  const { components } = signed;
  if (!REQUIRED.every((name) => components.includes(name)) || digestsOf(signed).length === 0) {
    return rejected('COVERAGE_INSUFFICIENT', `The signature covers only ${components.join(', ')}.`);
  }
  const values = valuesOf(request, signed, 0);
  return 'ok' in values ? values : undefined;
}

function checkTimes(
  { created, expires }: LabelledSignature,
  now: number,
  { expiry, maxAheadMs, maxAgeMs }: WebhookSignaturePolicy,
): { expired: boolean } | WebhookRejected {
  if (created !== undefined && created * 1000 > now + maxAheadMs) {
    return rejected('CREATED_IN_FUTURE', `The signature was created in the future, at ${created}.`);
  }
  if (created !== undefined && created * 1000 < now - maxAgeMs) {
    return rejected('CREATED_TOO_LONG_AGO', `The signature was created too long ago, at ${created}.`);
  }
  const expired = expires !== undefined && expires * 1000 < now - CLOCK_TOLERANCE_MS;
  return expired && expiry === 'reject'
    ? rejected('EXPIRED', `The signature expired at ${expires}.`)
    : { expired };
}

function valuesOf(
  request: SignedWebhookHead,
  { components }: LabelledSignature,
  bodyBytes: number,
): Map<string, string> | WebhookRejected {
  const values = new Map<string, string>();
  for (const name of components) {
    const value = componentOf(request, name, bodyBytes);
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

function malformed(what: string): WebhookRejected {
  return rejected('SIGNATURE_HEADERS_MALFORMED', `The signature headers are malformed: ${what}.`);
}
