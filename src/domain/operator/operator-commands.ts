/** The commands of operators: the rule that forbids each one, and its effect on the state. */
import type { ActionId } from '../order-state/actions';
import { attentionCodes, attentionsOf } from './attentions';
import { cancelForbidden, isCancelPending, withCancel } from '../order/cancellation';
import type { OrderAction } from './order-action';
import { isOver } from '../order/transitions';
import { nameOf, namesOf } from '../outbox/outbox';
import { appendAudit } from '../order-state/audit-log';
import { isBlockedByUpvest } from '../order/emission';
import { retried, withRelease, withRetriedEmission, withSkipped } from './emission-decisions';
import { troubleOf } from '../order/troubles';
import type { Decision } from '../values/decision';
import type { OrderState } from '../order-state/state';

/** Answer to an operator: what was decided, in a sentence. */
export interface Decided {
  rule: ActionId;
  decided: string;
}

/** One command of an operator. */
export interface OperatorCommand<D extends Decision = Decision> {
  rule: Extract<ActionId, `operator:${string}`>;
  /** Rule and reason in a sentence; undefined when it is allowed. */
  forbidden(state: OrderState, decision: D): string | undefined;
  apply(state: OrderState, decision: D, now: number): { state: OrderState; decided: string };
}

export interface AcknowledgeDecision extends Decision {
  /** Codes of the attentions that are dealt with; absent for all. */
  codes?: string[];
}

export interface SkipEmissionDecision extends Decision {
  /** Names of the rejected events to leave out, as the view shows them; absent for all. */
  events?: string[];
}

export interface CloseDecision extends Decision {
  /** What proves that the order may end here, such as a ticket of the broker's support. */
  evidence: string;
}

const MAX_TEXT = 1000;

/** Why a decision is invalid; undefined if it is valid. Never throws. */
export function unusable(decision: unknown): string | undefined {
  if (typeof decision !== 'object' || decision === null) return 'actor and reason are required';
  const { actor, reason } = decision as Partial<Record<string, unknown>>;
  return wordless(actor, 'who decides (actor)') ?? wordless(reason, 'why (reason)');
}

export function wordless(text: unknown, what: string): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return `say ${what}`;
  return text.length > MAX_TEXT ? `${what} must have at most ${MAX_TEXT} characters` : undefined;
}

/** As `unusable`, of an acknowledgement. */
export function unusableAcknowledgement(decision: AcknowledgeDecision): string | undefined {
  return unusableList(decision.codes, 'codes must be a list of attention codes, or absent for all');
}

/** As `unusable`, of a decision to leave out events. */
export function unusableSkip(decision: SkipEmissionDecision): string | undefined {
  return unusableList(
    decision.events,
    'events must be a list of names of rejected events, or absent for all',
  );
}

function unusableList(list: unknown, message: string): string | undefined {
  const isList = Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string');
  return list === undefined || isList ? undefined : message;
}

export const cancel: OperatorCommand = {
  rule: 'operator:cancel',
  forbidden: cancelForbidden,
  apply(state, decision, now) {
    if (isCancelPending(state)) return { state, decided: 'A cancel request is already pending.' };
    const decided = 'The cancel request goes to Upvest now.';
    return { state: withCancel(state, decision, 'operator:cancel', now), decided };
  },
};

export const reconcile: OperatorCommand = {
  rule: 'operator:reconcile',
  forbidden: closedAlready,
  apply: (state, { actor, reason }, now) => ({
    state: {
      ...state,
      reconcile: { at: now, actor, reason },
      auditLog: appendAudit(state.auditLog, now, {
        rule: 'operator:reconcile',
        text: 'Reconcile requested',
        actor,
        reason,
      }),
    },
    decided: reconcilingNow(state),
  }),
};

function reconcilingNow(state: OrderState): string {
  const trouble = troubleOf(state, 'upvest');
  if (trouble === undefined) return 'Reconciling with Upvest now.';
  return `Reconciling with Upvest now; it could not be read since ${new Date(trouble.since).toISOString()}: ${trouble.cause}`;
}

export const acknowledge: OperatorCommand<AcknowledgeDecision> = {
  rule: 'operator:acknowledge',
  forbidden(state, { codes }) {
    const present = attentionsOf(state);
    if (present.length === 0 || codes?.length === 0) return 'operator:acknowledge: nothing needs attention';
    const unknown = (codes ?? []).filter((code) => !present.some((one) => one.code === code));
    return unknown.length === 0 ? undefined : `operator:acknowledge: there is no ${unknown.join(', ')} here`;
  },
  apply(state, { actor, reason, codes }, now) {
    const dealtWith = attentionsOf(state).filter(({ code }) => codes === undefined || codes.includes(code));
    const names = [...new Set(dealtWith.map(({ code }) => code))].join(', ');
    const text = `Acknowledged: ${names}`;
    return {
      state: {
        ...state,
        acknowledged: [...state.acknowledged, ...dealtWith.map(({ key }) => key)],
        auditLog: appendAudit(state.auditLog, now, { rule: 'operator:acknowledge', text, actor, reason }),
      },
      decided: `Acknowledged: ${names}.`,
    };
  },
};

export const release: OperatorCommand = {
  rule: 'operator:release',
  forbidden: (state) =>
    state.held === undefined && !isBlockedByUpvest(state)
      ? 'operator:release: emission is not held'
      : undefined,
  apply: (state, decision, now) => ({
    state: withRelease(state, decision, now),
    decided: 'Emission was released to ESW.',
  }),
};

export const retryEmission: OperatorCommand = {
  rule: 'operator:retry-emission',
  forbidden: (state) =>
    state.emission.refused.length === 0 &&
    state.emission.pause === undefined &&
    troubleOf(state, 'esw') === undefined
      ? 'operator:retry-emission: ESW has rejected nothing'
      : undefined,
  apply: (state, decision, now) => ({
    state: withRetriedEmission(state, decision, now),
    decided: `${retried(state)}.`,
  }),
};

export const skipEmission: OperatorCommand<SkipEmissionDecision> = {
  rule: 'operator:skip-emission',
  forbidden({ emission: { refused } }, { events = [] }) {
    if (refused.length === 0) return 'operator:skip-emission: ESW has rejected nothing';
    const unknown = events.filter((name) => !refused.some((one) => nameOf(one) === name));
    return unknown.length === 0
      ? undefined
      : `operator:skip-emission: there is no rejected event ${unknown.join(', ')}`;
  },
  apply(state, decision, now) {
    const { events } = decision;
    const leftOut = state.emission.refused.filter((one) => events?.includes(nameOf(one)) ?? true);
    const decided = `ESW will not get ${namesOf(leftOut)}.`;
    return { state: withSkipped(state, decision, now), decided };
  },
};

export const close: OperatorCommand<CloseDecision> = {
  rule: 'operator:close',
  forbidden: closedAlready,
  apply(state, { actor, reason, evidence }, now) {
    const at = new Date(now).toISOString();
    const text = `Closed as ${state.record.status ?? 'never seen'}, on this evidence: ${evidence}`;
    const open = (state.revision ?? 0) === 0 ? [] : attentionsOf(state);
    const codes = attentionCodes(open).join(', ');
    return {
      state: {
        ...state,
        closed: {
          ...{ at, actor, reason, evidence },
          ...(open.length > 0 && { settles: open.map(({ key }) => key) }),
        },
        auditLog: appendAudit(state.auditLog, now, { rule: 'operator:close', text, actor, reason }),
      },
      decided: codes === '' ? 'The order is closed.' : `The order is closed, which settles ${codes}.`,
    };
  },
};

function closedAlready({ closed }: OrderState): string | undefined {
  return closed === undefined ? undefined : 'operator:close: the order is already closed';
}

/** By the name of the operation, in the order in which they are listed. */
const COMMANDS = {
  cancel,
  reconcile,
  acknowledge,
  'retry-emission': retryEmission,
  'skip-emission': skipEmission,
  release,
  close,
} satisfies Partial<Record<OrderAction, OperatorCommand<never>>>;

/** The operations that are allowed now. A finished order can only be acknowledged and reopened. */
export function possibleActions(state: OrderState): OrderAction[] {
  const decision: CloseDecision = { actor: '', reason: '', evidence: '' };
  const isFinished = isOver(state);
  const names = (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).filter(
    (name) =>
      (!isFinished || name === 'acknowledge') && COMMANDS[name].forbidden(state, decision) === undefined,
  );
  // A closed order ends once ESW has answered what was in flight.
  const hasEnded = isFinished && state.emission.inFlight.length === 0;
  return hasEnded ? [...names, 'reopen'] : names;
}

/** The state of a finished order for its next run. */
export function reopened(state: OrderState, { actor, reason }: Decision, now: number): OrderState {
  const { closed, ...open } = state;
  return {
    ...open,
    run: state.run + 1,
    reopened: { at: new Date(now).toISOString(), actor, reason },
    auditLog: appendAudit(state.auditLog, now, {
      rule: 'operator:reopen',
      text: 'The finished order was reopened',
      actor,
      reason,
    }),
  };
}
