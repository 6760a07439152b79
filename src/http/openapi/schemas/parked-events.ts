/** Response schemas of the calls about parked events. */
import { z } from 'zod';
import {
  type ParkedEventAttemptView,
  type ParkedEventSummary,
  type ParkedEventView,
} from '../../../app/parked-events/parked-events';
import { responseOf, count, id, time } from './documented';
import { reason } from '../../../app/schemas/parked-event-queries';

const EXAMPLE = '845fd9c4-1bdf-4d5e-9f1a-d8064e114b38';

const shown = {
  id: z
    .string()
    .meta({ description: 'Valid as one path segment', examples: [`${EXAMPLE}.0123456789abcdef`] }),
  eventId: z.string().meta({ description: 'Upvest’s, or `no-id`', examples: [EXAMPLE] }),
  reason,
  receivedAt: time,
  state: z.enum(['OPEN', 'ENDED']),
};

const parkedEvent = responseOf<ParkedEventSummary>()(
  z.object({ ...shown, detail: z.string().optional().meta({ description: 'One sentence for an operator' }) }),
).meta({ id: 'ParkedEvent' });

export const parkedEventPage = z
  .object({ events: z.array(parkedEvent), nextCursor: z.string().optional() })
  .meta({ id: 'ParkedEventPage' });

const ended = [
  z.object({ outcome: z.literal('routed'), portfolioOrderId: id }),
  z.object({ outcome: z.literal('redundant') }),
  z.object({ outcome: z.literal('foreign'), flow: z.string() }),
  z.object({ outcome: z.literal('all-dealt-with'), events: count }),
  z.object({ outcome: z.literal('discarded'), actor: z.string(), reason: z.string() }),
] as const;

export const attempt = responseOf<ParkedEventAttemptView>()(
  z.discriminatedUnion('outcome', [
    ...ended,
    z.object({ outcome: z.literal('kept'), why: z.string() }),
    z.object({ outcome: z.literal('partly'), why: z.string() }),
  ]),
).meta({ id: 'ParkedEventAttempt', description: 'After `kept` and `partly` the event is still parked' });

export const parkedEventView = responseOf<ParkedEventView>()(
  z.object({
    ...shown,
    detail: z.string(),
    raw: z.string().meta({ description: 'Payload as received' }),
    rawEncoding: z
      .literal('base64')
      .optional()
      .meta({ description: 'Present when the bytes are not UTF-8 text' }),
    retried: z.boolean().meta({ description: 'True while it is retried automatically' }),
    outcome: z
      .discriminatedUnion('outcome', [...ended, z.object({ outcome: z.literal('interrupted') })])
      .optional(),
  }),
).meta({ id: 'ParkedEventWhole' });
