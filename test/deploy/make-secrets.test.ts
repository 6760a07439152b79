import { createHash, createPublicKey } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadPrivateKey } from '../../src/upvest/client/private-key';
import { makeSecrets } from './secrets';

const secrets = makeSecrets();
afterAll(secrets.remove);

const read = (file: string): string => readFileSync(`${secrets.folder}/${file}`, 'utf8');

test('the key pair is one that Upvest takes, and its halves belong together', () => {
  const pem = { type: 'spki', format: 'pem' } as const;
  const ofPrivate = createPublicKey(loadPrivateKey(read('upvest.key'))).export(pem);
  expect(createPublicKey(read('upvest.pub')).export(pem)).toBe(ofPrivate);
});

test('the token is printed, and only its hash is kept', () => {
  const token = /^API token: (\S{32})$/m.exec(secrets.said)?.[1] ?? '';
  const sha256 = createHash('sha256').update(token).digest('hex');
  expect(JSON.parse(read('api-tokens.json'))).toEqual([{ name: 'local', role: 'submit', sha256 }]);
  expect(read('api-tokens.json')).not.toContain(token);
});

test('only the owner may read the private key and the tokens, also those of an earlier version (14.37)', () => {
  const modeOf = (file: string) => (statSync(join(secrets.folder, file)).mode & 0o777).toString(8);
  const all = () => ['.', 'upvest.key', 'api-tokens.json'].map(modeOf);
  expect(all()).toEqual(['700', '600', '600']);
  chmodSync(join(secrets.folder, 'upvest.key'), 0o644);
  secrets.again();
  expect(all()).toEqual(['700', '600', '600']);
});

test('a second run keeps what is there', () => {
  const before = secrets.files.map(read);
  expect(secrets.again()).toBe('');
  expect(secrets.files.map(read)).toEqual(before);
});
