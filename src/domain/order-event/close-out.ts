/**
 * The final settlement event of a cancelled portfolio order. Children may be filled before the cancel and settle days
 * later: the CANCELLED event goes out at once, the final balances follow in the CLOSED event
 * (references/esw.md#order-of-events).
 */
import { isFinishedAtBroker } from '../broker/completion';
import { executionLifecycle, isTerminal } from '../broker/status-tables';
import { executionsOf, type PortfolioOrderRecord, type StatusEvidence } from '../broker/record';

/** True for a cancelled portfolio order with executions that is finished at the broker. */
export function isFinallySettled(record: PortfolioOrderRecord): boolean {
  return record.status === 'CANCELLED' && executionsOf(record).length > 0 && isFinishedAtBroker(record);
}

/** The latest evidence, by broker time, among the ends of the portfolio order and of its executions. */
export function finalSettlementEvidence(record: PortfolioOrderRecord): StatusEvidence | undefined {
  const ends = executionsOf(record).flatMap(({ status, reached }) => {
    const evidence =
      status !== undefined && isTerminal(executionLifecycle, status) ? reached[status] : undefined;
    return evidence === undefined ? [] : [evidence];
  });
  const { CANCELLED: cancelled } = record.reached;
  return [...(cancelled ? [cancelled] : []), ...ends].reduce<StatusEvidence | undefined>(
    (last, one) => (last !== undefined && last.at >= one.at ? last : one),
    undefined,
  );
}
