import { z } from 'zod';
import { UUID } from '../../domain/values/uuid';
import { isZero } from '../../domain/values/decimal';
import { uuid } from './input';

/** Euro and pound have cents. With 13 digits before the point, ESW's number is exact (references/esw.md#amounts). */
const AMOUNT_PATTERN = /^\d{1,13}(\.\d{1,2})?$/;
const AMOUNT =
  'must be a positive decimal string such as "1000.00": at most 13 digits, a point and at most 2 decimals, no thousands separators';

const REFERENCE = 'must be 1 to 100 characters of A-Z a-z 0-9 . _ -, and not just . or ..';
const ESW_REFERENCE =
  "must be ESW's order reference: 1 to 256 characters, without control characters or blanks at its ends";
const COUNTRY = 'must be an ISO 3166-1 alpha-2 code, such as DE';

/** It becomes part of a workflow id and of a path, where `.` and `..` have a meaning. */
const reference = z
  .string({ error: REFERENCE })
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, { error: REFERENCE, abort: true })
  // References and ids name orders in the same places.
  .refine((text) => !UUID.test(text), 'must be no UUID, as Upvest’s ids are: put a word in front of it');

/** Body of `POST /portfolio-orders`. Strict: an unknown field would be lost silently. */
export const submission = z
  .strictObject(
    {
      reference: reference.meta({ description: 'Your order reference; makes the request idempotent' }),
      userId: uuid('user id at Upvest'),
      accountId: uuid('account id at Upvest'),
      cashAmount: z
        .string({ error: AMOUNT })
        .regex(AMOUNT_PATTERN, { error: AMOUNT, abort: true })
        .refine((amount) => !isZero(amount), AMOUNT)
        .meta({ description: 'Positive decimal string with at most 2 decimals' }),
      currency: z.enum(['EUR', 'GBP'], { error: 'must be EUR or GBP' }),
      side: z.enum(['BUY', 'SELL'], { error: 'must be BUY or SELL' }),
      postTax: z
        .boolean({ error: 'must be true or false' })
        .exactOptional()
        .meta({ description: 'True when the amount is after taxes; default false' }),
      eswOrderReference: z
        .string({ error: ESW_REFERENCE })
        .regex(/^(?=\S)(?!.*\s$)\P{C}{1,256}$/u, ESW_REFERENCE)
        .exactOptional()
        .meta({ description: 'ESW’s order reference' }),
      deliveryCountryIso: z
        .string({ error: COUNTRY })
        .regex(/^[A-Z]{2}$/, COUNTRY)
        .exactOptional()
        .meta({ description: 'Country of the account holder, sent to ESW' }),
    },
    { error: 'must be a JSON object' },
  )
  .meta({
    id: 'Submission',
    examples: [
      {
        reference: 'savings-2041',
        userId: '0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11',
        accountId: '5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01',
        cashAmount: '250.00',
        currency: 'EUR',
        side: 'BUY',
      },
    ],
  });
