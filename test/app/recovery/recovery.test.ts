/** Temporal lost workflows, or the records database its rows: what is left gives the orders back. On a real server. */
import { connectRecords, type RecordsDatabase } from '../../../src/records/connect';
import { verifyChain } from '../../../src/records/chain/verify';
import { createOrderStore } from '../../../src/records/orders/order-store';
import { createRecoveryStore } from '../../../src/records/recovery/recovery-store';
import { createRegistry } from '../../../src/records/registry/registry';
import { fillPlacements } from '../../../src/app/recovery/fill-placements';
import { recoverPlacements, type PlacementsRecovered } from '../../../src/app/recovery/recover-placements';
import { claimOf } from '../../../src/app/placements/claim';
import { fillOrders } from '../../../src/app/recovery/fill-orders';
import { recoverOrders, type OrdersRecovered } from '../../../src/app/recovery/recover-orders';
import { expectNoFindings } from '../../support/esw-family';
import { startMigratedDatabase } from '../../support/records';
import {
  call,
  finished,
  newRequest,
  show,
  statusesAtEsw,
  submit,
  until,
  useStack,
} from '../../support/stack';
import { placementWorkflowId } from '../../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';

const stack = useStack();
let db: RecordsDatabase;
beforeAll(() => {
  db = connectRecords(stack().config.databaseUrl, { maxConnections: 1 });
});
afterAll(() => db.destroy());

const rowOf = (reference: string) =>
  db.selectFrom('orders').selectAll().where('reference', '=', reference).executeTakeFirst();

/** An order that is filled at Upvest, with a row that says so. */
async function filled(): Promise<{ reference: string; id: string; version: number }> {
  stack().upvest.control.changePace({ settleAfterMs: 600_000 });
  const reference = await submit(stack(), newRequest());
  const row = await until('the row to be FILLED, with all events at ESW', async () => {
    const found = await rowOf(reference);
    return found?.status === 'FILLED' && found.pending_events === 0 ? found : undefined;
  });
  return { reference, id: row.portfolio_order_id ?? '', version: row.version };
}

/** Upvest settles everything that waits. */
const settle = (): void => {
  stack().upvest.control.changePace({ settleAfterMs: 50 });
};

async function forget(workflowId: string): Promise<void> {
  const { client } = stack();
  await client.workflowService.deleteWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
  });
  await until('Temporal to forget the workflow', async () => {
    const gone = await client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        () => false,
        () => true,
      );
    return gone || undefined;
  });
}

const recover = (isDryRun = false): Promise<OrdersRecovered> => {
  const { client, config } = stack();
  const deps = { rows: createRecoveryStore(db), saved: createOrderStore(db) };
  return recoverOrders({ client, taskQueue: config.orderTaskQueue, ...deps }, { isDryRun, pollMs: 200 });
};

async function expectSettledOnce(reference: string): Promise<void> {
  const { order } = await finished(stack(), reference);
  expect(order).toMatchObject({ status: 'SETTLED', origin: 'placed', reference });
  expect(statusesAtEsw(stack(), reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
  expectNoFindings(stack(), reference);
  expect(stack().esw.control.counts().conflicting).toBe(0);
}

describe('workflows that Temporal has lost', () => {
  it('are started again from their rows, and ESW gets no event twice', async () => {
    const lost = await filled();
    const kept = await filled();
    await forget(portfolioOrderWorkflowId(lost.id));

    expect(await recover(true)).toMatchObject({ started: 1, behind: 0, current: 1, failed: [] });
    expect(await show(stack(), kept.reference)).toMatchObject({ phase: 'TRACKED' });
    const [before] = await createRecoveryStore(db).orders([lost.id]);
    expect(before?.version).toBe(lost.version);

    expect(await recover()).toMatchObject({ open: 2, started: 1, behind: 0, current: 1, failed: [] });
    const [after] = await createRecoveryStore(db).orders([lost.id]);
    expect(after?.version).toBeGreaterThan(lost.version);
    expect(await recover()).toMatchObject({ open: 2, started: 0, current: 2, failed: [] });

    settle();
    await expectSettledOnce(lost.reference);
    await expectSettledOnce(kept.reference);
    expect(await recover()).toMatchObject({ open: 0, started: 0, behind: 0, current: 0, failed: [] });
  });

  it('that know less than their rows take the rows’ state', async () => {
    const { reference, id } = await filled();
    const store = createOrderStore(db);
    const saved = await store.read(id);
    if (saved === undefined) throw new Error('The order has no row');
    // As a later save of a run that the restored copy does not have.
    const version = Date.now() + 60_000;
    const state = { ...saved.state, run: 41, saving: { version } };
    await store.save({ version, state, settings: saved.settings });

    expect(await recover()).toMatchObject({ behind: 1, started: 0, failed: [] });
    expect((await show(stack(), reference)).order?.run).toBe(42);
    settle();
    await expectSettledOnce(reference);
  });
});

describe('placements that Temporal has lost', () => {
  const recoverAll = (): Promise<PlacementsRecovered> => {
    const { client, config } = stack();
    const deps = { rows: createRecoveryStore(db), registry: createRegistry(db) };
    return recoverPlacements({ client, taskQueue: config.orderTaskQueue, ...deps });
  };
  const ordersOf = (accountId: string) =>
    stack()
      .upvest.control.portfolioOrders()
      .filter((one) => one.portfolioOrder.account_id === accountId);

  it('find what their POST made, and make no second order', async () => {
    const { control } = stack().upvest;
    control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 60_000 });
    const request = newRequest();
    await submit(stack(), request);
    await until('the POST to take effect', () => ordersOf(request.accountId).length > 0);
    await forget(placementWorkflowId(request.reference));
    control.clearFaults();

    expect(await recoverAll()).toMatchObject({ open: 1, lookedUp: 1, failed: [], toSubmitAgain: [] });
    settle();
    await expectSettledOnce(request.reference);
    expect(ordersOf(request.accountId)).toHaveLength(1);
    // The same request is still the same, and another one is not.
    const again = (json: object) =>
      call(stack(), 'POST', '/portfolio-orders', { token: stack().tokens.submit, json });
    expect(await again(request)).toMatchObject({ status: 200 });
    expect(await again({ ...request, cashAmount: '7.00' })).toMatchObject({ status: 409 });
    expect(await recoverAll()).toMatchObject({ open: 0, failed: [] });
  });

  it('that never began are named, for their clients', async () => {
    const { reference, ...request } = newRequest();
    const { order } = stack().config;
    const requestedAt = new Date().toISOString();
    const input = {
      reference,
      request: { ...request, postTax: false } as never,
      requestedAt,
      attempt: 1,
      order,
    };
    await createRegistry(db).claim(claimOf(input));
    expect(await recoverAll()).toMatchObject({
      open: 1,
      lookedUp: 0,
      toSubmitAgain: [reference],
      failed: [],
    });
    await db.deleteFrom('orders').where('reference', '=', reference).execute();
  });

  it('and that the database has lost, too, are looked for before they POST, until the recovery ends', async () => {
    const request = newRequest();
    // So that ESW has one event, whose bytes follow from the placement: the others would have new ones.
    stack().upvest.control.configureAccount(request.accountId, { scenario: 'WAITS_IN_NEW' });
    const begun = new Date();
    await submit(stack(), request);
    const row = await until('its row', async () => {
      const found = await rowOf(request.reference);
      return found !== undefined && found.version > 0 ? found : undefined;
    });
    await forget(portfolioOrderWorkflowId(row.portfolio_order_id ?? ''));
    await forget(placementWorkflowId(request.reference));
    await db.deleteFrom('orders').where('reference', '=', request.reference).execute();
    stack().upvest.control.forgetPlacementKeys();

    const marks = createRecoveryStore(db);
    await marks.begin(begun);
    expect(await marks.begin(new Date())).toMatchObject({ lookSince: begun });
    await submit(stack(), request);
    settle();
    stack().upvest.control.proceed(row.portfolio_order_id ?? '');
    const { order } = await finished(stack(), request.reference);
    expect(order).toMatchObject({ portfolioOrderId: row.portfolio_order_id, origin: 'placed' });
    expect(ordersOf(request.accountId)).toHaveLength(1);
    expect([await marks.end(), await marks.end(), await marks.current()]).toEqual([true, false, undefined]);
  });
});

it('a records database that was lost is filled with rows and final records, and the bytes that ESW has', async () => {
  const done = await filled();
  settle();
  await expectSettledOnce(done.reference);
  const open = await filled();
  const database = await startMigratedDatabase();
  const fresh = connectRecords(database.url, { maxConnections: 1 });
  try {
    const { client, config } = stack();
    const deps = { client, taskQueue: config.orderTaskQueue, store: createOrderStore(fresh) };
    const registry = createRegistry(fresh);
    const placements = await fillPlacements({ ...deps, registry });
    expect(placements.failed).toEqual([]);
    expect(await registry.read(open.reference)).toMatchObject({ portfolioOrderId: open.id });
    await fresh.deleteFrom('orders').execute();
    const dry = await fillOrders(deps, { isDryRun: true });
    expect(dry.finished).toBeGreaterThanOrEqual(1);
    expect(await fresh.selectFrom('orders').select('id').execute()).toEqual([]);

    await fillPlacements({ ...deps, registry });
    const filledOnce = await fillOrders(deps);
    expect(filledOnce).toMatchObject({ open: 1, failed: [] });
    expect(await fillOrders(deps)).toEqual(filledOnce);
    const rows = await fresh.selectFrom('orders').selectAll().execute();
    expect(rows.find((row) => row.reference === done.reference)).toMatchObject({
      portfolio_order_id: done.id,
      phase: 'FINISHED',
      status: 'SETTLED',
    });
    const before = await rowOf(open.reference);
    expect(rows.find((row) => row.reference === open.reference)).toMatchObject({
      request_digest: before?.request_digest,
      submitter: 'demo-submit',
      portfolio_order_id: open.id,
      phase: 'TRACKED',
      status: 'FILLED',
    });
    const report = await verifyChain(fresh);
    expect(report).not.toHaveProperty('fault');
    expect(report.records).toBe(filledOnce.finished);
    for (const { reference, id } of [done, open]) {
      const stored = await fresh
        .selectFrom('order_events')
        .select('body')
        .where('portfolio_order_id', '=', id)
        .execute();
      const atEsw = stack().esw.control.events({ reference });
      expect(atEsw.length).toBeGreaterThan(0);
      const bodies = stored.map(({ body }) => body);
      expect(bodies).toEqual(expect.arrayContaining(atEsw.map(({ rawBody }) => rawBody)));
    }
  } finally {
    await fresh.destroy();
    await database.stop();
  }
});
