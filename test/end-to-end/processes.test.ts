/** Properties of the two production processes that only real processes show; `test/config/failed-start.test.ts` has the
 * rest. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { freePort } from '../../src/lib/free-port';
import { ensureBuilt, run, start, type Running } from '../cli/processes';
import { required, temporaryFiles } from '../config/environment';
import { failureIn, logOf } from '../config/start-log';
import { until } from '../support/until';

const files = temporaryFiles();
const { common, worker, server } = required(files);
beforeAll(ensureBuilt, 120_000);
afterAll(() => {
  files.remove();
});

/** The key's id, and another tenant than the environment's. */
const ENV = `UPVEST_KEY_ID=${common.UPVEST_KEY_ID ?? ''}\nESW_TENANT_CODE=OTHER\n`;

/** Settings of worker and server apart from those in `.env`, with an unavailable Temporal. */
async function environment(): Promise<Record<string, string>> {
  const { UPVEST_KEY_ID: _inFile, ...others } = { ...common, ...worker, ...server };
  return { ...others, TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`, HTTP_PORT: '0', ADMIN_PORT: '0' };
}

/** Pino's level. */
const ERROR = 50;

const readFrom = (folder: string): object => ({
  msg: `read 1 variable from ${folder}/.env; already set elsewhere and kept: ESW_TENANT_CODE`,
  taken: ['UPVEST_KEY_ID'],
  overridden: ['ESW_TENANT_CODE'],
});

it('a worker without Temporal reads .env in its working directory, exits with 1 and reports why', async () => {
  const cwd = files.folderWithEnv(ENV);
  const given = await environment();
  const { code, stdout, stderr } = await run('worker.js', [], given, { cwd });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/connect/i);
  expect(stderr).not.toMatch(/upvest-secret|esw-secret|OTHER/);
  expect(logOf(stderr)[0]).toMatchObject(readFrom(cwd));
  expect(failureIn(stderr)).toMatchObject({
    msg: `Temporal at ${given.TEMPORAL_ADDRESS} is not usable`,
    problems: ['Connection refused'],
    remedy: expect.stringContaining('TEMPORAL_ADDRESS') as string,
  });
});

/** `script` of util-linux gives the program a terminal; other systems have another one by that name. */
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux.each(['worker', 'server'])('on a terminal the %s logs readable lines', (name) => {
  const program = resolve(__dirname, '../../dist/src', `${name}.js`);
  const { status, stdout } = spawnSync('script', ['-qec', `${process.execPath} ${program}`, '/dev/null'], {
    cwd: __dirname,
    env: { PATH: process.env.PATH, ESW_TENANT_CODE: 'PFOLIO' },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  const [title, ...lines] = stdout.replaceAll('\r', '').trimEnd().split('\n');
  expect(title).toBe('Invalid configuration:');
  expect(lines.pop()).toMatch(/^Set these variables .*\.env\.example/);
  const missing = { ...common, ...(name === 'worker' ? worker : server) };
  delete missing.ESW_TENANT_CODE;
  expect(lines.map((line) => /^ {2}- (\w+) is missing/.exec(line)?.[1]).sort()).toEqual(
    Object.keys(missing).sort(),
  );
});

describe('a server without Temporal and without its records database', () => {
  let running: Running;
  afterAll(() => running.process.kill('SIGKILL'));

  it('reads .env in its working directory, reports what is away, listens, and exits with 0 when stopped', async () => {
    const cwd = files.folderWithEnv(ENV);
    running = start('server.js', [], { ...(await environment()), HTTP_DRAIN_TIME: '3s' }, { cwd });
    const [, url = '', admin = ''] = await until(
      'the server to listen',
      () => /"url":"([^"]+)".*"admin":"([^"]+)"/.exec(running.stderr()) ?? false,
    );
    expect((await fetch(`${admin}/livez`)).status).toBe(200);
    expect((await fetch(`${admin}/readyz`)).status).toBe(503);
    for (const path of ['/livez', '/readyz', '/metrics', '/version'])
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404]);
    running.process.kill('SIGTERM');
    // Load balancers take it out of service before it stops listening.
    await until('the server to report that it stops', async () => {
      const response = await fetch(`${admin}/readyz`);
      return response.status === 503 && (await response.text()).includes('The server is stopping');
    });
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const log = logOf(stderr);
    expect(log[0]).toMatchObject(readFrom(cwd));
    expect(log.filter(({ level }) => level === ERROR)).toMatchObject([
      {
        msg: 'The records database at 127.0.0.1:9/records is not usable',
        problems: [expect.stringContaining('ECONNREFUSED')],
        remedy: expect.stringContaining('DATABASE_URL') as string,
        meanwhile: expect.stringContaining('503 RECORDS_UNAVAILABLE') as string,
      },
    ]);
    expect(stderr).not.toMatch(/upvest-secret|database-secret|BEGIN|OTHER/);
  });
});
