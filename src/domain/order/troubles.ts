/**
 * Troubles: what is due and fails because of a partner. Each has its cause, its age and the time of the next attempt, and
 * becomes an attention when it lasts, so that no order waits unnoticed. Orders of earlier releases record none.
 */
import { isCancelUnsent } from './cancellation';
import { isFinal } from '../broker/completion';
import { rowOf } from '../broker/rows';
import { pendingCount } from '../outbox/outbox';
import { backOff } from '../values/back-off';
import { jitter } from '../values/jitter';
import type { Policies } from '../order-state/policies';
import type { OrderState, Trouble, TroubleKind } from '../order-state/state';

/** An attempt that failed. */
export interface FailedAttempt {
  kind: TroubleKind;
  orderId?: string;
  /** When it began and when it ended, milliseconds since the epoch. */
  began: number;
  now: number;
  cause: string;
  /** Time of the next attempt; absent for pauses that grow, null where a deadline sets it. */
  nextTryAt?: number | null;
}

const FIRST_PAUSE_MS = 60_000;
/** A call to the records database is already tried for minutes, and its rows have to be right soon after it is back. */
const RECORDS_PAUSE_MS = { first: 5_000, longest: 15_000 };
/** ESW gets its events soon after an outage; Upvest's rate limit is shared by all orders. */
const LONGEST_PAUSE_MS: Record<TroubleKind, number> = {
  esw: 5 * 60_000,
  upvest: 15 * 60_000,
  cancel: 5 * 60_000,
  placement: 15 * 60_000,
  recovery: 5 * 60_000,
  records: RECORDS_PAUSE_MS.longest,
  'child-unknown': 15 * 60_000,
  'child-unreadable': 15 * 60_000,
};
/** A cause is shown everywhere and kept in the state. */
const MAX_CAUSE = 500;

/** The attention of each kind. */
export const TROUBLE_CODES = {
  esw: 'EMISSION_DELAYED',
  upvest: 'BROKER_UNREADABLE',
  'child-unreadable': 'BROKER_UNREADABLE',
  'child-unknown': 'CHILD_UNKNOWN_TO_BROKER',
  cancel: 'CANCEL_UNSENT',
  placement: 'PLACEMENT_OVERDUE',
  recovery: 'EMISSION_DELAYED',
  records: 'RECORD_UNSAVED',
} as const satisfies Record<TroubleKind, string>;
export type TroubleCode = (typeof TROUBLE_CODES)[TroubleKind];

/** Identifies this occurrence of a trouble among the acknowledged ones. */
export function troubleKey({ kind, orderId, since }: Trouble): string {
  return [TROUBLE_CODES[kind], ...(orderId === undefined ? [] : [orderId]), since].join('|');
}

/** Child orders that Upvest does not know, and whose attention an operator acknowledged: the order ends without them. */
export function abandonedOrders({ troubles = [], acknowledged }: OrderState): ReadonlySet<string> {
  const abandoned = troubles.filter(
    (trouble) => trouble.kind === 'child-unknown' && acknowledged.includes(troubleKey(trouble)),
  );
  return new Set(abandoned.flatMap(({ orderId = [] }) => orderId));
}

const WHAT: Record<TroubleKind, string> = {
  esw: 'ESW has taken no event',
  upvest: 'Upvest could not be read',
  cancel: 'The cancel request could not be sent to Upvest',
  placement: 'It is unknown which placement made the order, so nothing is sent to ESW',
  recovery: 'Temporal does not say whether the order was tracked before, so nothing is sent to ESW',
  records: 'The records database has not stored the order',
  'child-unknown': 'Upvest does not know child order',
  'child-unreadable': 'Upvest could not be read about child order',
};

/** One sentence without its full stop: what fails, since when, how often, and why. */
export function describeTrouble({ kind, orderId, since, attempts, cause }: Trouble): string {
  const what = orderId === undefined ? WHAT[kind] : `${WHAT[kind]} ${orderId}`;
  const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return `${what} since ${new Date(since).toISOString()}, ${count}: ${cause.replace(/\.$/, '')}`;
}

export function troubleOf(
  { troubles = [] }: OrderState,
  kind: TroubleKind,
  orderId?: string,
): Trouble | undefined {
  return troubles.find((one) => one.kind === kind && one.orderId === orderId);
}

/** Adds a failed attempt to the trouble of its kind, which it may begin. */
export function withTrouble(state: OrderState, failed: FailedAttempt, policies: Policies): OrderState {
  if (policies.troubles === undefined) return state;
  const { kind, orderId, began, now, cause } = failed;
  const known = troubleOf(state, kind, orderId);
  const attempts = (known?.attempts ?? 0) + 1;
  const { nextTryAt = nextTry(state, kind, attempts, now) } = failed;
  const trouble: Trouble = {
    kind,
    ...(orderId !== undefined && { orderId }),
    since: known?.since ?? began,
    attempts,
    cause: cause.length > MAX_CAUSE ? `${cause.slice(0, MAX_CAUSE)}…` : cause,
    ...(nextTryAt !== null && { nextTryAt }),
    ...(known?.overdue && { overdue: true as const }),
  };
  return { ...state, troubles: [...others(state, kind, orderId), trouble] };
}

/** Pauses double; jitter keeps orders apart that a partner failed at the same moment. */
function nextTry({ record }: OrderState, kind: TroubleKind, attempts: number, now: number): number {
  const first = kind === 'records' ? RECORDS_PAUSE_MS.first : FIRST_PAUSE_MS;
  const pause = backOff(attempts, first, LONGEST_PAUSE_MS[kind]);
  return now + pause + jitter(`${record.portfolioOrderId}|${kind}|${attempts}`, pause / 4);
}

/** Ends a trouble: an attempt succeeded, or is no longer due. */
export function withoutTrouble(state: OrderState, kind: TroubleKind, orderId?: string): OrderState {
  return troubleOf(state, kind, orderId) === undefined
    ? state
    : withTroubles(state, others(state, kind, orderId));
}

/** Keeps the troubles that `isKept` accepts. */
export function withTroublesThat(state: OrderState, isKept: (trouble: Trouble) => boolean): OrderState {
  const { troubles } = state;
  return troubles === undefined || troubles.every(isKept)
    ? state
    : withTroubles(state, troubles.filter(isKept));
}

function others({ troubles = [] }: OrderState, kind: TroubleKind, orderId: string | undefined): Trouble[] {
  return troubles.filter((one) => one.kind !== kind || one.orderId !== orderId);
}

function withTroubles({ troubles: _troubles, ...state }: OrderState, left: Trouble[]): OrderState {
  return left.length === 0 ? state : { ...state, troubles: left };
}

/** True unless the kind has failed and the next attempt is not due yet. */
export function isTryDue(state: OrderState, kind: TroubleKind, now: number): boolean {
  return now >= (troubleOf(state, kind)?.nextTryAt ?? 0);
}

/** True once Upvest, or a child order there, could not be read for so long that the order is flagged. */
export function isBrokerUnreadable({ troubles = [] }: OrderState): boolean {
  return troubles.some(({ kind, overdue }) => overdue && (kind === 'upvest' || kind === 'child-unreadable'));
}

/** Drops troubles about what is no longer due, and flags those that have lasted too long. */
export function withCheckedTroubles(state: OrderState, now: number, policies: Policies): OrderState {
  const current = withTroublesThat(state, (trouble) => isDue(state, trouble));
  const { troubles } = current;
  const isNewlyOverdue = (trouble: Trouble): boolean =>
    trouble.overdue === undefined && now >= overdueAt(trouble, policies);
  if (!troubles?.some(isNewlyOverdue)) return current;
  return {
    ...current,
    troubles: troubles.map((one) => (isNewlyOverdue(one) ? { ...one, overdue: true as const } : one)),
  };
}

function isUnreadableChild({ kind }: Trouble): boolean {
  return kind === 'child-unreadable';
}

function isDue(state: OrderState, { kind, orderId }: Trouble): boolean {
  const { record, emission, waits, reconcile, troubles = [] } = state;
  switch (kind) {
    case 'esw':
      return pendingCount(emission) > 0;
    case 'upvest':
      // A child that could not be read is due, too; and what was not confirmed for so long goes out without.
      return (
        waits.length > 0 ||
        reconcile !== undefined ||
        emission.outbox.length > 0 ||
        troubles.some(isUnreadableChild)
      );
    case 'cancel':
      return isCancelUnsent(state);
    case 'recovery':
      return state.recovery === 'recovering';
    case 'records':
      return state.saving !== undefined;
    case 'placement':
      return state.placed === undefined && state.adoptedAt === undefined;
    case 'child-unknown':
    case 'child-unreadable': {
      const child = orderId === undefined ? undefined : rowOf(record.orders, orderId);
      return child === undefined || !isFinal(child);
    }
  }
}

function overdueAt({ kind, since }: Trouble, { troubles }: Policies): number {
  if (troubles === undefined) return Infinity;
  return since + (kind === 'esw' ? troubles.eswAttentionAfterMs : troubles.upvestAttentionAfterMs);
}

/** When the workflow has to act on its troubles. Reads at Upvest are due as `reconciliationDueAt` says. */
export function troubleTimers(
  { troubles = [] }: OrderState,
  now: number,
  policies: Policies,
): { at: number; why: string }[] {
  return troubles.flatMap((trouble) => {
    const { kind, nextTryAt, overdue } = trouble;
    const isTimed =
      ['esw', 'cancel', 'recovery'].includes(kind) && nextTryAt !== undefined && nextTryAt > now;
    return [
      ...(isTimed ? [{ at: nextTryAt, why: `${kind}: next attempt` }] : []),
      ...(overdue ? [] : [{ at: overdueAt(trouble, policies), why: `${kind}, attention` }]),
    ];
  });
}
