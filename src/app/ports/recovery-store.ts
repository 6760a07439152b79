/** What a recovery after a loss reads and notes in the records database. */

/** The row of an order that has been saved by its workflow. */
export interface SavedRow {
  portfolioOrderId: string;
  version: number;
  isFinished: boolean;
}

/** Set while a recovery is under way. */
export interface RecoveryMarker {
  begunAt: Date;
  /** A request that is new looks for its order at Upvest since then, before its first POST. */
  lookSince: Date;
}

/** Every method throws an Error while the database is away. */
export interface RecoveryStore {
  /** Orders whose rows are open, in pages. */
  openOrders(): AsyncIterable<SavedRow>;
  /** Rows of these orders, without those that have none. At most 500 ids. */
  orders(portfolioOrderIds: readonly string[]): Promise<SavedRow[]>;
  /** Begins a recovery. One that is under way goes on: it looks since the earlier time. */
  begin(lookSince: Date): Promise<RecoveryMarker>;
  current(): Promise<RecoveryMarker | undefined>;
  /** @returns false if none was under way */
  end(): Promise<boolean>;
}
