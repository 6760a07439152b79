import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

test('a second run keeps what is there', () => {
  const before = secrets.files.map(read);
  expect(secrets.again()).toBe('');
  expect(secrets.files.map(read)).toEqual(before);
});
