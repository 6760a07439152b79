/** `portfolio-orders doctor` against the whole product. */
import type { Stack } from '../../demo/stack';
import { runInProcess } from '../cli/in-process';
import type { Ended } from '../cli/processes';
import { stackEnvironment } from '../cli/stack-environment';
import { TOKEN, temporaryFiles, type Environment } from '../config/environment';

interface Report {
  ok: boolean;
  checks: { area: string; name: string; result: string; detail: string; remedy?: string }[];
}

const reportOf = ({ stdout }: Ended): Report => JSON.parse(stdout) as Report;
const failures = (ended: Ended): string[] =>
  reportOf(ended).checks.flatMap(({ area, name, result }) =>
    result === 'failed' ? [`${area}/${name}`] : [],
  );

/** On a stack that nothing else uses meanwhile: it counts every call that is made. */
export function doctorSuite(stack: () => Stack): void {
  const files = temporaryFiles();
  let environment: Environment;
  beforeAll(() => {
    environment = {
      ...stackEnvironment(stack(), files),
      PORTFOLIO_ORDERS_URL: stack().url,
      PORTFOLIO_ORDERS_TOKEN: stack().tokens.read,
    };
  });
  afterAll(() => {
    files.remove();
  });

  const doctor = (args: string[] = [], changes: Environment = {}): Promise<Ended> =>
    runInProcess(['doctor', ...args], { ...environment, ...changes });

  it('finds nothing wrong with what works, and ends with 0', async () => {
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 42).trimEnd()),
    ).toEqual([
      'ok           configuration   worker',
      'ok           configuration   server',
      'ok           Temporal        server',
      'ok           Temporal        namespace',
      'ok           Temporal        workers',
      'ok           Database        server',
      'ok           Database        tables',
      'ok           Upvest          token',
      'ok           Upvest          clock',
      'ok           Upvest          signature',
      'ok           Upvest          webhook',
      'ok           Upvest          webhook keys',
      'ok           ESW             token',
      'ok           ESW             clock',
      'ok           ESW             tenant',
      'ok           ESW             address',
      'not checked  ESW             events',
      'ok           HTTP server     alive',
      'ok           HTTP server     API token',
      'ok           HTTP server     proxy',
      'not checked  HTTP server     webhook path',
      'not checked  readiness       worker',
      'not checked  readiness       server',
      '',
      'No check failed; 4 skipped.',
    ]);
  });

  it('changes nothing', async () => {
    const before = stack().upvest.control.requests({}).length;
    const { accepted } = stack().esw.control.counts();
    await doctor(['--json']);
    const calls = stack().upvest.control.requests({}).slice(before);
    expect(new Set(calls.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(['POST /auth/token', 'GET /webhooks', 'GET /auth/verify_keys']),
    );
    expect(stack().esw.control.counts().accepted - accepted).toBe(0);
  });

  it('names all that is wrong with the configuration, and still looks at the rest', async () => {
    const ended = await doctor(['--json'], { UPVEST_BASE_URL: '', ESW_SCOPE: '', HTTP_PORT: 'x' });
    expect(ended.code).toBe(1);
    const { ok, checks } = reportOf(ended);
    expect(ok).toBe(false);
    expect(checks.slice(0, 2)).toMatchObject([
      { name: 'worker', result: 'failed', detail: 'UPVEST_BASE_URL is missing\nESW_SCOPE is missing' },
      {
        name: 'server',
        result: 'failed',
        detail: expect.stringMatching(/UPVEST_BASE_URL is missing\nHTTP_PORT /) as string,
      },
    ]);
    expect(
      checks.filter(({ area }) => area === 'Upvest' || area === 'ESW').map(({ result }) => result),
    ).toEqual([...['not-checked', 'not-checked']]);
    expect(checks.find(({ name }) => name === 'alive')).toMatchObject({ result: 'ok' });
  });

  it.each([
    ['worker', { API_TOKENS_FILE: '' }],
    ['server', { ESW_BASE_URL: '' }],
  ])('--process %s asks for the configuration of that one alone', async (name, changes) => {
    expect((await doctor(['--json'], changes)).code).toBe(1);
    expect(failures(await doctor(['--json', '--process', name], changes))).toEqual([]);
  });

  it('says what to do about each thing that has failed', async () => {
    const changes = {
      UPVEST_CLIENT_SECRET: 'Wrong-1',
      ESW_CLIENT_SECRET: 'Wrong-2',
      ESW_TENANT_CODE: 'OTHER',
    };
    const ended = await doctor(['--json'], changes);
    expect(failures(ended)).toEqual(['Upvest/token', 'ESW/token', 'ESW/tenant']);
    for (const { result, remedy } of reportOf(ended).checks)
      expect(remedy === undefined).toBe(result !== 'failed');
    const { stdout } = await doctor([], changes);
    expect(stdout).toMatch(/^FAILED +Upvest +token .*\n +→ Check UPVEST_CLIENT_ID/m);
    expect(stdout).toMatch(/\n3 of 23 checks failed; \d skipped\.\n$/);
  });

  it('says where it looked for the records database, without the password, and what to do', async () => {
    const ended = await doctor(['--json'], {
      DATABASE_URL: 'postgresql://worker:Wrong-3@127.0.0.1:9/records',
    });
    expect(failures(ended)).toEqual(['Database/server']);
    const found = reportOf(ended).checks.filter(({ area }) => area === 'Database');
    expect(found).toMatchObject([
      {
        detail: expect.stringMatching(/^127\.0\.0\.1:9\/records: .*ECONNREFUSED/) as string,
        remedy: expect.stringContaining('DATABASE_URL') as string,
      },
      { name: 'tables', result: 'not-checked' },
    ]);
    expect(ended.stdout).not.toContain('Wrong-3');
  });

  it('prints no secret, whatever goes wrong', async () => {
    const { UPVEST_CLIENT_SECRET = '', ESW_CLIENT_SECRET = '' } = environment;
    const ends = await Promise.all([
      doctor(),
      doctor(['--json'], { ESW_TOKEN_URL: `${stack().esw.url}/nowhere?s=${ESW_CLIENT_SECRET}` }),
      doctor([], { UPVEST_CLIENT_SECRET: 'Wrong-1', PORTFOLIO_ORDERS_TOKEN: 'Wrong-token' }),
    ]);
    for (const { stdout, stderr } of ends)
      for (const secret of [UPVEST_CLIENT_SECRET, ESW_CLIENT_SECRET, stack().tokens.read, TOKEN, 'Wrong-'])
        expect(stdout + stderr).not.toContain(secret);
  });

  it('--direct leaves the HTTP server out', async () => {
    const ended = await doctor(['--direct', '--json'], { PORTFOLIO_ORDERS_URL: 'http://127.0.0.1:1' });
    expect(failures(ended)).toEqual([]);
    expect(ended.code).toBe(0);
  });

  it('notices that no worker runs', async () => {
    await stack().stopWorker();
    const queues = { ORDER_TASK_QUEUE: 'unknown-here', UPVEST_TASK_QUEUE: 'nor-here' };
    const ended = await doctor(['--json'], queues);
    await stack().startWorker();
    expect(failures(ended)).toEqual(['Temporal/workers']);
  });

  it.each([[['--timeout', '0']], [['--timeout', '61']], [['--process', 'all']], [['extra']]])(
    '(%j) is wrong usage',
    async (args) => {
      expect(await doctor(args)).toMatchObject({ code: 2, stdout: '' });
    },
  );
}
