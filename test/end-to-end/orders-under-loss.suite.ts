import { pino } from 'pino';
import type { Stack } from '../../demo/stack';
import { parkedIds, parkedInput } from '../http/webhooks';
import { expectOfEach, type EndedOrder } from '../support/emission-ends';
import { findingsButTimes } from '../support/emission-truth';
import {
  isInOrder,
  owedUpTo,
  statesTaken,
  emittedStatuses,
  wholeRecord,
  wholeTruth,
} from '../support/end-to-end-truth';
import type { LossyRun } from '../support/lossy-run';
import { replayAll } from '../support/replays';
import { until } from '../support/stack';
import { testClient } from '../support/temporal';

/** After a run with lost webhooks, each order has ended as at the broker; nothing is lost, and nothing was done twice. */
export function ordersUnderLossSuite(run: () => LossyRun): void {
  it('each order ends as at the broker, down to each amount', () => {
    const { stack, orders, options } = run();
    expect(orders).toHaveLength(options.orders);
    expectOfEach(orders, ({ order, ends }) => ({ is: order.status, expected: ends }));
    expectOfEach(orders, ({ order }) => ({
      is: wholeRecord(order),
      expected: wholeTruth(stack, order.portfolioOrderId),
    }));
  });

  it('each order is placed once, and has one workflow that completed', async () => {
    const { stack, orders } = run();
    const placed = Object.fromEntries(orders.map(({ accountId }) => [accountId, 1]));
    expect(stack.upvest.control.portfolioOrderCounts()).toEqual(placed);
    expect(Object.keys(stack.upvest.control.placementRequests())).toHaveLength(
      orders.filter(({ isPlaced }) => isPlaced).length,
    );
    expectOfEach(orders, ({ order, isPlaced }) => ({
      is: order.origin,
      expected: isPlaced ? 'placed' : 'adopted',
    }));
    const ids = orders.map(({ order, name, isPlaced }) => [
      `COMPLETED portfolio-order/${order.portfolioOrderId}`,
      ...(isPlaced ? [`COMPLETED placement/${name}`] : []),
    ]);
    await until('visibility', async () => (await workflowsOf(stack)).length === ids.flat().length);
    expect((await workflowsOf(stack)).sort()).toEqual(ids.flat().sort());
  });

  /** Status and id of the last run of every placement and order. */
  async function workflowsOf(stack: Stack): Promise<string[]> {
    const ours = `TaskQueue = '${stack.config.orderTaskQueue}' AND ExecutionStatus != 'ContinuedAsNew'`;
    const query = `${ours} AND WorkflowType IN ('portfolioOrder', 'placePortfolioOrder')`;
    const found: string[] = [];
    for await (const { workflowId, status } of testClient().workflow.list({ query }))
      found.push(`${status.name} ${workflowId}`);
    return found;
  }

  it('the history of every run replays', async () => {
    const { stack } = run();
    const histories = testClient()
      .workflow.list({ query: `TaskQueue = '${stack.config.orderTaskQueue}'` })
      .intoHistories();
    const { replayed, failures } = await replayAll(histories);
    expect(failures).toEqual([]);
    expect(replayed).toBeGreaterThan(run().orders.length);
  });

  it('ESW has each status once, in order and with one body, or listed as skipped', () => {
    const { stack, orders } = run();
    const { control } = stack.esw;
    expectOfEach(orders, ({ order, name }) => {
      const { statuses, skipped, changedBytes } = emittedStatuses(stack, name, order.portfolioOrderId);
      const taken = statesTaken(stack, order.portfolioOrderId);
      const reported = [...statuses, ...skipped];
      return {
        is: {
          isInOrder: isInOrder(statuses),
          last: statuses.at(-1),
          missing: owedUpTo(taken.at(-1) ?? '').filter((status) => !reported.includes(status)),
          untrue: reported.filter((status) => !taken.includes(status)),
          changedBytes,
        },
        expected: { isInOrder: true, last: taken.at(-1), missing: [], untrue: [], changedBytes: 0 },
      };
    });
    const ids = control.events().map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(control.counts()).toMatchObject({ accepted: ids.length, conflicting: 0, rejected: 0 });
    expect(findingsButTimes(stack)).toEqual([]);
  });

  it('webhooks were missed, and reconciliations found their contents', () => {
    const { stack, orders, options } = run();
    const { control } = stack.upvest;
    const sum = (of: (one: EndedOrder['order']['questions']) => number): number =>
      orders.map(({ order }) => of(order.questions)).reduce((a, b) => a + b, 0);
    const summary = {
      seed: options.seed,
      missed: sum(({ missed }) => missed),
      nothingNew: sum(({ nothingNew }) => nothingNew),
      failed: sum(({ failed }) => failed),
      lost: control.lostEvents().length,
      emitted: control.portfolioOrders().flatMap(({ events }) => events).length,
      calls: control.requestCounts(),
    };
    pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }).info(summary, 'end to end');
    expect(summary.missed).toBeGreaterThan(0);
    expect(summary.lost).toBeGreaterThan(summary.emitted / 5);
  });

  it('no event is left parked except cancel rejections that arrived after the end: they are new information', async () => {
    const left = async (): Promise<string[]> => {
      const inputs = await Promise.all((await parkedIds(run().stack)).map((id) => parkedInput(id)));
      return inputs
        .filter(({ reason, raw }) => reason !== 'LATE' || !raw.includes('ORDER_CANCELLATION.REJECTED'))
        .map(
          ({ reason, detail, raw }) =>
            `${reason} ${detail} (${raw.match(/[A-Z_]+\.[A-Z]+/g)?.join() ?? raw})`,
        );
    };
    const isEmpty = async () => (await left()).length === 0;
    await until('no event to be parked', isEmpty, 30_000).catch(() => undefined);
    expect(await left()).toEqual([]);
  });
}
