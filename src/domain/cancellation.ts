/**
 * The wish to cancel a portfolio order, and how far it has come. Upvest decides: a wish is never taken for a cancelled
 * order, and the only proof of one is the broker's own word (`upvest.md` 3.4).
 */
import type { ActId } from './acts';
import { hasEnded } from './aggregate';
import type { OrderLife } from './order-life';
import { noted } from './journal';
import type { PlacementProblem } from './placement';
import { executionsOf } from './record';

/** Who decides, and why. */
export interface Decision {
  actor: string;
  reason: string;
}

export interface CancelRequest extends Decision {
  /** When it was asked for, milliseconds since the epoch. */
  at: number;
  rule: Extract<ActId, 'operator:cancel' | 'policy:cancel-if-new'>;
  answer?: CancelAnswer;
}

/** What Upvest said to the DELETE. */
export type CancelAnswer =
  /** It will try; a webhook tells what came of it. */
  | { kind: 'accepted' }
  /** Not in this state. */
  | { kind: 'refused'; problem: PlacementProblem }
  /** It does not know the order. */
  | { kind: 'unknown-order' };

/** The rule that forbids a cancel, in a sentence; undefined when it may be asked for. */
export function cancelForbidden({ record, closed }: OrderLife): string | undefined {
  if (closed !== undefined) return 'operator:close: the order is closed';
  const { status } = record;
  if (status === undefined || !hasEnded(record)) return undefined;
  return `portfolio-order:${status}>CANCELLED: the portfolio order is ${status}, which is final`;
}

/** True while asking again would change nothing: the wish is on its way, or Upvest took it and its deadline is not over. */
export function isCancelPending({ cancel, waits }: OrderLife): boolean {
  if (cancel === undefined) return false;
  if (cancel.answer === undefined) return true;
  const isSilent = waits.some((wait) => wait.rule === 'deadline:cancel' && wait.overdue);
  return cancel.answer.kind === 'accepted' && !isSilent;
}

/** Notes the wish. Twice is once, unless the first one has come to nothing. */
export function withCancel(
  life: OrderLife,
  decision: Decision,
  rule: CancelRequest['rule'],
  now: number,
): OrderLife {
  if (isCancelPending(life)) return life;
  const { actor, reason } = decision;
  const text = 'The order is to be cancelled';
  return {
    ...life,
    cancel: { at: now, actor, reason, rule },
    journal: noted(life.journal, now, { rule, text, actor, reason }),
  };
}

/** True when a DELETE is owed to Upvest. */
export function isCancelOwed(life: OrderLife): boolean {
  return life.cancel !== undefined && life.cancel.answer === undefined && cancelForbidden(life) === undefined;
}

/** Files Upvest's answer to the DELETE. */
export function withCancelAnswer(life: OrderLife, answer: CancelAnswer, now: number): OrderLife {
  if (life.cancel === undefined) return life;
  const { rule } = life.cancel;
  return {
    ...life,
    cancel: { ...life.cancel, answer },
    journal: noted(life.journal, now, { rule, text: `Upvest ${ANSWERS[answer.kind]}${detailOf(answer)}` }),
  };
}

/** What has come of the wish so far, by the broker's own word. */
export type CancelOutcome =
  'waiting' | 'cancelled' | 'partly-executed' | 'executed' | 'refused' | 'unknown-order';

export function cancelOutcome({ record, cancel }: OrderLife): CancelOutcome {
  if (record.status === 'CANCELLED') {
    const isExecuted = executionsOf(record).some(({ status }) => status !== 'CANCELLED');
    return isExecuted ? 'partly-executed' : 'cancelled';
  }
  if (record.status === 'FILLED' || record.status === 'SETTLED') return 'executed';
  const answer = cancel?.answer?.kind ?? 'accepted';
  return answer === 'accepted' ? 'waiting' : answer;
}

const ANSWERS = {
  accepted: 'took the cancel',
  refused: 'refused the cancel',
  'unknown-order': 'does not know the order that is to be cancelled',
};

function detailOf(answer: CancelAnswer): string {
  if (answer.kind !== 'refused') return '';
  const { status, type, detail } = answer.problem;
  return `: ${[String(status), type, detail].filter((part) => part !== undefined).join(' ')}`;
}
