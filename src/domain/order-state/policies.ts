/**
 * How long the workflow waits, and what it may do by itself. Part of its input, so that changed configuration never
 * touches a running order.
 */
import type { SettlementPolicy, Span } from '../calendar/spans';
import type { TradingCalendar } from '../calendar/trading-calendar';
import type { TradingHours } from '../calendar/trading-hours';

export interface Policies {
  /** How long an order started by a webhook waits for its placement before it checks for one. Milliseconds. */
  placedGraceMs: number;
  /** How long a status without its predecessors is blocked before it is emitted. Milliseconds. */
  predecessorGraceMs: number;
  /**
   * How long an event waits for others to be sent with, unless the order has ended. Milliseconds; absent, in orders of earlier
   * releases: not at all.
   */
  lingerMs?: number;
  /** A run continues as new beyond this many history events. */
  historyEventsPerRun: number;
  /** When the order is reconciled, and when a deadline is flagged. */
  deadlines: DeadlinePolicies;
  /** When a partner's trouble is flagged; absent in orders of earlier releases, which record no troubles. */
  troubles?: TroublePolicies;
}

/** For how long a partner may fail before the order is flagged. Milliseconds. */
export interface TroublePolicies {
  eswAttentionAfterMs: number;
  upvestAttentionAfterMs: number;
}

/** One deadline: when to reconcile first, and when to flag it as an attention. */
export interface DeadlinePolicy {
  askAfterMs: number;
  attentionAfter: Span;
}

export interface DeadlinePolicies {
  /** Closed days and time zones. Absent in orders of earlier releases, which use those of the release that runs. */
  calendar?: TradingCalendar;
  /**
   * Hours in which the repeated reconciliations of NEW and PROCESSING count their intervals. Absent where all hours count, and
   * in orders of earlier releases.
   */
  tradingHours?: TradingHours;
  /** NEW → PROCESSING. */
  new: DeadlinePolicy;
  /** PROCESSING → FILLED. */
  processing: DeadlinePolicy;
  /** Portfolio order and child orders disagree about the end. */
  parts: DeadlinePolicy;
  /** Upvest accepted a cancel, and no result has come. */
  cancel: DeadlinePolicy;
  settlement: SettlementPolicy;
  /** Debounce: reconciliation waits until no signal has arrived for so long. Milliseconds. */
  quietMs: number;
  /** No deadline waits longer than this for its first reconciliation. Milliseconds; absent in orders of earlier releases. */
  longestWaitMs?: number;
  /** The longest polling interval; intervals double up to it. Milliseconds. */
  slowestMs: number;
  /** Jitter of reconciliations that are due at the same moment. Milliseconds. */
  spreadMs: number;
  /** Deviation in percent that still counts as filled: nominal orders fill near their amount. Decimal string. */
  amountTolerance: string;
  /** Cancels an order that stays NEW for so long. Milliseconds; absent: never. */
  cancelIfNewAfterMs?: number;
  /** Resubmits an order that Upvest cancelled; absent: never. */
  resubmit?: {
    /** Cancellation reasons of child orders that allow a resubmission. */
    reasons: string[];
    /** Placements in all, the first one included. */
    maxAttempts: number;
  };
}
