/**
 * Corrections after the end: an ended portfolio order, SETTLED or finally settled after a cancel, of which another status or
 * amount becomes known (references/esw.md#order-of-events).
 */
import { v5 as uuidv5 } from 'uuid';
import { fieldsReportedAt } from '../broker/execution-merge';
import { executionsOf, type PortfolioOrderRecord, type StatusEvidence } from '../broker/record';
import { inOneNotation } from '../values/decimal';
import type { CorrectionState, OrderEventTopic } from './topic';

/** The UUIDv5 of `urn:portfolio-order-coordinator:end-facts` in the URL namespace. */
const NAMESPACE = '64303f28-2370-54ef-9b53-c2320afe81b7';

export function isCorrection(status: string): status is CorrectionState {
  return status.startsWith('CORRECTED-');
}

/** True for events that report the end of a portfolio order, with its final balances. */
export function isEnding({ orderId, status }: Pick<OrderEventTopic, 'orderId' | 'status'>): boolean {
  return orderId === undefined && (status === 'SETTLED' || status === 'CLOSED' || isCorrection(status));
}

/**
 * Fingerprint of what an ending event reports: the portfolio order's status, and status, amount, shares and currency of each
 * execution. Amounts count in any notation, so that a report with other zeros is no correction.
 */
export function endFacts(record: PortfolioOrderRecord): string {
  const executions = record.orders.flatMap((order) =>
    order.executions.map(({ id, status, side, cashAmount, shareQuantity, currency }) => [
      id,
      status,
      side ?? order.side,
      inOneNotation(cashAmount),
      inOneNotation(shareQuantity),
      currency,
    ]),
  );
  return uuidv5(JSON.stringify([record.status, executions.sort(byId)]), NAMESPACE);
}

function byId([a]: (string | undefined)[], [b]: (string | undefined)[]): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

/**
 * The newest evidence, by broker time, about the portfolio order's status or an execution. A changed fact without a status
 * has the time of its report.
 */
export function correctionEvidence(record: PortfolioOrderRecord): StatusEvidence | undefined {
  const own = record.status === undefined ? undefined : record.reached[record.status];
  const ofExecutions = executionsOf(record).flatMap((execution): StatusEvidence[] => [
    ...Object.values<StatusEvidence>(execution.reached),
    { at: fieldsReportedAt(execution), by: 'snapshot' },
  ]);
  return [...(own ? [own] : []), ...ofExecutions].reduce<StatusEvidence | undefined>(
    (last, one) => (last !== undefined && last.at >= one.at ? last : one),
    undefined,
  );
}
