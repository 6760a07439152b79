/**
 * Recovery from a predecessor run: whether the order may have had a workflow that was terminated, and what that one
 * knew.
 */
import { cancelForbidden, withCancel } from './cancellation';
import type { BuiltEvent } from '../outbox/outbox';
import { appendAudit } from '../order-state/audit-log';
import type { Observation } from '../broker/observation';
import { withFurtherPlacement } from './origin';
import { withPlacement } from './transitions';
import type { PlacementResult } from '../broker/placement';
import type { CancelRequest, OrderState, Saving } from '../order-state/state';

/** A NEW order younger than this has just been placed. Milliseconds. */
const FRESH_MS = 10 * 60_000;

/** Result of the search for predecessor runs. */
export type PredecessorRun =
  | { kind: 'none' }
  | { kind: 'found'; state: OrderState }
  /** They had processed nothing; these signals were undelivered. */
  | { kind: 'only-messages'; placed?: PlacementResult; cancel?: CancelRequest; observations: Observation[] }
  | { kind: 'unreadable'; why: string };

/**
 * True if a predecessor run has to be looked for. Only a placement that has just made the order proves that there was
 * none: a NEW webhook may be redelivered after a workflow was terminated.
 */
export function mayHavePredecessor({ placed }: OrderState, now: number): boolean {
  if (placed?.observation.status !== 'NEW') return true;
  const age = now - Date.parse(placed.observation.createdAt ?? '');
  return !(age < FRESH_MS);
}

/**
 * True if the order was created so recently that the records database would have a run that was terminated since. Then
 * nothing is looked for in Temporal's index, which a burst of new orders would overload.
 */
export function isNewOrder({ placed, inbox }: OrderState, now: number): boolean {
  const created = [placed?.observation, ...inbox].flatMap((one) =>
    one?.subject === 'portfolio-order' ? (one.createdAt ?? []) : [],
  );
  return created.some((at) => now - Date.parse(at) < FRESH_MS);
}

/** Marks the state of a run that was reset as outdated: it lacks what the run had done after that point. */
export function withReset(state: OrderState, now: number): OrderState {
  return { ...state, recovery: 'recovering', resetAt: now };
}

/** Merges what the predecessor run knew with what has arrived since. */
export function withPredecessor(state: OrderState, earlier: PredecessorRun, now: number): OrderState {
  const { resetAt, isBehind, ...known } = state;
  const fresh: OrderState = { ...known, recovery: 'recovered' };
  switch (earlier.kind) {
    case 'none':
      return fresh;
    case 'only-messages': {
      const { placed, cancel, observations } = earlier;
      const text = 'The predecessor run was terminated before it did anything; its signals were recovered';
      const before: OrderState = { ...fresh, inbox: [] };
      const recovered = placed === undefined ? before : withPlacement(before, placed, now);
      const resumed: OrderState = {
        ...recovered,
        inbox: [...recovered.inbox, ...observations, ...fresh.inbox],
        auditLog: appendAudit(recovered.auditLog, now, { rule: 'recovery:resumed', text }),
      };
      return withEarlierCancel(resumed, cancel, now);
    }
    case 'found': {
      const { state: past } = earlier;
      const what = resetAt === undefined ? 'terminated' : 'reset';
      const text = isBehind
        ? `Temporal had been restored from an older copy; the state was recovered from the records database, saved by run ${past.run}`
        : `The workflow had been ${what}; record and outbox were recovered from its run ${past.run}`;
      const news = newsOf(isBehind ? { ...state, resetAt: past.saving?.version ?? now } : state);
      const resumed: OrderState = {
        ...past,
        ...(fresh.placed && past.placed === undefined && { placed: fresh.placed }),
        ...(fresh.closed && { closed: fresh.closed }),
        // ESW may have what was in flight when the run was terminated.
        emission: { ...past.emission, inFlight: past.emission.inFlight.map(sentBefore) },
        recovery: 'recovered',
        ...(fresh.saving && { saving: savingAgain(past.saving, fresh.saving, now) }),
        run: past.run + 1,
        revision: fresh.revision ?? 0,
        inbox: [...past.inbox, ...fresh.inbox],
        unusableMessages: past.unusableMessages + news.unusableMessages,
        acknowledged: [...past.acknowledged, ...news.acknowledged],
        ...(news.decisions && { decisions: [...(past.decisions ?? []), ...news.decisions] }),
        // Nothing processed webhooks for a while.
        reconcile: fresh.reconcile ?? past.reconcile ?? { at: now, actor: 'coordinator', reason: text },
        auditLog: appendAudit([...past.auditLog, ...news.auditLog], now, { rule: 'recovery:resumed', text }),
      };
      const placed = fresh.placed ? withFurtherPlacement(resumed, fresh.placed.reference, now) : resumed;
      return withEarlierCancel(placed, news.cancel, now);
    }
    case 'unreadable':
      return {
        ...fresh,
        held: 'HEALED_WITHOUT_LEDGER',
        auditLog: appendAudit(fresh.auditLog, now, { rule: 'recovery:without-ledger', text: earlier.why }),
      };
  }
}

/** A recovered order is saved anew, above all versions before. */
function savingAgain(past: Saving | undefined, fresh: Saving, now: number): Saving {
  const { archivedAt: _, version = 0, ...rest }: Partial<Saving> = past ?? {};
  const top = Math.max(version, fresh.version);
  return { ...rest, version: top, staleSince: now, urgency: 'soon' };
}

/** What is new in a run beside its inbox. The state of one that was reset is a part of what its predecessor knew. */
function newsOf({
  resetAt,
  cancel,
  auditLog,
  ...state
}: OrderState): Pick<OrderState, 'unusableMessages' | 'acknowledged' | 'auditLog' | 'cancel' | 'decisions'> {
  if (resetAt === undefined) return { ...state, auditLog, ...(cancel && { cancel }) };
  return {
    unusableMessages: 0,
    acknowledged: [],
    auditLog: auditLog.filter(({ at }) => Date.parse(at) >= resetAt),
    ...(cancel && cancel.at >= resetAt && { cancel }),
  };
}

function sentBefore(event: BuiltEvent): BuiltEvent {
  return { ...event, sentBefore: true };
}

/** Adds a cancel that was requested before the recovery. */
export function withEarlierCancel(
  state: OrderState,
  cancel: CancelRequest | undefined,
  now: number,
): OrderState {
  if (cancel === undefined || cancelForbidden(state) !== undefined) return state;
  const { at, actor, reason, rule } = cancel;
  return withCancel(state, { actor, reason }, rule, at || now);
}
