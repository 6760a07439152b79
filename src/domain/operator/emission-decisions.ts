/** What operators decide about the emission of one order: to leave events out, to release what is held, to resend. */
import { nameOf, namesOf, type Emission, type OutboxEntry } from '../outbox/outbox';
import { endFacts, isEnding } from '../order-event/correction';
import { topicOf } from '../order-event/topic';
import { answerMismatchKey } from '../order/answer-check';
import { isBlockedByUpvest, isRetryHeld, wasBuilt } from '../order/emission';
import { appendAudit } from '../order-state/audit-log';
import type { Decision } from '../values/decision';
import type { OrderState } from '../order-state/state';

/** Leaves out rejected events for good, those with these names or all: ESW never gets them. */
export function withSkipped(
  state: OrderState,
  { actor, reason, events }: Decision & { events?: string[] },
  now: number,
): OrderState {
  const { refused, skipped = [], ...rest } = state.emission;
  const isSkipped = (one: Emission['refused'][number]) =>
    events === undefined || events.includes(nameOf(one));
  const leftOut = refused.filter(isSkipped);
  // What is true of the end when its event is left out needs no correction; what changes later does.
  const reportedEnd = rest.reportedEnd ?? (leftOut.some(isEnding) ? endFacts(state.record) : undefined);
  const emission = {
    ...rest,
    refused: refused.filter((one) => !isSkipped(one)),
    skipped: [
      ...skipped,
      ...leftOut.map(({ refusal, id, ...event }) => ({
        ...topicOf(event),
        ...(id !== undefined && { id }),
        refusal,
      })),
    ],
    ...(reportedEnd !== undefined && { reportedEnd }),
  };
  const text = `Left out, so that ESW never gets it: ${namesOf(leftOut)}`;
  return {
    ...state,
    emission,
    auditLog: appendAudit(state.auditLog, now, { rule: 'operator:skip-emission', text, actor, reason }),
  };
}

/** Releases held emission, and what waits for a confirmation by Upvest. */
export function withRelease(state: OrderState, { actor, reason }: Decision, now: number): OrderState {
  const { held, answerMismatch, acknowledged, ...released } = state;
  const isBlocked = isBlockedByUpvest(state);
  const { outbox } = state.emission;
  const text = isBlocked
    ? `Released to ESW as observed, without confirmation by Upvest: ${namesOf(outbox)}`
    : `What was held (${held ?? 'nothing'}) was released to ESW`;
  const checked = outbox.map((entry) => ({ ...entry, isChecked: true as const }));
  return {
    ...released,
    ...(answerMismatch !== undefined && { answerMismatch }),
    acknowledged: [
      ...acknowledged,
      ...(answerMismatch === undefined ? [] : [answerMismatchKey(answerMismatch)]),
    ],
    ...(isBlocked && { emission: { ...state.emission, outbox: checked } }),
    auditLog: appendAudit(state.auditLog, now, { rule: 'operator:release', text, actor, reason }),
  };
}

/**
 * Queues rejected events again: with the same id and bytes if they have a body, otherwise to be built
 * anew. Also ends a pause.
 */
export function withRetriedEmission(state: OrderState, { actor, reason }: Decision, now: number): OrderState {
  const { refused, retryQueue, pause, ...rest } = state.emission;
  const parked = refused.flatMap(({ refusal: _refusal, id, body, ...event }) =>
    id === undefined || body === undefined ? [] : [{ ...event, id, body }],
  );
  const unbuilt = refused
    .filter(({ id }) => id === undefined)
    .map((entry): OutboxEntry => ({
      ...topicOf(entry),
      seenAt: 0,
      isChecked: true,
      isRetried: true,
    }));
  const emission = {
    ...rest,
    refused: [],
    retryQueue: [...retryQueue, ...parked],
    outbox: [...unbuilt, ...rest.outbox],
  };
  const what = retried(state);
  const text = pause === undefined || refused.length === 0 ? what : `${what}; the pause ended`;
  const { troubles } = state;
  return {
    ...state,
    ...(troubles && {
      troubles: troubles.map((one) => (one.kind === 'esw' ? { ...one, nextTryAt: now } : one)),
    }),
    emission,
    auditLog: appendAudit(state.auditLog, now, { rule: 'operator:retry-emission', text, actor, reason }),
  };
}

/** What a retry does with rejected events, where there are any: those that were never built cannot be sent again. */
export function retried(state: OrderState): string {
  const { refused, inFlight } = state.emission;
  const isAny = refused.length > 0;
  if (!isAny && (!isRetryHeld(state) || inFlight.length > 0)) return 'Retrying ESW now';
  const [sent, unbuilt] = [refused.filter(wasBuilt), refused.filter((one) => !wasBuilt(one))];
  const what = [
    ...(sent.length > 0 ? [`Resending ${namesOf(sent)}`] : []),
    ...(unbuilt.length > 0 ? [`Building ${namesOf(unbuilt)} anew`] : []),
    ...(isAny ? [] : ['Retrying ESW']),
  ].join('; ');
  return isRetryHeld(state) ? `${what} once emission is released` : what;
}
