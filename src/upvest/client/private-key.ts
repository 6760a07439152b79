import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { UpvestPrivateKeyUnusable } from './errors';

const REMEDY =
  'Create a key that Upvest accepts with: ' +
  'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -aes-256-cbc -out upvest-private.pem, ' +
  'then register the public key with Upvest, the output of: openssl pkey -in upvest-private.pem -pubout';

/**
 * Loads the key that signs our calls: PKCS#8 or SEC1 PEM, optionally encrypted. Upvest accepts only EC keys on P-521
 * (references/upvest.md#request-signature), so other keys are rejected here instead of at the first call.
 *
 * @throws UpvestPrivateKeyUnusable
 */
export function loadPrivateKey(pem: string, passphrase?: string): KeyObject {
  const key = parse(pem, passphrase);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve !== 'secp521r1') {
    const found = curve ?? key.asymmetricKeyType ?? 'unknown';
    throw new UpvestPrivateKeyUnusable(`The Upvest signing key is of type ${found}, not EC P-521. ${REMEDY}`);
  }
  return key;
}

function parse(pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
  } catch (cause) {
    const encrypted = pem.includes('ENCRYPTED');
    const hint = encrypted ? 'the file is encrypted; check the passphrase.' : 'it is not a PEM private key.';
    throw new UpvestPrivateKeyUnusable(`The Upvest signing key cannot be read: ${hint} ${REMEDY}`, {
      cause,
    });
  }
}
