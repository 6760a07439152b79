/** Parts that several answers have. */
import { z } from 'zod';
import { FINDING_CODES } from '../../domain/findings';
import { ACTS, type ActId } from '../../domain/acts';
import { decimal, id, time } from './documented';

export const subject = z.enum(['portfolio-order', 'order', 'execution']);
export const knownBy = z.enum(['webhook', 'poll', 'placement', 'snapshot']).meta({
  description:
    'How it is known: told by a webhook, by an answer to our question or to the placement, or only seen inside a snapshot',
});
export const act = z
  .enum(ACTS.map((one): ActId => one.id))
  .meta({ description: 'Id of an act, explained in docs/rules.md' });

export const cause = z.object({ at: time, by: knownBy, eventId: z.string().optional() });

export const decision = z.object({
  actor: z
    .string()
    .meta({ description: 'The name of the token, or `actor (token)`', examples: ['ops-desk'] }),
  reason: z.string().meta({ examples: ['The client called'] }),
});

/** What Upvest said when it refused. */
export const brokerProblem = z
  .object({
    status: z.int().meta({ description: 'HTTP status of Upvest’s answer', examples: [422] }),
    type: z.string().optional(),
    title: z.string().optional(),
    detail: z.string().optional(),
    requestId: z.string().optional().meta({ description: 'For Upvest’s support' }),
  })
  .meta({ id: 'BrokerProblem' });

export const refusal = z.object({
  status: z.int().optional().meta({ description: 'HTTP status; absent when it could not even be sent' }),
  message: z.string(),
  correlationId: z.string().optional().meta({ description: 'ESW’s trace id' }),
  at: time.optional(),
});

export const finding = z
  .object({
    code: z.enum(FINDING_CODES),
    subject,
    id,
    message: z.string(),
    cause: cause.optional(),
  })
  .meta({
    id: 'Finding',
    description: 'Something to know about the order: docs/rules.md explains each code',
  });

export const row = {
  unknownStatuses: z
    .array(z.string())
    .optional()
    .meta({ description: 'Words of Upvest’s that the tables do not know' }),
  unreadableTimes: z.array(z.string()).optional(),
  reached: z.record(z.string(), z.object({ at: time, by: knownBy }).optional()).meta({
    description: 'Statuses that were reached, with the time at the broker',
    examples: [{ NEW: { at: '2026-03-02T09:30:00.000Z', by: 'webhook' } }],
  }),
};

export const money = { cashAmount: decimal, currency: z.string().meta({ examples: ['EUR'] }) };
