import Big from 'big.js';
import { cashFor, priceOf, scaled, shareQuantity, splitEvenly } from './money';
import type { Order } from './objects';

/** What one execution will trade. */
export interface Fill {
  cash: string;
  quantity: string;
  price: string;
}

/** How much better than the offer the bid is where prices are crossed. */
const crossing = '1.1';

/** The executions that an order is going to have: of its cash, times `ratio`, or of its quantity. */
export function fillsOf(
  order: Order,
  executions: number,
  { ratio, crossed }: { ratio: string; crossed: boolean },
): Fill[] {
  const plain = priceOf(order.instrument_id);
  const price = crossed && order.side === 'SELL' ? scaled(plain, crossing) : plain;
  if (new Big(order.quantity).gt(0)) {
    const places = order.quantity.split('.')[1]?.length ?? 0;
    return splitEvenly(order.quantity, executions, places).map((quantity) => ({
      cash: cashFor(quantity, price),
      quantity,
      price,
    }));
  }
  return splitEvenly(scaled(order.cash_amount, ratio), executions).map((cash) => ({
    cash,
    quantity: shareQuantity(cash, price),
    price,
  }));
}
