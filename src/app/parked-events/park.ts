/** Parks webhook events that cannot be processed now (dead-letter queue): one durable workflow each. */
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { plain } from '../../domain/values/markdown';
import { safeText } from '../../lib/text';
import { parkedName } from './parked-event-id';
import { packRaw } from './raw-event';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  parkedEventWorkflowId,
  type ParkedEventInput,
  type ParkedEventWorkflow,
} from '../../../contracts/parked-event';

export type ParkedEvent = Omit<ParkedEventInput, 'eventId' | 'raw' | 'rawEncoding'> & {
  /** Upvest's event id, if it has one; any text. */
  eventId?: string;
  /** As received, at most 1.4 MiB. */
  raw: string | Buffer;
};

export interface DeadLetterQueue {
  /** Durable when it resolves. Identical events are kept once. @throws ServiceError: retry */
  park(event: ParkedEvent): Promise<void>;
}

/** Memo that the list of parked events shows without a worker. */
export interface ParkedMemo {
  /** At most 500 characters. */
  detail: string;
  receivedAt: string;
}

const MAX_DETAIL_LENGTH = 500;

export function createDeadLetterQueue(client: Client, taskQueue: string): DeadLetterQueue {
  return {
    async park(event) {
      const bodyHash = createHash('sha256').update(event.raw).digest('hex').slice(0, 16);
      const eventId = parkedName(event.eventId);
      const detail = safeText(event.detail, MAX_DETAIL_LENGTH);
      const memo: Record<string, unknown> & ParkedMemo = { detail, receivedAt: event.receivedAt };
      try {
        await client.workflow.start<ParkedEventWorkflow>('parkedEvent', {
          workflowId: parkedEventWorkflowId(eventId, bodyHash),
          taskQueue,
          args: [{ ...event, eventId, detail, ...packRaw(event.raw) }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          memo,
          staticSummary: plain(safeText(`${event.reason}: ${detail}`, 200)),
          typedSearchAttributes: [{ key: searchAttributes.attention, value: [`PARKED_${event.reason}`] }],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
