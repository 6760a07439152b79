/** Finished orders as the records database has them, for as long as records are kept. */
import type { PortfolioOrderOutcome } from '../../../contracts/portfolio-order';

/** The last end of an order. Times are ISO 8601 UTC. */
export interface ArchivedOrder {
  /** What the workflow of the order returned, without the user id. */
  outcome: PortfolioOrderOutcome;
  /** 1, and one more each time that the order finished again. */
  version: number;
  reference?: string;
  openedAt: string;
  /** Name of the token that placed it, if it was placed with one. */
  submitter?: string;
  requestedAt?: string;
}

/** Both methods throw RecordsUnavailable while the database is away. */
export interface OrderArchive {
  /** @returns undefined for an order that never finished, and after the retention period */
  find(portfolioOrderId: string): Promise<ArchivedOrder | undefined>;
  /** As `find`, by the client's reference. */
  findByReference(reference: string): Promise<ArchivedOrder | undefined>;
}
