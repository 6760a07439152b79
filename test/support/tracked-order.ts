/** A placed order under test together with the broker's side of it. */
import { historyOfAllRuns, scheduledAt } from './history';
import {
  byPlacement,
  orderAtBroker,
  readOf,
  settledOutcome,
  whole,
  type OrderAtBroker,
} from './observations';
import { newOrder, placedAs, type OrderOptions, type OrderUnderTest } from './order-under-test';
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
}

/** Hands over an order that the broker has just taken as NEW. */
export async function placeOrder(worker: StubWorker, options: TrackedOptions = {}): Promise<TrackedOrder> {
  const { children, clock, ...rest } = options;
  const order = newOrder(worker, rest);
  const broker = orderAtBroker(order.id, children, clock?.(), clock);
  const placed = placedAs(whole(broker, 'NEW', { source: byPlacement() }), { requestedAt: broker.createdAt });
  await order.handOver(placed);
  return { order, broker, reference: placed.reference };
}

/** From here on a read shows all of the order as it is in this status. */
export function showing({ order, broker }: TrackedOrder, status: Parameters<typeof readOf>[1]): void {
  order.script('readPortfolioOrder', () => readOf(broker, status));
}

/** Texts of the steps that a rule allowed, oldest first. */
export async function toldBy({ order }: Pick<TrackedOrder, 'order'>, rule: string): Promise<string[]> {
  return (await order.timeline()).filter((step) => step.rule === rule).map(({ text }) => text);
}

/** When the workflow began to ask the broker, by the server's clock: minutes after the order was created, rounded. */
export async function minutesOfQuestions(
  worker: StubWorker,
  { order, broker }: TrackedOrder,
): Promise<number[]> {
  const events = await historyOfAllRuns(worker.client, order.workflowId);
  const created = Date.parse(broker.createdAt);
  return scheduledAt(events, 'readPortfolioOrder').map((at) => Math.round((at - created) / 60_000));
}

/** Checks that the order ended by itself as the broker had settled it, and that it needs nobody. */
export async function expectSettled({ order, broker }: TrackedOrder): Promise<void> {
  expect((await order.handle.result()).outcome).toBe('SETTLED');
  const view = await order.view();
  expect(recordOf(view)).toEqual(settledOutcome(broker));
  expect(view.attention).toEqual([]);
}
