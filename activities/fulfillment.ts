/** The activity that tells the fulfillment side what happened. */
import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import {
  EMISSION_BUSY,
  EMISSION_UNAUTHORISED,
  type EmissionFailureDetails,
} from '../src/domain/emission-failure';
import type { EmissionResult } from '../src/domain/order-emission';
import type { Delivery, FulfillmentSink } from '../src/fulfillment-sink';
import { withPulse } from './pulse';

export interface OrderEventBatch {
  /** Workflow id; the sink's logs can be searched for it. */
  correlationId: string;
  /**
   * In the order in which the sink must see them. `sentBefore` says that an earlier call may have sent the event; what
   * earlier attempts of the same call may have sent, the activity knows itself.
   */
  events: { id: string; body: string; sentBefore?: true }[];
}

type Outgoing = OrderEventBatch['events'][number];

export interface FulfillmentActivities {
  /**
   * Delivers the events one after another and answers for each: accepted, or refused for good. The answers may be of the
   * first ones only: then the others have to be sent in another call. A retry goes on behind the last one that was
   * answered, and so may the workflow, by the last heartbeat, when the call's time is over. An event is never skipped:
   * what may pass fails the attempt, which is retried, not before the pause that the sink asked for.
   *
   * @throws ApplicationFailure of type EMISSION_BUSY or EMISSION_UNAUTHORISED, not retried, with EmissionFailureDetails
   */
  emitOrderEvents(batch: OrderEventBatch): Promise<EmissionResult[]>;
}

/**
 * Pauses before the same event is tried again within an attempt: the first one of a call, or one after the sink has
 * answered for another event. A sink that fails now and then is no reason for an attempt to end, whose pauses double up
 * to a minute; one that stays away is asked once per further attempt.
 */
const PAUSES_BETWEEN_TRIES_MS = [200, 400, 800, 1_600, 3_200];

/** Failure type of an attempt that is retried. */
const EMISSION_RETRY = 'FULFILLMENT_RETRY';
/** The bounds of the retry policy's own pauses. What asks for more than the longest waits as the workflow's timer. */
const SHORTEST_RETRY_DELAY_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 60_000;

export function createFulfillmentActivities(sink: FulfillmentSink): FulfillmentActivities {
  return {
    async emitOrderEvents({ correlationId, events }) {
      const { attempt } = activityInfo();
      const signal = cancellationSignal();
      const results = ((activityInfo().heartbeatDetails as EmissionResult[] | undefined) ?? []).slice();
      const answered = new Set(results.map((result) => result.id));

      /** Pauses that are left for the event under way. */
      let patience = attempt === 1 ? PAUSES_BETWEEN_TRIES_MS : [];

      async function tryToDeliver({ sentBefore, ...event }: Outgoing): Promise<Delivery> {
        signal.throwIfAborted();
        const isRepeated = sentBefore === true || attempt > 1;
        const delivery = await sink.deliver({ ...event, correlationId, sentBefore: isRepeated }, { signal });
        if (delivery.outcome !== 'retry' || isLong(delivery.retryAfterMs)) return delivery;
        const [pause, ...rest] = patience;
        if (pause === undefined || pause > millisecondsLeft()) return delivery;
        patience = rest;
        await sleep(pause);
        return tryToDeliver({ ...event, sentBefore: true });
      }

      /** @returns false where the call ends before its events do */
      async function deliver(event: Outgoing): Promise<boolean> {
        const { id } = event;
        const delivery = await tryToDeliver(event);
        switch (delivery.outcome) {
          case 'accepted':
            results.push({ id, outcome: 'accepted' });
            break;
          case 'refused':
            results.push({ id, outcome: 'refused', refusal: delivery.refusal });
            break;
          case 'unauthorised':
            throw forTheWorkflow(EMISSION_UNAUTHORISED, { results, refusal: delivery.refusal });
          case 'retry': {
            const { outcome: _outcome, ...said } = delivery;
            // The pauses of the retry policy grow with the attempts of a call; after progress they begin anew.
            if (results.length > 0 && !isLong(said.retryAfterMs)) return false;
            throw later({ results, ...said });
          }
        }
        heartbeat(results);
        patience = PAUSES_BETWEEN_TRIES_MS;
        return true;
      }

      return withPulse(
        () => results,
        async () => {
          for (const event of events.filter(({ id }) => !answered.has(id)))
            if (!(await deliver(event))) break;
          return results;
        },
      );
    },
  };
}

/** A pause that this call cannot wait for is the workflow's. */
function later(details: EmissionFailureDetails): ApplicationFailure {
  const { refusal, retryAfterMs = 0 } = details;
  if (retryAfterMs > Math.min(LONGEST_RETRY_DELAY_MS, millisecondsLeft()))
    return forTheWorkflow(EMISSION_BUSY, details);
  return ApplicationFailure.create({
    type: EMISSION_RETRY,
    message: refusal.message,
    ...(isLong(retryAfterMs) && { nextRetryDelay: retryAfterMs }),
  });
}

/** `Retry-After: 0`, again and again, would be a loop without a pause: our own pauses grow. */
function isLong(retryAfterMs = 0): boolean {
  return retryAfterMs >= SHORTEST_RETRY_DELAY_MS;
}

function forTheWorkflow(type: string, details: EmissionFailureDetails): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: details.refusal.message,
    nonRetryable: true,
    details: [details],
  });
}

/** Until the call ends with all its retries. The server's clock and ours may differ by seconds, which does no harm. */
function millisecondsLeft(): number {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = activityInfo();
  // 0 is how the engine says that there is no such limit.
  if (scheduleToCloseTimeoutMs === 0) return Infinity;
  return scheduledTimestampMs + scheduleToCloseTimeoutMs - Date.now();
}
