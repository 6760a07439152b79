/**
 * How long the workflow waits, and what it may do by itself. Part of its input, so that changed configuration never
 * touches a running order.
 */
import type { SettlementCycle } from './calendar';

/** A length of time: milliseconds, or trading days of the order's market at the same time of day. */
export type Span = { ms: number } | { tradingDays: number };

export interface Policies {
  /** How long an order that a webhook started waits for its placement before it asks for one. Milliseconds. */
  placedGraceMs: number;
  /** How long a status whose predecessors were not seen is held before it is emitted. Milliseconds. */
  predecessorGraceMs: number;
  /** A run hands over to the next one beyond this many history events. */
  historyEventsPerRun: number;
  /**
   * When the broker is asked. Absent in the input of orders that were started before there were deadlines: those go on
   * waiting for messages alone, as their histories say.
   */
  deadlines?: DeadlinePolicies;
}

/** One deadline: when to ask first, and when a human is told. */
export interface DeadlinePolicy {
  askAfterMs: number;
  attentionAfter: Span;
}

export interface DeadlinePolicies {
  /** NEW → PROCESSING. */
  new: DeadlinePolicy;
  /** PROCESSING → FILLED. */
  processing: DeadlinePolicy;
  /** Portfolio order and parts disagree about the end. */
  parts: DeadlinePolicy;
  /** A cancel that Upvest took and of which nothing has come. */
  cancel: DeadlinePolicy;
  settlement: {
    /** Trading days from trade to settlement, by trade date. */
    cycles: SettlementCycle[];
    /** Wall clock time of the market at which a settlement day counts as over. */
    time: string;
    /** From that time on. */
    attentionAfter: Span;
  };
  /** No question is asked before messages have been silent for so long. Milliseconds. */
  quietMs: number;
  /** Questions about the same thing get rarer, up to this interval. Milliseconds. */
  slowestMs: number;
  /** Questions that many orders owe at the same moment are spread over at most this time. Milliseconds. */
  spreadMs: number;
  /** Deviation in percent that counts as filled: nominal orders fill near their amount. Decimal string. */
  amountTolerance: string;
  /** Cancels an order that stays NEW for so long. Milliseconds; absent: never. */
  cancelIfNewAfterMs?: number;
  /** Places an order again that the broker cancelled; absent: never. */
  resubmit?: {
    /** Cancellation reasons of child orders after which it is worth it. */
    reasons: string[];
    /** Placements in all, the first one included. */
    maxAttempts: number;
  };
}
