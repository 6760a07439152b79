/** How the emission of one order changes: what may be sent, what is in flight, what ESW answered. */
import {
  isCircuitOpen,
  type BuiltEvent,
  type Emission,
  type OutboxEntry,
  type Pause,
  type Refusal,
} from '../outbox/outbox';
import { endFacts, isEnding } from '../order-event/correction';
import { topicKey, topicOf } from '../order-event/topic';
import { planDispatch, type DispatchPlan } from '../outbox/dispatch-plan';
import { hasEnded } from '../broker/completion';
import { originOf } from './origin';
import { isBrokerUnreadable, isTryDue, troubleOf, withoutTrouble, withTrouble } from './troubles';
import { appendAudit } from '../order-state/audit-log';
import type { Policies } from '../order-state/policies';
import { backOff } from '../values/back-off';
import type { OrderState } from '../order-state/state';

/** Pauses grow from 1 to 15 minutes: people have to fix credentials. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** A longer pause that the sink requests is cut to this. */
const LONGEST_ASKED_PAUSE_MS = 60 * 60_000;

/** What may be emitted now: nothing while the reference is unknown, emission is held, or the circuit is open. */
export function dispatchPlan(state: OrderState, now: number, policies: Policies): DispatchPlan {
  const known = plans.get(state);
  if (known?.now === now) return known.plan;
  const plan = computePlan(state, now, policies);
  plans.set(state, { now, plan });
  return plan;
}

/** Deadlines, timer and emission ask for the plan of the same state several times in one workflow task. */
const plans = new WeakMap<OrderState, { now: number; plan: DispatchPlan }>();

function computePlan(state: OrderState, now: number, policies: Policies): DispatchPlan {
  const isBlocked =
    originOf(state) === 'open' ||
    state.held !== undefined ||
    state.recovery === 'recovering' ||
    isCircuitOpen(state.emission);
  if (isBlocked) return { ready: [], blocked: state.emission.outbox };
  const { predecessorGraceMs: graceMs } = policies;
  return planDispatch(state.emission, state.record, now, graceMs, isBrokerUnreadable(state));
}

/** True if there is something to send now. */
export function hasEmissionWork(state: OrderState, now: number, policies: Policies): boolean {
  const at = emissionDueAt(state, now, policies);
  return at !== undefined && at <= now;
}

/**
 * When the next batch is to be sent, which may be past; undefined while there is nothing to send. What is ready waits a moment for
 * events that arrive just after it, until nothing more is to come: fewer batches cost less.
 */
export function emissionDueAt(state: OrderState, now: number, policies: Policies): number | undefined {
  const { inFlight, retryQueue, pause } = state.emission;
  if (state.recovery === 'recovering') return undefined;
  if ((pause !== undefined && now < pause.until) || !isTryDue(state, 'esw', now)) return undefined;
  if (inFlight.length > 0 || (retryQueue.length > 0 && !isRetryHeld(state))) return now;
  const { ready } = dispatchPlan(state, now, policies);
  const { lingerMs = 0 } = policies;
  if (ready.length === 0) return undefined;
  const isUrgent = lingerMs === 0 || hasEnded(state.record) || ready.some(({ isRetried }) => isRetried);
  if (isUrgent) return now;
  return Math.min(...ready.map(({ seenAt }) => seenAt)) + lingerMs;
}

/** True while a batch is under way without trouble, or about to be sent: its answers come soon. */
export function areAnswersNear(
  state: OrderState,
  now: number,
  policies: Policies,
  isSending: boolean,
): boolean {
  return isSending
    ? troubleOf(state, 'esw') === undefined
    : emissionDueAt(state, now, policies) !== undefined;
}

/** True while what is to be resent waits for a release. What is in flight does not: ESW may have it. */
export function isRetryHeld({ held, revision = 0 }: OrderState): boolean {
  return held !== undefined && revision >= 5;
}

/** Puts built events in flight, and fixes the reference. */
export function withBatch(state: OrderState, batch: BuiltEvent[], brandOrderReference: string): OrderState {
  const taken = new Set(batch.map(topicKey));
  const outbox = state.emission.outbox.filter((entry) => !taken.has(topicKey(entry)));
  const reportedEnd = batch.some(isEnding) ? endFacts(state.record) : state.emission.reportedEnd;
  const emission = {
    ...state.emission,
    outbox,
    inFlight: batch,
    ...(reportedEnd !== undefined && { reportedEnd }),
  };
  return { ...state, brandOrderReference, emission };
}

/** Puts the first `count` events of the retry queue in flight. */
export function withBatchAgain(state: OrderState, count: number): OrderState {
  const { retryQueue, ...rest } = state.emission;
  const emission = { ...rest, retryQueue: retryQueue.slice(count), inFlight: retryQueue.slice(0, count) };
  return { ...state, emission };
}

/** Records an event that could not be built; it requires operator action. */
export function withUnbuildable(
  state: OrderState,
  entry: OutboxEntry,
  message: string,
  now: number,
): OrderState {
  const outbox = state.emission.outbox.filter((one) => topicKey(one) !== topicKey(entry));
  const refused = [
    ...state.emission.refused,
    { ...topicOf(entry), refusal: { message, at: new Date(now).toISOString() } },
  ];
  return { ...state, emission: { ...state.emission, outbox, refused } };
}

/** ESW's answer to one event of the batch. */
export type EmissionResult =
  | {
      id: string;
      outcome: 'accepted';
      /** True if ESW had an event of this id, although no delivery is known: its content may differ. */
      isUnexpected?: true;
    }
  | { id: string; outcome: 'refused'; refusal: Refusal };

/**
 * Records the answers. Events without one stay in flight and are sent again with the same bytes. Any answer ends a
 * pause.
 */
export function withResults(state: OrderState, results: EmissionResult[], now: number): OrderState {
  const answers = new Map(results.map((result) => [result.id, result]));
  const at = new Date(now).toISOString();
  const { pause, ...emission } = state.emission;
  const accepted = [...emission.accepted];
  const refused = [...emission.refused];
  for (const event of emission.inFlight) {
    const answer = answers.get(event.id);
    const { id } = event;
    if (answer?.outcome === 'accepted') {
      const isUnexpected = answer.isUnexpected && { isUnexpected: true as const };
      accepted.push({ ...topicOf(event), id, at, ...isUnexpected });
    }
    if (answer?.outcome === 'refused') refused.push({ ...event, refusal: { ...answer.refusal, at } });
  }
  const inFlight = emission.inFlight
    .filter((event) => !answers.has(event.id))
    .map((event) => ({ ...event, sentBefore: true as const }));
  const isAnswered = results.length > 0;
  return {
    ...(isAnswered ? withAnswerAgain(state, now) : state),
    emission: { ...emission, ...(pause && !isAnswered && { pause }), accepted, refused, inFlight },
  };
}

/** Records that ESW answered none of the events of a call. */
export function withoutAnswer(
  state: OrderState,
  cause: string,
  time: { began: number; now: number },
  policies: Policies,
): OrderState {
  const until = state.emission.pause?.until ?? 0;
  const failed = { kind: 'esw' as const, cause, ...time, ...(until > time.now && { nextTryAt: until }) };
  const after = withTrouble(state, failed, policies);
  if (after === state || until > time.now) return after;
  const text = `ESW did not answer: ${cause}`;
  return {
    ...after,
    auditLog: appendAudit(state.auditLog, time.now, { rule: 'emission:delayed', text }),
  };
}

function withAnswerAgain(state: OrderState, now: number): OrderState {
  const trouble = troubleOf(state, 'esw');
  if (trouble === undefined) return state;
  const text = `ESW answers again, after ${trouble.attempts} attempts since ${new Date(trouble.since).toISOString()}`;
  const auditLog = appendAudit(state.auditLog, now, { rule: 'emission:delayed', text });
  return { ...withoutTrouble(state, 'esw'), auditLog };
}

/** Pauses emission; `retryAfterMs` is the pause that ESW requested. */
export function withPause(
  state: OrderState,
  { why, refusal, retryAfterMs }: Pick<Pause, 'why' | 'refusal'> & { retryAfterMs?: number },
  now: number,
): OrderState {
  const { pause: before } = state.emission;
  const goesOn = before?.why === why ? before : undefined;
  const attempts = (goesOn?.attempts ?? 0) + 1;
  const wanted = retryAfterMs ?? backOff(attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  const at = new Date(now).toISOString();
  const pause: Pause = {
    why,
    refusal: { ...refusal, at },
    since: goesOn?.since ?? now,
    until: now + Math.min(LONGEST_ASKED_PAUSE_MS, wanted),
    attempts,
  };
  const text =
    why === 'busy'
      ? `ESW requested a pause: ${refusal.message}`
      : `ESW takes no event of this deployment: ${refusal.message}`;
  const paused = { ...state, emission: { ...state.emission, pause } };
  if (goesOn !== undefined) return paused;
  return { ...paused, auditLog: appendAudit(state.auditLog, now, { rule: 'emission:paused', text }) };
}

/** True while events wait for a confirmation by Upvest, which cannot be read. */
export function isBlockedByUpvest({ troubles = [], waits }: OrderState): boolean {
  return (
    troubles.some(({ kind }) => kind === 'upvest' || kind === 'child-unreadable') &&
    waits.some(({ rule }) => rule === 'deadline:predecessor')
  );
}

/** False for an event that could not be built: it has neither id nor bytes. */
export function wasBuilt({ id }: Emission['refused'][number]): boolean {
  return id !== undefined;
}
