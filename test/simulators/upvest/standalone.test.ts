import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { UpvestSimulator } from '../../../simulators/upvest';
import { startStandalone } from '../../../simulators/upvest/standalone';
import { placement, testClient, UpvestTestClient } from './support/client';

let simulator: UpvestSimulator | undefined;
const leftBehind: string[] = [];

afterEach(async () => {
  await simulator?.close();
  for (const path of leftBehind.splice(0)) await rm(path, { recursive: true });
});

/** Starts the simulator and parses its output. */
async function start(...argv: string[]): Promise<Record<string, string>> {
  let printed = '';
  simulator = await startStandalone(['--port', '0', ...argv], (text) => {
    printed += text;
  });
  const lines = printed.trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(/: +(.*)/);
      return [name, value];
    }),
  );
}

it('generates a client that can place an order with the printed credentials', async () => {
  const printed = await start('--placement-status', '201');
  const file = printed['Private key'] ?? '';
  leftBehind.push(dirname(file));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const client = new UpvestTestClient(printed['Upvest simulator'] ?? '', {
    clientId: printed['Client id'] ?? '',
    clientSecret: printed['Client secret'] ?? '',
    keyId: printed['Key id'] ?? '',
    privateKey: createPrivateKey(readFileSync(file)),
  });
  expect((await client.place(placement())).status).toBe(201);
  const keys = (await client.call('GET', '/auth/verify_keys')).json;
  expect(keys).toMatchObject({ keys: [{ kid: printed['Webhook key id'] }] });
  expect((await client.control('GET', '/webhooks/keys')).json).toEqual(keys);
  await client.close();
});

it('accepts a given client and does not print its secret', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'upvest-standalone-test-'));
  leftBehind.push(directory);
  const file = join(directory, 'public.pem');
  await writeFile(file, createPublicKey(testClient.publicKey).export({ type: 'spki', format: 'pem' }));
  const { clientId, clientSecret, keyId } = testClient;
  const printed = await start(
    ...['--client-id', clientId, '--client-secret', clientSecret],
    ...['--key-id', keyId, '--public-key-file', file],
  );
  expect(JSON.stringify(printed)).not.toContain(clientSecret);
  expect(existsSync(printed['Private key'] ?? '')).toBe(false);
  const client = new UpvestTestClient(printed['Upvest simulator'] ?? '');
  expect((await client.place(placement())).status).toBe(200);
  await client.close();
});
