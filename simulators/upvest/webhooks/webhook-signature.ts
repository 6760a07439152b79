import { createHash, generateKeyPairSync, randomInt, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { v4 as uuid } from 'uuid';

const signAsync = promisify(sign);

/** Seconds from signing to `expires`, as in Upvest's proxy. */
const usualLifetimeSeconds = 60;

/** A signed webhook request with its exact bytes, for the first delivery and redeliveries. */
export interface SignedWebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** Corruptions of a signed request, to test that the receiver detects them. */
export interface Tampering {
  /** Flips one bit of the signature. */
  signature?: 'corrupt';
  /** Sends the digest of another body, with a valid signature over it. */
  digest?: 'corrupt';
  /** Replaces the key id; the signature is still made with the real key. */
  keyId?: string;
}

/** How to sign; by default as Upvest does. */
export interface Signing extends Tampering {
  /** Seconds from signing to `expires`. */
  lifetimeSeconds?: number | undefined;
}

/** One entry of `GET /auth/verify_keys` (references/upvest.md#webhook-subscriptions). */
export interface VerifyKey {
  kid: string;
  kty: 'EC';
  crv: 'P-521';
  x: string;
  y: string;
}

interface SigningKey {
  keyId: string;
  privateKey: KeyObject;
  public: VerifyKey;
}

export type WebhookSignatureVersion = 6 | 15;

/**
 * Signs webhooks with ECDSA P-521 and SHA-512 in DER: as draft v6 with unquoted names and a SHA-256 `digest`
 * (references/upvest.md#webhook-signature), or as draft v15 with quoted names and a SHA-512 `content-digest`
 * (references/upvest.md#request-signature).
 */
export class WebhookSigner {
  private keys: SigningKey[] = [];
  private current: SigningKey;

  constructor(private readonly version: WebhookSignatureVersion) {
    this.current = this.addKey();
  }

  verifyKeys(): VerifyKey[] {
    return this.keys.map((key) => key.public);
  }

  /** Switches to a new key and returns its id. Old keys can stay listed, since requests signed with them may be redelivered. */
  rotate(keepOld: boolean): string {
    if (!keepOld) this.keys = [];
    this.current = this.addKey();
    return this.current.keyId;
  }

  async sign(url: string, body: Buffer, signing: Signing = {}): Promise<SignedWebhookRequest> {
    const digested = signing.digest ? Buffer.concat([body, Buffer.from(' ')]) : body;
    const sent = {
      ...this.digestOf(digested),
      'content-length': String(body.length),
      'content-type': 'application/json',
    };
    const covered = { '@method': 'POST', '@path': new URL(url).pathname, ...sent };
    const { keyId = this.current.keyId, lifetimeSeconds = usualLifetimeSeconds } = signing;
    const params = this.signatureParams(Object.keys(covered), keyId, lifetimeSeconds);
    const signature = await signAsync(
      'sha512',
      webhookSignatureBase(covered, params, this.version),
      this.current.privateKey,
    );
    if (signing.signature) corrupt(signature);
    return {
      url,
      body,
      headers: {
        accept: 'application/json',
        ...sent,
        ...(this.version === 15 && { 'upvest-signature-version': '15' }),
        'signature-input': `sig1=${params}`,
        signature: `sig1=:${signature.toString('base64')}:`,
      },
    };
  }

  private digestOf(body: Buffer): Record<string, string> {
    return this.version === 15
      ? { 'content-digest': `sha-512=:${createHash('sha512').update(body).digest('base64')}:` }
      : { digest: `SHA-256=${createHash('sha256').update(body).digest('base64')}` };
  }

  private signatureParams(names: string[], keyId: string, lifetimeSeconds: number): string {
    const created = Math.floor(Date.now() / 1000);
    const nonce = String(randomInt(10 ** 9, 10 ** 10));
    const list = names.map((name) => `"${name}"`).join(' ');
    return `(${list});keyid="${keyId}";created=${created};nonce="${nonce}";expires=${created + lifetimeSeconds}`;
  }

  private addKey(): SigningKey {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const keyId = uuid();
    const key: SigningKey = { keyId, privateKey, public: { kid: keyId, kty: 'EC', crv: 'P-521', x, y } };
    this.keys.push(key);
    return key;
  }
}

/**
 * The signature base, without a trailing newline. Version 6 quotes names only in the list of the last line; version 15
 * quotes them everywhere.
 */
export function webhookSignatureBase(
  covered: Record<string, string>,
  params: string,
  version: WebhookSignatureVersion = 6,
): Buffer {
  const quote = version === 15 ? '"' : '';
  const lines = Object.entries({ ...covered, '@signature-params': params });
  return Buffer.from(lines.map(([name, value]) => `${quote}${name}${quote}: ${value}`).join('\n'));
}

/** Flips a bit of the last byte: valid DER of two integers, but an invalid signature. */
function corrupt(signature: Buffer): void {
  const last = signature.length - 1;
  signature.writeUInt8(signature.readUInt8(last) ^ 1, last);
}
