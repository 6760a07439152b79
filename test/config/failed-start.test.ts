/** Why worker and server do not start: their main functions, run as their processes run them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Main } from '../../src/lib/process';
import { main as serverMain } from '../../src/server';
import { main as workerMain } from '../../src/worker';
import { required, temporaryFiles, type Environment } from './environment';
import { failedStart, logOf, named, type Outcome } from './start-log';

const files = temporaryFiles();
const { common, worker, server } = required(files);
const forServer = { ...common, ...server };
afterAll(() => {
  files.remove();
});

const failed = (main: Main, environment: Environment = {}, folder = files.folder): Promise<Outcome> =>
  failedStart(main, environment, folder);

describe.each([
  ['worker', workerMain, { ...common, ...worker }],
  ['server', serverMain, forServer],
] as const)('the %s', (_name, main, environment) => {
  it('without configuration ends with 1 and lists all that is missing, and nothing else', async () => {
    const { code, log, failure } = await failed(main);
    expect(code).toBe(1);
    expect(logOf(log)).toHaveLength(1);
    expect(failure).toMatchObject({
      msg: 'Invalid configuration',
      remedy: expect.stringContaining('.env.example') as string,
    });
    expect(named(failure.problems)).toEqual(Object.keys(environment).sort());
  });

  it('with one wrong variable names it, and shows no secret', async () => {
    const { code, log, failure } = await failed(main, { ...environment, POLICY_PLACED_GRACE: 'soon' });
    expect(code).toBe(1);
    expect(named(failure.problems)).toEqual(['POLICY_PLACED_GRACE']);
    expect(log).not.toMatch(/upvest-secret|esw-secret|database-secret|soon/);
  });

  it('reads .env where it is started; what is set already wins, and the log says so', async () => {
    const { UPVEST_KEY_ID = '', ...others } = environment;
    const folder = files.folderWithEnv(
      `UPVEST_KEY_ID=${UPVEST_KEY_ID}\nPOLICY_QUIET="later" # a comment\nESW_TENANT_CODE=OTHER\nESW_CHANNEL_ID=\n`,
    );
    const { code, log, failure } = await failed(main, others, folder);
    expect(code).toBe(1);
    expect(named(failure.problems)).toEqual(['POLICY_QUIET']);
    expect(logOf(log)[0]).toMatchObject({
      msg: `read 2 variables from ${folder}/.env; already set elsewhere and kept: ESW_TENANT_CODE`,
      taken: ['POLICY_QUIET', 'UPVEST_KEY_ID'],
      overridden: ['ESW_TENANT_CODE'],
    });
    expect(log).not.toMatch(/later|OTHER/);
  });
});

it('a server names a key file that cannot be read', async () => {
  const wrong = { ...forServer, UPVEST_PRIVATE_KEY_FILE: join(files.folder, 'none.pem') };
  const { code, failure } = await failed(serverMain, wrong);
  expect(code).toBe(1);
  expect(failure.problems).toEqual(['UPVEST_PRIVATE_KEY_FILE names a file that cannot be read (ENOENT)']);
});

it('a server with settings of Temporal that cannot be read says so', async () => {
  const { code, failure } = await failed(serverMain, { ...forServer, TEMPORAL_CONFIG_FILE: files.folder });
  expect(code).toBe(1);
  expect(failure).toMatchObject({
    msg: 'Unusable Temporal settings',
    remedy: expect.stringContaining('TEMPORAL_CONFIG_FILE') as string,
  });
});

it('a server says that .env cannot be read', async () => {
  const folder = join(files.folder, 'unreadable');
  mkdirSync(join(folder, '.env'), { recursive: true });
  const { code, failure } = await failed(serverMain, forServer, folder);
  expect(code).toBe(1);
  expect(failure.problems).toEqual([`${folder}/.env cannot be read (EISDIR)`]);
});

it('a server with a bad file of tokens ends with 1 and says what is wrong with it', async () => {
  const wrong = { API_TOKENS_FILE: files.write('bad-tokens.json', '[{ "name": "ada", "role": "boss" }]') };
  const { code, failure } = await failed(serverMain, { ...common, ...wrong });
  expect(code).toBe(1);
  const [problem = '', ...others] = failure.problems ?? [];
  expect(others).toEqual([]);
  expect(problem).toMatch(/^API_TOKENS_FILE must be a JSON list .*0\.role .*0\.sha256 /);
});
