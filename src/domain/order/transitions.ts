/**
 * How the state of a `portfolioOrder` workflow changes. The workflow adds time, signals and
 * activities.
 */
import { isFinishedAtBroker } from '../broker/completion';
import { applyObservation } from '../broker/apply-observation';
import { abandonedOrders } from './troubles';
import { cancelForbidden, withCancel } from './cancellation';
import { noEmission, pendingCount, withoutOvertaken } from '../outbox/outbox';
import { withAnswerCheck } from './answer-check';
import { originOf, wasStartedByBroker, withAdoption, withFurtherPlacement } from './origin';
import { appendAudit } from '../order-state/audit-log';
import { isObservation } from '../broker/is-observation';
import type { PlacementResult } from '../broker/placement';
import type { Policies } from '../order-state/policies';
import type { Observation } from '../broker/observation';
import type { EventDetail } from '../order-event/topic';
import { finalSettlementEntry, entriesFor, withoutRepeatedExecutions } from '../outbox/enqueue';
import type { OutboxEntry } from '../outbox/outbox';
import { withLastWord } from '../outbox/last-word';
import { emptyRecord, MAX_PARTS, partsOf, type PortfolioOrderRecord } from '../broker/record';
import { rowOf } from '../broker/rows';
import { CURRENT_REVISION } from '../values/revision';
import { firstSeenAfterRetention, withEmissionHold } from './too-late';
import type { OrderState } from '../order-state/state';
import type { Transition } from '../broker/status-merge';

/** @param detail the streams that are sent */
export function initialState(
  portfolioOrderId: string,
  now: number,
  policies: Policies,
  detail: EventDetail,
): OrderState {
  const { deadlines, placedGraceMs } = policies;
  return {
    startedAt: now,
    run: 1,
    revision: CURRENT_REVISION,
    record: emptyRecord(portfolioOrderId),
    emission: noEmission(detail),
    inbox: [],
    unusableMessages: 0,
    placementCheckAt: now + placedGraceMs,
    amountTolerance: deadlines.amountTolerance,
    recovery: 'unchecked',
    waits: [],
    questions: { missed: 0, nothingNew: 0, failed: 0 },
    isUnknownToBroker: false,
    reconciledAfterEnd: false,
    acknowledged: [],
    auditLog: [],
  };
}

/** Adds the placement result. A second one of the same placement changes nothing, except that it may bring a cancel. */
export function withPlacement(state: OrderState, placed: PlacementResult, now: number): OrderState {
  const { cancel, ...facts } = placed;
  const further = state.placed && withFurtherPlacement(state, facts.reference, now);
  // The cancel of a request that did not make the order must not cancel it.
  if (further !== undefined && further !== state) return further;
  const after = state.placed === undefined ? withFirstPlacement(state, facts, now) : state;
  return cancel === undefined || cancelForbidden(after) !== undefined || after.cancel !== undefined
    ? after
    : withCancel(after, cancel, 'operator:cancel', now);
}

function withFirstPlacement(state: OrderState, placed: PlacementResult, now: number): OrderState {
  const after = { ...state, placed, inbox: [...state.inbox, placed.observation] };
  if (placed.identified === undefined) return after;
  const { actor, reason } = placed.identified;
  const text = 'The outcome of the POST was unknown; an operator identified this order';
  return {
    ...after,
    auditLog: appendAudit(state.auditLog, now, { rule: 'placement:identified', text, actor, reason }),
  };
}

/** Puts observations into the inbox. Never throws: invalid ones are counted. */
export function withObservations(state: OrderState, observations: unknown): OrderState {
  const list: unknown[] = Array.isArray(observations) ? observations : [observations];
  const usable = list.filter(isObservation);
  const unusable = list.length - usable.length;
  return {
    ...state,
    inbox: [...state.inbox, ...usable],
    unusableMessages: state.unusableMessages + unusable,
  };
}

/**
 * Applies everything in the inbox and enqueues the events that follow. An order that Upvest started by itself is
 * adopted as soon as that is known.
 */
export function drainInbox(state: OrderState, now: number): OrderState {
  return applyInbox(state, now).state;
}

/** As `drainInbox`, with the transitions. */
export function applyInbox(state: OrderState, now: number): { state: OrderState; transitions: Transition[] } {
  if (state.inbox.length === 0) return { state, transitions: [] };
  let { record } = state;
  const entries: OutboxEntry[] = [];
  const transitions: Transition[] = [];
  let { unusableMessages } = state;
  let parts = partsOf(record);
  for (const observation of state.inbox) {
    const more = newParts(record, observation);
    if (more > 0 && parts + more > MAX_PARTS) {
      unusableMessages += 1;
      continue;
    }
    parts += more;
    const changed = applyObservation(record, observation);
    record = changed.record;
    transitions.push(...changed.transitions);
    entries.push(...entriesFor(changed.transitions, record, state.emission, now));
  }
  const isOneEventPerId = (state.revision ?? 0) >= 5;
  const added = isOneEventPerId ? withoutRepeatedExecutions(entries, state.record) : entries;
  const outbox = [...state.emission.outbox, ...added];
  outbox.push(...finalSettlementEntry({ ...state.emission, outbox }, record, now));
  const isUnsent = state.imported?.emit === 'none';
  const sendable = withoutOvertaken({ ...state.emission, outbox: isUnsent ? [] : outbox });
  const after: OrderState = {
    ...state,
    record,
    inbox: [],
    unusableMessages,
    lastNewsAt: now,
    emission: state.revision && !isUnsent ? withLastWord(sendable, record, state.record, now) : sendable,
  };
  const adopted = originOf(after) === 'open' && wasStartedByBroker(record) ? withAdoption(after, now) : after;
  const first = transitions.find(({ orderId }) => orderId === undefined)?.status;
  const isFirstSight = state.recovery === 'recovered' && state.record.status === undefined;
  const hold = isFirstSight ? firstSeenAfterRetention(first, record, now, state.revision) : undefined;
  const held = hold === undefined ? adopted : withEmissionHold(adopted, hold, now);
  return { state: withAnswerCheck(held, now), transitions };
}

/** Children and executions in an observation that the record does not have. */
function newParts({ orders }: PortfolioOrderRecord, observation: Observation): number {
  const unknownIn = (rows: readonly { id: string }[], reported: { id: string }[]): number =>
    reported.filter(({ id }) => rowOf(rows, id) === undefined).length;
  const ofOrder = (id: string, executions: { id: string }[]): number => {
    const known = rowOf(orders, id);
    return (known === undefined ? 1 : 0) + unknownIn(known?.executions ?? [], executions);
  };
  switch (observation.subject) {
    case 'portfolio-order':
      return unknownIn(orders, observation.orders);
    case 'order':
      return ofOrder(observation.id, observation.executions);
    case 'execution':
      return ofOrder(observation.orderId, [observation.execution]);
    case 'order-cancellation':
      return ofOrder(observation.orderId, []);
    case 'rebalancing-execution-order':
      return 0;
  }
}

/** The order is over when it is done and its final record is stored. */
export function isOver(state: OrderState): boolean {
  const { saving } = state;
  return (saving === undefined || saving.archivedAt !== undefined) && isDone(state);
}

/**
 * The order is done when it is finished at Upvest, ESW accepted every event and no signal is
 * unprocessed, or when an operator closed it. A rejected event keeps it open: it requires operator action.
 */
export function isDone(state: OrderState): boolean {
  if (state.resetAt !== undefined) return false;
  if (state.closed !== undefined) return true;
  const open = pendingCount(state.emission) + state.emission.refused.length + state.inbox.length;
  if (open > 0 || state.reopened !== undefined || state.resubmission !== undefined) return false;
  return isFinishedAtBroker(state.record, abandonedOrders(state));
}
