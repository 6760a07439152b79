/** A placed order from NEW to its end, and how its workflow rejects decisions. */
import type { Observation } from '../../src/domain/broker/observation';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import type { OrderUnderTest } from './order-under-test';
import { recordOf } from './recorded-outcome';
import type { StubWorker } from './stub-worker';
import { lastReported } from './last-reported';
import { until } from './until';
import { placeOrder, type TrackedOptions, type TrackedOrder } from './tracked-order';

/** Hands a NEW order off; resolves when its workflow tracks it. */
export async function newlyPlaced(worker: StubWorker, options: TrackedOptions = {}): Promise<TrackedOrder> {
  const placed = await placeOrder(worker, options);
  await placed.order.viewWhen('NEW', ({ status }) => status === 'NEW');
  return placed;
}

/** Delivers what the broker reports, and waits until the order has this status. */
export async function deliverUntil(
  order: OrderUnderTest,
  status: string,
  ...observations: Observation[]
): Promise<void> {
  await order.deliver(...observations);
  await order.viewWhen(status, (view) => view.status === status);
}

/** View of the order at its end, whose record has to match the last reports about it. */
export async function endedAs(
  order: OrderUnderTest,
  reports: readonly Observation[],
): Promise<PortfolioOrderView> {
  const view = await order.viewWhen('end', ({ finished }) => finished);
  // Not `result()`: while a test waits for one, a time-skipping server skips to whatever is due next, if need be for years.
  await until('the workflow to complete', async () => {
    const { status } = await order.handle.describe();
    return status.name === 'COMPLETED';
  });
  expect(recordOf(view)).toEqual(lastReported(reports));
  return view;
}

/** Matches the failure of a rejected decision: its type and reason. */
export function refusal(type: 'FORBIDDEN_BY_RULE' | 'UNUSABLE_DECISION', message: string | RegExp): unknown {
  return expect.objectContaining({
    cause: expect.objectContaining({ type, message: expect.stringMatching(message) as string }) as unknown,
  });
}
