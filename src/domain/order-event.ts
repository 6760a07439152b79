/**
 * Builds OrderEvents: what ESW is told about a portfolio order, its children and their executions (`esw-order-event.md` 8).
 *
 * Pure, without clock, chance or locale: the same record gives the same bytes. Members appear in the order in which the
 * reference prints them, and absent ones are left out; there are no nulls or empty fillers.
 */
import { InexactAmountError } from './money';
import { asBefore } from './order-event-before';
import { tellingOfChild } from './order-event-child';
import { bodyOf } from './order-event-frame';
import { isToldAsBefore, type OrderEventInput } from './order-event-input';
import { OverlongTextError, withinLimits } from './order-event-limits';
import { tellingOfPortfolioOrder } from './order-event-portfolio';

export type { EmissionSettings, OrderEventInput } from './order-event-input';

/**
 * The OrderEvent for one topic.
 *
 * @throws InexactAmountError when an amount cannot be written as a JSON number without changing it.
 * @throws OverlongTextError when an id or word is longer than ESW is sent.
 * @throws Error when what it reports was never reached: the caller has a defect.
 */
export function buildOrderEvent(input: OrderEventInput): { id: string; body: string } {
  const { topic } = input;
  const telling =
    topic.subject === 'portfolio-order'
      ? tellingOfPortfolioOrder(input, topic.status)
      : tellingOfChild(input, topic);
  const whole = bodyOf(telling, input);
  const body = isToldAsBefore(input) ? asBefore(whole) : withinLimits(whole);
  // JSON.stringify drops undefined members and keeps the order of the others.
  return { id: body.id, body: JSON.stringify(body) };
}

/** True for what is wrong with the order's data, not with the code: the event waits for a human. */
export function isUnsendable(error: unknown): error is InexactAmountError | OverlongTextError {
  return error instanceof InexactAmountError || error instanceof OverlongTextError;
}
