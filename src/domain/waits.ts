/**
 * The deadline table: what an order waits for, when the broker is asked about it, and when a human is told. Every wait
 * ends in a question, never in a guess, and questions about the same thing get rarer.
 */
import type { ActId } from './acts';
import { hasEnded, isSilent } from './aggregate';
import { executionLifecycle, isTerminal, orderLifecycle } from './lifecycle';
import { emissionPlan } from './order-emission';
import type { OrderLife } from './order-life';
import type { DeadlinePolicies, DeadlinePolicy, Policies } from './policies';
import { executionsOf, type PortfolioOrderRecord } from './record';
import { spread } from './spread';
import { laterBy, settlementDue, type Due } from './trading-time';

export type WaitId = Exclude<Extract<ActId, `deadline:${string}` | 'policy:resubmit'>, 'deadline:placed'>;

/** One wait that is on. All times in milliseconds since the epoch, by our clock. */
export interface Wait {
  rule: WaitId;
  since: number;
  /** When the broker was to be asked first; another one, as after a change of a settlement date, begins the wait anew. */
  firstDue: number;
  /** When the broker is asked next. */
  dueAt: number;
  /** How often the broker was asked. */
  asked: number;
  /** When a human is told. */
  overdueAt?: number;
  /** True from that time on. */
  overdue?: true;
  /** The calendar does not say when it is due: the broker is asked at the pace of PROCESSING. */
  uncovered?: true;
}

interface Context {
  now: number;
  policies: Policies;
  deadlines: DeadlinePolicies;
}

interface WaitRule {
  id: WaitId;
  applies(life: OrderLife, context: Context): boolean;
  /** When the broker is asked first, and when a human is told if nothing has changed by then. */
  due(life: OrderLife, since: number, context: Context): { first: Due; overdue?: Due };
  /** How long after that the first question may come, and how long after it the second; intervals double from there. */
  pace(deadlines: DeadlinePolicies): { spreadMs: number; repeatMs: number };
}

const WAITS: readonly WaitRule[] = [
  {
    id: 'deadline:new',
    applies: ({ record }) => record.status === undefined || record.status === 'NEW',
    due: (life, since, { deadlines }) => after(life, since, deadlines.new),
    pace: (deadlines) => paceOf(deadlines.new.askAfterMs),
  },
  {
    id: 'deadline:processing',
    applies: ({ record }) => record.status === 'PROCESSING',
    due: (life, since, { deadlines }) => after(life, since, deadlines.processing),
    pace: (deadlines) => paceOf(deadlines.processing.askAfterMs),
  },
  {
    id: 'deadline:parts',
    applies: ({ record }) => disagrees(record),
    due: (life, since, { deadlines }) => after(life, since, deadlines.parts),
    pace: (deadlines) => paceOf(deadlines.parts.askAfterMs),
  },
  {
    id: 'deadline:settlement',
    applies: ({ record }) => awaitsSettlement(record),
    due({ record }, since, { deadlines: { settlement } }) {
      const first = settlementDue(record, settlement);
      const from = first === 'uncovered' ? since : first;
      return { first, overdue: laterBy(record.currency, from, settlement.attentionAfter) };
    },
    pace: ({ spreadMs, processing }) => ({ spreadMs, repeatMs: processing.askAfterMs }),
  },
  {
    id: 'deadline:cancel',
    applies: ({ record, cancel }) => cancel?.answer?.kind === 'accepted' && !hasEnded(record),
    due: (life, since, { deadlines }) => after(life, since, deadlines.cancel),
    pace: (deadlines) => paceOf(deadlines.cancel.askAfterMs),
  },
  {
    id: 'deadline:predecessor',
    applies: (life, { now, policies }) => emissionPlan(life, now, policies).nextAt !== undefined,
    due: (life, since, { now, policies }) => ({ first: emissionPlan(life, now, policies).nextAt ?? since }),
    pace: ({ parts }) => ({ spreadMs: 0, repeatMs: parts.askAfterMs }),
  },
  {
    id: 'policy:resubmit',
    applies: (life) => life.resubmission === 'to-be-checked',
    due: (_life, since) => ({ first: since }),
    pace: ({ parts }) => ({ spreadMs: 0, repeatMs: parts.askAfterMs }),
  },
];

function after({ record }: OrderLife, since: number, { askAfterMs, attentionAfter }: DeadlinePolicy) {
  return { first: since + askAfterMs, overdue: laterBy(record.currency, since, attentionAfter) };
}

function paceOf(askAfterMs: number): { spreadMs: number; repeatMs: number } {
  return { spreadMs: askAfterMs / 4, repeatMs: askAfterMs };
}

/**
 * True when the parts say that the portfolio order should have moved on, or it says so of them. We never derive one from
 * the other: the broker is asked.
 */
function disagrees(record: PortfolioOrderRecord): boolean {
  const { status, orders } = record;
  const hasOpenOrder = orders.some((order) => !isTerminal(orderLifecycle, order.status));
  const hasSilentOrder = orders.some(isSilent);
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

/** The waits as they stand now: those that apply, with new ones begun and overdue ones marked. */
export function withWaits(life: OrderLife, now: number, policies: Policies): OrderLife {
  const { deadlines } = policies;
  if (deadlines === undefined) return life;
  const context = { now, policies, deadlines };
  const waits = WAITS.filter((rule) => rule.applies(life, context)).map((rule) => {
    const known = life.waits.find((wait) => wait.rule === rule.id);
    return withOverdue(continued(rule, life, known, context), now);
  });
  return { ...life, waits };
}

function continued(rule: WaitRule, life: OrderLife, known: Wait | undefined, context: Context): Wait {
  const { now, deadlines } = context;
  const since = known?.since ?? now;
  const { first, overdue } = rule.due(life, since, context);
  const firstDue = first === 'uncovered' ? since + deadlines.processing.askAfterMs : first;
  if (known?.firstDue === firstDue) return known;
  const spreadMs = Math.min(deadlines.spreadMs, rule.pace(deadlines).spreadMs);
  return {
    rule: rule.id,
    since,
    firstDue,
    dueAt: Math.max(now, firstDue + spread(`${life.record.portfolioOrderId}|${rule.id}`, spreadMs)),
    asked: 0,
    ...(typeof overdue === 'number' && { overdueAt: overdue }),
    ...((first === 'uncovered' || overdue === 'uncovered') && { uncovered: true as const }),
  };
}

function withOverdue(wait: Wait, now: number): Wait {
  const isOverdue = wait.overdueAt !== undefined && now >= wait.overdueAt && wait.overdue === undefined;
  return isOverdue ? { ...wait, overdue: true } : wait;
}

/** The waits after the broker was asked: those that were due wait longer for their next question. */
export function afterQuestion(
  life: OrderLife,
  { askedAt, now }: { askedAt: number; now: number },
  deadlines: DeadlinePolicies,
): Wait[] {
  return life.waits.map((wait) => {
    const rule = WAITS.find(({ id }) => id === wait.rule);
    if (rule === undefined || wait.dueAt > askedAt) return wait;
    const { repeatMs } = rule.pace(deadlines);
    const interval = Math.min(deadlines.slowestMs, repeatMs * 2 ** wait.asked);
    const asked = wait.asked + 1;
    const name = `${life.record.portfolioOrderId}|${wait.rule}|${asked}`;
    return {
      ...wait,
      asked,
      dueAt: now + interval + spread(name, Math.min(deadlines.spreadMs, interval / 4)),
    };
  });
}
