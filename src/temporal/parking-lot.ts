/** Where webhook events go that cannot be used now: one durable workflow each, so that nothing is lost. */
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { parkedEvent } from '../../workflows';
import { parkedEventWorkflowId, type ParkedEventInput } from '../../workflows/messages';
import { packRaw } from './raw-event';
import { searchAttributes } from './search-attributes';

export type ParkedEvent = Omit<ParkedEventInput, 'eventId' | 'raw' | 'rawEncoding'> & {
  /** Upvest's event id, where it could be read. */
  eventId?: string;
  /** As received, at most 1.4 MiB. */
  raw: string | Buffer;
};

export interface ParkingLot {
  /** Durable when it resolves. The same event with the same bytes is kept once. @throws ServiceError: park it again */
  park(event: ParkedEvent): Promise<void>;
}

/** What the list of parked events shows without asking any worker. */
export interface ParkedMemo {
  /** At most 500 characters. */
  detail: string;
  receivedAt: string;
}

function parkedMemo({ detail, receivedAt }: ParkedEvent): Record<string, unknown> & ParkedMemo {
  return { detail: detail.slice(0, MAX_DETAIL_LENGTH), receivedAt };
}

const MAX_DETAIL_LENGTH = 500;

/** Characters of ids from outside that go into a workflow id as they are. */
const MAX_ID_LENGTH = 100;

export function createParkingLot(client: Client, taskQueue: string): ParkingLot {
  return {
    async park(event) {
      const bodyHash = createHash('sha256').update(event.raw).digest('hex').slice(0, 16);
      const eventId = (event.eventId ?? 'no-id').slice(0, MAX_ID_LENGTH);
      try {
        await client.workflow.start<typeof parkedEvent>('parkedEvent', {
          workflowId: parkedEventWorkflowId(eventId, bodyHash),
          taskQueue,
          args: [{ ...event, eventId, ...packRaw(event.raw) }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          memo: parkedMemo(event),
          staticSummary: `${event.reason}: ${event.detail}`.slice(0, 200),
          typedSearchAttributes: [{ key: searchAttributes.attention, value: [`PARKED_${event.reason}`] }],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
