/** The activity that tells the fulfillment side what happened. */
import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import {
  EMISSION_BUSY,
  EMISSION_UNAUTHORISED,
  type EmissionFailureDetails,
} from '../src/domain/emission-failure';
import type { EmissionResult } from '../src/domain/order-emission';
import type { FulfillmentSink } from '../src/fulfillment-sink';
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

export interface FulfillmentActivities {
  /**
   * Delivers the events one after another and answers for each: accepted, or refused for good. A retry goes on behind the
   * last one that was answered, and so may the workflow, by the last heartbeat, when the call's time is over. An event is
   * never skipped: what may pass fails the attempt, which is retried, not before the pause that the sink asked for.
   *
   * @throws ApplicationFailure of type EMISSION_BUSY or EMISSION_UNAUTHORISED, not retried, with EmissionFailureDetails
   */
  emitOrderEvents(batch: OrderEventBatch): Promise<EmissionResult[]>;
}

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

      async function deliver({ id, body, sentBefore }: OrderEventBatch['events'][number]): Promise<void> {
        signal.throwIfAborted();
        const event = { id, body, correlationId, sentBefore: sentBefore === true || attempt > 1 };
        const delivery = await sink.deliver(event, { signal });
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
            throw later({ results, ...said });
          }
        }
        heartbeat(results);
      }

      return withPulse(
        () => results,
        async () => {
          for (const event of events.filter(({ id }) => !answered.has(id))) await deliver(event);
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
    // `Retry-After: 0`, again and again, would be a loop without a pause: the policy's pauses grow.
    ...(retryAfterMs >= SHORTEST_RETRY_DELAY_MS && { nextRetryDelay: retryAfterMs }),
  });
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
