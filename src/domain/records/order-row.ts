/** The row of an order in the records database: what lists, searches and reports need. */
import { rowOf } from '../broker/rows';
import type { Entity, PortfolioOrderRecord } from '../broker/record';
import { executedSums } from '../findings/amounts';
import { attentionCodes, attentionsOf } from '../operator/attentions';
import { originOf } from '../order/origin';
import { reconciliationRetryAt } from '../order/reconciliation';
import { isOver } from '../order/transitions';
import type { OrderEventTopic } from '../order-event/topic';
import type { OrderState } from '../order-state/state';
import { pendingCount } from '../outbox/outbox';
import { sameCurrency } from '../values/currency';
import { isDecimal, sum } from '../values/decimal';
import { own } from '../values/own';
import { partnerTroubles } from '../views/partner-trouble';
import { progressOf } from '../views/progress';
import { waitingFor } from '../views/waiting-for';

/** Amounts of one currency and side. Decimal strings. */
export interface SumRow {
  /** BUY, SELL or another value of the broker; absent where unknown. */
  side?: string;
  currency: string;
  executed: string;
  settled: string;
  fees: string;
  taxes: string;
}

/** Times are ISO 8601 UTC, amounts decimal strings. */
export interface OrderRow {
  portfolioOrderId: string;
  reference?: string;
  phase: 'TRACKED' | 'FINISHED';
  origin: 'placed' | 'adopted' | 'open';
  status?: string;
  type?: string;
  accountId?: string;
  currency?: string;
  postTax?: boolean;
  /** Amounts in the order's currency, both sides together. */
  totals: { ordered?: string; executed: string; settled: string; fees: string; taxes: string };
  sums: SumRow[];
  attention: string[];
  waitingFor: string;
  held?: string;
  children: number;
  childrenFinal: number;
  executions: number;
  executionsSettled: number;
  executionsCancelled: number;
  openedAt: string;
  /** When a report, an answer or a decision last changed it. */
  changedAt: string;
  settlementDue?: string;
  /** When Upvest reported the portfolio order as SETTLED. */
  settledAt?: string;
  pendingEvents: number;
  pendingSince?: string;
  upvest?: { error: string; since: string };
  esw?: { error: string; since: string };
  /** When a partner that failed is called next. */
  nextTryAt?: string;
}

/** @param state that of a run that saves itself */
export function orderRow(state: OrderState): OrderRow {
  const { record, emission, placed } = state;
  const { status, type, accountId, currency, postTax } = record;
  const { orders, final, executions, settled, cancelled } = progressOf(record);
  const settlement = state.waits.find(({ rule }) => rule === 'deadline:settlement');
  const isFinished = isOver(state);
  const failing = new Map(partnerTroubles(state).map((trouble) => [trouble.partner, trouble]));
  const [esw, upvest] = [failing.get('esw'), failing.get('upvest')];
  const nextTryAt = isFinished ? undefined : nextTry(state);
  const pendingSince = oldestPending(state);
  const settledAt = record.reached.SETTLED?.at;
  const sums = executedSums(record);
  return {
    portfolioOrderId: record.portfolioOrderId,
    ...(placed && { reference: placed.reference }),
    phase: isFinished ? 'FINISHED' : 'TRACKED',
    origin: originOf(state),
    ...(status !== undefined && { status }),
    ...(type !== undefined && { type }),
    ...(accountId !== undefined && { accountId }),
    ...(currency !== undefined && { currency }),
    ...(postTax !== undefined && { postTax }),
    totals: totalsOf(record, sums),
    sums,
    attention: attentionCodes(attentionsOf(state)),
    waitingFor: waitingFor(state),
    ...(state.held !== undefined && { held: state.held }),
    children: orders,
    childrenFinal: final,
    executions,
    executionsSettled: settled,
    executionsCancelled: cancelled,
    openedAt: iso(state.startedAt),
    changedAt: iso(lastChange(state)),
    ...(settlement && !isFinished && { settlementDue: iso(settlement.firstDue) }),
    ...(settledAt !== undefined && { settledAt }),
    pendingEvents: pendingCount(emission),
    ...(pendingSince !== undefined && { pendingSince }),
    ...(upvest && !isFinished && { upvest: { error: upvest.error, since: upvest.since } }),
    ...(esw && !isFinished && { esw: { error: esw.error, since: esw.since } }),
    ...(nextTryAt !== undefined && { nextTryAt: iso(nextTryAt) }),
  };
}

/** Sums of other currencies than the order's are in `sums` only. */
function totalsOf({ cashAmount, currency }: PortfolioOrderRecord, sums: SumRow[]): OrderRow['totals'] {
  const own = sums.filter((one) => currency === undefined || sameCurrency(one.currency, currency));
  const total = (of: (one: SumRow) => string): string => sum(own.map(of));
  return {
    ...(cashAmount !== undefined && isDecimal(cashAmount) && { ordered: cashAmount }),
    executed: total(({ executed }) => executed),
    settled: total(({ settled }) => settled),
    fees: total(({ fees }) => fees),
    taxes: total(({ taxes }) => taxes),
  };
}

function lastChange({ startedAt, lastNewsAt = startedAt, auditLog, emission }: OrderState): number {
  const { at, lastAt } = auditLog.at(-1) ?? {};
  const times = [lastAt ?? at, emission.accepted.at(-1)?.at, emission.refused.at(-1)?.refusal.at];
  return Math.max(lastNewsAt, ...times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)])));
}

function nextTry(state: OrderState): number | undefined {
  const { troubles = [], emission } = state;
  const retryAt = troubles.length > 0 ? reconciliationRetryAt(state) : undefined;
  const times = [...troubles.map((one) => one.nextTryAt), emission.pause?.until, retryAt].filter(
    (time) => time !== undefined,
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When Upvest reached the oldest status that ESW has not answered for; by our clock for an event of no status. */
function oldestPending({ record, emission }: OrderState): string | undefined {
  const { inFlight, retryQueue, outbox } = emission;
  const times = [
    ...outbox.map(({ seenAt }) => iso(seenAt)),
    ...[...inFlight, ...retryQueue].flatMap((event) => reachedAt(record, event) ?? []),
  ];
  return times.sort()[0];
}

function reachedAt(
  record: PortfolioOrderRecord,
  { orderId, executionId, status }: OrderEventTopic,
): string | undefined {
  const order = orderId === undefined ? undefined : rowOf(record.orders, orderId);
  const execution = executionId === undefined ? undefined : rowOf(order?.executions ?? [], executionId);
  const entity: Entity<string> | undefined =
    orderId === undefined ? record : executionId === undefined ? order : execution;
  return entity === undefined ? undefined : own(entity.reached, status)?.at;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
