/**
 * Upvest's JSON objects as this simulator produces them (references/upvest.md#portfolio-order, #order, #execution,
 * #webhook-envelope). Money and quantities are decimal strings.
 */

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
/** Individual orders support one more (references/upvest.md#order). */
export type OrderCurrency = Currency | 'USD';
/** references/upvest.md#rebalancing. */
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

/**
 * One entry of a portfolio order's `orders`; children have no status SETTLED (references/upvest.md#portfolio-order).
 */
export interface ChildSummary {
  id: string;
  side: Side;
  status: OrderStatus;
}

/** references/upvest.md#portfolio-order. */
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

/** references/upvest.md#order. */
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

/** references/upvest.md#execution: refers to its order, but neither to the account nor to the portfolio order. */
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

/** Has neither an id nor timestamps (references/upvest.md#order-cancellation-rejected). */
export interface OrderCancellation {
  order_id: string;
  status: 'REJECTED';
  reason: string;
}

/**
 * One rebalancing of the given accounts, or of all accounts with the given allocations
 * (references/upvest.md#rebalancing).
 */
export interface RebalancingExecution {
  id: string;
  created_at: string;
  updated_at: string;
  accounts?: string[];
  allocations?: string[];
}

/** The part of a rebalancing for one account (references/upvest.md#rebalancing). */
export interface RebalancingOrder {
  id: string;
  execution_id: string;
  account_id: string;
  /** Null until the portfolio order exists. */
  portfolio_order_id: string | null;
  status: OrderStatus;
  cancellation_reason?: RebalancingCancellationReason;
  cancellation_details?: string;
  created_at: string;
  updated_at: string;
}

/** Objects of events by category, the part of the event type before the dot. */
export interface EventObjects {
  PORTFOLIO_ORDER: PortfolioOrder;
  ORDER: Order;
  EXECUTION: Execution;
  ORDER_CANCELLATION: OrderCancellation;
  REBALANCING_EXECUTION_ORDER: RebalancingOrder;
}
export type EventCategory = keyof EventObjects;

/** An event before delivery, which adds `webhook_id` (references/upvest.md#webhook-envelope). */
export interface BrokerEvent {
  id: string;
  created_at: string;
  type: string;
  object: object;
}

/** A webhook subscription (references/upvest.md#webhook-subscriptions). */
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
