/** What operators send, and what they are answered. */
import { z } from 'zod';
import type { Decided } from '../../domain/operators';
import { uuid } from '../input';
import { answerOf } from './documented';
import { act } from './parts';

const words = (what: string) => {
  const message = `must be ${what}, 1 to 1000 characters`;
  return z.string({ error: message }).max(1000, message).regex(/\S/, message);
};
const CODES = 'must be a list of codes of attentions, such as ["NEW_OVERDUE"]';
const ACTOR = 'must be a name of 1 to 100 characters, without control characters';

/** Strict: a field that is not known here would silently be lost. */
export const decision = z.strictObject(
  {
    actor: z
      .string({ error: ACTOR })
      .regex(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u, ACTOR)
      .optional()
      .meta({ description: 'Who decides, where that says more than the token’s name', examples: ['Kim'] }),
    reason: words('the reason why').meta({ examples: ['The client called'] }),
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
export const closing = decision.extend({
  evidence: words('what proves that the order may end here').meta({ examples: ['Ticket 4711 of Upvest’s'] }),
});
/** `null` has to be said: what is left out by mistake must not end a placement. */
export const identification = decision.extend({
  portfolioOrderId: uuid("order's id at Upvest")
    .nullable()
    .meta({ description: '`null`: the POST has made none' }),
});

const KEY = 'must be 1 to 100 printable characters without blanks';
/** Names one decision: the same key again asks for the same one. */
export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string({ error: KEY })
    .regex(/^[\x21-\x7e]{1,100}$/, KEY)
    .optional()
    .meta({
      description: 'Names this decision, so that asking again decides nothing twice',
      examples: ['2f0c6c6e-9d1b-4b57-8f0e-6a5d4c3b2a10'],
    }),
});

export const decided = answerOf<Decided>()(
  z.object({ rule: act, decided: z.string().meta({ examples: ['Upvest is asked to cancel.'] }) }),
).meta({ id: 'Decided' });
