/**
 * Compares what Upvest reports about a placed order with what the client requested. Upvest identifies our request by its
 * idempotency key alone, so an answer can be that of another order (references/upvest.md#idempotency). While they differ,
 * ESW gets nothing until an operator releases it.
 */
import { appendAudit } from '../order-state/audit-log';
import { CLOCK_TOLERANCE_MS, type PlacementResult } from '../broker/placement';
import type { PortfolioOrderRecord } from '../broker/record';
import { spelling, TERMS } from '../broker/terms';
import type { OrderState } from '../order-state/state';

/** The differences in a phrase for people; undefined where there is none. What Upvest did not report is not compared. */
export function answerMismatch(
  { requested, requestedAt }: PlacementResult,
  record: PortfolioOrderRecord,
): string | undefined {
  if (requested === undefined) return undefined;
  const { accountId, cashAmount, currency, side, postTax } = requested;
  const asked = { accountId, cashAmount, currency, type: side, postTax };
  const differences = TERMS.flatMap((term) => {
    const reported = record[term];
    if (reported === undefined) return [];
    const [came, expected] = [spelling(term, reported), spelling(term, asked[term])];
    return came === expected ? [] : [`${term} ${came} instead of ${expected}`];
  });
  const { createdAt } = record;
  if (createdAt !== undefined && Date.parse(createdAt) < Date.parse(requestedAt) - CLOCK_TOLERANCE_MS)
    differences.push(`created at ${createdAt}, before the request of ${requestedAt}`);
  return differences.length === 0 ? undefined : differences.join('; ');
}

/** Holds emission as soon as the order differs from the request, and again when it differs in another way. */
export function withAnswerCheck(state: OrderState, now: number): OrderState {
  const mismatch = state.placed && answerMismatch(state.placed, state.record);
  if (mismatch === undefined || mismatch === state.answerMismatch) return state;
  const text = `The order at Upvest is not what the client requested: ${mismatch}`;
  return {
    ...state,
    answerMismatch: mismatch,
    held: state.held ?? 'ANSWER_MISMATCH',
    auditLog: appendAudit(state.auditLog, now, { rule: 'placement:mismatch', text }),
  };
}

/** Key of the attention; releasing emission acknowledges it. */
export function answerMismatchKey(mismatch: string): string {
  return `ANSWER_MISMATCH|${mismatch}`;
}
