import Big from 'big.js';
import { cashFor, priceOf, scaled, shareQuantity, splitEvenly } from './money';
import type { Order } from './wire-objects';
import type { TradingTerms } from './trading-terms';

/** Amounts of one future execution. */
export interface Fill {
  /** Before taxes. */
  cash: string;
  quantity: string;
  price: string;
  tax: string;
}

/** Ratio of bid to offer when prices are crossed. */
const crossedPriceRatio = '1.1';

/** Splits an order into its future executions: its quantity, or its cash times the fill ratio. */
export function fillsOf(
  order: Order,
  executions: number,
  { fillRatio, taxRatio, crossed }: TradingTerms & { crossed: boolean },
): Fill[] {
  const basePrice = priceOf(order.instrument_id);
  const price = crossed && order.side === 'SELL' ? scaled(basePrice, crossedPriceRatio) : basePrice;
  const fill = (cash: string, quantity: string): Fill => ({
    cash,
    quantity,
    price,
    tax: new Big(taxRatio).eq(0) ? '0' : scaled(cash, taxRatio),
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
