import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformFile } from '@swc/core';
import { connectClient } from '../../../src/temporal/client';
import { startDevServer, type DevServer } from '../../../tools/temporal-server/dev-server';
import { freePort } from '../../../src/lib/free-port';
import { startSupervised } from '../../../tools/temporal-server/supervised-process';
import { testTarget } from '../../support/temporal';

/** Command lines of all processes that run; a zombie has none. */
const commandLines = (): string => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });

async function untilGone(trait: string): Promise<void> {
  while (commandLines().includes(trait)) await sleep(20);
}

let directory: string;
let lines: string[];
const log = (line: string): void => void lines.push(line);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dev-server-'));
  lines = [];
});
afterEach(() => rm(directory, { recursive: true }));

async function fakeCli(script: string): Promise<string> {
  const path = join(directory, 'temporal');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

// Where a server is given there may be no CLI to start another one with.
const withOwnServer = (process.env.TEMPORAL_ADDRESS ?? '') === '' ? test : test.skip;

withOwnServer(
  'servers started at once do not collide: one with its Web UI, which leaves no process behind, and one that keeps its data in a file',
  async () => {
    const dbFilename = join(directory, 'temporal.db');
    const [first, second] = await Promise.all([
      startDevServer({ log, namespace: 'mine', ui: true }),
      startDevServer({ log, dbFilename, namespace: 'kept' }),
    ]);
    expect(first.address).not.toBe(second.address);
    expect(await hasNamespace(first, 'mine')).toBe(true);
    expect((await fetch(first.uiUrl ?? '')).status).toBe(200);
    expect(lines).toContainEqual(
      expect.stringContaining(`Temporal: server at ${first.address}, Web UI at ${first.uiUrl ?? ''}`),
    );
    const port = first.address.split(':')[1] ?? '';
    expect(commandLines()).toContain(`--port ${port}`);
    await Promise.all([first.stop(), first.stop(), second.stop()]);
    expect(commandLines()).not.toContain(`--port ${port}`);

    const again = await startDevServer({ log, dbFilename });
    expect(await hasNamespace(again, 'kept')).toBe(true);
    await again.stop();
  },
);

async function hasNamespace(server: DevServer, namespace: string): Promise<boolean> {
  const { connection } = connectClient(server);
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
  await connection.close();
  return namespaceInfo?.name === namespace;
}

test('a server that is given is used as it is and not stopped', async () => {
  const findCli = jest.fn();
  const given = testTarget();
  const server = await startDevServer({ log, given, findCli });
  expect(server).toMatchObject(given);
  await server.stop();
  const { connection } = connectClient(given);
  expect(await connection.workflowService.getSystemInfo({})).toBeDefined();
  await connection.close();
  expect(findCli).not.toHaveBeenCalled();
  expect(lines).toEqual([`Temporal: using the server at ${given.address}, namespace "${given.namespace}"`]);
});

test('a server that is given and does not answer is an error, not replaced by another one', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const started = startDevServer({ log, given: { address, namespace: 'default' } });
  await expect(started).rejects.toThrow(`No Temporal server answers at ${address}: `);
});

test('a server that dies while it starts is reported with its last words', async () => {
  const cli = await fakeCli('echo "disk is full" >&2; exit 3');
  const started = startDevServer({ log, findCli: () => Promise.resolve(cli) });
  await expect(started).rejects.toThrow(
    'The Temporal server did not start: it ended with code 3\ndisk is full',
  );
});

test.each([
  ['a Web UI is started without news', true, 'with the flag', ['with']],
  ['without a Web UI the flag is left out', false, 'without the flag', ['without']],
])('%s', async (_name, ui, lastWords, starts) => {
  const cli = await fakeCli(
    `case "$*" in *--ui-disable-news-fetch*) w=with ;; *) w=without ;; esac; echo $w >> "${directory}/starts"; echo "$w the flag" >&2; exit 3`,
  );
  const started = startDevServer({ log, ui, findCli: () => Promise.resolve(cli) });
  await expect(started).rejects.toThrow(`it ended with code 3\n${lastWords}`);
  expect((await readFile(join(directory, 'starts'), 'utf8')).trim().split('\n')).toEqual(starts);
});

test('a CLI whose Web UI has no news is started without the flag for it', async () => {
  const cli = await fakeCli(
    'case "$*" in *--ui-disable-news-fetch*) echo "unknown flag: --ui-disable-news-fetch" >&2; exit 1 ;; esac; echo "the second start" >&2; exit 3',
  );
  const started = startDevServer({ log, ui: true, findCli: () => Promise.resolve(cli) });
  await expect(started).rejects.toThrow('it ended with code 3\nthe second start');
  expect(lines).toEqual([]);
});

test('a binary that cannot be started is reported', async () => {
  const started = startDevServer({ log, findCli: () => Promise.resolve(join(directory, 'nowhere')) });
  await expect(started).rejects.toThrow('ENOENT');
});

test('a run takes as many signals as is asked for, or as many as Temporal lets it', async () => {
  const findCli = async (): Promise<string> => fakeCli('echo "arguments: $*" >&2; exit 3');
  const limit = '--dynamic-config-value history.maximumSignalsPerExecution=';
  await expect(startDevServer({ log, findCli, signalsPerRun: 250 })).rejects.toThrow(`${limit}250`);
  const words = await startDevServer({ log, findCli }).catch((error: unknown) => String(error));
  expect(words).toContain('arguments: server start-dev');
  expect(words).not.toContain(limit);
});

test('a port that another process took meanwhile is replaced, unless it was asked for', async () => {
  const cli = await fakeCli('echo "listen tcp: bind: address already in use" >&2; exit 1');
  const findCli = (): Promise<string> => Promise.resolve(cli);
  await expect(startDevServer({ log, findCli })).rejects.toThrow('address already in use');
  expect(lines).toHaveLength(2);
  await expect(startDevServer({ log, findCli, port: 17_233 })).rejects.toThrow('address already in use');
  expect(lines).toHaveLength(2);
});

test('a process that ignores SIGTERM is killed', async () => {
  const cli = await fakeCli('trap "" TERM; echo ready >&2; while :; do sleep 0.1; done');
  const stubborn = startSupervised(cli, ['stubborn'], 100);
  while (stubborn.lastWords() === '') await sleep(10);
  await stubborn.stop();
  expect(stubborn.endedWith()).toBe('SIGKILL');
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'it does not outlive us when %s ends us',
  async (signal) => {
    const source = resolve(__dirname, '../../../tools/temporal-server/supervised-process.ts');
    const { code } = await transformFile(source, { jsc: { target: 'es2022' }, module: { type: 'commonjs' } });
    const script = join(directory, 'parent.js');
    const cli = await fakeCli('echo ready >&2; while :; do sleep 0.1; done');
    await writeFile(
      script,
      `${code}
    const server = startSupervised(${JSON.stringify(cli)}, ['as-a-server']);
    setInterval(() => { if (server.lastWords() !== '') process.stdout.write('ready'); }, 10);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    const trait = `${cli} as-a-server`;
    expect(commandLines()).toContain(trait);
    parent.kill(signal);
    await untilGone(trait);
  },
);
