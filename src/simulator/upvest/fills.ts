import Big from 'big.js';
import { cashFor, priceOf, scaled, shareQuantity, splitEvenly } from './money';
import type { Order } from './objects';
import type { TradingTerms } from './trading-terms';

/** What one execution will trade. */
export interface Fill {
  /** Before taxes. */
  cash: string;
  quantity: string;
  price: string;
  tax: string;
}

/** How much better than the offer the bid is where prices are crossed. */
const crossing = '1.1';

/** The executions that an order is going to have: of its cash, times the terms' ratio, or of its quantity. */
export function fillsOf(
  order: Order,
  executions: number,
  { fillRatio, taxShare, crossed }: TradingTerms & { crossed: boolean },
): Fill[] {
  const plain = priceOf(order.instrument_id);
  const price = crossed && order.side === 'SELL' ? scaled(plain, crossing) : plain;
  const fill = (cash: string, quantity: string): Fill => ({
    cash,
    quantity,
    price,
    tax: new Big(taxShare).eq(0) ? '0' : scaled(cash, taxShare),
  });
  if (new Big(order.quantity).gt(0)) {
    const places = order.quantity.split('.')[1]?.length ?? 0;
    return splitEvenly(order.quantity, executions, places).map((quantity) =>
      fill(cashFor(quantity, price), quantity),
    );
  }
  return splitEvenly(scaled(order.cash_amount, fillRatio), executions).map((cash) =>
    fill(cash, shareQuantity(cash, price)),
  );
}
