/** Where the state of each order is kept outside of Temporal: the records database. */
import type { BuiltEvent } from '../../domain/outbox/outbox';
import type { OrderState } from '../../domain/order-state/state';
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';

/** The state of an order, and what a new run of its workflow needs beside it. */
export interface SavedOrder {
  /** Grows with each save. */
  version: number;
  state: OrderState;
  settings: PortfolioOrderSettings;
  /** Set once the order has finished. ISO 8601 UTC. */
  finishedAt?: string;
}

export interface OrderSave extends SavedOrder {
  /**
   * The highest version that the workflow has used before. A stored one above it, other than this version and the next one,
   * is that of a run that knew more. Absent for a save by another process than the workflow's.
   */
  basedOn?: number;
  /** Set where the workflow may have saved itself since: a stored version above this one may be its own. */
  mayBeOvertaken?: true;
  /** Events that the state no longer has the bytes of. */
  events?: BuiltEvent[];
  /** Set when the order has finished: its final record is stored with it. ISO 8601 UTC. */
  finishedAt?: string;
}

/** `behind`: what is stored was saved by a run that knew more, as after Temporal was restored from an older copy. */
export type SaveOutcome = 'saved' | 'behind';

export interface OrderStore {
  /**
   * Saves an order's row, the bytes of its events, its decisions and, at its end, its final record, in one transaction. A
   * version that is stored already, or a later one of the same workflow, is left as it is.
   *
   * @throws Error when the database cannot be reached; at once, without a call, for seconds after a call that failed
   */
  save(order: OrderSave): Promise<SaveOutcome>;
  /** @returns undefined for an order that was never saved. @throws as `save` */
  read(portfolioOrderId: string): Promise<SavedOrder | undefined>;
}
