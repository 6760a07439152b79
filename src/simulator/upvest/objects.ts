/** Upvest's wire objects as this simulator produces them (upvest.md 4.1-4.3, 5.1). Money and quantities are decimal strings. */

export type PortfolioOrderStatus = 'NEW' | 'PROCESSING' | 'FILLED' | 'SETTLED' | 'CANCELLED';
export type PortfolioOrderType = 'BUY' | 'SELL' | 'REBALANCING';
export type PortfolioCancellationReason =
  | 'ACCOUNT_IS_EMPTY'
  | 'CANCELLED_BY_CLIENT'
  | 'CANCELLED_BY_UPVEST'
  | 'PORTFOLIO_IS_BALANCED'
  | 'SELL_LIMIT_EXCEEDED';
export type OrderStatus = 'NEW' | 'PROCESSING' | 'FILLED' | 'CANCELLED';
export type OrderCancellationReason =
  | 'CANCELLED_BY_CLIENT'
  | 'CANCELLED_BY_UPVEST_OPERATIONS'
  | 'CANCELLED_BY_TRADING_PARTNER'
  | 'CANCELLED_BY_UPVEST_PLATFORM';
export type ExecutionStatus = 'FILLED' | 'SETTLED' | 'CANCELLED';
export type Side = 'BUY' | 'SELL';
export type Currency = 'EUR' | 'GBP';

/** One line of a portfolio order's `orders`: there is no SETTLED at child level (upvest.md 4.1). */
export interface ChildSummary {
  id: string;
  side: Side;
  status: OrderStatus;
}

/** upvest.md 4.1. */
export interface PortfolioOrder {
  id: string;
  created_at: string;
  updated_at: string;
  user_id: string;
  account_id: string;
  allocation_id: string;
  cash_amount: string;
  currency: Currency;
  status: PortfolioOrderStatus;
  type: PortfolioOrderType;
  post_tax: boolean;
  client_reference: string;
  initiation_flow: string;
  cancellation_reason?: PortfolioCancellationReason;
  cancellation_details?: string;
  orders: ChildSummary[];
}

/** upvest.md 4.2. */
export interface Order {
  id: string;
  created_at: string;
  updated_at: string;
  user_id: string;
  account_id: string;
  cash_amount: string;
  currency: Currency;
  side: Side;
  instrument_id: string;
  instrument_id_type: 'ISIN';
  order_type: 'MARKET';
  quantity: string;
  limit_price: string;
  stop_price: string;
  expiry_date: string;
  user_instrument_fit_acknowledgement: boolean;
  status: OrderStatus;
  fee: string;
  cancellation_reason?: OrderCancellationReason;
  initiation_flow: string;
  execution_flow: 'STRAIGHT_THROUGH';
  client_reference: string;
  executions: Execution[];
}

/** upvest.md 4.3: it knows its order, and neither the account nor the portfolio order. */
export interface Execution {
  id: string;
  order_id: string;
  status: ExecutionStatus;
  side: Side;
  cash_amount: string;
  currency: Currency;
  share_quantity: string;
  price: string;
  transaction_time: string;
  taxes: { type: 'TOTAL'; amount: string }[];
  venue_id: string;
  settlement_date: string;
}

export type EventType =
  `PORTFOLIO_ORDER.${PortfolioOrderStatus}` | `ORDER.${OrderStatus}` | `EXECUTION.${ExecutionStatus}`;

/** An event before it is addressed: the delivery adds `webhook_id` (upvest.md 5.1). */
export interface BrokerEvent {
  id: string;
  created_at: string;
  type: string;
  object: object;
}

/** A webhook subscription (upvest.md 3.7). */
export interface Webhook {
  id: string;
  created_at: string;
  updated_at: string;
  title: string;
  url: string;
  enabled: boolean;
  type: string[];
  exclude_type?: string[];
  config: { delay?: string; max_package_size?: number };
}
