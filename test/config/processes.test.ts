/** The two production processes, as they start and stop. */
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

/** The variables that are listed, one line each. */
function listed(stderr: string): string[] {
  return [...stderr.matchAll(/^ {2}- (\w+) (.+)$/gm)].map(([, name = '']) => name).sort();
}

describe.each([
  ['worker', { ...common, ...worker }],
  ['server', { ...common, ...server }],
] as const)('the %s', (name, environment) => {
  it('without configuration ends with 1 and lists all that is missing, and nothing else', async () => {
    const { code, stdout, stderr } = await run(`${name}.js`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(listed(stderr)).toEqual(Object.keys(environment).sort());
    expect(stderr.trim().split('\n')).toHaveLength(1 + Object.keys(environment).length);
  });

  it('with one wrong variable names it, and shows no secret', async () => {
    const { code, stderr } = await run(`${name}.js`, [], { ...environment, POLICY_PLACED_GRACE: 'soon' });
    expect(code).toBe(1);
    expect(listed(stderr)).toEqual(['POLICY_PLACED_GRACE']);
    expect(stderr).not.toMatch(/upvest-secret|esw-secret|soon/);
  });
});

it('a worker without Temporal ends with 1 and says why', async () => {
  const TEMPORAL_ADDRESS = `127.0.0.1:${await freePort()}`;
  const { code, stderr } = await run('worker.js', [], { ...common, ...worker, TEMPORAL_ADDRESS });
  expect(code).toBe(1);
  expect(stderr).toMatch(/connect/i);
  expect(stderr).not.toMatch(/upvest-secret|esw-secret/);
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
