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
/** Individual orders know one more (upvest.md 4.2). */
export type OrderCurrency = Currency | 'USD';
/** upvest.md 4.4. */
export const rebalancingCancellationReasons = [
  'ACCOUNT_IS_EMPTY',
  'ACCOUNT_NOT_FOUND',
  'CANCELLED_BY_CLIENT',
  'CANCELLED_BY_UPVEST',
  'CONFIGURATION_IS_MISSING',
  'INVALID_ACCOUNT_STATUS',
  'INVALID_ACCOUNT_TYPE',
  'PORTFOLIO_IS_BALANCED',
  'UNKNOWN',
] as const;
export type RebalancingCancellationReason = (typeof rebalancingCancellationReasons)[number];

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
  user_id?: string;
  business_id?: string;
  account_id: string;
  cash_amount: string;
  currency: OrderCurrency;
  side: Side;
  instrument_id: string;
  instrument_id_type: 'ISIN';
  order_type: 'MARKET' | 'LIMIT' | 'STOP';
  quantity: string;
  limit_price: string;
  stop_price: string;
  expiry_date: string;
  user_instrument_fit_acknowledgement: boolean;
  status: OrderStatus;
  fee: string;
  cancellation_reason?: OrderCancellationReason;
  initiation_flow: string;
  execution_flow: 'STRAIGHT_THROUGH' | 'BLOCK';
  client_reference: string;
  executions: Execution[];
  fee_configuration?: unknown[];
  decision_maker_id?: string;
}

/** upvest.md 4.3: it knows its order, and neither the account nor the portfolio order. */
export interface Execution {
  id: string;
  order_id: string;
  status: ExecutionStatus;
  side: Side;
  cash_amount: string;
  currency: OrderCurrency;
  share_quantity: string;
  price: string;
  transaction_time: string;
  taxes: { type: 'TOTAL'; amount: string }[];
  venue_id: string;
  settlement_date?: string;
}

/** It has neither an id nor timestamps of its own (upvest.md 5.3). */
export interface OrderCancellation {
  order_id: string;
  status: 'REJECTED';
  reason: string;
}

/** One rebalancing, of some accounts or of all that share some allocations (upvest.md 3.6). */
export interface RebalancingExecution {
  id: string;
  created_at: string;
  updated_at: string;
  accounts?: string[];
  allocations?: string[];
}

/** The part of a rebalancing that concerns one account (upvest.md 3.6). */
export interface RebalancingOrder {
  id: string;
  execution_id: string;
  account_id: string;
  /** Null until there is a portfolio order, and for good when there never is one. */
  portfolio_order_id: string | null;
  status: OrderStatus;
  cancellation_reason?: RebalancingCancellationReason;
  cancellation_details?: string;
  created_at: string;
  updated_at: string;
}

/** Every object that events carry, by the part of the event type before the dot. */
export interface EventObjects {
  PORTFOLIO_ORDER: PortfolioOrder;
  ORDER: Order;
  EXECUTION: Execution;
  ORDER_CANCELLATION: OrderCancellation;
  REBALANCING_EXECUTION_ORDER: RebalancingOrder;
}
export type EventCategory = keyof EventObjects;

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
