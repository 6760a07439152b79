import type { OrderCancellationReason } from '../orders/wire-objects';

/** Scenarios by name; an account or an ISIN selects one (README.md, references/upvest.md#sandbox-behaviour). */

export const scenarios = [
  /** The happy path: all orders fill and settle. */
  'HAPPY',
  /** Five executions per order. */
  'PARTIAL_FILLS',
  /** The trading partner cancels every order. */
  'PARTNER_CANCEL',
  /** The trading partner cancels a portfolio order's last child. */
  'PARTNER_CANCEL_LAST_CHILD',
  /**
   * PORTFOLIO_ORDER.NEW arrives late and shows status PROCESSING with children
   * (references/upvest.md#known-inconsistencies no. 2).
   */
  'LAGGING_TYPE',
  /** The first EXECUTION event of each order precedes its first ORDER event. */
  'EXECUTION_FIRST',
  /** The first execution (of the last child in a portfolio order) is cancelled instead of settled. */
  'MISTRADE',
  /** The same execution settles first and is cancelled some time after SETTLED. */
  'MISTRADE_AFTER_SETTLED',
  /** Sells execute at a higher price than buys: bid above offer (references/upvest.md#sandbox-behaviour). */
  'CROSSED_PRICES',
  /** Stays NEW until a cancel or `proceed`. */
  'WAITS_IN_NEW',
  /** Stays PROCESSING, partly executed, with children in every status, until a cancel or `proceed`. */
  'WAITS_IN_PROCESSING',
  /** Order and executions stay FILLED until `proceed`. */
  'WAITS_IN_FILLED',
  /** Stays PROCESSING until the client cancels; the cancel is accepted without effect, and all orders fill. */
  'CANCEL_IGNORED',
  /** The same, and each order emits ORDER_CANCELLATION.REJECTED. */
  'CANCEL_REFUSED',
  /** The second half of a portfolio order's children is created one by one, as earlier ones reach FILLED. */
  'CHILDREN_APPEAR_LATE',
  /** The first half of the children fills and settles; Upvest cancels the others and the portfolio order. */
  'CANCELLED_WITH_FILLED_CHILDREN',
  /** PORTFOLIO_ORDER.SETTLED is sent before the EXECUTION.SETTLED events that cause it. */
  'SETTLED_AHEAD',
  /** The account is unknown: 422 for orders, 404 for portfolio orders; rebalancings are cancelled. */
  'ACCOUNT_NOT_FOUND',
] as const;

export type Scenario = (typeof scenarios)[number];

/** How one individual order deviates from the happy path. */
export interface OrderBehaviour {
  /** Number of executions; default: the simulator's option. */
  executions?: number;
  /** The step at which the scenario holds the order. */
  waitsIn?: 'NEW' | 'PROCESSING' | 'PARTLY_FILLED' | 'FILLED';
  /** Effect of the client's cancel; default: the order is cancelled. */
  cancel?: 'ignored' | 'refused';
  /** The order is cancelled for this reason instead of being executed. */
  cancelledInstead?: OrderCancellationReason;
  /** When the first execution is cancelled. */
  mistrade?: 'INSTEAD_OF_SETTLED' | 'AFTER_SETTLED';
  executionFirst?: boolean;
  crossedPrices?: boolean;
}

const happyPath: OrderBehaviour = {};
const partlyFilled: OrderBehaviour = { executions: 2, waitsIn: 'PARTLY_FILLED' };

const behaviours: Record<Scenario, OrderBehaviour> = {
  HAPPY: happyPath,
  PARTIAL_FILLS: { executions: 5 },
  PARTNER_CANCEL: { cancelledInstead: 'CANCELLED_BY_TRADING_PARTNER' },
  PARTNER_CANCEL_LAST_CHILD: { cancelledInstead: 'CANCELLED_BY_TRADING_PARTNER' },
  LAGGING_TYPE: happyPath,
  EXECUTION_FIRST: { executionFirst: true },
  MISTRADE: { mistrade: 'INSTEAD_OF_SETTLED' },
  MISTRADE_AFTER_SETTLED: { mistrade: 'AFTER_SETTLED' },
  CROSSED_PRICES: { crossedPrices: true },
  WAITS_IN_NEW: { waitsIn: 'NEW' },
  WAITS_IN_PROCESSING: partlyFilled,
  WAITS_IN_FILLED: { waitsIn: 'FILLED' },
  CANCEL_IGNORED: { waitsIn: 'PROCESSING', cancel: 'ignored' },
  CANCEL_REFUSED: { waitsIn: 'PROCESSING', cancel: 'refused' },
  CHILDREN_APPEAR_LATE: happyPath,
  CANCELLED_WITH_FILLED_CHILDREN: { cancelledInstead: 'CANCELLED_BY_UPVEST_OPERATIONS' },
  SETTLED_AHEAD: happyPath,
  ACCOUNT_NOT_FOUND: happyPath,
};

/** Behaviour of an order without a portfolio order. */
export function behaviourOf(scenario: Scenario): OrderBehaviour {
  return behaviours[scenario];
}

const lastChildOnly: readonly Scenario[] = [
  'PARTNER_CANCEL_LAST_CHILD',
  'MISTRADE',
  'MISTRADE_AFTER_SETTLED',
];

/** Behaviour of child `index` of `count`; some scenarios apply to some of the children only. */
export function behaviourOfChild(scenario: Scenario, index: number, count: number): OrderBehaviour {
  const middle = Math.floor(count / 2);
  if (lastChildOnly.includes(scenario) && index < count - 1) return happyPath;
  if (scenario === 'CANCELLED_WITH_FILLED_CHILDREN' && index < middle) return happyPath;
  if (scenario !== 'WAITS_IN_PROCESSING') return behaviours[scenario];
  if (index < middle) return happyPath;
  return index === middle ? partlyFilled : { waitsIn: 'NEW' };
}

/** Number of children that exist from the start. */
export function initialChildren(scenario: Scenario, count: number): number {
  return scenario === 'CHILDREN_APPEAR_LATE' ? Math.ceil(count / 2) : count;
}
