/**
 * Recovery from a predecessor run: whether the order may have had a workflow that was terminated, and what that one
 * knew.
 */
import { cancelForbidden, withCancel } from './cancellation';
import type { BuiltEvent } from '../outbox/outbox';
import { appendAudit } from '../order-state/audit-log';
import type { Observation } from '../broker/observation';
import { withPlacement } from './transitions';
import type { PlacementResult } from '../broker/placement';
import type { CancelRequest, OrderState } from '../order-state/state';

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

/** Merges what the predecessor run knew with what has arrived since. */
export function withPredecessor(state: OrderState, earlier: PredecessorRun, now: number): OrderState {
  const fresh: OrderState = { ...state, recovery: 'recovered' };
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
      const text = `The workflow had been terminated; record and outbox were recovered from its run ${past.run}`;
      const resumed: OrderState = {
        ...fresh,
        ...past,
        ...(fresh.placed && past.placed === undefined && { placed: fresh.placed }),
        ...(fresh.closed && { closed: fresh.closed }),
        // ESW may have what was in flight when the run was terminated.
        emission: { ...past.emission, inFlight: past.emission.inFlight.map(sentBefore) },
        recovery: 'recovered',
        run: past.run + 1,
        revision: fresh.revision ?? 0,
        inbox: [...past.inbox, ...fresh.inbox],
        unusableMessages: past.unusableMessages + fresh.unusableMessages,
        acknowledged: [...past.acknowledged, ...fresh.acknowledged],
        // Nothing processed webhooks for a while.
        reconcile: fresh.reconcile ?? past.reconcile ?? { at: now, actor: 'coordinator', reason: text },
        auditLog: appendAudit([...past.auditLog, ...fresh.auditLog], now, { rule: 'recovery:resumed', text }),
      };
      return withEarlierCancel(resumed, fresh.cancel, now);
    }
    case 'unreadable':
      return {
        ...fresh,
        held: 'HEALED_WITHOUT_LEDGER',
        auditLog: appendAudit(fresh.auditLog, now, { rule: 'recovery:without-ledger', text: earlier.why }),
      };
  }
}

function sentBefore(event: BuiltEvent): BuiltEvent {
  return { ...event, sentBefore: true };
}

/** Adds a cancel that was requested before the recovery. */
function withEarlierCancel(state: OrderState, cancel: CancelRequest | undefined, now: number): OrderState {
  if (cancel === undefined || cancelForbidden(state) !== undefined) return state;
  const { at, actor, reason, rule } = cancel;
  return withCancel(state, { actor, reason }, rule, at || now);
}
