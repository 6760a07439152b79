/**
 * When an order is saved in the records database. Its row is a few seconds behind at most: it rides along with each batch of
 * events, and is saved on its own where nothing is emitted. The order ends only once its final record is stored.
 */
import { areAnswersNear } from '../order/emission';
import { isDone } from '../order/transitions';
import { troubleOf, withoutTrouble, withTrouble } from '../order/troubles';
import type { BuiltEvent } from '../outbox/outbox';
import type { Policies } from '../order-state/policies';
import type { OrderState, Saving } from '../order-state/state';

/** Revision of the first runs that are saved. */
export const SAVES_SINCE = 6;

/** A batch of events saves twice: before they are sent, and with ESW's answers. */
export const VERSIONS_OF_A_BATCH = 2;

/** What people see is saved after this time, milliseconds. */
const SOON_MS = 2_000;
/** All else may wait for the next batch of events for so long. Apart from the grace times, so that timers differ. */
const REST_MS = 25_000;

/** A save that is under way. */
export interface SaveBegun {
  version: number;
  basedOn: number;
  /** The state that is stored: as it is once the save has succeeded. */
  candidate: OrderState;
  /** Events that the candidate does not have the bytes of. */
  events: BuiltEvent[];
  /** When the oldest change that it stores was made, milliseconds since the epoch. */
  since: number;
}

/** The state at the start of a run, which saves itself if its revision does. An order that went on must be saved anew. */
export function withSaving(state: OrderState, now: number): OrderState {
  const { revision = 0, saving } = state;
  if (revision < SAVES_SINCE) return state;
  const isNew = state.inbox.length === 0 && state.record.status === undefined && saving === undefined;
  if (isNew) return { ...state, saving: { version: 0 } };
  const { archivedAt: _, version = 0, ...rest }: Partial<Saving> = saving ?? {};
  const reopened = state.reopened && { urgency: 'now' as const };
  return { ...state, saving: { staleSince: now, ...rest, ...reopened, version } };
}

/** What a row does not show, or shows only once it is applied. Deadlines are compared by their content. */
const UNSHOWN: ReadonlySet<string> = new Set<keyof OrderState>([
  'inbox',
  'saving',
  'lastNewsAt',
  'questions',
  'placementCheckAt',
  'recovery',
  'reconcile',
  'waits',
]);

/** What operators decide, which a workflow that is terminated must not lose. */
const DECIDED = ['cancel', 'acknowledged', 'closed', 'reopened', 'decisions'] as const;
/** What people see. */
const SEEN = ['placed', 'adoptedAt', 'held'] as const;

/** Notes that a change is not saved. */
export function withStaleness(before: OrderState, after: OrderState, now: number): OrderState {
  const { saving } = after;
  if (saving === undefined || saving !== before.saving || !isChanged(before, after)) return after;
  const { archivedAt: _, ...rest } = saving;
  const urgency = saving.urgency === 'now' ? 'now' : (urgencyOf(before, after) ?? saving.urgency);
  return { ...after, saving: { ...rest, staleSince: saving.staleSince ?? now, ...(urgency && { urgency }) } };
}

function isChanged(before: OrderState, after: OrderState): boolean {
  if (before === after) return false;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof OrderState>;
  return [...names].some((name) => !UNSHOWN.has(name) && before[name] !== after[name]) || differs('waits');

  function differs(name: 'waits'): boolean {
    return before[name] !== after[name] && JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  }
}

function urgencyOf(before: OrderState, after: OrderState): Saving['urgency'] {
  if (DECIDED.some((name) => before[name] !== after[name])) return 'now';
  const isSeen =
    before.record.status !== after.record.status ||
    SEEN.some((name) => before[name] !== after[name]) ||
    flagsOf(before) !== flagsOf(after);
  return isSeen ? 'soon' : undefined;
}

/** Number of what needs attention beside findings. */
function flagsOf({ waits, troubles = [], emission }: OrderState): number {
  return [...waits, ...troubles].filter(({ overdue }) => overdue).length + emission.refused.length;
}

/**
 * When the order has to be saved by a call of its own; undefined while a batch of events is about to save it.
 *
 * @param isSending true while a batch of events is under way
 */
export function saveDueAt(
  state: OrderState,
  now: number,
  policies: Policies,
  isSending: boolean,
): number | undefined {
  const { saving, recovery } = state;
  if (saving === undefined || recovery !== 'recovered') return undefined;
  const retryAt = troubleOf(state, 'records')?.nextTryAt;
  if (isDone(state)) return saving.archivedAt !== undefined || isSending ? undefined : (retryAt ?? now);
  if (saving.staleSince === undefined) return undefined;
  if (retryAt !== undefined) return retryAt;
  if (areAnswersNear(state, now, policies, isSending)) return undefined;
  if (saving.urgency === 'now') return saving.staleSince;
  return saving.staleSince + (saving.urgency === 'soon' ? SOON_MS : REST_MS);
}

/** Begins a save, which uses up `versions` versions. */
export function beginSave(
  state: OrderState,
  now: number,
  versions = 1,
): { state: OrderState; save: SaveBegun } | undefined {
  const { saving } = state;
  if (saving === undefined) return undefined;
  const { version: basedOn, staleSince: since = now, urgency: _, ...rest } = saving;
  const version = Math.max(basedOn + 1, now);
  const top = version + versions - 1;
  const { unsaved: events = [] } = rest;
  const candidate = withoutTrouble({ ...state, saving: { version: top } }, 'records');
  return {
    state: { ...state, saving: { ...rest, version: top } },
    save: { version, basedOn, candidate, events, since },
  };
}

/** As the order is once its final record is stored. */
export function asArchived({ saving, ...state }: OrderState, finishedAt: string): OrderState {
  return saving === undefined
    ? state
    : { ...state, saving: { version: saving.version, archivedAt: finishedAt } };
}

/** Notes that a save succeeded. Changes since it began are still unsaved. */
export function withSaved(state: OrderState, { events }: SaveBegun): OrderState {
  const { saving } = state;
  if (saving === undefined) return state;
  const stored = new Set(events.map(({ id }) => id));
  const left = (saving.unsaved ?? []).filter(({ id }) => !stored.has(id));
  const { unsaved: _, ...rest } = saving;
  const next = { ...state, saving: { ...rest, ...(left.length > 0 && { unsaved: left }) } };
  return withoutTrouble(next, 'records');
}

/** Notes that what a save was to store is still unsaved. */
export function withSaveUndone(state: OrderState, { since }: SaveBegun): OrderState {
  const { saving } = state;
  if (saving === undefined) return state;
  const { archivedAt: _, ...rest } = saving;
  return {
    ...state,
    saving: { ...rest, staleSince: Math.min(since, saving.staleSince ?? since), urgency: 'soon' },
  };
}

/** Notes that a call of its own could not save the order. */
export function withSaveFailed(
  state: OrderState,
  begun: SaveBegun,
  cause: string,
  time: { began: number; now: number },
  policies: Policies,
): OrderState {
  return withTrouble(withSaveUndone(state, begun), { kind: 'records', cause, ...time }, policies);
}

/** Keeps the bytes of events that were sent unsaved: the audit trail has all bytes that ESW may have. */
export function withUnsavedEvents(state: OrderState, sent: BuiltEvent[]): OrderState {
  const { saving } = state;
  if (saving === undefined) return state;
  const known = new Set((saving.unsaved ?? []).map(({ id }) => id));
  const added = sent.filter(({ id }) => !known.has(id));
  return added.length === 0
    ? state
    : { ...state, saving: { ...saving, unsaved: [...(saving.unsaved ?? []), ...added] } };
}

/** Marks the state as one that lacks what a later save has: Temporal was restored from an older copy. */
export function withBehind(state: OrderState, now: number): OrderState {
  return { ...state, recovery: 'recovering', resetAt: now, isBehind: true };
}
