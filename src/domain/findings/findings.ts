/**
 * Findings: data-quality issues of a record. They are derived from the record alone, so they converge as it does and need no
 * storage.
 */
import { amountFindings, DEFAULT_AMOUNT_TOLERANCE, describeSums, tradedSums } from './amounts';
import { finding, newestOf, type Finding } from './codes';
import { longAmountFindings } from './long-amounts';
import { repeatedExecutions } from './repeated-executions';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
  transitionRule,
  type Lifecycle,
} from '../broker/status-tables';
import {
  executionsOf,
  type ChildOrder,
  type PortfolioOrderRecord,
  type Entity,
  type SnapshotEntity,
} from '../broker/record';
import { TERMS } from '../broker/terms';
import { CURRENT_REVISION } from '../values/revision';
import { UUID } from '../values/uuid';

export { DEFAULT_AMOUNT_TOLERANCE } from './amounts';
export { FINDING_CODES, FINDINGS, findingKey, needsAttention, type Finding, type FindingCode } from './codes';

/** Documented cancellation reasons of portfolio orders (references/upvest.md#portfolio-order). */
export const PORTFOLIO_ORDER_CANCELLATION_REASONS = [
  'ACCOUNT_IS_EMPTY',
  'CANCELLED_BY_CLIENT',
  'CANCELLED_BY_UPVEST',
  'PORTFOLIO_IS_BALANCED',
  'SELL_LIMIT_EXCEEDED',
] as const;

/** Documented cancellation reasons of orders (references/upvest.md#order). */
export const ORDER_CANCELLATION_REASONS = [
  'CANCELLED_BY_CLIENT',
  'CANCELLED_BY_UPVEST_OPERATIONS',
  'CANCELLED_BY_TRADING_PARTNER',
  'CANCELLED_BY_UPVEST_PLATFORM',
] as const;

/**
 * All findings about the current state of a record, portfolio order first, then children in order of first observation.
 *
 * @param amountTolerance percent by which an executed cash amount may differ from the ordered one, decimal string: nominal
 * orders fill near their amount.
 * @param revision revision of the rules that the run follows
 */
export function findingsOf(
  record: PortfolioOrderRecord,
  amountTolerance = DEFAULT_AMOUNT_TOLERANCE,
  revision = CURRENT_REVISION,
): Finding[] {
  const amounts = [...amountFindings(record, amountTolerance), ...longAmountFindings(record)];
  const { portfolioOrderId } = record;
  return [
    ...entityFindings(portfolioOrderLifecycle, portfolioOrderId, record),
    ...snapshotFindings(
      portfolioOrderLifecycle,
      portfolioOrderId,
      record,
      PORTFOLIO_ORDER_CANCELLATION_REASONS,
    ),
    ...termsChanged(record),
    ...mixedOutcome(record, revision),
    ...amounts.filter(({ subject }) => subject === 'portfolio-order'),
    ...record.orders.flatMap((order) => [
      ...entityFindings(orderLifecycle, order.id, order),
      ...snapshotFindings(orderLifecycle, order.id, order, ORDER_CANCELLATION_REASONS),
      ...refusal(order),
      ...unreadableAmounts(order),
    ]),
    ...childAfterTerminal(record),
    ...amounts.filter(({ subject }) => subject === 'order'),
    ...executionsOf(record).flatMap((execution) => [
      ...entityFindings(executionLifecycle, execution.id, execution),
      ...(execution.status === 'CANCELLED' ? [mistrade(execution)] : []),
    ]),
    ...amounts.filter(({ subject }) => subject === 'execution'),
    ...(revision < 5 ? [] : repeatedExecutions(record)),
  ];
}

/** Documented statuses before `status` that were never observed, in order. */
export function skippedStatuses<S extends string>(
  lifecycle: Lifecycle<S>,
  entity: Entity<S>,
  status: S,
): S[] {
  return lifecycle.path[status].filter((earlier) => entity.reached[earlier] === undefined);
}

function entityFindings<S extends string>(lifecycle: Lifecycle<S>, id: string, entity: Entity<S>): Finding[] {
  const { subject } = lifecycle;
  const { reached, status } = entity;
  const findings: Finding[] = [];
  if (status !== undefined) {
    const skipped = skippedStatuses(lifecycle, entity, status);
    // Children are often first observed in a snapshot; only gaps of the portfolio order itself mean a lost webhook.
    if (skipped.length > 0 && subject === 'portfolio-order') {
      const message = `${status} was reported without ${skipped.join(', ')}`;
      findings.push(finding('SKIPPED_STATE', subject, id, message, reached[status], status));
    }
  }
  for (const { from, to, verdict } of lifecycle.rules) {
    if (verdict !== 'contradicts' || from === 'START' || !reached[from] || !reached[to]) continue;
    const later = newestOf([reached[to], reached[from]]);
    const message = `both ${from} and ${to} were reported`;
    findings.push(finding('CONTRADICTION', subject, id, message, later, `${from}>${to}`));
  }
  if (!UUID.test(id)) {
    const [first] = Object.values<Entity<S>['reached'][S]>(reached);
    findings.push(finding('IRREGULAR_ID', subject, id, 'the id is not a UUID', first));
  }
  if (entity.unreadableTimes !== undefined) {
    const message = `not a valid time: ${entity.unreadableTimes.join(', ')}`;
    findings.push(finding('UNREADABLE_TIME', subject, id, message, entity.unreadableSeen));
  }
  for (const unknown of entity.unknownStatuses ?? []) {
    const seen = entity.unknownSeen?.find((one) => one.status === unknown);
    const message = `the broker reported the unknown status "${unknown}"`;
    findings.push(finding('UNKNOWN_STATUS', subject, id, message, seen, unknown));
  }
  return findings;
}

/** Findings about the snapshots of a portfolio order or an order. */
function snapshotFindings<S extends string>(
  lifecycle: Lifecycle<S>,
  id: string,
  entity: SnapshotEntity<S> & { cancellationReason?: string },
  knownReasons: readonly string[],
): Finding[] {
  const { subject } = lifecycle;
  const { statusRegression, snapshot, cancellationReason } = entity;
  const findings: Finding[] = [];
  // Two statuses that exclude each other are a CONTRADICTION instead, which is more specific.
  if (
    statusRegression &&
    snapshot &&
    transitionRule(lifecycle, statusRegression.from, snapshot).verdict === 'overtaken'
  ) {
    const message = `the newest snapshot shows ${snapshot}, but an older one showed ${statusRegression.from}`;
    findings.push(finding('REGRESSION', subject, id, message, statusRegression.cause));
  }
  if (cancellationReason !== undefined && !knownReasons.includes(cancellationReason)) {
    const message = `the broker gave the unknown cancellation reason "${cancellationReason}"`;
    const evidence = newestOf(Object.values<Entity<S>['reached'][S]>(entity.reached));
    findings.push(finding('UNKNOWN_CANCELLATION_REASON', subject, id, message, evidence, cancellationReason));
  }
  return findings;
}

/** The amount of a rebalancing is not a term: the broker computes it. */
function termsChanged({ portfolioOrderId, changedTerms, type }: PortfolioOrderRecord): Finding[] {
  const changes = TERMS.filter((term) => term !== 'cashAmount' || type !== 'REBALANCING').flatMap((term) => {
    const values = changedTerms?.[term];
    return values === undefined ? [] : [`${term} ${values.join(' and ')}`];
  });
  if (changes.length === 0) return [];
  const message = `the broker reported different terms: ${changes.join('; ')}`;
  return [finding('TERMS_CHANGED', 'portfolio-order', portfolioOrderId, message, changedTerms?.seen)];
}

/** Compares the outcomes of the children with each other and with the portfolio order's. */
function mixedOutcome(record: PortfolioOrderRecord, revision: number): Finding[] {
  const { portfolioOrderId, orders, cashAmount, currency = '' } = record;
  const filled = orders.filter((order) => order.status === 'FILLED' || order.executions.length > 0);
  const cancelled = orders.filter((order) => order.status === 'CANCELLED');
  const isCancelled = record.status === 'CANCELLED';
  if (revision > 0 && isCancelled && orders.length > 0 && orders.every(({ status }) => status === 'FILLED'))
    return [filledAlthoughCancelled(record)];
  if (filled.length === 0 || (cancelled.length === 0 && !isCancelled)) return [];
  const ordered = cashAmount === undefined ? '' : ` of ${cashAmount} ${currency} ordered`;
  const message = [
    `${filled.length} of ${orders.length} orders have executions`,
    `${cancelled.length} are cancelled`,
    `executed: ${describeSums(tradedSums(record))}${ordered}`,
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

/** Nothing of a cancelled order is cancelled: executed and cancelled parts cannot both be true. */
function filledAlthoughCancelled({ portfolioOrderId, orders, reached }: PortfolioOrderRecord): Finding {
  const message = `CANCELLED was reported, but every one of its ${orders.length} orders is FILLED`;
  const cause = newestOf([reached.CANCELLED, ...orders.map((order) => order.reached.FILLED)]);
  return finding('CONTRADICTION', 'portfolio-order', portfolioOrderId, message, cause, 'CANCELLED>children');
}

/** Reports the youngest child only: a finding for each would need a time of creation per child in the record. */
function childAfterTerminal({ endedAt, youngestOrder, status }: PortfolioOrderRecord): Finding[] {
  if (endedAt === undefined || youngestOrder === undefined || youngestOrder.createdAt <= endedAt) return [];
  const { id, createdAt, cause } = youngestOrder;
  const message = `created at ${createdAt}, after the broker reported the portfolio order as ${status ?? 'ended'} at ${endedAt}`;
  return [finding('CHILD_AFTER_TERMINAL', 'order', id, message, cause)];
}

function mistrade({
  id,
  cashAmount,
  currency,
  shareQuantity,
  reached,
}: ReturnType<typeof executionsOf>[number]): Finding {
  const message = `the broker cancelled the filled execution of ${shareQuantity} units for ${cashAmount} ${currency}`;
  return finding('MISTRADE', 'execution', id, message, reached.CANCELLED);
}

function unreadableAmounts({ id, unreadableAmounts: names, unreadableAmountSeen }: ChildOrder): Finding[] {
  if (names === undefined) return [];
  const message = `not a decimal number: ${names.join(', ')}`;
  return [finding('UNREADABLE_AMOUNT', 'order', id, message, unreadableAmountSeen)];
}

function refusal({ id, cancellationRefused: refused }: ChildOrder): Finding[] {
  if (refused === undefined) return [];
  const message = `the broker refused to cancel the order${refused.reason === undefined ? '' : `: ${refused.reason}`}`;
  // Records of older code lack the source; only webhooks report refusals.
  return [finding('CANCELLATION_REFUSED', 'order', id, message, { by: 'webhook', ...refused })];
}
