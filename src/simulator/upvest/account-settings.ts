import type { PortfolioCancellationReason, RebalancingCancellationReason } from './objects';
import type { Scenario } from './scenarios';

/** How orders of one account go. */
export interface AccountSettings {
  scenario?: Scenario;
  /** Number of instruments in the account's allocation, and so of child orders. */
  children?: number;
  /** Orders of this account fail Upvest's asynchronous checks: they end CANCELLED with this reason. */
  rejectWith?: PortfolioCancellationReason;
  /** Rebalancings of this account end CANCELLED with this reason, without a portfolio order. */
  rejectRebalancingWith?: RebalancingCancellationReason;
  /** Net asset value, a decimal string: a SELL of more than 90 % of it ends CANCELLED. Without it nothing is checked. */
  nav?: string;
  /** Shared by accounts that are rebalanced together; without it the account has one of its own. */
  allocationId?: string;
  /** What child orders say instead of PORTFOLIO or PORTFOLIO_REBALANCING, such as SAVINGS_PLAN. */
  childInitiationFlow?: string;
}
