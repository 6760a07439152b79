/** The troubles of an order, as the API shows them. */
import { describeTrouble } from '../order/troubles';
import type { Trouble, TroubleKind } from '../order-state/state';

export interface TroubleView {
  kind: TroubleKind;
  /** The child order, of the kinds about one. */
  orderId?: string;
  /** Start of the first failed attempt, ISO 8601 UTC. */
  since: string;
  attempts: number;
  /** Why the last attempt failed. */
  cause: string;
  /** ISO 8601 UTC; absent where a deadline sets it. */
  nextTryAt?: string;
  /** True once it is an attention. */
  overdue: boolean;
  /** All of that in one sentence. */
  text: string;
}

export function troubleViews(troubles: Trouble[]): TroubleView[] {
  return troubles.map((trouble) => {
    const { kind, orderId, since, attempts, cause, nextTryAt, overdue = false } = trouble;
    return {
      kind,
      ...(orderId !== undefined && { orderId }),
      since: new Date(since).toISOString(),
      attempts,
      cause,
      ...(nextTryAt !== undefined && { nextTryAt: new Date(nextTryAt).toISOString() }),
      overdue,
      text: troubleText(trouble),
    };
  });
}

export function troubleText(trouble: Trouble): string {
  const { nextTryAt } = trouble;
  const next = nextTryAt === undefined ? '' : `; next attempt due ${new Date(nextTryAt).toISOString()}`;
  return `${describeTrouble(trouble)}${next}.`;
}
