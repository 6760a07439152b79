import { createHash, generateKeyPairSync, randomInt, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { v4 as uuid } from 'uuid';

const signAsync = promisify(sign);

/** Seconds from signing to `expires`, as Upvest's proxy signs. */
const lifetimeSeconds = 60;

/** A webhook request exactly as it goes on the wire, again and again until it is acknowledged. */
export interface SealedRequest {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What to spoil in a signed request, to see that the receiver notices. */
export interface Tampering {
  /** One bit of the signature is turned over. */
  signature?: 'corrupt';
  /** The digest is that of another body; the signature over it is good. */
  digest?: 'corrupt';
  /** Named instead of the true key id; signed with the true key. */
  keyId?: string;
}

/** One entry of `GET /auth/verify_keys` (upvest.md 3.7). */
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

/** Signs webhooks as draft v6: unquoted names and a SHA-256 `digest`, ECDSA P-521 with SHA-512 in DER (upvest.md 5.5). */
export class WebhookSigner {
  private readonly keys: SigningKey[] = [];
  private current: SigningKey;

  constructor() {
    this.current = this.addKey();
  }

  verifyKeys(): VerifyKey[] {
    return this.keys.map((key) => key.public);
  }

  /** From now on a new key signs. The old one stays listed, since requests that it signed may still be redelivered. */
  rotate(): string {
    this.current = this.addKey();
    return this.current.keyId;
  }

  async seal(url: string, body: Buffer, tampering: Tampering = {}): Promise<SealedRequest> {
    const digested = tampering.digest ? Buffer.concat([body, Buffer.from(' ')]) : body;
    const digest = `SHA-256=${createHash('sha256').update(digested).digest('base64')}`;
    const covered = {
      '@method': 'POST',
      '@path': new URL(url).pathname,
      'content-length': String(body.length),
      'content-type': 'application/json',
      digest,
    };
    const params = this.signatureParams(Object.keys(covered), tampering.keyId ?? this.current.keyId);
    const signature = await signAsync(
      'sha512',
      webhookSignatureBase(covered, params),
      this.current.privateKey,
    );
    if (tampering.signature) corrupt(signature);
    return {
      url,
      body,
      headers: {
        accept: 'application/json',
        'content-type': covered['content-type'],
        'content-length': covered['content-length'],
        digest,
        'signature-input': `sig1=${params}`,
        signature: `sig1=:${signature.toString('base64')}:`,
      },
    };
  }

  private signatureParams(names: string[], keyId: string): string {
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

/** The v6 base: names without quotes, but quoted inside the list of the last line, without a newline at the end. */
export function webhookSignatureBase(covered: Record<string, string>, params: string): Buffer {
  const lines = Object.entries(covered).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([...lines, `@signature-params: ${params}`].join('\n'));
}

/** Turns over a bit of the last byte: still DER of two integers, but not this signature. */
function corrupt(signature: Buffer): void {
  const last = signature.length - 1;
  signature.writeUInt8(signature.readUInt8(last) ^ 1, last);
}
