/** The cancel request as people see it: who asked, what Upvest answered, and what became of it. */
import { problemText } from '../broker/problem';
import { cancelOutcome, type CancelOutcome } from '../order/cancellation';
import { refusalsOf } from '../broker/record';
import { isOver } from '../order/transitions';
import type { CancelAnswer, CancelRequest, OrderState } from '../order-state/state';

export interface CancelView extends Omit<CancelRequest, 'at' | 'answeredAt'> {
  /** ISO 8601 UTC. */
  at: string;
  /** When Upvest answered, ISO 8601 UTC. */
  answeredAt?: string;
  outcome: CancelOutcome;
  /** What became of it so far, in one sentence. */
  text: string;
}

/** @returns undefined without a request */
export function cancelView(state: OrderState): CancelView | undefined {
  const { cancel } = state;
  if (cancel === undefined) return undefined;
  const outcome = cancelOutcome(state);
  const { at, answeredAt, ...request } = cancel;
  return {
    ...request,
    at: new Date(at).toISOString(),
    ...(answeredAt !== undefined && { answeredAt: new Date(answeredAt).toISOString() }),
    outcome,
    text: textOf(state, cancel.answer, outcome),
  };
}

function textOf(state: OrderState, answer: CancelAnswer | undefined, outcome: CancelOutcome): string {
  const result = resultText(state, outcome);
  const parts = [
    answerText(answer, outcome === 'waiting' && !isOver(state)),
    ...(result === undefined ? [] : [result]),
    ...refusedChildren(state),
  ];
  return `${parts.join('; ')}.`;
}

function answerText(answer: CancelAnswer | undefined, isAwaited: boolean): string {
  switch (answer?.kind) {
    case undefined:
      return isAwaited ? 'Upvest has not answered yet' : 'Upvest had not answered';
    case 'accepted':
      return 'Upvest accepted it';
    case 'unknown-order':
      return 'Upvest does not know the order';
    case 'refused':
      return `Upvest rejected it: ${problemText(answer.problem)}`;
  }
}

/** What became of the order, where that is known. */
function resultText({ record }: OrderState, outcome: CancelOutcome): string | undefined {
  switch (outcome) {
    case 'cancelled': {
      const others = record.orders.filter(({ status }) => status !== 'CANCELLED').length;
      return others === 0
        ? 'the order was cancelled in full'
        : `the order was cancelled, but ${others} of ${record.orders.length} child orders are not`;
    }
    case 'partly-executed':
      return 'the order was cancelled after some of it was executed';
    case 'executed':
      return 'the order was executed';
    case 'waiting':
    case 'refused':
    case 'unknown-order':
      return undefined;
  }
}

function refusedChildren({ record }: OrderState): string[] {
  const refused = record.orders.filter((order) => refusalsOf(order).length > 0);
  if (refused.length === 0) return [];
  const reasons = new Set(
    refused.flatMap((order) => refusalsOf(order).flatMap(({ reason }) => reason ?? [])),
  );
  const why = reasons.size === 0 ? '' : ` (${[...reasons].join(', ')})`;
  return [`it refused to cancel ${refused.length} of ${record.orders.length} child orders${why}`];
}
