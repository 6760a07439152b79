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
  /**
   * `settlement_date` of executions, YYYY-MM-DD, or `none` to leave it out, as the field is optional (upvest.md 4.3).
   * Without it two weekdays after the execution. It says nothing about when they really settle.
   */
  settlementDate?: string;
  /**
   * What DELETE of an order or portfolio order is answered; a refusal has no effect. Default `accepted`.
   * Neither 409 nor 422 is documented for this call, yet both are errors that Upvest knows (upvest.md 3.4, 3.9).
   */
  cancelAnswer?: 'accepted' | 409 | 422;
  /**
   * For so many real milliseconds after its creation a portfolio order is in no answer but that of its POST: GET and
   * DELETE are 404 (upvest.md 3.9), lists leave it out. Its life and its webhooks go on. Default 0.
   */
  propagationMs?: number;
  /**
   * Tax on the cash of sells as a percentage, a decimal string from 0 to below 100. With `post_tax` so much more is
   * sold that the amount is left when the taxes are paid. Default none.
   */
  taxPercent?: string;
  /** Executed cash of orders over an amount in per cent of it, a decimal string above 0. Default: the option `fillRatio`. */
  fillsAtPercent?: string;
  /** `none`: events of its orders that come up meanwhile are never delivered to anybody. Default `all`. */
  webhooks?: 'all' | 'none';
}
