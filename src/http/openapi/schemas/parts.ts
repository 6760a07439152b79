/** Schemas shared by several responses. */
import { z } from 'zod';
import { FINDING_CODES } from '../../../domain/findings/findings';
import { ACTIONS, type ActionId } from '../../../domain/order-state/actions';
import type { Decided } from '../../../domain/operator/operator-commands';
import { responseOf, decimal, id, time } from './documented';

export const subject = z.enum(['portfolio-order', 'order', 'execution']);
export const knownBy = z.enum(['webhook', 'poll', 'placement', 'snapshot']).meta({
  description:
    'Source: a webhook, a reconciliation poll, the answer to the placement, or a snapshot in another object',
});
export const act = z
  .enum(ACTIONS.map((one): ActionId => one.id))
  .meta({ description: 'Id of a rule, explained in docs/rules.md' });

export const action = z.enum([
  'cancel',
  'reconcile',
  'acknowledge',
  'retry-emission',
  'skip-emission',
  'release',
  'close',
  'reopen',
  'identify',
]);

export const cause = z.object({ at: time, by: knownBy, eventId: z.string().optional() });

export const decision = z.object({
  actor: z
    .string()
    .meta({ description: 'The name of the token, or `actor (token)`', examples: ['ops-desk'] }),
  reason: z.string().meta({ examples: ['The client called'] }),
});

/** Upvest's answer to a rejected request. */
export const brokerProblem = z
  .object({
    status: z
      .int()
      .optional()
      .meta({ description: 'HTTP status; absent when nothing was answered', examples: [422] }),
    type: z.string().optional(),
    title: z.string().optional(),
    detail: z.string().optional(),
    excerpt: z
      .string()
      .optional()
      .meta({ description: 'First words of an answer that is not Upvest’s, such as a firewall’s page' }),
    retryable: z.literal(true).optional().meta({
      description: 'Upvest did not reject the order; nothing was placed, and the request may be sent again',
    }),
    requestId: z.string().optional().meta({ description: 'Id for Upvest’s support' }),
  })
  .meta({ id: 'BrokerProblem' });

export const refusal = z.object({
  status: z.int().optional().meta({ description: 'HTTP status; absent when the event could not be sent' }),
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
    occurrence: z
      .string()
      .optional()
      .meta({ description: 'Tells findings of one code about one object apart' }),
    cause: cause.optional(),
  })
  .meta({
    id: 'Finding',
    description: 'A data-quality finding: docs/rules.md explains each code',
  });

export const row = {
  unknownStatuses: z
    .array(z.string())
    .optional()
    .meta({ description: 'Undocumented statuses that Upvest reported' }),
  unreadableTimes: z.array(z.string()).optional(),
  reached: z.record(z.string(), z.object({ at: time, by: knownBy }).optional()).meta({
    description: 'Reached statuses with Upvest’s time',
    examples: [{ NEW: { at: '2026-03-02T09:30:00.000Z', by: 'webhook' } }],
  }),
};

export const money = { cashAmount: decimal, currency: z.string().meta({ examples: ['EUR'] }) };

export const decided = responseOf<Decided>()(
  z.object({ rule: act, decided: z.string().meta({ examples: ['Cancel request sent to Upvest.'] }) }),
).meta({ id: 'Decided' });
