import { createHash, timingSafeEqual } from 'node:crypto';
import { parseDictionary } from 'structured-headers';

/**
 * Headers that bind a signature to the body: `digest` in v6, `content-digest` in v15
 * (references/upvest.md#webhook-signature, #request-signature).
 */
export type DigestHeader = 'digest' | 'content-digest';

/** True if the header has at least one supported hash and every supported hash matches the body. */
export function digestMatches(header: DigestHeader, value: string, body: Buffer): boolean {
  const digests = header === 'digest' ? readDigest(value) : readContentDigest(value);
  return (
    digests.length > 0 &&
    digests.every(({ hash, bytes }) => equal(createHash(hash).update(body).digest(), bytes))
  );
}

interface Digest {
  hash: 'sha256' | 'sha512';
  bytes: Buffer;
}

const HASHES = new Map<string, Digest['hash']>([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

/** RFC 3230: `SHA-256=<base64>`, algorithms in any case, separated by commas. */
function readDigest(value: string): Digest[] {
  return value.split(',').flatMap((part) => {
    const [, algorithm, base64] = /^\s*([A-Za-z0-9-]+)=([A-Za-z0-9+/]+=*)\s*$/.exec(part) ?? [];
    const hash = HASHES.get(algorithm?.toLowerCase() ?? '');
    return hash === undefined || base64 === undefined ? [] : [{ hash, bytes: Buffer.from(base64, 'base64') }];
  });
}

/** RFC 9530: `sha-512=:<base64>:`. */
function readContentDigest(value: string): Digest[] {
  try {
    return [...parseDictionary(value)].flatMap(([algorithm, [bytes]]) => {
      const hash = HASHES.get(algorithm);
      return hash === undefined || !(bytes instanceof ArrayBuffer)
        ? []
        : [{ hash, bytes: Buffer.from(bytes) }];
    });
  } catch {
    return [];
  }
}

function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
