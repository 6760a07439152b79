/** The two production processes, as they start and stop. */
import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../../src/temporal/free-port';
import { ensureBuilt, run, start, type Running } from '../cli/processes';
import { until } from '../support/stack';
import { required, temporaryFiles } from './environment';

const files = temporaryFiles();
const { common, worker, server } = required(files);
beforeAll(ensureBuilt, 120_000);
afterAll(() => {
  files.remove();
});

interface LogLine {
  level: number;
  msg: string;
  problems?: string[];
  remedy?: string;
  taken?: string[];
  overridden?: string[];
}

const FATAL = 60;
const logOf = (stderr: string): LogLine[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);

/** The one line that says why a process could not start; it has no stack trace. */
function failureIn(stderr: string): LogLine {
  const [failure, ...others] = logOf(stderr).filter(({ level }) => level === FATAL);
  expect(others).toEqual([]);
  expect(stderr).not.toMatch(/\n? {4}at |"stack"/);
  return failure ?? { level: 0, msg: 'no failure' };
}

/** The variables that are named, one in each problem. */
const named = (problems: string[] = []): string[] =>
  problems.map((problem) => /^(\w+) ./.exec(problem)?.[1] ?? problem).sort();

/** A folder of its own, with a `.env`. */
function folderWithEnv(name: string, content: string): string {
  mkdirSync(join(files.folder, name));
  files.write(join(name, '.env'), content);
  return join(files.folder, name);
}

describe.each([
  ['worker', { ...common, ...worker }],
  ['server', { ...common, ...server }],
] as const)('the %s', (name, environment) => {
  it('without configuration ends with 1 and lists all that is missing, and nothing else', async () => {
    const { code, stdout, stderr } = await run(`${name}.js`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(logOf(stderr)).toHaveLength(1);
    expect(failureIn(stderr)).toMatchObject({
      msg: 'The configuration is unusable',
      remedy: expect.stringContaining('.env.example') as string,
    });
    expect(named(failureIn(stderr).problems)).toEqual(Object.keys(environment).sort());
  });

  it('with one wrong variable names it, and shows no secret', async () => {
    const { code, stderr } = await run(`${name}.js`, [], { ...environment, POLICY_PLACED_GRACE: 'soon' });
    expect(code).toBe(1);
    expect(named(failureIn(stderr).problems)).toEqual(['POLICY_PLACED_GRACE']);
    expect(stderr).not.toMatch(/upvest-secret|esw-secret|soon/);
  });

  it('reads .env where it is started; what is set already wins, and the log says so', async () => {
    const { UPVEST_KEY_ID = '', ...others } = environment;
    const cwd = folderWithEnv(
      `of-${name}`,
      `UPVEST_KEY_ID=${UPVEST_KEY_ID}\nPOLICY_QUIET="later" # a comment\nESW_TENANT_CODE=OTHER\nESW_CHANNEL_ID=\n`,
    );
    const { code, stderr } = await run(`${name}.js`, [], others, { cwd });
    expect(code).toBe(1);
    expect(named(failureIn(stderr).problems)).toEqual(['POLICY_QUIET']);
    expect(logOf(stderr)[0]).toMatchObject({
      msg: `read 2 variables from ${cwd}/.env; already set, and kept: ESW_TENANT_CODE`,
      taken: ['POLICY_QUIET', 'UPVEST_KEY_ID'],
      overridden: ['ESW_TENANT_CODE'],
    });
    expect(stderr).not.toMatch(/later|OTHER/);
  });
});

it('a worker without Temporal ends with 1 and says why', async () => {
  const TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`;
  const { code, stderr } = await run('worker.js', [], { ...common, ...worker, TEMPORAL_ADDRESS });
  expect(code).toBe(1);
  expect(stderr).toMatch(/connect/i);
  expect(stderr).not.toMatch(/upvest-secret|esw-secret/);
  expect(failureIn(stderr)).toMatchObject({
    msg: `Temporal at ${TEMPORAL_ADDRESS} cannot be used`,
    problems: ['Connection refused'],
    remedy: expect.stringContaining('TEMPORAL_ADDRESS') as string,
  });
});

it('a server names a key file that cannot be read', async () => {
  const wrong = { ...common, ...server, UPVEST_PRIVATE_KEY_FILE: join(files.folder, 'none.pem') };
  const { code, stderr } = await run('server.js', [], wrong);
  expect(code).toBe(1);
  expect(failureIn(stderr).problems).toEqual([
    'UPVEST_PRIVATE_KEY_FILE names a file that cannot be read (ENOENT)',
  ]);
});

it('a server with settings of Temporal that cannot be read says so', async () => {
  const wrong = { ...common, ...server, TEMPORAL_CONFIG_FILE: files.folder };
  const { code, stderr } = await run('server.js', [], wrong);
  expect(code).toBe(1);
  expect(failureIn(stderr)).toMatchObject({
    msg: 'The settings of Temporal cannot be used',
    remedy: expect.stringContaining('TEMPORAL_CONFIG_FILE') as string,
  });
});

it('a server says that .env cannot be read', async () => {
  const cwd = join(files.folder, 'unreadable');
  mkdirSync(join(cwd, '.env'), { recursive: true });
  const { code, stderr } = await run('server.js', [], { ...common, ...server }, { cwd });
  expect(code).toBe(1);
  expect(failureIn(stderr).problems).toEqual([`${cwd}/.env cannot be read (EISDIR)`]);
});

it('a server with a bad file of tokens ends with 1 and says what is wrong with it', async () => {
  const wrong = { API_TOKENS_FILE: files.write('bad-tokens.json', '[{ "name": "ada", "role": "boss" }]') };
  const { code, stderr } = await run('server.js', [], { ...common, ...wrong });
  expect(code).toBe(1);
  const [problem = '', ...others] = failureIn(stderr).problems ?? [];
  expect(others).toEqual([]);
  expect(problem).toMatch(/^API_TOKENS_FILE must be a JSON list .*0\.role .*0\.sha256 /);
});

it('a server whose port is taken ends with 1 and says so', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => other.once('listening', listening));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await run('server.js', [], { ...common, ...server, HTTP_PORT: String(port) });
  await new Promise((closed) => other.close(closed));
  expect(code).toBe(1);
  expect(failureIn(stderr)).toMatchObject({
    msg: `The server cannot listen on 127.0.0.1, port ${port}`,
    problems: ['another process listens there'],
    remedy: expect.stringContaining('HTTP_PORT') as string,
  });
});

/** `script` of util-linux gives the program a terminal; other systems have another one by that name. */
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux.each(['worker', 'server'])('on a terminal the %s says it in lines for people', (name) => {
  const program = resolve(__dirname, '../../dist/src', `${name}.js`);
  const { status, stdout } = spawnSync('script', ['-qec', `${process.execPath} ${program}`, '/dev/null'], {
    cwd: __dirname,
    env: { PATH: process.env.PATH, ESW_TENANT_CODE: 'PFOLIO' },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  const [title, ...lines] = stdout.replaceAll('\r', '').trimEnd().split('\n');
  expect(title).toBe('The configuration is unusable:');
  expect(lines.pop()).toMatch(/^Set these variables .*\.env\.example/);
  const missing = { ...common, ...(name === 'worker' ? worker : server) };
  delete missing.ESW_TENANT_CODE;
  expect(lines.sort()).toEqual(
    Object.keys(missing)
      .map((variable) => `  - ${variable} is missing`)
      .sort(),
  );
});

describe('a server without Temporal', () => {
  let running: Running;
  afterEach(() => running.process.kill('SIGKILL'));

  it('starts, says that it is not ready, and ends with 0 when it is told to stop', async () => {
    const TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`;
    running = start('server.js', [], { ...common, ...server, TEMPORAL_ADDRESS, HTTP_PORT: '0' });
    const [, url] = await until(
      'the server to listen',
      () => /"url":"([^"]+)"/.exec(running.stderr()) ?? false,
    );
    expect((await fetch(`${url ?? ''}/healthz`)).status).toBe(200);
    expect((await fetch(`${url ?? ''}/readyz`)).status).toBe(503);
    running.process.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).not.toMatch(/upvest-secret|BEGIN/);
  });
});
