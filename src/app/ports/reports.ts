/** What the records database counts and sums. Amounts are decimal strings, times ISO 8601 UTC. */

/** Orders that were settled on one day, in one currency. */
export interface SettledDay {
  /** `YYYY-MM-DD`, in Europe/Berlin. */
  day: string;
  currency: string;
  /** Orders that were ordered in it, or have executions in it. */
  orders: number;
  ordered: string;
  executed: string;
  settled: string;
  fees: string;
  taxes: string;
}

/** Throws RecordsUnavailable. */
export interface Reports {
  /**
   * Orders that Upvest reported as SETTLED from the first day to the last one, both included. Executions in another currency than
   * their order's count under theirs.
   *
   * @param days `YYYY-MM-DD`
   */
  settled(days: { from: string; to: string }): Promise<SettledDay[]>;
}

export interface DecisionFilter {
  /** The whole text: the name of the token, or `name (token)`. */
  actor?: string;
  /** Instants in ISO 8601, the first one included. */
  from?: string;
  to?: string;
  /** Reference or id of an order. */
  order?: string;
}

/** A decision of an operator or of the coordinator’s rules, as the chain has it. */
export interface DecisionEntry {
  /** Its number in the chain of records and decisions. */
  number: number;
  decidedAt: string;
  /** Id of the rule or operation (docs/rules.md). */
  rule: string;
  actor?: string;
  reason?: string;
  portfolioOrderId?: string;
  reference?: string;
  /** Id of the workflow that took it. */
  subject: string;
  /** All of it as it was stored; absent once deleted after the retention period. */
  content?: Record<string, unknown>;
  /** Hash of the link, by which `records verify` finds it. */
  hash: string;
}

export interface DecisionPage {
  decisions: DecisionEntry[];
  /** Position of the next page; absent after the last one. */
  next?: string;
}

/** Throws RecordsUnavailable. */
export interface DecisionLog {
  /** Latest first. @throws UnreadablePosition */
  page(filter: DecisionFilter, part: { limit: number; cursor?: string }): Promise<DecisionPage>;
}
