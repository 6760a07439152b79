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
  /** Sells get a better price than buys pay: bid above offer (upvest.md 8). */
  'CROSSED_PRICES',
  /** Stays NEW until it is cancelled. */
  'WAITS_IN_NEW',
  /** Stays PROCESSING, partly executed, until it is cancelled; portfolio orders with children in every status. */
  'WAITS_IN_PROCESSING',
  /** Stays PROCESSING until the client cancels; the cancel is accepted, nothing comes of it, and all fills. */
  'CANCEL_IGNORED',
  /** The same, but each order answers the cancel with ORDER_CANCELLATION.REJECTED. */
  'CANCEL_REFUSED',
  /** Unknown to Upvest: 422 for orders, 404 for portfolio orders, rebalancings are cancelled. */
  'ACCOUNT_NOT_FOUND',
] as const;

export type Scenario = (typeof scenarios)[number];

/** How one individual order deviates from the happy way. */
export interface OrderBehaviour {
  /** Number of executions; without it the simulator's option. */
  executions?: number;
  /** Where its life stops until the client has asked for a cancel. */
  waitsForCancel?: 'NEW' | 'PROCESSING' | 'PARTLY_FILLED';
  /** What the client's cancel does; without it, it cancels. */
  cancel?: 'ignored' | 'refused';
  partnerCancels?: boolean;
  mistrade?: boolean;
  executionFirst?: boolean;
  crossedPrices?: boolean;
}

const happy: OrderBehaviour = {};
const partlyFilled: OrderBehaviour = { executions: 2, waitsForCancel: 'PARTLY_FILLED' };

const behaviours: Record<Scenario, OrderBehaviour> = {
  HAPPY: happy,
  PARTIAL_FILLS: { executions: 5 },
  PARTNER_CANCEL: { partnerCancels: true },
  PARTNER_CANCEL_LAST_CHILD: { partnerCancels: true },
  LAGGING_TYPE: happy,
  EXECUTION_FIRST: { executionFirst: true },
  MISTRADE: { mistrade: true },
  CROSSED_PRICES: { crossedPrices: true },
  WAITS_IN_NEW: { waitsForCancel: 'NEW' },
  WAITS_IN_PROCESSING: partlyFilled,
  CANCEL_IGNORED: { waitsForCancel: 'PROCESSING', cancel: 'ignored' },
  CANCEL_REFUSED: { waitsForCancel: 'PROCESSING', cancel: 'refused' },
  ACCOUNT_NOT_FOUND: happy,
};

/** Of an order that stands alone. */
export function behaviourOf(scenario: Scenario): OrderBehaviour {
  return behaviours[scenario];
}

const lastChildOnly: readonly Scenario[] = ['PARTNER_CANCEL_LAST_CHILD', 'MISTRADE'];

/** Of the child at `index` of `count` in a portfolio order: some scenarios concern only some of the children. */
export function behaviourOfChild(scenario: Scenario, index: number, count: number): OrderBehaviour {
  if (lastChildOnly.includes(scenario) && index < count - 1) return happy;
  if (scenario !== 'WAITS_IN_PROCESSING') return behaviours[scenario];
  const middle = Math.floor(count / 2);
  if (index < middle) return happy;
  return index === middle ? partlyFilled : { waitsForCancel: 'NEW' };
}
