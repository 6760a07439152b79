/** What a recovery after a loss reads and notes in the records database. */
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';
import type { Registered } from './registry';

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
  /** Placements whose orders have no row of their own, and that have not ended, in pages. */
  openPlacements(): AsyncIterable<Registered>;
  /** Settings of the order that was opened last. @returns undefined if none was saved */
  latestSettings(): Promise<PortfolioOrderSettings | undefined>;
  /** Begins a recovery. One that is under way goes on: it looks since the earlier time. */
  begin(lookSince: Date): Promise<RecoveryMarker>;
  current(): Promise<RecoveryMarker | undefined>;
  /** @returns false if none was under way */
  end(): Promise<boolean>;
}
