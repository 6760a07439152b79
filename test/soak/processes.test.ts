/**
 * Worker and server as processes (docs/operations.md#sizing-of-workers): divided by role, and asked to end while orders are under way
 * or while what they need does not answer.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { OrderStatusView } from '../../src/app/orders/read';
import { call, newRequest } from '../support/api-calls';
import { run } from '../cli/processes';
import { launchProcess, startDeployment, submitUntilTaken, type Deployment } from '../support/deployment';
import { until } from '../support/until';

const ORDERS = 12;
const CHILDREN = 4;
/** OrderEvents of an order. */
const EVENTS = 4 + 3 * CHILDREN;
/** What orchestrators commonly allow. */
const STOP_WITHIN_MS = 30_000;
const DRAIN_MS = 4_000;
const LIMIT_MS = 240_000;

let deployment: Deployment;
beforeAll(async () => {
  const pace = {
    processAfterMs: 500,
    childSpacingMs: 100,
    fillAfterMs: 1_500,
    settleAfterMs: 8_000,
    secondMs: 100,
  };
  const variables = { HTTP_DRAIN_TIME: `${DRAIN_MS}ms`, POLICY_PLACED_GRACE: '5s' };
  deployment = await startDeployment({ variables, upvest: { pace, children: CHILDREN }, hasWorker: false });
}, 120_000);
afterAll(() => deployment.stop());

async function viewOf(reference: string): Promise<OrderStatusView | undefined> {
  const { url, tokens } = deployment;
  const answer = await call({ url }, 'GET', `/portfolio-orders/${reference}`, { token: tokens.read });
  return answer.status === 200 ? (answer.body as OrderStatusView) : undefined;
}

async function finished(reference: string): Promise<OrderStatusView> {
  const look = async (): Promise<OrderStatusView | undefined> => {
    const view = await viewOf(reference);
    return view?.phase === 'FINISHED' ? view : undefined;
  };
  return until(`${reference} to finish`, look, LIMIT_MS);
}

async function placed(count: number): Promise<string[]> {
  const orders = Array.from({ length: count }, () => newRequest());
  for (const order of orders) await submitUntilTaken(deployment, order);
  return orders.map(({ reference }) => reference);
}

const readyz = (): Promise<number> => fetch(`${deployment.admin}/readyz`).then(({ status }) => status);

/** What `doctor` says of the workers. */
async function diagnosis(): Promise<string> {
  const { stdout } = await run('cli/main.js', ['doctor', '--json'], deployment.environment);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; detail: string }[] };
  return checks.find(({ name }) => name === 'workers')?.detail ?? '';
}

describe('three workers with one role each', () => {
  const children: ChildProcess[] = [];
  const startWorker = async (role: string): Promise<void> => {
    const environment = { ...deployment.environment, WORKER_ROLES: role };
    children.push((await launchProcess('worker', 'worker is running', environment)).child);
  };
  afterAll(async () => {
    const gone = Promise.all(children.map((child) => once(child, 'exit')));
    for (const child of children) child.kill('SIGTERM');
    await gone;
    await deployment.start('worker');
  });

  it('take an order to its end, and the doctor names the role that no process has', async () => {
    const { control } = deployment.esw;
    await startWorker('workflows');
    await startWorker('upvest');
    const [reference = ''] = await placed(1);
    // Tracking goes on without the role that emits.
    await until('SETTLED', async () => (await viewOf(reference))?.order?.status === 'SETTLED');
    expect(control.counts().accepted).toBe(0);
    expect(await diagnosis()).toBe('no worker polls esw for calls to ESW');

    await startWorker('esw');
    expect((await finished(reference)).order?.status).toBe('SETTLED');
    expect(control.counts()).toMatchObject({ accepted: EVENTS, replayed: 0, conflicting: 0, rejected: 0 });
    expect(await diagnosis()).toMatch(/^portfolio-orders \(workflows\): [1-9]/);
  });
});

it(
  'server and worker drain: /readyz says so first, no webhook is lost, and no event is sent twice',
  async () => {
    const { upvest, esw } = deployment;
    const before = esw.control.counts().accepted;
    const references = await placed(ORDERS);
    await until('the first OrderEvents', () => esw.control.counts().accepted > before + ORDERS);

    const stoppedAt = Date.now();
    const ending = deployment.end('server');
    await until('/readyz to be 503', async () => (await readyz()) === 503);
    expect(Date.now() - stoppedAt).toBeLessThan(DRAIN_MS);
    const server = await ending;
    expect(server).toMatchObject({ code: 0, log: expect.stringContaining('server is stopping') as string });
    expect(server.tookMs).toBeGreaterThanOrEqual(DRAIN_MS);
    expect(server.tookMs).toBeLessThan(STOP_WITHIN_MS);
    // It answers as always until it no longer listens.
    const attempts = upvest.control.deliveries().filter(({ at }) => Date.parse(at) >= stoppedAt);
    const draining = attempts.filter(({ at }) => Date.parse(at) < stoppedAt + DRAIN_MS);
    expect(draining.length).toBeGreaterThan(0);
    expect(draining.filter(({ status }) => status !== 200)).toEqual([]);
    expect(attempts.filter(({ status }) => status !== 200 && status !== 0)).toEqual([]);
    await deployment.start('server');

    const more = await placed(ORDERS);
    const worker = await deployment.end('worker');
    expect(worker).toMatchObject({ code: 0, log: expect.stringContaining('worker is stopping') as string });
    expect(worker.tookMs).toBeLessThan(STOP_WITHIN_MS);
    await deployment.start('worker');

    const views = await Promise.all([...references, ...more].map(finished));
    expect(views.map(({ order }) => order?.status)).toEqual(views.map(() => 'SETTLED'));
    const made = upvest.control.portfolioOrders().flatMap(({ events }) => events.map(({ id }) => id));
    const taken = upvest.control.deliveries().filter(({ status }) => status === 200);
    const delivered = taken.flatMap(({ eventIds }) => eventIds);
    expect(made.filter((id) => !delivered.includes(id))).toEqual([]);
    expect(esw.control.counts()).toMatchObject({
      accepted: before + views.length * EVENTS,
      replayed: 0,
      conflicting: 0,
      rejected: 0,
    });
    expect(esw.control.audit()).toEqual([]);
  },
  LIMIT_MS,
);

it(
  'a worker whose calls ESW never answers interrupts them and exits in time',
  async () => {
    const { esw } = deployment;
    esw.control.setOutage('hang', 'events');
    const before = esw.control.counts().faulted;
    const [reference = ''] = await placed(1);
    await until('ESW to hold a request', () => esw.control.counts().faulted > before);
    const worker = await deployment.end('worker');
    expect(worker.code).toBe(0);
    expect(worker.tookMs).toBeLessThan(STOP_WITHIN_MS);
    esw.control.setOutage(undefined);
    await deployment.start('worker');
    expect((await finished(reference)).order?.status).toBe('SETTLED');
  },
  LIMIT_MS,
);

// A worker waits for the answers to its polls, a server only for those to its requests.
it.each([
  ['worker', 1],
  ['server', 0],
] as const)(
  'a %s whose Temporal does not answer exits in time, with a log line if that takes force',
  async (part, expected) => {
    const thaw = deployment.freezeTemporal();
    try {
      const { code, tookMs, log } = await deployment.end(part);
      expect({ code, isForced: log.includes('the process did not stop in time and ends now') }).toEqual({
        code: expected,
        isForced: expected === 1,
      });
      expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    } finally {
      thaw();
    }
    await deployment.start(part);
  },
  LIMIT_MS,
);
