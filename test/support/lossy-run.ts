/**
 * Orders of everything that the simulated Upvest can do, on one stack, while webhooks are lost, duplicated, delayed,
 * shuffled and split: as many as a tier has time for. The suites of `test/end-to-end` check the results.
 */
import type { Stack } from '../../demo/stack';
import { mixedOrders } from './end-to-end-orders';
import { restartableWorkers, shortPolicies, type RestartableWorkers } from './end-to-end-worker';
import { endsOf, startAll, type EndedOrder } from './emission-ends';
import { startTestStack, until } from './stack';
import { closeTemporal } from './temporal';

const ORDERS_MS = 150_000;
/** For `beforeAll`: time for the orders, and for starting and stopping the stack. */
const LIMIT_MS = ORDERS_MS + 30_000;

export interface LossyRunOptions {
  seed: number;
  /** Number of orders, up to fifty. */
  orders: number;
  /** Durations that let orders take some seconds. */
  pace: {
    processAfterMs: number;
    childSpacingMs: number;
    fillAfterMs: number;
    settleAfterMs: number;
    settledAheadMs: number;
    cancelAfterMs: number;
    secondMs: number;
  };
  /** A tenth of Upvest's calls fails, half of them after their effect. */
  disturbsApi?: boolean;
  /** A third of ESW's calls fails, some of them after their effect. */
  disturbsEsw?: boolean;
  /**
   * The worker is a process of its own, which is killed when this many orders have been started and this many have ended
   * at the broker; another one is started after the remaining orders.
   */
  kills?: { started: number; ended: number };
}

export interface LossyRun {
  options: LossyRunOptions;
  stack: Stack;
  orders: EndedOrder[];
  stop(): Promise<void>;
}

/** Resolves when all orders have ended; the caller has to `stop` it, also after a failure. */
async function runUnderLoss(options: LossyRunOptions): Promise<LossyRun> {
  const { kills } = options;
  const { deadlines, ...policies } = shortPolicies();
  const stack = await startTestStack({ policies, deadlines, upvest: { pace: options.pace, children: 4 } });
  let workers: RestartableWorkers | undefined;
  const stop = async (): Promise<void> => {
    stack.upvest.control.clearFaults();
    stack.esw.control.clearFaults();
    await workers?.stopAll();
    await stack.stop();
    await closeTemporal();
  };
  try {
    if (kills !== undefined) {
      await stack.stopWorker();
      workers = await restartableWorkers(stack);
      await workers.start();
    }
    disturb(stack, options);
    const begun = Date.now();
    const { started, cancelled } = await startInTwo(stack, options, workers);
    await cancelled;
    const orders = await endsOf(stack, started, begun + ORDERS_MS - Date.now());
    await stack.upvest.control.whenDelivered(ORDERS_MS);
    return { options, stack, orders, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function disturb(stack: Stack, { seed, disturbsApi, disturbsEsw }: LossyRunOptions): void {
  const { control } = stack.upvest;
  control.disturbWebhooks({
    seed,
    lose: 0.3,
    duplicate: 0.3,
    delay: { probability: 0.3, ms: 2_000 },
    shuffle: 0.3,
    split: 0.3,
  });
  if (disturbsApi) control.disturbApi({ seed, failBefore: 0.05, failAfter: 0.05 });
  if (disturbsEsw) stack.esw.control.disturbEvents({ seed, failBefore: 0.3, failAfter: 0.1 });
}

async function startInTwo(
  stack: Stack,
  { seed, orders, kills }: LossyRunOptions,
  workers: RestartableWorkers | undefined,
): ReturnType<typeof startAll> {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const kinds = mixedOrders(seed).slice(0, orders);
  if (kills === undefined || workers === undefined) return startAll(stack, kinds, yesterday);
  const first = await startAll(stack, kinds.slice(0, kills.started), yesterday);
  await until('some orders to end at the broker', () => endedAtBroker(stack) >= kills.ended);
  await workers.killOne();
  const rest = await startAll(stack, kinds.slice(kills.started), yesterday);
  await workers.start();
  return {
    started: [...first.started, ...rest.started],
    cancelled: Promise.all([first.cancelled, rest.cancelled]),
  };
}

function endedAtBroker(stack: Stack): number {
  const orders = stack.upvest.control.portfolioOrders();
  return orders.filter(({ portfolioOrder: { status } }) => /SETTLED|CANC/.test(status)).length;
}

/** Runs the orders before the tests of a file or block; suites take the function, since there is no run before that. */
export function useLossyRun(options: LossyRunOptions): () => LossyRun {
  let run: LossyRun | undefined;
  beforeAll(async () => {
    run = await runUnderLoss(options);
  }, LIMIT_MS);
  afterAll(() => run?.stop());
  return () => {
    if (run === undefined) throw new Error('The orders are run before tests, not while they are declared.');
    return run;
  };
}
