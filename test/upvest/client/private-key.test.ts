import type { KeyExportOptions } from 'node:crypto';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { UpvestPrivateKeyUnusable } from '../../../src/upvest/client/errors';
import { loadPrivateKey } from '../../../src/upvest/client/private-key';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
const pem = (options: Omit<KeyExportOptions<'pem'>, 'format'>) =>
  privateKey.export({ ...options, format: 'pem' }).toString();

/** `openssl ecparam -genkey` writes the name of the curve in front of the key. */
const withParameters = `-----BEGIN EC PARAMETERS-----\nBgUrgQQAIw==\n-----END EC PARAMETERS-----\n${pem({ type: 'sec1' })}`;

test.each([
  ['PKCS#8', pem({ type: 'pkcs8' }), undefined],
  ['encrypted PKCS#8', pem({ type: 'pkcs8', ...cipher }), cipher.passphrase],
  ['SEC1', pem({ type: 'sec1' }), undefined],
  ['SEC1 after its parameters', withParameters, undefined],
  ['encrypted SEC1', pem({ type: 'sec1', ...cipher }), cipher.passphrase],
  ['a key that is not encrypted, with a passphrase', pem({ type: 'pkcs8' }), 'superfluous'],
])('%s is read', (_form, text, passphrase) => {
  const key = loadPrivateKey(text, passphrase);
  expect(verify('sha512', Buffer.from('x'), publicKey, sign('sha512', Buffer.from('x'), key))).toBe(true);
});

const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;

test.each([
  ['P-256', p256.export({ type: 'pkcs8', format: 'pem' }).toString(), undefined, 'prime256v1'],
  ['RSA', rsa.export({ type: 'pkcs8', format: 'pem' }).toString(), undefined, 'rsa'],
  ['Ed25519', ed25519.export({ type: 'pkcs8', format: 'pem' }).toString(), undefined, 'ed25519'],
  ['a wrong passphrase', pem({ type: 'pkcs8', ...cipher }), 'wrong', 'passphrase'],
  ['no passphrase', pem({ type: 'sec1', ...cipher }), undefined, 'passphrase'],
  [
    'a public key',
    createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
    undefined,
    'not a PEM',
  ],
  ['nonsense', 'hello', undefined, 'not a PEM'],
  ['nothing', '', undefined, 'not a PEM'],
])('%s is refused with the command that makes a right one', (_form, text, passphrase, why) => {
  expect(() => loadPrivateKey(text, passphrase)).toThrow(UpvestPrivateKeyUnusable);
  expect(() => loadPrivateKey(text, passphrase)).toThrow(why);
  expect(() => loadPrivateKey(text, passphrase)).toThrow(/openssl genpkey .*P-521/);
});
