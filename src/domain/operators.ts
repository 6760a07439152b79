/** What operators may ask of an order, which rule forbids it, and what is then decided. */
import type { ActId } from './acts';
import { attentionsOf } from './attention';
import { cancelForbidden, isCancelPending, withCancel, type Decision } from './cancellation';
import { namesOf } from './emission';
import { noted } from './journal';
import { withRelease, withRetriedEmission } from './order-emission';
import type { OrderLife } from './order-life';

export type { Decision } from './cancellation';

/** Answer to an operator: what was decided, in a sentence. */
export interface Decided {
  rule: ActId;
  decided: string;
}

/** One thing that an operator can ask for. */
export interface Operation<D extends Decision = Decision> {
  rule: Extract<ActId, `operator:${string}`>;
  /** Rule and reason in a sentence; undefined when it is allowed. */
  forbidden(life: OrderLife, decision: D): string | undefined;
  apply(life: OrderLife, decision: D, now: number): { life: OrderLife; decided: string };
}

export interface AcknowledgeDecision extends Decision {
  /** Codes of the attentions that are dealt with; absent for all. */
  codes?: string[];
}

export interface CloseDecision extends Decision {
  /** What proves that the order may end here, such as a ticket of the broker's support. */
  evidence: string;
}

const MAX_TEXT = 1000;

/** What is wrong with the words of a decision; undefined when nothing is. Input from outside never throws. */
export function unusable(decision: unknown): string | undefined {
  if (typeof decision !== 'object' || decision === null) return 'say who decides (actor), and why (reason)';
  const { actor, reason } = decision as Partial<Record<string, unknown>>;
  return wordless(actor, 'who decides (actor)') ?? wordless(reason, 'why (reason)');
}

export function wordless(text: unknown, what: string): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return `say ${what}`;
  return text.length > MAX_TEXT ? `${what} must have at most ${MAX_TEXT} characters` : undefined;
}

/** As `unusable`, of an acknowledgement. */
export function unusableAcknowledgement(decision: AcknowledgeDecision): string | undefined {
  const { codes }: { codes?: unknown } = decision;
  const isList = Array.isArray(codes) && codes.length > 0 && codes.every((code) => typeof code === 'string');
  return codes === undefined || isList
    ? undefined
    : 'codes must be a list of attention codes, or absent for all';
}

export const cancel: Operation = {
  rule: 'operator:cancel',
  forbidden: cancelForbidden,
  apply(life, decision, now) {
    if (isCancelPending(life)) return { life, decided: 'The order is being cancelled already.' };
    const decided = 'The cancel goes to Upvest, which decides.';
    return { life: withCancel(life, decision, 'operator:cancel', now), decided };
  },
};

export const reconcile: Operation = {
  rule: 'operator:reconcile',
  forbidden: closedAlready,
  apply: (life, { actor, reason }, now) => ({
    life: {
      ...life,
      reconcile: { at: now, actor, reason },
      journal: noted(life.journal, now, {
        rule: 'operator:reconcile',
        text: 'Upvest is to be asked at once',
        actor,
        reason,
      }),
    },
    decided: 'Upvest is asked now.',
  }),
};

export const acknowledge: Operation<AcknowledgeDecision> = {
  rule: 'operator:acknowledge',
  forbidden(life, { codes }) {
    const present = attentionsOf(life);
    if (present.length === 0 || codes?.length === 0) return 'operator:acknowledge: nothing waits for a human';
    const unknown = (codes ?? []).filter((code) => !present.some((one) => one.code === code));
    return unknown.length === 0 ? undefined : `operator:acknowledge: there is no ${unknown.join(', ')} here`;
  },
  apply(life, { actor, reason, codes }, now) {
    const dealtWith = attentionsOf(life).filter(({ code }) => codes === undefined || codes.includes(code));
    const names = [...new Set(dealtWith.map(({ code }) => code))].join(', ');
    const text = `Dealt with: ${names}`;
    return {
      life: {
        ...life,
        acknowledged: [...life.acknowledged, ...dealtWith.map(({ key }) => key)],
        journal: noted(life.journal, now, { rule: 'operator:acknowledge', text, actor, reason }),
      },
      decided: `Acknowledged: ${names}.`,
    };
  },
};

export const release: Operation = {
  rule: 'operator:release',
  forbidden: ({ held }) =>
    held === undefined ? 'operator:release: nothing is held back from ESW' : undefined,
  apply: (life, decision, now) => ({
    life: withRelease(life, decision, now),
    decided: 'What was held back goes to ESW.',
  }),
};

export const retryEmission: Operation = {
  rule: 'operator:retry-emission',
  forbidden: ({ emission: { refused, pause } }) =>
    refused.length === 0 && pause === undefined
      ? 'operator:retry-emission: ESW has refused nothing'
      : undefined,
  apply: (life, decision, now) => ({
    life: withRetriedEmission(life, decision, now),
    decided:
      life.emission.refused.length > 0
        ? `Sent again: ${namesOf(life.emission.refused)}.`
        : 'ESW is tried again now.',
  }),
};

export const close: Operation<CloseDecision> = {
  rule: 'operator:close',
  forbidden: closedAlready,
  apply(life, { actor, reason, evidence }, now) {
    const at = new Date(now).toISOString();
    const text = `Closed as ${life.record.status ?? 'never seen'}, on this evidence: ${evidence}`;
    return {
      life: {
        ...life,
        closed: { at, actor, reason, evidence },
        journal: noted(life.journal, now, { rule: 'operator:close', text, actor, reason }),
      },
      decided: 'The order is closed.',
    };
  },
};

function closedAlready({ closed }: OrderLife): string | undefined {
  return closed === undefined ? undefined : 'operator:close: the order is closed';
}

/** The life of an ended order as its next run begins with it. */
export function reopened(life: OrderLife, { actor, reason }: Decision, now: number): OrderLife {
  const { closed, ...open } = life;
  return {
    ...open,
    run: life.run + 1,
    reopened: { at: new Date(now).toISOString(), actor, reason },
    journal: noted(life.journal, now, {
      rule: 'operator:reopen',
      text: 'The ended order was taken up again',
      actor,
      reason,
    }),
  };
}
