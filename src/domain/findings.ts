/**
 * Findings: what a human or the reconciler has to know about a record. They are computed from the record alone, so they
 * converge as the record does and need no storage.
 */
import { amountFindings, DEFAULT_AMOUNT_TOLERANCE, describeSums, executedSums } from './amounts';
import { finding, newestOf, type Finding } from './finding-codes';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
  stepBetween,
  type Lifecycle,
} from './lifecycle';
import { executionsOf, type OrderRow, type PortfolioOrderRecord, type Row, type SnapshotRow } from './record';
import { UUID } from './uuid';

export { DEFAULT_AMOUNT_TOLERANCE } from './amounts';
export { FINDING_CODES, FINDINGS, needsAttention, type Finding, type FindingCode } from './finding-codes';

/** Cancellation reasons of portfolio orders that Upvest documents (`upvest.md` 4.1). */
export const PORTFOLIO_ORDER_CANCELLATION_REASONS = [
  'ACCOUNT_IS_EMPTY',
  'CANCELLED_BY_CLIENT',
  'CANCELLED_BY_UPVEST',
  'PORTFOLIO_IS_BALANCED',
  'SELL_LIMIT_EXCEEDED',
] as const;

/** As above, of orders (`upvest.md` 4.2). */
export const ORDER_CANCELLATION_REASONS = [
  'CANCELLED_BY_CLIENT',
  'CANCELLED_BY_UPVEST_OPERATIONS',
  'CANCELLED_BY_TRADING_PARTNER',
  'CANCELLED_BY_UPVEST_PLATFORM',
] as const;

/**
 * All findings about the present state of a record, portfolio order first, then children in order of first sight.
 *
 * @param amountTolerance percent by which an executed amount of cash may differ from the ordered one, decimal string:
 * nominal orders fill near their amount.
 */
export function findingsOf(
  record: PortfolioOrderRecord,
  amountTolerance = DEFAULT_AMOUNT_TOLERANCE,
): Finding[] {
  const amounts = amountFindings(record, amountTolerance);
  const { portfolioOrderId } = record;
  return [
    ...rowFindings(portfolioOrderLifecycle, portfolioOrderId, record),
    ...snapshotFindings(
      portfolioOrderLifecycle,
      portfolioOrderId,
      record,
      PORTFOLIO_ORDER_CANCELLATION_REASONS,
    ),
    ...mixedOutcome(record),
    ...amounts.filter(({ subject }) => subject === 'portfolio-order'),
    ...record.orders.flatMap((order) => [
      ...rowFindings(orderLifecycle, order.id, order),
      ...snapshotFindings(orderLifecycle, order.id, order, ORDER_CANCELLATION_REASONS),
      ...refusal(order),
    ]),
    ...childAfterTerminal(record),
    ...amounts.filter(({ subject }) => subject === 'order'),
    ...executionsOf(record).flatMap((execution) => [
      ...rowFindings(executionLifecycle, execution.id, execution),
      ...(execution.status === 'CANCELLED' ? [mistrade(execution)] : []),
    ]),
    ...amounts.filter(({ subject }) => subject === 'execution'),
  ];
}

/** The statuses on the way to the present one that were never observed, in order. */
export function skippedStatuses<S extends string>(lifecycle: Lifecycle<S>, row: Row<S>, status: S): S[] {
  return lifecycle.path[status].filter((earlier) => row.reached[earlier] === undefined);
}

function rowFindings<S extends string>(lifecycle: Lifecycle<S>, id: string, row: Row<S>): Finding[] {
  const { subject } = lifecycle;
  const { reached, status } = row;
  const findings: Finding[] = [];
  if (status !== undefined) {
    const skipped = skippedStatuses(lifecycle, row, status);
    // Children are often first seen inside a snapshot; only the portfolio order's own gaps mean a lost webhook.
    if (skipped.length > 0 && subject === 'portfolio-order') {
      const message = `${status} was seen, ${skipped.join(', ')} was not`;
      findings.push(finding('SKIPPED_STATE', subject, id, message, reached[status]));
    }
  }
  for (const { from, to, verdict } of lifecycle.steps) {
    if (verdict !== 'contradicts' || from === 'START' || !reached[from] || !reached[to]) continue;
    const later = newestOf([reached[to], reached[from]]);
    findings.push(finding('CONTRADICTION', subject, id, `both ${from} and ${to} were reported`, later));
  }
  if (!UUID.test(id)) {
    const [first] = Object.values<Row<S>['reached'][S]>(reached);
    findings.push(finding('IRREGULAR_ID', subject, id, 'the id is no UUID', first));
  }
  if (row.unreadableTimes !== undefined) {
    const message = `could not be read as a time: ${row.unreadableTimes.join(', ')}`;
    findings.push(finding('UNREADABLE_TIME', subject, id, message, row.unreadableSeen));
  }
  for (const word of row.unknownStatuses ?? []) {
    const seen = row.unknownSeen?.find((one) => one.word === word);
    const message = `the broker reported the unknown status "${word}"`;
    findings.push(finding('UNKNOWN_STATUS', subject, id, message, seen));
  }
  return findings;
}

/** What the snapshots of a portfolio order or an order tell. */
function snapshotFindings<S extends string>(
  lifecycle: Lifecycle<S>,
  id: string,
  row: SnapshotRow<S> & { cancellationReason?: string },
  knownReasons: readonly string[],
): Finding[] {
  const { subject } = lifecycle;
  const { regression, shown, cancellationReason } = row;
  const findings: Finding[] = [];
  // Where the two exclude each other it is a CONTRADICTION, which says more.
  if (regression && shown && stepBetween(lifecycle, regression.from, shown).verdict === 'overtaken') {
    const message = `the newest snapshot shows ${shown}, an older one showed ${regression.from}`;
    findings.push(finding('REGRESSION', subject, id, message, regression.cause));
  }
  if (cancellationReason !== undefined && !knownReasons.includes(cancellationReason)) {
    const message = `the broker gave the unknown cancellation reason "${cancellationReason}"`;
    const proof = newestOf(Object.values<Row<S>['reached'][S]>(row.reached));
    findings.push(finding('UNKNOWN_CANCELLATION_REASON', subject, id, message, proof));
  }
  return findings;
}

function mixedOutcome(record: PortfolioOrderRecord): Finding[] {
  const { portfolioOrderId, orders, cashAmount, currency = '' } = record;
  const filled = orders.filter((order) => order.status === 'FILLED' || order.executions.length > 0);
  const cancelled = orders.filter((order) => order.status === 'CANCELLED');
  const isMixed = filled.length > 0 && (cancelled.length > 0 || record.status === 'CANCELLED');
  if (!isMixed) return [];
  const ordered = cashAmount === undefined ? '' : ` of ${cashAmount} ${currency} ordered`;
  const message = [
    `${filled.length} of ${orders.length} orders have executions`,
    `${cancelled.length} are cancelled`,
    `executed: ${describeSums(executedSums(record))}${ordered}`,
  ].join(', ');
  const cause = newestOf([
    record.reached.CANCELLED,
    ...cancelled.map((order) => order.reached.CANCELLED),
    ...filled.flatMap((order) => [
      order.reached.FILLED,
      ...order.executions.flatMap((one) => Object.values(one.reached)),
    ]),
  ]);
  return [finding('MIXED_OUTCOME', 'portfolio-order', portfolioOrderId, message, cause)];
}

/** One finding about the youngest child stands for all of them: telling each would take a time of creation per child. */
function childAfterTerminal({ endedAt, youngestOrder, status }: PortfolioOrderRecord): Finding[] {
  if (endedAt === undefined || youngestOrder === undefined || youngestOrder.createdAt <= endedAt) return [];
  const { id, createdAt, cause } = youngestOrder;
  const message = `created ${createdAt}, after the portfolio order was called ${status ?? 'ended'} ${endedAt}`;
  return [finding('CHILD_AFTER_TERMINAL', 'order', id, message, cause)];
}

function mistrade({
  id,
  cashAmount,
  currency,
  shareQuantity,
  reached,
}: ReturnType<typeof executionsOf>[number]): Finding {
  const message = `the execution of ${shareQuantity} units for ${cashAmount} ${currency} was filled and later cancelled`;
  return finding('MISTRADE', 'execution', id, message, reached.CANCELLED);
}

function refusal({ id, cancellationRefused: refused }: OrderRow): Finding[] {
  if (refused === undefined) return [];
  const message = `the broker refused to cancel${refused.reason === undefined ? '' : `: ${refused.reason}`}`;
  // Records of older code do not say how it was told; only webhooks tell it.
  return [finding('CANCELLATION_REFUSED', 'order', id, message, { by: 'webhook', ...refused })];
}
