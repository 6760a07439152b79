import type { Account } from '../access/accounts';
import { isinOf } from './instruments';
import { splitByWeights } from './money';
import type { PortfolioOrder, PortfolioOrderType, Side } from './wire-objects';
import type { OrderDraft } from './order-lifecycle';

/**
 * The child orders of a portfolio order: one per instrument, with decreasing weights
 * (references/upvest.md#place-a-portfolio-order).
 */
export function childDrafts(
  portfolioOrder: PortfolioOrder,
  { childInitiationFlow }: Account,
  count: number,
): OrderDraft[] {
  const ownFlow = portfolioOrder.type === 'REBALANCING' ? 'PORTFOLIO_REBALANCING' : 'PORTFOLIO';
  return splitByWeights(portfolioOrder.cash_amount, count).map((cash, index) => ({
    user_id: portfolioOrder.user_id,
    account_id: portfolioOrder.account_id,
    cash_amount: cash,
    currency: portfolioOrder.currency,
    side: sideOfChild(portfolioOrder.type, index),
    instrument_id: isinOf(index),
    instrument_id_type: 'ISIN',
    order_type: 'MARKET',
    quantity: '0',
    limit_price: '',
    stop_price: '',
    expiry_date: '',
    user_instrument_fit_acknowledgement: false,
    initiation_flow: childInitiationFlow ?? ownFlow,
    execution_flow: 'STRAIGHT_THROUGH',
    client_reference: portfolioOrder.id,
  }));
}

/** Children of a rebalancing alternate between SELL and BUY; other children take the side of the portfolio order. */
function sideOfChild(type: PortfolioOrderType, index: number): Side {
  if (type === 'REBALANCING') return index % 2 === 0 ? 'SELL' : 'BUY';
  return type;
}
