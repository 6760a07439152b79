/** Sweeps over the whole product: lost webhooks, breaks made on purpose, and the import at the first installation. */
import { randomUUID } from 'node:crypto';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { ensureSweepSchedule } from '../../src/temporal/sweep-schedule';
import { sweepWorkflowId } from '../../contracts/sweep';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { runInProcess } from '../cli/in-process';
import { temporalEnvironment } from '../cli/stack-environment';
import { EVERY_STATE } from '../support/orders';
import {
  call,
  find,
  finished,
  newRequest,
  show,
  statusesAtEsw,
  submit,
  until,
  useStack,
} from '../support/stack';

const stack = useStack({ upvest: { children: 2 } });
let db: RecordsDatabase;
beforeAll(() => {
  db = connectRecords(stack().config.databaseUrl);
});
afterAll(() => db.destroy());
afterEach(() => {
  stack().upvest.control.clearFaults();
  stack().esw.control.clearFaults();
});

interface Found {
  cause: string;
  portfolioOrderId?: string;
  repaired?: string;
  subject: string;
  text: string;
  resolvedAt?: string;
}
interface Report {
  orders: number;
  breaks: number;
  repaired: number;
  found: Found[];
}

/** A grace of a second, so that only what the simulator reports right now is young. */
function run(...args: string[]): ReturnType<typeof runInProcess> {
  const { databaseUrl, orderTaskQueue, order } = stack().config;
  return runInProcess(args, {
    ...temporalEnvironment(),
    DATABASE_URL: databaseUrl,
    ORDER_TASK_QUEUE: orderTaskQueue,
    UPVEST_TASK_QUEUE: order.brokerTaskQueue,
    SWEEP_GRACE: '1s',
  });
}

async function sweep(): Promise<{ code: number; report: Report }> {
  const { code, stdout, stderr } = await run('reconcile', '--all', '--since', '2h', '--format', 'json');
  if (stdout === '') throw new Error(stderr);
  return { code: code ?? -1, report: JSON.parse(stdout) as Report };
}

const of = ({ found }: Report, id: string): Found[] => found.filter((one) => one.portfolioOrderId === id);

/** An order at Upvest whose webhooks are all lost. */
async function unreported(status = 'SETTLED'): Promise<string> {
  const { control } = stack().upvest;
  const accountId = randomUUID();
  control.configureAccount(accountId, {
    webhooks: 'none',
    scenario: status === 'NEW' ? 'WAITS_IN_NEW' : 'HAPPY',
  });
  const { id } = control.initiate({ userId: randomUUID(), accountId, cashAmount: '500.00' }).portfolioOrder;
  await until(`Upvest to show ${status}`, () => control.portfolioOrder(id).portfolioOrder.status === status);
  return id;
}

const rowOf = (id: string) =>
  db.selectFrom('orders').selectAll().where('portfolio_order_id', '=', id).executeTakeFirst();

it('adopts orders whose webhooks were lost, reports them once, and is silent afterwards', async () => {
  const ids = await Promise.all([unreported(), unreported(), unreported()]);
  const first = await sweep();
  expect(first.code).toBe(1);
  for (const id of ids)
    expect(of(first.report, id)).toMatchObject([{ cause: 'UNKNOWN_ORDER', repaired: 'adopted' }]);
  for (const id of ids) {
    const { order } = await finished(stack(), id);
    expect(order).toMatchObject({ origin: 'adopted', status: 'SETTLED' });
    expect(statusesAtEsw(stack(), id)).toEqual(['Settled']);
  }
  const second = await sweep();
  expect(second).toMatchObject({ code: 0, report: { breaks: 0, found: [] } });
});

it('delivers what webhooks did not report of a known order', async () => {
  const { control } = stack().upvest;
  const request = newRequest();
  control.configureAccount(request.accountId, { webhooks: 'none' });
  const reference = await submit(stack(), request);
  const { portfolioOrderId: id = '' } = await until('the order to be placed', async () => {
    const view = await find(stack(), reference);
    return view?.portfolioOrderId === undefined ? undefined : view;
  });
  await until('Upvest to settle', () => control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
  await until('the row', async () => (await rowOf(id))?.saved_state ?? undefined);
  const { code, report } = await sweep();
  expect(code).toBe(1);
  expect(of(report, id)).toContainEqual(
    expect.objectContaining({ cause: 'STATUS_DIFFERS', repaired: 'delivered' }),
  );
  expect((await finished(stack(), reference)).order.status).toBe('SETTLED');
});

describe('breaks made on purpose', () => {
  it('names a row that was edited, and is done with it once it is right', async () => {
    const reference = await submit(stack());
    const { portfolioOrderId: id = '' } = await finished(stack(), reference);
    await until('the final row', async () => ((await rowOf(id))?.finished_at ? true : undefined));
    await db
      .updateTable('orders')
      .set({ ordered: '1.00', status: 'CANCELLED' })
      .where('portfolio_order_id', '=', id)
      .execute();
    const broken = await sweep();
    expect(broken.code).toBe(1);
    expect(of(broken.report, id).map(({ cause, subject }) => [cause, subject])).toEqual(
      expect.arrayContaining([
        ['ROW_BEHIND', 'status'],
        ['ROW_BEHIND', 'amount'],
      ]),
    );
    const right = { ordered: '1000.00', status: 'SETTLED' };
    await db.updateTable('orders').set(right).where('portfolio_order_id', '=', id).execute();
    expect((await sweep()).code).toBe(0);
    const open = await db.selectFrom('breaks').select('id').where('resolved_at', 'is', null).execute();
    expect(open).toEqual([]);
  });

  it('names an event that ESW rejected', async () => {
    const request = newRequest();
    stack().esw.control.addFault({
      kind: '400',
      match: { reference: request.reference, status: 'Confirmed' },
    });
    const reference = await submit(stack(), request);
    const { portfolioOrderId: id = '' } = await until('the rejection', async () => {
      const view = await show(stack(), reference);
      return view.order?.status === 'SETTLED' && view.order.fulfillment.refused.length > 0 ? view : undefined;
    });
    await until('its row', async () => ((await rowOf(id))?.status === 'SETTLED' ? true : undefined), 40_000);
    const { code, report } = await sweep();
    expect(code).toBe(1);
    expect(of(report, id)).toMatchObject([{ cause: 'NOT_AT_ESW', subject: 'PROCESSING' }]);
  });

  it('restarts an order whose workflow was terminated, and names it', async () => {
    const id = await unreported('NEW');
    await sweep();
    await show(stack(), id);
    await until('its row', async () => (await rowOf(id))?.saved_state ?? undefined, 40_000);
    await stack().client.workflow.getHandle(portfolioOrderWorkflowId(id)).terminate('test');
    const { report } = await until(
      'the index to have the termination',
      async () => {
        const one = await sweep();
        return of(one.report, id).length > 0 ? one : undefined;
      },
      60_000,
    );
    expect(of(report, id)).toMatchObject([{ cause: 'INTERRUPTED', repaired: 'restarted' }]);
    expect((await show(stack(), id)).interrupted).toBeUndefined();
  });
});

it('the report is there as CSV and as text, with the same exit code', async () => {
  const id = await unreported();
  const { code, stdout } = await run('reconcile', '--all', '--since', '2h', '--format', 'csv');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^id,cause,portfolioOrderId,/);
  expect(stdout).toContain(`UNKNOWN_ORDER,${id},`);
});

it('GET /reports/breaks has the breaks of all sweeps, latest first, filtered and in pages', async () => {
  const token = stack().tokens.read;
  const read = async (query: string): Promise<{ breaks: Found[]; nextCursor?: string }> => {
    const { status, body } = await call(stack(), 'GET', `/reports/breaks${query}`, { token });
    expect(status).toBe(200);
    return body as { breaks: Found[]; nextCursor?: string };
  };
  const [first, second] = await Promise.all([unreported(), unreported()]);
  await sweep();
  const ids = [first, second].sort();
  const adopted = await read('?cause=UNKNOWN_ORDER&open=false&limit=2');
  expect(adopted.breaks.map(({ portfolioOrderId }) => portfolioOrderId).sort()).toEqual(ids);
  const page = await read(`?cause=UNKNOWN_ORDER&open=false&limit=1`);
  const next = await read(`?cause=UNKNOWN_ORDER&open=false&limit=1&cursor=${page.nextCursor ?? ''}`);
  expect([...page.breaks, ...next.breaks]).toEqual(adopted.breaks);
  const { breaks } = await read(`?order=${first}`);
  expect(breaks).toMatchObject([{ cause: 'UNKNOWN_ORDER', repaired: 'adopted', portfolioOrderId: first }]);
  expect((await read(`?order=${first}&open=true`)).breaks).toEqual([]);
  const wrong = await call(stack(), 'GET', '/reports/breaks?cursor=AAAAAAAAnonsense', { token });
  expect(wrong.status).toBe(400);
  const csv = await fetch(`${stack().url}/reports/breaks?order=${first}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/csv' },
  });
  expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(await csv.text()).toMatch(new RegExp(`^id,cause,.*\r\n\\d+,UNKNOWN_ORDER,${first},`));
  expect((await call(stack(), 'GET', '/reports/breaks')).status).toBe(401);
});

describe('the import', () => {
  const importNow = async (...args: string[]): Promise<Record<string, string>> => {
    const { stdout, stderr } = await run('import', '--since', '2h', '--format', 'json', ...args);
    if (stdout === '') throw new Error(stderr);
    const { list } = JSON.parse(stdout) as { list: { portfolioOrderId: string; outcome: string }[] };
    return Object.fromEntries(list.map(({ portfolioOrderId, outcome }) => [portfolioOrderId, outcome]));
  };

  /** Its webhooks are lost: only sweeps tell that it is settled, the last one once its change is old enough. */
  const swept = async (id: string): Promise<void> => {
    await until('a sweep to bring what Upvest has', async () => {
      await sweep();
      return (await show(stack(), id)).order?.status === 'SETTLED';
    });
    // Details of children and executions are read some minutes later, or now.
    const json = { reason: 'the test does not wait' };
    await call(stack(), 'POST', `/portfolio-orders/${id}/reconcile`, { token: stack().tokens.operate, json });
    await finished(stack(), id);
  };

  it('lists in a dry run, adopts only open orders, and sends what they reach from then on', async () => {
    const [open, silent, over] = await Promise.all([unreported('NEW'), unreported('NEW'), unreported()]);
    expect(await importNow('--emit', 'from-now')).toMatchObject({
      [open]: 'adopted',
      [silent]: 'adopted',
      [over]: 'finished',
    });
    expect(await find(stack(), open)).toBeUndefined();

    await importNow('--emit', 'from-now', '--apply');
    expect((await show(stack(), open)).order).toMatchObject({ origin: 'adopted', status: 'NEW' });
    expect(await find(stack(), over)).toBeUndefined();
    expect(await importNow('--emit', 'from-now', '--apply')).toMatchObject({ [open]: 'known' });

    stack().upvest.control.proceed(open);
    await until(
      'Upvest to settle',
      () => stack().upvest.control.portfolioOrder(open).portfolioOrder.status === 'SETTLED',
    );
    await swept(open);
    const sent = statusesAtEsw(stack(), open);
    expect(sent).not.toContain(EVERY_STATE[0]);
    expect(sent.at(-1)).toBe(EVERY_STATE.at(-1));
  });

  it('with none, ESW never gets an event of the order', async () => {
    const id = await unreported('NEW');
    await importNow('--emit', 'none', '--apply');
    await show(stack(), id);
    stack().upvest.control.proceed(id);
    await until(
      'Upvest to settle',
      () => stack().upvest.control.portfolioOrder(id).portfolioOrder.status === 'SETTLED',
    );
    await swept(id);
    expect(statusesAtEsw(stack(), id)).toEqual([]);
  });
});

it('the schedule is made, changed and removed, as the configuration says', async () => {
  const { client, config } = stack();
  const { orderTaskQueue, order } = config;
  const input = { brokerTaskQueue: order.brokerTaskQueue, graceMs: 1_000 };
  const handle = client.schedule.getHandle(sweepWorkflowId(orderTaskQueue));
  const every = async () => (await handle.describe()).spec.intervals?.map((one) => one.every);
  await ensureSweepSchedule(client, { orderTaskQueue, everyMs: 3_600_000, input });
  await ensureSweepSchedule(client, { orderTaskQueue, everyMs: 3_600_000, input });
  expect(await every()).toEqual([3_600_000]);
  await ensureSweepSchedule(client, { orderTaskQueue, everyMs: 900_000, input });
  expect(await every()).toEqual([900_000]);
  await handle.trigger();
  const ran = await until('the scheduled sweep to end', async () => {
    const sweeps = await db
      .selectFrom('sweeps')
      .selectAll()
      .where('grace_ms', '=', 1_000)
      .orderBy('started_at', 'desc')
      .execute();
    const recent = (await handle.describe()).info.recentActions.length > 0;
    return recent && sweeps[0]?.finished_at ? sweeps[0] : undefined;
  });
  expect(ran.emit).toBeNull();
  await ensureSweepSchedule(client, { orderTaskQueue, everyMs: undefined, input });
  await ensureSweepSchedule(client, { orderTaskQueue, everyMs: undefined, input });
  await expect(handle.describe()).rejects.toThrow();
});
