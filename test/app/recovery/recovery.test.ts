/** Temporal lost workflows, or the records database its rows: what is left gives the orders back. On a real server. */
import { connectRecords, type RecordsDatabase } from '../../../src/records/connect';
import { verifyChain } from '../../../src/records/chain/verify';
import { createOrderStore } from '../../../src/records/orders/order-store';
import { createRecoveryStore } from '../../../src/records/recovery/recovery-store';
import { fillOrders } from '../../../src/app/recovery/fill-orders';
import { recoverOrders, type OrdersRecovered } from '../../../src/app/recovery/recover-orders';
import { expectNoFindings } from '../../support/esw-family';
import { startMigratedDatabase } from '../../support/records';
import { finished, newRequest, show, statusesAtEsw, submit, until, useStack } from '../../support/stack';
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

async function forget(id: string): Promise<void> {
  const { client } = stack();
  const workflowId = portfolioOrderWorkflowId(id);
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
    await forget(lost.id);

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
    const dry = await fillOrders(deps, { isDryRun: true });
    expect(dry.finished).toBeGreaterThanOrEqual(1);
    expect(await fresh.selectFrom('orders').select('id').execute()).toEqual([]);

    const filledOnce = await fillOrders(deps);
    expect(filledOnce).toMatchObject({ open: 1, failed: [] });
    expect(await fillOrders(deps)).toEqual(filledOnce);
    const rows = await fresh.selectFrom('orders').selectAll().execute();
    expect(rows.find((row) => row.reference === done.reference)).toMatchObject({
      portfolio_order_id: done.id,
      phase: 'FINISHED',
      status: 'SETTLED',
    });
    expect(rows.find((row) => row.reference === open.reference)).toMatchObject({
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
