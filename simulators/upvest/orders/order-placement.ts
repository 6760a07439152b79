import Big from 'big.js';
import { z } from 'zod';
import type { OrderDraft } from './order-lifecycle';
import { problem } from '../http/problem';

/** An optional decimal string; official samples send `""` if there is none (references/upvest.md#individual-orders). */
const optionalPrice = z
  .string()
  .regex(/^([0-9]+(\.[0-9]+)?)?$/)
  .default('');
const aboveZero = (amount: string): boolean => new Big(amount).gt(0);

/** The body of POST /orders (references/upvest.md#individual-orders, additionalProperties: false). */
export const orderPlacementSchema = z
  .strictObject({
    user_id: z.guid().exactOptional(),
    business_id: z.guid().exactOptional(),
    account_id: z.guid(),
    side: z.enum(['BUY', 'SELL']),
    instrument_id: z.string().regex(/^[A-Z]{2}[A-Z0-9]{9}[0-9]$/),
    instrument_id_type: z.literal('ISIN'),
    cash_amount: z
      .string()
      .regex(/^[0-9]{1,9}(\.[0-9]{2})?$/, { abort: true })
      .refine(aboveZero, 'must be above 0')
      .exactOptional(),
    // Narrower than the documented pattern, so that the amount of any quantity fits into an execution (README.md).
    quantity: z
      .string()
      .regex(/^[0-9]{1,6}(\.[0-9]{1,10})?$/, { abort: true })
      .refine(aboveZero, 'must be above 0')
      .exactOptional(),
    currency: z.enum(['EUR', 'GBP', 'USD']).default('EUR'),
    order_type: z.enum(['MARKET', 'LIMIT', 'STOP']).default('MARKET'),
    limit_price: optionalPrice,
    stop_price: optionalPrice,
    expiry_date: z.union([z.literal(''), z.iso.date()]).default(''),
    client_reference: z.string().max(100).default(''),
    execution_flow: z.enum(['STRAIGHT_THROUGH', 'BLOCK']).default('STRAIGHT_THROUGH'),
    user_instrument_fit_acknowledgement: z.boolean().default(false),
    fee_configuration: z.array(z.unknown()).exactOptional(),
    decision_maker_id: z.string().exactOptional(),
  })
  .refine(
    (body) => (body.user_id === undefined) !== (body.business_id === undefined),
    'user_id or business_id',
  )
  .refine(
    (body) => (body.cash_amount === undefined) !== (body.quantity === undefined),
    'cash_amount or quantity',
  );

/**
 * @throws Problem 422 for well-formed but invalid orders: only MARKET orders take amounts and fractions
 *   (references/upvest.md#individual-orders).
 */
export function draftOf(placement: z.infer<typeof orderPlacementSchema>): OrderDraft {
  const { cash_amount = '0', quantity = '0', order_type } = placement;
  const whole = placement.quantity !== undefined && new Big(quantity).round(0, Big.roundDown).eq(quantity);
  if (order_type !== 'MARKET' && !whole) {
    throw problem(422, `A ${order_type} order needs a whole quantity`);
  }
  return { ...placement, cash_amount, quantity, initiation_flow: 'API' };
}
