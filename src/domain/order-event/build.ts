/**
 * Builds the OrderEvents about a portfolio order, its children and their executions (references/esw.md#mapping).
 *
 * Pure, without clock, randomness or locale: the same record gives the same bytes. Members have the order of the reference;
 * absent ones are omitted, there are no nulls or empty values.
 */
import { InexactAmountError } from '../values/decimal';
import { childOrderContent } from './child-order';
import { bodyOf } from './envelope';
import type { OrderEventInput } from './input';
import { OverlongTextError, withinLimits } from './limits';
import { portfolioOrderContent } from './portfolio-order';

export type { EmissionSettings, OrderEventInput } from './input';

/**
 * The OrderEvent for one topic.
 *
 * @throws InexactAmountError before revision 5, when an amount has too many digits.
 * @throws OverlongTextError when a text that must not be truncated is too long.
 * @throws Error when the record has not reached the topic's status: a defect of the caller.
 */
export function buildOrderEvent(input: OrderEventInput): { id: string; body: string } {
  const { topic } = input;
  const content =
    topic.orderId === undefined
      ? portfolioOrderContent(input, topic.status)
      : childOrderContent(input, topic);
  const body = withinLimits(bodyOf(content, input));
  // JSON.stringify drops undefined members and keeps the order of the others.
  return { id: body.id, body: JSON.stringify(body) };
}

/** True for errors in the order's data rather than the code: the event needs attention. */
export function isUnbuildable(error: unknown): error is InexactAmountError | OverlongTextError {
  return error instanceof InexactAmountError || error instanceof OverlongTextError;
}
