/**
 * The deadline table: what an order waits for, when it is reconciled, and when the deadline is flagged. A deadline
 * leads to a reconciliation, never to a guess, and the polling interval grows.
 */
import { lacksExecutionDetails } from '../broker/completion';
import { isCancellable } from './cancellation';
import { executionLifecycle, isTerminal, orderLifecycle } from '../broker/status-tables';
import { dispatchPlan } from './emission';
import type { DeadlinePolicies, DeadlinePolicy, Policies } from '../order-state/policies';
import { executionsOf, type PortfolioOrderRecord } from '../broker/record';
import { backOff } from '../values/back-off';
import { jitter } from '../values/jitter';
import { laterBy, laterInTradingTime, settlementDue, type Due } from '../calendar/settlement-date';
import type { OrderState, Deadline, DeadlineId } from '../order-state/state';

interface Context {
  now: number;
  policies: Policies;
  deadlines: DeadlinePolicies;
}

interface Pace {
  /** The jitter of the first reconciliation. Milliseconds. */
  spreadMs: number;
  /** The interval to the second reconciliation; intervals double from there. Milliseconds. */
  repeatMs: number;
  /** True where only the market can end the wait, so that intervals count in trading time. */
  isTraded?: boolean;
}

interface DeadlineRule {
  id: DeadlineId;
  applies(state: OrderState, context: Context): boolean;
  /** When to reconcile first, and when to flag the deadline. */
  due(state: OrderState, since: number, context: Context): { first: Due; overdue?: Due };
  pace(deadlines: DeadlinePolicies): Pace;
}

const DEADLINE_RULES: readonly DeadlineRule[] = [
  {
    id: 'deadline:new',
    applies: ({ record }) => record.status === undefined || record.status === 'NEW',
    due: (state, since, { deadlines }) => after(state, since, deadlines.new, deadlines),
    pace: (deadlines) => ({ ...paceOf(deadlines.new.askAfterMs), isTraded: true }),
  },
  {
    id: 'deadline:processing',
    applies: ({ record }) => record.status === 'PROCESSING',
    due: (state, since, { deadlines }) => after(state, since, deadlines.processing, deadlines),
    pace: (deadlines) => ({ ...paceOf(deadlines.processing.askAfterMs), isTraded: true }),
  },
  {
    id: 'deadline:parts',
    applies: ({ record }) => disagrees(record),
    due: (state, since, { deadlines }) => after(state, since, deadlines.parts, deadlines),
    pace: (deadlines) => paceOf(deadlines.parts.askAfterMs),
  },
  {
    id: 'deadline:settlement',
    applies: ({ record }) => awaitsSettlement(record),
    due({ record }, since, { deadlines: { settlement, calendar } }) {
      const first = settlementDue(record, settlement, calendar);
      const from = first === 'uncovered' ? since : first;
      return { first, overdue: laterBy(record.currency, from, settlement.attentionAfter, calendar) };
    },
    pace: ({ spreadMs, processing }) => ({ spreadMs, repeatMs: processing.askAfterMs }),
  },
  {
    id: 'deadline:cancel',
    applies: (state) => state.cancel?.answer?.kind === 'accepted' && isCancellable(state),
    due: (state, since, { deadlines }) => after(state, since, deadlines.cancel, deadlines),
    pace: (deadlines) => paceOf(deadlines.cancel.askAfterMs),
  },
  {
    id: 'deadline:predecessor',
    applies: (state, { now, policies }) => dispatchPlan(state, now, policies).nextAt !== undefined,
    due: (state, since, { now, policies }) => ({ first: dispatchPlan(state, now, policies).nextAt ?? since }),
    pace: ({ parts }) => ({ spreadMs: 0, repeatMs: parts.askAfterMs }),
  },
  {
    id: 'policy:resubmit',
    applies: (state) => state.resubmission === 'to-be-checked',
    due: (_state, since) => ({ first: since }),
    pace: ({ parts }) => ({ spreadMs: 0, repeatMs: parts.askAfterMs }),
  },
];

function after(
  { record }: OrderState,
  since: number,
  { askAfterMs, attentionAfter }: DeadlinePolicy,
  { calendar }: DeadlinePolicies,
) {
  return { first: since + askAfterMs, overdue: laterBy(record.currency, since, attentionAfter, calendar) };
}

function paceOf(askAfterMs: number): Pace {
  return { spreadMs: askAfterMs / 4, repeatMs: askAfterMs };
}

/**
 * True if the child orders imply that the portfolio order should have moved on, or the reverse. Neither status is derived
 * from the other: the order is reconciled.
 */
function disagrees(record: PortfolioOrderRecord): boolean {
  const { status, orders } = record;
  const hasOpenOrder = orders.some((order) => !isTerminal(orderLifecycle, order.status));
  const hasSilentOrder = orders.some(lacksExecutionDetails);
  if (status === undefined) return false;
  switch (status) {
    case 'NEW':
    case 'PROCESSING':
      return orders.length > 0 && !hasOpenOrder;
    case 'FILLED':
      return hasOpenOrder || hasSilentOrder || !hasOpenExecution(record);
    case 'SETTLED':
      return hasOpenOrder || hasSilentOrder || hasOpenExecution(record);
    case 'CANCELLED':
      return hasOpenOrder || hasSilentOrder;
  }
}

/** True while executions of an order that is no longer traded are not final. */
function awaitsSettlement(record: PortfolioOrderRecord): boolean {
  return (record.status === 'FILLED' || record.status === 'CANCELLED') && hasOpenExecution(record);
}

function hasOpenExecution(record: PortfolioOrderRecord): boolean {
  return executionsOf(record).some((one) => !isTerminal(executionLifecycle, one.status));
}

/** The deadlines that apply now: new ones started, overdue ones flagged. */
export function withDeadlines(state: OrderState, now: number, policies: Policies): OrderState {
  const { deadlines } = policies;
  const context = { now, policies, deadlines };
  const waits = DEADLINE_RULES.filter((rule) => rule.applies(state, context)).map((rule) => {
    const known = state.waits.find((wait) => wait.rule === rule.id);
    return withOverdue(continued(rule, state, known, context), now);
  });
  return { ...state, waits };
}

function continued(
  rule: DeadlineRule,
  state: OrderState,
  known: Deadline | undefined,
  context: Context,
): Deadline {
  const { now, deadlines } = context;
  const since = known?.since ?? now;
  const { first, overdue } = rule.due(state, since, context);
  // Orders of earlier releases have no bound.
  const latest = deadlines.longestWaitMs === undefined ? Infinity : since + deadlines.longestWaitMs;
  const wanted = first === 'uncovered' ? since + deadlines.processing.askAfterMs : first;
  const firstDue = Math.min(wanted, latest);
  if (known?.firstDue === firstDue) return known;
  const spreadMs = Math.min(deadlines.spreadMs, rule.pace(deadlines).spreadMs);
  return {
    rule: rule.id,
    since,
    firstDue,
    dueAt: Math.max(now, firstDue + jitter(`${state.record.portfolioOrderId}|${rule.id}`, spreadMs)),
    asked: 0,
    ...(typeof overdue === 'number' && { overdueAt: wanted > latest ? latest : overdue }),
    ...(wanted > latest && { isCutShort: true as const }),
    ...((first === 'uncovered' || overdue === 'uncovered') && { uncovered: true as const }),
  };
}

function withOverdue(wait: Deadline, now: number): Deadline {
  const isOverdue = wait.overdueAt !== undefined && now >= wait.overdueAt && wait.overdue === undefined;
  return isOverdue ? { ...wait, overdue: true } : wait;
}

/**
 * The deadlines after a reconciliation: those that were due get a longer interval, those included that it answers because they
 * ran when it began and fell due soon after.
 */
export function afterReconciliation(
  state: OrderState,
  { askedAt, answersUntil = askedAt, now }: { askedAt: number; answersUntil?: number; now: number },
  deadlines: DeadlinePolicies,
): Deadline[] {
  return state.waits.map((wait) => {
    const rule = DEADLINE_RULES.find(({ id }) => id === wait.rule);
    const until = wait.since <= askedAt ? Math.min(answersUntil, now) : askedAt;
    if (rule === undefined || wait.dueAt > until) return wait;
    const { repeatMs, isTraded = false } = rule.pace(deadlines);
    const asked = wait.asked + 1;
    const interval = backOff(asked, repeatMs, deadlines.slowestMs);
    const name = `${state.record.portfolioOrderId}|${wait.rule}|${asked}`;
    const pause = interval + jitter(name, Math.min(deadlines.spreadMs, interval / 4));
    return { ...wait, asked, dueAt: isTraded ? whenTraded(state, now, pause, deadlines) : now + pause };
  });
}

/**
 * `pauseMs` of trading time after `now`: while the market is closed Upvest executes nothing, and every read would find the
 * same. Where the calendar does not cover the time, every hour counts.
 */
function whenTraded(
  { record }: OrderState,
  now: number,
  pauseMs: number,
  { tradingHours, calendar }: DeadlinePolicies,
): number {
  if (tradingHours === undefined) return now + pauseMs;
  const due = laterInTradingTime(record.currency, now, pauseMs, tradingHours, calendar);
  return due === 'uncovered' ? now + pauseMs : due;
}
