import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v4 as uuid } from 'uuid';

/** Credentials that the user of the standalone simulator may provide. */
export interface GivenCredentials {
  clientId?: string;
  clientSecret?: string;
  keyId?: string;
  /** PEM (SPKI) of an EC P-521 key. */
  publicKeyFile?: string;
}

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  keyId: string;
  publicKey: string;
  /** File with the private key, if the key pair was generated. */
  privateKeyFile?: string;
}

/** Generates the credentials that were not given. */
export function completeCredentials(given: GivenCredentials): ClientCredentials {
  return {
    clientId: given.clientId ?? uuid(),
    clientSecret: given.clientSecret ?? randomBytes(24).toString('base64url'),
    keyId: given.keyId ?? uuid(),
    ...(given.publicKeyFile === undefined
      ? newKeyPair()
      : { publicKey: readFileSync(given.publicKeyFile, 'utf8') }),
  };
}

function newKeyPair(): { publicKey: string; privateKeyFile: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-521',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const privateKeyFile = join(mkdtempSync(join(tmpdir(), 'upvest-simulator-')), 'private-key.pem');
  writeFileSync(privateKeyFile, privateKey, { mode: 0o600 });
  return { publicKey, privateKeyFile };
}
