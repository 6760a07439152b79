import type { PortfolioCancellationReason, RebalancingCancellationReason } from '../orders/wire-objects';
import type { Scenario } from '../behaviour/scenarios';

/** Settings that control the orders of one account. */
export interface AccountSettings {
  scenario?: Scenario;
  /** Number of instruments in the account's allocation, and therefore of child orders. */
  children?: number;
  /** Orders of this account fail Upvest's asynchronous checks: they end CANCELLED with this reason. */
  rejectWith?: PortfolioCancellationReason;
  /** Rebalancings of this account end CANCELLED with this reason, without a portfolio order. */
  rejectRebalancingWith?: RebalancingCancellationReason;
  /** Net asset value, a decimal string: a SELL of more than 90 % of it ends CANCELLED. Default: no check. */
  nav?: string;
  /** Accounts with the same allocation are rebalanced together. Default: an allocation of its own. */
  allocationId?: string;
  /** `initiation_flow` of child orders, such as SAVINGS_PLAN. Default PORTFOLIO or PORTFOLIO_REBALANCING. */
  childInitiationFlow?: string;
  /**
   * `settlement_date` of executions, YYYY-MM-DD, or `none` to omit the optional field (references/upvest.md#execution).
   * Default: two weekdays after the execution. It does not affect when executions settle.
   */
  settlementDate?: string;
  /** Response to POST of a portfolio order; a rejection has no effect. Default `accepted`. */
  placementAnswer?: 'accepted' | 403;
  /**
   * Response to DELETE of an order or portfolio order; a rejection has no effect. Default `accepted`. Upvest documents
   * 409 and 422 as errors, but not for this call (references/upvest.md#cancel-a-portfolio-order, #errors).
   */
  cancelAnswer?: 'accepted' | 409 | 422;
  /**
   * Propagation delay in real milliseconds: until then GET and DELETE of a new portfolio order return 404
   * (references/upvest.md#errors) and lists omit it, while the order and its webhooks progress. Default 0.
   */
  propagationMs?: number;
  /**
   * Tax on the cash of sells in per cent, a decimal string from 0 to below 100. With `post_tax` the executed cash is
   * higher, so that the amount remains after taxes. Default none.
   */
  taxPercent?: string;
  /** `fee` of each order, from its creation on (assumed), a decimal string. Default `0.0`. */
  orderFee?: string;
  /** Executed cash in per cent of the order's amount, a decimal string above 0. Default: the option `fillRatio`. */
  fillsAtPercent?: string;
  /** With `none`, events of its orders are never delivered. Default `all`. */
  webhooks?: 'all' | 'none';
}
