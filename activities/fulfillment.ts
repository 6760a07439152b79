/** The activity that tells ESW what happened. */
import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { EmissionResult } from '../src/domain/order-emission';
import type { EswClient, OutgoingOrderEvent } from '../src/esw/client';
import { EswRefused, EswRetry } from '../src/esw/errors';
import { withPulse } from './pulse';

export interface OrderEventBatch {
  /** Workflow id; ESW's logs can be searched for it. */
  correlationId: string;
  /** In the order in which ESW must see them. */
  events: { id: string; body: string }[];
}

export interface FulfillmentActivities {
  /**
   * Posts the events one after another and answers for each. A retry goes on behind the last one that was answered; a
   * failure that may pass (network, 429, 5xx, credentials) fails the attempt and never skips an event.
   */
  emitOrderEvents(batch: OrderEventBatch): Promise<EmissionResult[]>;
}

export function createFulfillmentActivities(esw: EswClient): FulfillmentActivities {
  return {
    async emitOrderEvents({ correlationId, events }) {
      const results = ((activityInfo().heartbeatDetails as EmissionResult[] | undefined) ?? []).slice();
      const answered = new Set(results.map((result) => result.id));
      const sentBefore = activityInfo().attempt > 1;
      return withPulse(
        () => results,
        async () => {
          for (const { id, body } of events.filter((event) => !answered.has(event.id))) {
            results.push(await post(esw, { id, body, correlationId, sentBefore }));
            heartbeat(results);
          }
          return results;
        },
      );
    },
  };
}

async function post(esw: EswClient, event: OutgoingOrderEvent): Promise<EmissionResult> {
  const { id } = event;
  try {
    await esw.postOrderEvent(event, { signal: cancellationSignal() });
    return { id, outcome: 'accepted' };
  } catch (error) {
    if (error instanceof EswRefused) {
      return {
        id,
        outcome: 'refused',
        refusal: { message: error.message, ...(error.status !== undefined && { status: error.status }) },
      };
    }
    if (error instanceof EswRetry && error.retryAfterMs !== undefined) {
      const { code: type, message, retryAfterMs: nextRetryDelay } = error;
      throw ApplicationFailure.create({ type, message, nextRetryDelay, cause: error });
    }
    throw error;
  }
}
