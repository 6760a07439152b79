/** A placed order under test together with the broker's side of it. */
import type { PortfolioOrderObservation } from '../../src/domain/observation';
import type { PortfolioOrderView } from '../../src/domain/view';
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
  /** What is placed, where it differs. */
  placed?: Partial<PortfolioOrderObservation>;
}

const orders: OrderUnderTest[] = [];

/** Hands over an order that the broker has just taken as NEW. */
export async function placeOrder(worker: StubWorker, options: TrackedOptions = {}): Promise<TrackedOrder> {
  const { children, clock, placed: more, ...rest } = options;
  const order = newOrder(worker, rest);
  const broker = { ...orderAtBroker(order.id, children, clock?.(), clock), isDated: true };
  const observation = whole(broker, 'NEW', { source: byPlacement(), ...more });
  const facts = placedAs(observation, { requestedAt: broker.createdAt });
  await order.handOver(facts);
  return track({ order, broker, reference: facts.reference });
}

/** Has `areOrdersOpen` look at this one, too. */
export function track<T extends { order: OrderUnderTest }>(tracked: T): T {
  orders.push(tracked.order);
  return tracked;
}

/** Whether orders that were tracked since the last call go on: a test that failed left them. */
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

/** From here on a read shows all of the order as it is in this status. */
export function showing({ order, broker }: TrackedOrder, status: Parameters<typeof readOf>[1]): void {
  order.script('readPortfolioOrder', () => readOf(broker, status));
}

/** The times of a wait, as soon as it is on, in milliseconds since the epoch. */
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
export async function toldBy({ order }: Pick<TrackedOrder, 'order'>, rule: string): Promise<string[]> {
  return (await order.timeline()).filter((step) => step.rule === rule).map(({ text }) => text);
}

/** When the workflow began to ask the broker, by the server's clock: minutes after the order was created, to half a one. */
export async function minutesOfQuestions(worker: StubWorker, tracked: TrackedOrder): Promise<number[]> {
  const [created = NaN, ...asked] = await timesOfQuestions(worker, tracked);
  return asked.map((at) => inMinutes(at - created));
}

/** The same as minutes from the creation to the first question, and from each question to the next. */
export async function pausesBetweenQuestions(worker: StubWorker, tracked: TrackedOrder): Promise<number[]> {
  const times = await timesOfQuestions(worker, tracked);
  return times.slice(1).map((at, index) => inMinutes(at - (times[index] ?? NaN)));
}

/** To half a minute: while a question is under way, the clock of the server goes on with this machine's. */
const inMinutes = (ms: number): number => Math.round(ms / 30_000) / 2;

async function timesOfQuestions(worker: StubWorker, { order, broker }: TrackedOrder): Promise<number[]> {
  const events = await historyOfAllRuns(worker.client, order.workflowId);
  return [Date.parse(broker.createdAt), ...scheduledAt(events, 'readPortfolioOrder')];
}

/**
 * The view of the order at its end. On the time-skipping server it has to come before `result()`, which would let time pass
 * for as long as the order goes on.
 */
export async function viewAtEnd({ order }: TrackedOrder, outcome: string): Promise<PortfolioOrderView> {
  const view = await order.viewWhen('end', ({ finished }) => finished);
  expect((await order.handle.result()).outcome).toBe(outcome);
  return view;
}

/** Checks that the order ends by itself as the broker had settled it, and that it needs nobody. */
export async function expectSettled(tracked: TrackedOrder): Promise<PortfolioOrderView> {
  const view = await viewAtEnd(tracked, 'SETTLED');
  expect(recordOf(view)).toEqual(settledOutcome(tracked.broker));
  expect(view.attention).toEqual([]);
  return view;
}
