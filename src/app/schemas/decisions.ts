/** Request schemas of operator decisions. */
import { z } from 'zod';
import { uuid } from './input';

const freeText = (what: string) => {
  const message = `must be ${what}, 1 to 1,000 characters`;
  return z.string({ error: message }).max(1000, message).regex(/\S/, message);
};
const CODES = 'must be a list of codes of attentions, such as ["NEW_OVERDUE"]';
const ACTOR = 'must be a name of 1 to 100 characters, without control characters';

/** Strict: an unknown field would be lost silently. */
export const decision = z.strictObject(
  {
    actor: z
      .string({ error: ACTOR })
      .regex(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u, ACTOR)
      .optional()
      .meta({ description: 'On behalf of whom; the token’s name is recorded too', examples: ['Kim'] }),
    reason: freeText('the reason').meta({ examples: ['The client called'] }),
  },
  { error: 'must be a JSON object' },
);
export const acknowledgement = decision.extend({
  codes: z
    .array(z.string({ error: CODES }).regex(/^\w{1,100}$/, CODES), { error: CODES })
    .min(1, CODES)
    .max(100, CODES)
    .optional()
    .meta({ description: 'Codes of attentions; absent for all', examples: [['NEW_OVERDUE']] }),
});
const EVENTS = 'must be a list of names of rejected events, such as ["PROCESSING"]';
export const skipping = decision.extend({
  events: z
    .array(z.string({ error: EVENTS }).min(1, EVENTS).max(500, EVENTS), { error: EVENTS })
    .min(1, EVENTS)
    .max(100, EVENTS)
    .optional()
    .meta({
      description: 'Names of rejected events, as `fulfillment.refused` shows them; absent for all',
      examples: [['PROCESSING']],
    }),
});
export const closing = decision.extend({
  evidence: freeText('the evidence that the order may be closed').meta({ examples: ['Upvest ticket 4711'] }),
});
/** `null` must be explicit: a field omitted by mistake must not end a placement. */
export const identification = decision.extend({
  portfolioOrderId: uuid('order id at Upvest')
    .nullable()
    .meta({ description: '`null`: Upvest has no order' }),
});

const KEY = 'must be 1 to 100 printable characters without blanks';
/** Headers of a decision. */
export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string({ error: KEY })
    .regex(/^[\x21-\x7e]{1,100}$/, KEY)
    .optional()
    .meta({
      description: 'Makes retries safe: the same key is the same decision',
      examples: ['2f0c6c6e-9d1b-4b57-8f0e-6a5d4c3b2a10'],
    }),
});
