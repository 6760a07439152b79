/** A placed order under test together with the broker's side of it. */
import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { historyOfAllRuns, scheduledAt } from './history';
import {
  byPlacement,
  orderAtBroker,
  readOf,
  settledOutcome,
  whole,
  type OrderAtBroker,
} from './observations';
import { newOrder, placementResultAs, type OrderOptions, type OrderUnderTest } from './order-under-test';
import { recordOf } from './recorded-outcome';
import type { StubWorker } from './stub-worker';

export interface TrackedOrder {
  order: OrderUnderTest;
  broker: OrderAtBroker;
  reference: string;
}

export interface TrackedOptions extends OrderOptions {
  children?: number;
  /** The broker's clock. */
  clock?: () => Date;
  /** Changes to the default request. */
  placed?: Partial<PortfolioOrderObservation>;
}

const orders: OrderUnderTest[] = [];

/** Hands off an order that has just become NEW at the broker. */
export async function placeOrder(worker: StubWorker, options: TrackedOptions = {}): Promise<TrackedOrder> {
  const { children, clock, placed: more, ...rest } = options;
  const order = newOrder(worker, rest);
  const broker = { ...orderAtBroker(order.id, children, clock?.(), clock), isDated: true };
  const observation = whole(broker, 'NEW', { source: byPlacement(), ...more });
  const facts = placementResultAs(observation, { requestedAt: broker.createdAt });
  await order.handOff(facts);
  return track({ order, broker, reference: facts.reference });
}

/** Includes this order in `areOrdersOpen`. */
export function track<T extends { order: OrderUnderTest }>(tracked: T): T {
  orders.push(tracked.order);
  return tracked;
}

/** Whether orders tracked since the last call are still open: a failed test left them behind. */
export async function areOrdersOpen(): Promise<boolean> {
  const isOpen = async ({ handle }: OrderUnderTest): Promise<boolean> => {
    try {
      return (await handle.describe()).status.name === 'RUNNING';
    } catch {
      // It was never started.
      return false;
    }
  };
  return (await Promise.all(orders.splice(0).map(isOpen))).includes(true);
}

/** From here on, a read shows the whole order in this status. */
export function showing({ order, broker }: TrackedOrder, status: Parameters<typeof readOf>[1]): void {
  order.script('readPortfolioOrder', () => readOf(broker, status));
}

/** Times of a deadline, once it is set, in milliseconds since the epoch. */
export async function waitOf(
  { order }: TrackedOrder,
  rule: string,
): Promise<{ since: number; asksAt: number; attentionAt: number }> {
  const { waits } = await order.viewWhen(rule, (view) => view.waits.some((wait) => wait.rule === rule));
  const wait = waits.find((one) => one.rule === rule);
  return {
    since: Date.parse(wait?.since ?? ''),
    asksAt: Date.parse(wait?.asksAt ?? ''),
    attentionAt: Date.parse(wait?.attentionAt ?? ''),
  };
}

/** Texts of the steps that a rule allowed, oldest first. */
export async function timelineTexts({ order }: Pick<TrackedOrder, 'order'>, rule: string): Promise<string[]> {
  return (await order.timeline()).filter((step) => step.rule === rule).map(({ text }) => text);
}

/** Starts of the reconciliations by the server's clock, in minutes after the order's creation, to half a minute. */
export async function reconciliationMinutes(worker: StubWorker, tracked: TrackedOrder): Promise<number[]> {
  const [created = NaN, ...asked] = await reconciliationTimes(worker, tracked);
  return asked.map((at) => inMinutes(at - created));
}

/** Minutes from the creation to the first reconciliation, and from each reconciliation to the next. */
export async function reconciliationPauses(worker: StubWorker, tracked: TrackedOrder): Promise<number[]> {
  const times = await reconciliationTimes(worker, tracked);
  return times.slice(1).map((at, index) => inMinutes(at - (times[index] ?? NaN)));
}

/** To half a minute: during a reconciliation, the server's clock runs with this machine's. */
const inMinutes = (ms: number): number => Math.round(ms / 30_000) / 2;

async function reconciliationTimes(worker: StubWorker, { order, broker }: TrackedOrder): Promise<number[]> {
  const events = await historyOfAllRuns(worker.client, order.workflowId);
  return [Date.parse(broker.createdAt), ...scheduledAt(events, 'readPortfolioOrder')];
}

/**
 * The view of the order at its end. On the time-skipping server it has to come before `result()`, which would let time pass
 * until the order ends.
 */
export async function viewAtEnd({ order }: TrackedOrder, outcome: string): Promise<PortfolioOrderView> {
  const view = await order.viewWhen('end', ({ finished }) => finished);
  expect((await order.handle.result()).outcome).toBe(outcome);
  return view;
}

/** Checks that the order ends as settled at the broker, without attentions. */
export async function expectSettled(tracked: TrackedOrder): Promise<PortfolioOrderView> {
  const view = await viewAtEnd(tracked, 'SETTLED');
  expect(recordOf(view)).toEqual(settledOutcome(tracked.broker));
  expect(view.attention).toEqual([]);
  return view;
}
