import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runProgram } from '../../../tools/temporal-server/run-program';
import { findTemporalCli } from '../../../tools/temporal-server/temporal-cli';
import { CLI_VERSION, SERVER_VERSION, UI_VERSION } from '../../../tools/temporal-server/versions';
import { closeTemporal, testClient } from '../../support/temporal';
import { assertAtLeast, assertServerVersion, assertWebUiVersion } from '../../support/temporal-versions';

let server: Server | undefined;
afterEach(() => server?.close());
afterAll(closeTemporal);

/** A Web UI that has nothing but its settings. */
async function serveSettings(settings: unknown): Promise<string> {
  const started = createServer((request, response) =>
    request.url === '/api/v1/settings'
      ? response.end(JSON.stringify(settings))
      : response.writeHead(404).end(),
  );
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

test.each(['2.54', '2.54.0', '2.54.1', '2.60.0', '2.100.0', '3.0.0'])('%s is at least 2.54', (found) => {
  expect(() => {
    assertAtLeast('a thing', '2.54', found);
  }).not.toThrow();
});

test.each(['2.53.9', '2.9', '2.5', '1.99.0', '', 'v2.54.1', undefined, null])('%s is not', (found) => {
  expect(() => {
    assertAtLeast('a thing', '2.54', found);
  }).toThrow(
    /^The tests need a thing >= 2\.54, found .*\. Temporal CLI 1\.9\.1 has it; .*, the tests fetch that one\.$/,
  );
});

test('the server of these tests is new enough', async () => {
  await expect(assertServerVersion(testClient().connection)).resolves.toBeUndefined();
});

test('a server that is too old is named in one line, with the version that is needed', async () => {
  const workflowService = { getSystemInfo: () => Promise.resolve({ serverVersion: '1.28.3' }) };
  await expect(assertServerVersion({ workflowService })).rejects.toThrow(
    'The tests need a Temporal server >= 1.29, found 1.28.3.',
  );
});

test('a Web UI is asked for its version', async () => {
  await expect(assertWebUiVersion(await serveSettings({ Version: '2.54.1' }))).resolves.toBeUndefined();
});

test.each([
  [{ Version: '2.42.1' }, '2.42.1'],
  [{}, 'none'],
])('a Web UI with the settings %j is too old', async (settings, found) => {
  await expect(assertWebUiVersion(await serveSettings(settings))).rejects.toThrow(
    `The tests need a Temporal Web UI >= 2.54, found ${found}.`,
  );
});

// Where a server is given there may be no CLI.
const withCli = (process.env.TEMPORAL_ADDRESS ?? '') === '' ? test : test.skip;

withCli('the CLI of the pinned version brings the server and the Web UI of the pinned versions', async () => {
  const cli = await findTemporalCli({ log: () => undefined });
  const { stdout } = await runProgram(cli, ['--version'], { timeoutMs: 20_000 });
  const [, version] = /^temporal version (\S+) \(Server \S+, UI \S+\)$/.exec(stdout.trim()) ?? [];
  expect(version).toBeDefined();
  // Another one on the PATH says nothing of the pinned one.
  const pinned = `temporal version ${CLI_VERSION} (Server ${SERVER_VERSION}, UI ${UI_VERSION})`;
  expect(version === CLI_VERSION ? stdout.trim() : pinned).toBe(pinned);
});
