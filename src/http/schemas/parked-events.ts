/** Requests and answers of the calls about parked events. */
import { z } from 'zod';
import {
  PARKING_REASONS,
  type ParkedEventAttemptView,
  type ParkedEventSummary,
  type ParkedEventView,
} from '../../temporal/parked-events';
import { answerOf, count, id, time } from './documented';
import { part } from './orders';

const reason = z.enum(PARKING_REASONS, { error: `must be one of ${PARKING_REASONS.join(', ')}` });

const EXAMPLE = '845fd9c4-1bdf-4d5e-9f1a-d8064e114b38';

const shown = {
  id: z
    .string()
    .meta({ description: 'Good for one segment of a path', examples: [`${EXAMPLE}.0123456789abcdef`] }),
  eventId: z.string().meta({ description: 'Upvest’s, or `no-id`', examples: [EXAMPLE] }),
  reason,
  receivedAt: time,
  state: z.enum(['OPEN', 'ENDED']),
};

const parkedEvent = answerOf<ParkedEventSummary>()(
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

export const attempt = answerOf<ParkedEventAttemptView>()(
  z.discriminatedUnion('outcome', [
    ...ended,
    z.object({ outcome: z.literal('kept'), why: z.string() }),
    z.object({ outcome: z.literal('partly'), why: z.string() }),
  ]),
).meta({ id: 'ParkedEventAttempt', description: '`kept` and `partly` are still there' });

export const parkedEventView = answerOf<ParkedEventView>()(
  z.object({
    ...shown,
    detail: z.string(),
    raw: z.string().meta({ description: 'As it came' }),
    rawEncoding: z.literal('base64').optional().meta({ description: 'Where the bytes are no text' }),
    retried: z.boolean().meta({ description: 'True while it is tried again by itself' }),
    outcome: z
      .discriminatedUnion('outcome', [...ended, z.object({ outcome: z.literal('interrupted') })])
      .optional(),
  }),
).meta({ id: 'ParkedEventWhole' });

export const parkedEventQuery = z.strictObject({ reason: reason.optional(), ...part });

export const parkedEventParams = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,300}$/, 'must be the id of a parked event'),
});
