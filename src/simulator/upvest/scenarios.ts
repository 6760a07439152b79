import type { OrderCancellationReason } from './objects';

/** The ways an order can go, by name: accounts and ISINs pick one (README.md, upvest.md 8). */

export const scenarios = [
  /** Everything fills and settles. */
  'HAPPY',
  /** Five executions per order. */
  'PARTIAL_FILLS',
  /** The trading partner cancels every order. */
  'PARTNER_CANCEL',
  /** The trading partner cancels a portfolio order's last child. */
  'PARTNER_CANCEL_LAST_CHILD',
  /** PORTFOLIO_ORDER.NEW comes late and shows status PROCESSING with children (upvest.md 6, row 2). */
  'LAGGING_TYPE',
  /** Of each order, the first EXECUTION event comes before any ORDER event. */
  'EXECUTION_FIRST',
  /** The first execution is cancelled instead of settled; in a portfolio order that of the last child. */
  'MISTRADE',
  /** The same execution settles first, and is cancelled some time after everything is SETTLED. */
  'MISTRADE_AFTER_SETTLED',
  /** Sells get a better price than buys pay: bid above offer (upvest.md 8). */
  'CROSSED_PRICES',
  /** Stays NEW until it is cancelled or told to proceed. */
  'WAITS_IN_NEW',
  /** Stays PROCESSING, partly executed, until it is cancelled or told to proceed; children in every status. */
  'WAITS_IN_PROCESSING',
  /** Stays FILLED, its executions too, until it is told to proceed. */
  'WAITS_IN_FILLED',
  /** Stays PROCESSING until the client cancels; the cancel is accepted, nothing comes of it, and all fills. */
  'CANCEL_IGNORED',
  /** The same, but each order answers the cancel with ORDER_CANCELLATION.REJECTED. */
  'CANCEL_REFUSED',
  /** The second half of a portfolio order's children is created only when some of the first half are FILLED. */
  'CHILDREN_APPEAR_LATE',
  /** Upvest cancels a portfolio order of which the first half of the children fills, and settles. */
  'CANCELLED_WITH_FILLED_CHILDREN',
  /** PORTFOLIO_ORDER.SETTLED is told before the EXECUTION.SETTLED that it follows from. */
  'SETTLED_AHEAD',
  /** Unknown to Upvest: 422 for orders, 404 for portfolio orders, rebalancings are cancelled. */
  'ACCOUNT_NOT_FOUND',
] as const;

export type Scenario = (typeof scenarios)[number];

/** How one individual order deviates from the happy way. */
export interface OrderBehaviour {
  /** Number of executions; without it the simulator's option. */
  executions?: number;
  /** Where its life stops at its gate. */
  waitsIn?: 'NEW' | 'PROCESSING' | 'PARTLY_FILLED' | 'FILLED';
  /** What the client's cancel does; without it, it cancels. */
  cancel?: 'ignored' | 'refused';
  /** Instead of being executed it is cancelled, for this reason. */
  cancelledInstead?: OrderCancellationReason;
  /** Its first execution is cancelled, instead of being settled or after that. */
  mistrade?: 'INSTEAD_OF_SETTLED' | 'AFTER_SETTLED';
  executionFirst?: boolean;
  crossedPrices?: boolean;
}

const happy: OrderBehaviour = {};
const partlyFilled: OrderBehaviour = { executions: 2, waitsIn: 'PARTLY_FILLED' };

const behaviours: Record<Scenario, OrderBehaviour> = {
  HAPPY: happy,
  PARTIAL_FILLS: { executions: 5 },
  PARTNER_CANCEL: { cancelledInstead: 'CANCELLED_BY_TRADING_PARTNER' },
  PARTNER_CANCEL_LAST_CHILD: { cancelledInstead: 'CANCELLED_BY_TRADING_PARTNER' },
  LAGGING_TYPE: happy,
  EXECUTION_FIRST: { executionFirst: true },
  MISTRADE: { mistrade: 'INSTEAD_OF_SETTLED' },
  MISTRADE_AFTER_SETTLED: { mistrade: 'AFTER_SETTLED' },
  CROSSED_PRICES: { crossedPrices: true },
  WAITS_IN_NEW: { waitsIn: 'NEW' },
  WAITS_IN_PROCESSING: partlyFilled,
  WAITS_IN_FILLED: { waitsIn: 'FILLED' },
  CANCEL_IGNORED: { waitsIn: 'PROCESSING', cancel: 'ignored' },
  CANCEL_REFUSED: { waitsIn: 'PROCESSING', cancel: 'refused' },
  CHILDREN_APPEAR_LATE: happy,
  CANCELLED_WITH_FILLED_CHILDREN: { cancelledInstead: 'CANCELLED_BY_UPVEST_OPERATIONS' },
  SETTLED_AHEAD: happy,
  ACCOUNT_NOT_FOUND: happy,
};

/** Of an order that stands alone. */
export function behaviourOf(scenario: Scenario): OrderBehaviour {
  return behaviours[scenario];
}

const lastChildOnly: readonly Scenario[] = [
  'PARTNER_CANCEL_LAST_CHILD',
  'MISTRADE',
  'MISTRADE_AFTER_SETTLED',
];

/** Of the child at `index` of `count` in a portfolio order: some scenarios concern only some of the children. */
export function behaviourOfChild(scenario: Scenario, index: number, count: number): OrderBehaviour {
  const middle = Math.floor(count / 2);
  if (lastChildOnly.includes(scenario) && index < count - 1) return happy;
  if (scenario === 'CANCELLED_WITH_FILLED_CHILDREN' && index < middle) return happy;
  if (scenario !== 'WAITS_IN_PROCESSING') return behaviours[scenario];
  if (index < middle) return happy;
  return index === middle ? partlyFilled : { waitsIn: 'NEW' };
}

/** How many of a portfolio order's children are there from the beginning. */
export function childrenAtFirst(scenario: Scenario, count: number): number {
  return scenario === 'CHILDREN_APPEAR_LATE' ? Math.ceil(count / 2) : count;
}
