import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { UpvestPrivateKeyUnusable } from './errors';

const HOW_TO_MAKE_ONE =
  'Make a key that Upvest accepts with: ' +
  'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -aes-256-cbc -out upvest-private.pem, ' +
  'then register with Upvest the output of: openssl pkey -in upvest-private.pem -pubout';

/**
 * Loads the key that signs our calls: PKCS#8 or SEC1 PEM, encrypted or not. Upvest takes EC keys on P-521 only
 * (upvest.md 2.2), so anything else is refused here instead of at the first call.
 *
 * @throws UpvestPrivateKeyUnusable
 */
export function loadPrivateKey(pem: string, passphrase?: string): KeyObject {
  const key = parse(pem, passphrase);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve !== 'secp521r1') {
    const found = curve ?? key.asymmetricKeyType ?? 'unknown';
    throw new UpvestPrivateKeyUnusable(
      `The Upvest signing key is of type ${found}, not EC P-521. ${HOW_TO_MAKE_ONE}`,
    );
  }
  return key;
}

function parse(pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
  } catch (cause) {
    const encrypted = pem.includes('ENCRYPTED');
    const hint = encrypted
      ? 'the file is encrypted: is the passphrase given and right?'
      : 'it is no PEM private key.';
    throw new UpvestPrivateKeyUnusable(`The Upvest signing key cannot be read: ${hint} ${HOW_TO_MAKE_ONE}`, {
      cause,
    });
  }
}
