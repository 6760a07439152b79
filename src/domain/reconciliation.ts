/** When the broker is asked about an order, what it is asked, and what its answer says about us. */
import type { OutboxEntry } from './emission';
import { executionLifecycle, isTerminal, orderLifecycle } from './lifecycle';
import { noted } from './journal';
import type { Observation } from './observation';
import { applyInbox, drainInbox, type OrderLife } from './order-life';
import type { DeadlinePolicies, Policies } from './policies';
import type { OrderRow } from './record';
import type { Transition } from './apply-observation';
import type { ActId } from './acts';
import type { Decision } from './cancellation';
import { isFinishedAtBroker, isSilent } from './aggregate';
import { afterQuestion, type Wait } from './waits';

/** An operator's wish to have the broker asked at once. */
export interface ReconcileRequest extends Decision {
  at: number;
}

/** Totals, to tell whether webhooks get lost. */
export interface QuestionCount {
  /** Answers that told something no webhook had. */
  missed: number;
  /** Answers that told nothing new. */
  nothingNew: number;
  /** Questions without an answer. */
  failed: number;
}

/** In the worst case a question waits for so many quiet times: a stream of messages that never ends must not hold it up. */
const LONGEST_BURST = 10;

/**
 * When the broker is to be asked next; undefined while nothing is waited for. Never in the middle of a burst of messages,
 * which may well bring the answer.
 */
export function questionAt(life: OrderLife, deadlines: DeadlinePolicies | undefined): number | undefined {
  if (life.reconcile !== undefined) return life.reconcile.at;
  if (deadlines === undefined) return undefined;
  const { quietMs } = deadlines;
  const dueAt = Math.min(...life.waits.map((wait) => wait.dueAt));
  if (dueAt === Infinity) return undefined;
  return Math.max(dueAt, Math.min((life.lastNewsAt ?? 0) + quietMs, dueAt + LONGEST_BURST * quietMs));
}

/** Child orders by what there is left to learn of them. */
export interface KnownOrders {
  open: string[];
  final: string[];
}

export function knownOrders({ record }: OrderLife): KnownOrders {
  const idsOf = (orders: OrderRow[]): string[] => orders.map(({ id }) => id);
  return {
    open: idsOf(record.orders.filter((order) => !isFinal(order))),
    final: idsOf(record.orders.filter(isFinal)),
  };
}

function isFinal(order: OrderRow): boolean {
  if (!isTerminal(orderLifecycle, order.status) || isSilent(order)) return false;
  return order.executions.every((one) => isTerminal(executionLifecycle, one.status));
}

export type Answer =
  | { kind: 'read'; observations: Observation[] }
  /** Upvest says that there is no such portfolio order. */
  | { kind: 'unknown-order' }
  | { kind: 'failed'; why: string };

/**
 * Takes up the broker's answer. What webhooks brought in the meantime is applied first, so that only what no webhook has
 * told counts as missed.
 */
export function withAnswer(
  life: OrderLife,
  answer: Answer,
  { askedAt, now }: { askedAt: number; now: number },
  policies: Policies,
): OrderLife {
  const { deadlines } = policies;
  const before = drainInbox(life, now);
  const read = answer.kind === 'read' ? answer.observations : [];
  const { life: after, transitions } = applyInbox({ ...before, inbox: read }, now);
  const outcome = outcomeOf(answer, transitions);
  const isAnswered = life.reconcile !== undefined && life.reconcile.at <= askedAt;
  const { reconcile, ...rest } = after;
  const rule = isAnswered ? 'operator:reconcile' : ruleOf(life.waits, askedAt);
  return {
    ...rest,
    ...(reconcile !== undefined && !isAnswered && { reconcile }),
    // Messages tell of a burst, answers do not.
    ...(before.lastNewsAt !== undefined && { lastNewsAt: before.lastNewsAt }),
    waits: deadlines ? afterQuestion(life, { askedAt, now }, deadlines) : life.waits,
    questions: { ...life.questions, [outcome.count]: life.questions[outcome.count] + 1 },
    isUnknownToBroker: answer.kind === 'failed' ? life.isUnknownToBroker : answer.kind === 'unknown-order',
    readSinceEnd: life.readSinceEnd || (answer.kind === 'read' && isFinishedAtBroker(after.record)),
    emission: answer.kind === 'failed' ? after.emission : withChecked(after, { askedAt, now }, policies),
    journal: noted(after.journal, now, { rule, text: outcome.text }),
  };
}

/** The wait whose question this was: the one that had been due for the longest time. */
function ruleOf(waits: Wait[], askedAt: number): ActId {
  const due = waits.filter((wait) => wait.dueAt <= askedAt).sort((a, b) => a.dueAt - b.dueAt);
  return due[0]?.rule ?? 'operator:reconcile';
}

function outcomeOf(answer: Answer, transitions: Transition[]): { count: keyof QuestionCount; text: string } {
  if (answer.kind === 'failed') return { count: 'failed', text: `Upvest could not be asked: ${answer.why}` };
  if (answer.kind === 'unknown-order')
    return { count: 'nothingNew', text: 'Upvest was asked, and does not know the order' };
  if (transitions.length === 0) return { count: 'nothingNew', text: 'Upvest was asked, and had nothing new' };
  const missed = transitions.slice(0, 3).map(({ subject, id, status }) => `${subject} ${id} ${status}`);
  const more = transitions.length > 3 ? ` and ${transitions.length - 3} more` : '';
  return {
    count: 'missed',
    text: `Upvest was asked, and told what no webhook had: ${missed.join(', ')}${more}`,
  };
}

/**
 * Whoever waited for a predecessor has asked for it now, and goes out as it was observed when its grace time is over. In
 * lives of older code only those whose time was over by then had asked.
 */
function withChecked(
  { emission }: OrderLife,
  { askedAt, now }: { askedAt: number; now: number },
  { predecessorGraceMs }: Policies,
): OrderLife['emission'] {
  const isAnswered = ({ seenAt }: OutboxEntry): boolean =>
    emission.detail === undefined ? now >= seenAt + predecessorGraceMs : askedAt >= seenAt;
  const outbox = emission.outbox.map((entry) =>
    isAnswered(entry) ? { ...entry, isChecked: true as const } : entry,
  );
  return { ...emission, outbox };
}
