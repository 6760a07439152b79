/** A placed order from NEW to its end, and how its workflow refuses decisions. */
import type { Observation } from '../../src/domain/observation';
import type { PortfolioOrderView } from '../../src/domain/view';
import type { OrderUnderTest } from './order-under-test';
import { recordOf } from './recorded-outcome';
import type { StubWorker } from './stub-worker';
import { lastTold } from './told';
import { placeOrder, type TrackedOptions, type TrackedOrder } from './tracked-order';

/** Hands a NEW order over; resolves when its workflow has taken it up. */
export async function newlyPlaced(worker: StubWorker, options: TrackedOptions = {}): Promise<TrackedOrder> {
  const placed = await placeOrder(worker, options);
  await placed.order.viewWhen('NEW', ({ status }) => status === 'NEW');
  return placed;
}

/** Delivers what the broker tells, and waits until the order is at this status. */
export async function told(
  order: OrderUnderTest,
  status: string,
  ...observations: Observation[]
): Promise<void> {
  await order.deliver(...observations);
  await order.viewWhen(status, (view) => view.status === status);
}

/** The view of the order at its end, after its record was compared with the last words about it. */
export async function endedAs(
  order: OrderUnderTest,
  words: readonly Observation[],
): Promise<PortfolioOrderView> {
  const view = await order.viewWhen('end', ({ finished }) => finished);
  await order.handle.result();
  expect(recordOf(view)).toEqual(lastTold(words));
  return view;
}

/** How a decision is refused: the type of the failure, and why. */
export function refusal(type: 'FORBIDDEN_BY_RULE' | 'UNUSABLE_DECISION', message: string | RegExp): unknown {
  return expect.objectContaining({
    cause: expect.objectContaining({ type, message: expect.stringMatching(message) as string }) as unknown,
  });
}
