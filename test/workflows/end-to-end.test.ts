/**
 * Fifty orders of everything that the simulated Upvest can do, on one stack, while webhooks are lost, doubled, delayed,
 * shuffled and split, calls of the API fail before and after their effect, and the only worker process is killed: each
 * order ends in the broker's truth, nothing is lost and nothing is done twice.
 *
 * Takes about a minute: the engine notices a dead worker by time-outs of seconds, and questions wait for silence.
 * `END_TO_END_SEED=<number>` makes another mix of the same orders and other faults.
 */
import { pino } from 'pino';
import type { Stack } from '../../src/cli/dev-stack';
import { parkedIds, parkedInput } from '../http/webhooks';
import { cancelInTime, mixedOrders, start, type StartedOrder } from '../support/end-to-end-orders';
import {
  isInOrder,
  owedUpTo,
  statesTaken,
  toldToEsw,
  wholeRecord,
  wholeTruth,
} from '../support/end-to-end-truth';
import { hardyWorkers, shortPolicies, type HardyWorkers } from '../support/end-to-end-worker';
import { findingsButTimes } from '../support/emission-truth';
import { find, finished, startTestStack, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';

const SEED = Number(process.env.END_TO_END_SEED ?? 20_260_301);
/** For the whole test, and for the lives in it. */
const LIMIT_MS = 180_000;
const LIVES_MS = 150_000;
/** So many orders are started before the worker is killed, and so many of those have ended at the broker by then. */
const BEFORE_THE_KILL = 30;
const ENDED_BEFORE_THE_KILL = 10;

type Finished = StartedOrder & Awaited<ReturnType<typeof finished>>;

/** Lives of some seconds, so that a worker can die in the midst of them. */
const PACE = {
  processAfterMs: 500,
  childSpacingMs: 50,
  fillAfterMs: 200,
  settleAfterMs: 1_000,
  settledAheadMs: 500,
  cancelAfterMs: 100,
  secondMs: 100,
};

describe(`with the seed ${SEED}`, () => {
  let stack: Stack;
  let workers: HardyWorkers;
  let orders: Finished[];

  beforeAll(async () => {
    const { deadlines, ...policies } = shortPolicies();
    stack = await startTestStack({ policies, deadlines, upvest: { pace: PACE, children: 4 } });
    await stack.stopWorker();
    workers = await hardyWorkers(stack);
    await workers.start();
    disturb();
    orders = await live();
  }, LIMIT_MS);
  afterAll(async () => {
    stack.upvest.control.clearFaults();
    await workers.stopAll();
    await stack.stop();
    await closeTemporal();
  });

  function disturb(): void {
    const { control } = stack.upvest;
    control.disturbWebhooks({
      seed: SEED,
      lose: 0.3,
      duplicate: 0.3,
      delay: { probability: 0.3, ms: 2_000 },
      shuffle: 0.3,
      split: 0.3,
    });
    control.disturbApi({ seed: SEED, failBefore: 0.05, failAfter: 0.05 });
  }

  async function live(): Promise<Finished[]> {
    const { control } = stack.upvest;
    const begun = Date.now();
    const settlementDate = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const started: StartedOrder[] = [];
    const cancels: Promise<void>[] = [];
    const kinds = mixedOrders(SEED);
    const startAll = async (some: typeof kinds): Promise<void> => {
      for (const kind of some) {
        const order = await start(stack, kind, settlementDate);
        started.push(order);
        cancels.push(cancelInTime(stack, kind, order));
      }
    };
    await startAll(kinds.slice(0, BEFORE_THE_KILL));
    await until('some orders to end at the broker', () => {
      const ended = control
        .portfolioOrders()
        .filter(({ portfolioOrder: { status } }) => /SETTLED|CANC/.test(status));
      return ended.length >= ENDED_BEFORE_THE_KILL;
    });
    await workers.killOne();
    await startAll(kinds.slice(BEFORE_THE_KILL));
    await workers.start();
    await Promise.all(cancels);
    const ends: Finished[] = [];
    // One after another: fifty that ask all the time would take the machine from the product.
    for (const order of started) ends.push({ ...order, ...(await end(order, begun + LIVES_MS)) });
    await control.whenDelivered(LIVES_MS);
    return ends;
  }

  async function end({ name, what }: StartedOrder, deadline: number) {
    try {
      return await finished(stack, name, Math.max(1_000, deadline - Date.now()));
    } catch (cause) {
      const seen = await find(stack, name);
      throw new Error(`${name} ${what}: ${seen?.order?.waitingFor ?? seen?.phase ?? 'not to be seen'}`, {
        cause,
      });
    }
  }

  /** What each order is, beside what is expected of it, so that a failure names all that fail. */
  function expectOfEach(observe: (order: Finished) => { is: unknown; expected: unknown }): void {
    const pairs = orders.map((order) => ({ what: `${order.name} ${order.what}`, ...observe(order) }));
    expect(pairs.map(({ what, is }) => ({ what, is }))).toEqual(
      pairs.map(({ what, expected }) => ({ what, is: expected })),
    );
  }

  it('each order ends as the broker says, to the last amount', () => {
    expect(orders).toHaveLength(50);
    expectOfEach(({ order, ends }) => ({ is: order.status, expected: ends }));
    expectOfEach(({ order }) => ({
      is: wholeRecord(order),
      expected: wholeTruth(stack, order.portfolioOrderId),
    }));
  });

  it('each is placed once, and has one workflow that ended by itself', async () => {
    const placed = Object.fromEntries(orders.map(({ accountId }) => [accountId, 1]));
    expect(stack.upvest.control.portfolioOrderCounts()).toEqual(placed);
    expect(Object.keys(stack.upvest.control.placementRequests())).toHaveLength(
      orders.filter(({ isPlaced }) => isPlaced).length,
    );
    expectOfEach(({ order, isPlaced }) => ({ is: order.origin, expected: isPlaced ? 'placed' : 'adopted' }));
    const ids = orders.map(({ order, name, isPlaced }) => [
      `COMPLETED portfolio-order/${order.portfolioOrderId}`,
      ...(isPlaced ? [`COMPLETED placement/${name}`] : []),
    ]);
    await until('visibility', async () => (await workflowsOf()).length === ids.flat().length);
    expect((await workflowsOf()).sort()).toEqual(ids.flat().sort());
  });

  /** Status and id of the last run of every placement and order. */
  async function workflowsOf(): Promise<string[]> {
    const ours = `TaskQueue = '${stack.config.orderTaskQueue}' AND ExecutionStatus != 'ContinuedAsNew'`;
    const query = `${ours} AND WorkflowType IN ('portfolioOrder', 'placePortfolioOrder')`;
    const found: string[] = [];
    for await (const { workflowId, status } of testClient().workflow.list({ query }))
      found.push(`${status.name} ${workflowId}`);
    return found;
  }

  it('ESW is told each status once, in order and with one body, or that nobody saw it', () => {
    const { control } = stack.esw;
    expectOfEach(({ order, name }) => {
      const { statuses, skipped, changedBytes } = toldToEsw(stack, name, order.portfolioOrderId);
      const taken = statesTaken(stack, order.portfolioOrderId);
      const told = [...statuses, ...skipped];
      return {
        is: {
          isInOrder: isInOrder(statuses),
          last: statuses.at(-1),
          untold: owedUpTo(taken.at(-1) ?? '').filter((status) => !told.includes(status)),
          untrue: told.filter((status) => !taken.includes(status)),
          changedBytes,
        },
        expected: { isInOrder: true, last: taken.at(-1), untold: [], untrue: [], changedBytes: 0 },
      };
    });
    const ids = control.events().map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(control.counts()).toMatchObject({ accepted: ids.length, conflicting: 0, rejected: 0 });
    expect(findingsButTimes(stack)).toEqual([]);
  });

  it('webhooks were missed, and questions told what they would have', () => {
    const { control } = stack.upvest;
    const questions = orders.map(({ order }) => order.questions);
    const sum = (of: (one: (typeof questions)[number]) => number): number =>
      questions.map(of).reduce((a, b) => a + b, 0);
    const summary = {
      seed: SEED,
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

  it('no event is left parked, but refusals of a cancel that came when all was over: those are news', async () => {
    const left = async (): Promise<string[]> => {
      const inputs = await Promise.all((await parkedIds(stack)).map((id) => parkedInput(id)));
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
});
