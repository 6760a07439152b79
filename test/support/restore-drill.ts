/**
 * Temporal is restored from a copy that is older than some seconds of life, with a real worker process that dies with
 * it, while Upvest has forgotten all idempotency keys and all clients repeat their requests. Then the records database is lost. No order
 * is placed twice or forgotten, and ESW gets no event with other content.
 *
 * Takes minutes: Temporal starts three times, and an order is saved at the latest half a minute after a change. `RESTORE_ORDERS=300` is
 * the full size.
 */
import type { NativeConnection } from '@temporalio/worker';
import type { Stack } from '../../demo/stack';
import { eachOf } from '../../src/lib/each-of';
import { verifyChain } from '../../src/records/chain/verify';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import type { OrdersRecovered } from '../../src/app/recovery/recover-orders';
import { prepareNamespace } from '../../src/temporal/namespace';
import { connectClient } from '../../src/temporal/client';
import { connectWorker } from '../../src/temporal/worker-client';
import { run } from '../cli/processes';
import { shortPolicies, SHORT_POLICIES } from './end-to-end-worker';
import { expectNoFindings } from './esw-family';
import { useRealPostgres } from './real-postgresql';
import { startMigratedDatabase, type TestDatabase } from './records';
import { emptyRecords } from './saved-orders';
import { call, newRequest, startTestStack, statusesAtEsw, until } from './stack';
import { closeTemporal, installTestRuntime } from './temporal';
import { workerProcesses, type WorkerProcesses } from './worker-process';

const ORDERS = Number(process.env.RESTORE_ORDERS ?? 20);
const FURTHER = Math.ceil(ORDERS / 4);
const SETTLED_LIMIT_MS = 120_000 + ORDERS * 1_500;
const CLIENTS = 10;
const LIFE_MS = 240_000 + ORDERS * 4_000;

type Request = ReturnType<typeof newRequest>;

const silent = (): void => undefined;
/** A Temporal server at one address, with what it stores. */
export interface TemporalWithCopies {
  address: string;
  namespace: string;
  stop(): Promise<void>;
  /** Starts it again after `stop`. */
  start(): Promise<void>;
  /** While it is stopped: keeps a copy of all that it stores. */
  copy(): Promise<void>;
  /** While it is stopped: puts the copy in its place. */
  restore(): Promise<void>;
  /** Stops it, and removes everything. */
  end(): Promise<void>;
}

let server: TemporalWithCopies;
let database: TestDatabase;
let db: RecordsDatabase;
let stack: Stack;
let connection: NativeConnection;
let workers: WorkerProcesses;

/** Requests of accounts whose orders stay FILLED until they are released. */
function requests(count: number): Request[] {
  return Array.from({ length: count }, () => {
    const request = newRequest();
    stack.upvest.control.configureAccount(request.accountId, { scenario: 'WAITS_IN_FILLED' });
    return request;
  });
}

/** As a client does, until it has an answer. */
async function submitAll(all: readonly Request[]): Promise<void> {
  await eachOf(all, CLIENTS, async (json) => {
    await until(
      `an answer for ${json.reference}`,
      async () => {
        const answer = await call(stack, 'POST', '/portfolio-orders', { token: stack.tokens.submit, json });
        if (answer.status === 503) return undefined;
        expect([200, 202]).toContain(answer.status);
        return true;
      },
      120_000,
    );
  });
}

const rows = () => db.selectFrom('orders').selectAll().where('reference', 'is not', null).execute();

async function untilRows(what: string, all: readonly Request[], isSo: (row: Row) => boolean): Promise<void> {
  const wanted = new Set(all.map(({ reference }) => reference));
  let left: string[] = [];
  const look = async () => {
    const known = (await rows()).filter(({ reference }) => wanted.has(reference ?? ''));
    const done = new Set(known.filter(isSo).map(({ reference }) => reference));
    left = [...wanted].filter((reference) => !done.has(reference));
    return left.length === 0;
  };
  await until(what, look, SETTLED_LIMIT_MS).catch((error: unknown) => {
    throw new Error(`${left.length} of ${wanted.size} orders: ${left.slice(0, 3).join(', ')}`, {
      cause: error,
    });
  });
}
type Row = Awaited<ReturnType<typeof rows>>[number];

const isFilled = ({ status, pending_events: pending }: Row): boolean => status === 'FILLED' && pending === 0;
const isFinished = ({ phase }: Row): boolean => phase === 'FINISHED';

function idOf({ accountId }: Request): string {
  const orders = stack.upvest.control
    .portfolioOrders()
    .filter(({ portfolioOrder }) => portfolioOrder.account_id === accountId);
  expect(orders).toHaveLength(1);
  return orders[0]?.portfolioOrder.id ?? '';
}

const release = (all: readonly Request[]): void => {
  for (const request of all) stack.upvest.control.proceed(idOf(request));
};

interface Report {
  orders: OrdersRecovered;
  placements: { failed: unknown[]; open?: number };
}

async function recover(...args: string[]): Promise<{ code: number | null; report: Report; stderr: string }> {
  const { code, stdout, stderr } = await run('cli/main.js', ['recover', ...args, '--json'], {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    DATABASE_URL: database.url,
    ORDER_TASK_QUEUE: stack.config.orderTaskQueue,
  });
  if (stdout === '') throw new Error(stderr);
  return { code, stderr, report: JSON.parse(stdout) as Report };
}

/** Nothing twice, nothing unknown, all references kept. */
async function expectEachOnce(all: readonly Request[]): Promise<void> {
  const known = new Map((await rows()).map((row) => [row.reference, row]));
  for (const request of all) {
    const row = known.get(request.reference);
    expect(row).toMatchObject({ portfolio_order_id: idOf(request) });
    expect(['TRACKED', 'FINISHED']).toContain(row?.phase);
  }
  // With their orders, where there are any.
  expect(stack.esw.control.audit().filter(({ code }) => code === 'conflicting-body')).toEqual([]);
  expect(stack.esw.control.counts().conflicting).toBe(0);
}

const STATUSES = ['Created', 'Confirmed', 'Fulfilled', 'Settled'];

async function expectAllSettled(all: readonly Request[]): Promise<void> {
  await untilRows('all to finish', all, isFinished);
  await expectEachOnce(all);
  for (const { reference } of all) {
    const statuses = statusesAtEsw(stack, reference);
    // In order and each once. What was not reported in time, since all parts were away, is skipped, and the next event says so.
    expect(STATUSES.filter((status) => statuses.includes(status))).toEqual(statuses);
    expect(statuses.at(-1)).toBe('Settled');
    expectNoFindings(stack, reference);
  }
  const report = await verifyChain(db);
  expect(report).not.toHaveProperty('fault');
  expect(report.records).toBeGreaterThanOrEqual(all.length);
}

export function restoreDrill(startTemporal: () => Promise<TemporalWithCopies>): void {
  const postgres = useRealPostgres();
  let all: Request[] = [];

  beforeAll(async () => {
    installTestRuntime();
    server = await startTemporal();
    const client = connectClient(server);
    await prepareNamespace(client.connection, server.namespace, silent);
    await client.connection.close();
    database = await startMigratedDatabase(postgres.startDatabase);
    db = connectRecords(database.url, { maxConnections: 2 });
    ({ connection } = await connectWorker(server));
    const { deadlines, ...policies } = shortPolicies();
    const temporal = { address: server.address, namespace: server.namespace };
    stack = await startTestStack({ temporal, connection, databaseUrl: database.url, policies, deadlines });
    await stack.stopWorker();
    workers = await workerProcesses(stack, {
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: server.namespace,
      ...SHORT_POLICIES,
    });
  }, 300_000);

  afterAll(async () => {
    await workers.stopAll();
    await stack.stop();
    await connection.close();
    await db.destroy();
    await database.stop();
    await server.end();
    await closeTemporal();
  }, 120_000);

  it(
    'Temporal restored from an older copy: nothing is placed twice, forgotten, or sent with other content',
    async () => {
      const { control } = stack.upvest;
      const first = await workers.start();
      const open = requests(ORDERS);
      await submitAll(open);
      await untilRows('all to be filled', open, isFilled);

      await server.stop();
      await server.copy();
      const copiedAt = new Date();
      await server.start();

      // Life after the copy: some settle, others are placed, and the last POST is under way at the end.
      const settling = open.filter((_, index) => index % 3 === 0);
      release(settling);
      const placed = requests(FURTHER);
      await submitAll(placed);
      await untilRows('the later ones to be filled', placed, isFilled);
      await untilRows('some to finish', settling, isFinished);
      const [posting = newRequest()] = requests(1);
      control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 600_000 });
      await submitAll([posting]);
      await until('the POST to take effect', () =>
        control.portfolioOrders().some((one) => one.portfolioOrder.account_id === posting.accountId),
      );
      all = [...open, ...placed, posting];

      await first.kill('SIGKILL');
      await server.stop();
      await server.restore();
      control.clearFaults();
      control.forgetPlacementKeys();
      await server.start();
      expect(await recover('begin', '--since', copiedAt.toISOString())).toMatchObject({ code: 0 });
      await workers.start();

      const [recovered] = await Promise.all([recover('temporal'), submitAll(all)]);
      expect(recovered.report.orders.started).toBeGreaterThan(0);
      expect(recovered.report.orders.finishedBefore).toBeGreaterThan(0);
      // As the runbook says: until nothing is left to do.
      const done = recovered.code === 0 ? recovered : await recover('temporal');
      expect(done.report.orders.failed).toEqual([]);
      expect(done.report.placements.failed).toEqual([]);
      expect(done.code).toBe(0);
      await untilRows('the last one to be found', [posting], ({ version }) => version > 0);
      await expectEachOnce(all);
      const { report } = await recover('temporal', '--dry-run');
      expect(report.orders).toMatchObject({ started: 0, behind: 0, endedInTemporal: [], failed: [] });
      expect(await recover('end')).toMatchObject({ code: 0, report: { ended: true } });

      const half = open.filter((_, index) => index % 3 === 1);
      release(half);
      await untilRows('half of them to finish', half, isFinished);
      await expectEachOnce(all);
    },
    LIFE_MS,
  );

  it(
    'the records database lost: rows, references, final records and their chain are filled from Temporal',
    async () => {
      const further = requests(FURTHER);
      await submitAll(further);
      await untilRows('all to be filled', further, isFilled);
      const settling = further.slice(0, FURTHER / 2);
      release(settling);
      await untilRows('some to finish', settling, isFinished);
      const before = await rows();
      await emptyRecords(db);
      expect(await rows()).toEqual([]);
      const { code, report } = await recover('records');
      expect(report.orders.failed).toEqual([]);
      expect(report.placements.failed).toEqual([]);
      expect(code).toBe(0);
      const after = new Map((await rows()).map((row) => [row.reference, row]));
      for (const { reference, portfolio_order_id, phase } of before)
        expect(after.get(reference)).toMatchObject({ portfolio_order_id, phase });
      // Of the others, Temporal lost the placements before, and no store has their requests any more.
      const whole = new Set(further.map(({ reference }) => reference));
      for (const { reference, request_digest, submitter } of before)
        if (whole.has(reference ?? ''))
          expect(after.get(reference)).toMatchObject({ request_digest, submitter });

      await submitAll(further);
      const everything = [...all, ...further];
      await expectEachOnce(everything);
      release(everything.filter((request) => !isFinishedAtUpvest(request)));
      await expectAllSettled(everything);
    },
    LIFE_MS,
  );
}

function isFinishedAtUpvest(request: Request): boolean {
  return stack.upvest.control.portfolioOrder(idOf(request)).portfolioOrder.status === 'SETTLED';
}
