/** Sweeps and the breaks that they found, in the records database. Every method throws RecordsUnavailable. */
import type { Sweep, SweepInput, SweepResult } from '../../../contracts/sweep';
import type { Difference } from '../../domain/records/break-causes';
import type { RowFacts } from '../../domain/records/differences';
import type { OrderState } from '../../domain/order-state/state';

/** An order here, as its row has it. */
export interface OwnOrder {
  portfolioOrderId: string;
  reference?: string;
  isFinished: boolean;
  facts: RowFacts;
  state: OrderState;
}

/** A break of an order, or of a placement without one. */
export interface FoundBreak extends Difference {
  portfolioOrderId?: string;
  reference?: string;
  /** What the sweep did about it; absent where an operator has to. */
  repaired?: string;
}

export interface Break extends FoundBreak {
  id: number;
  /** The latest sweep that found it. */
  sweepId: string;
  remedy: string;
  /** When it was found first and last, ISO 8601 UTC. */
  foundAt: string;
  seenAt: string;
  /** When it was repaired, or when a sweep no longer found it. */
  resolvedAt?: string;
}

/** What an import does with an order at Upvest. */
export interface ImportedOrder {
  portfolioOrderId: string;
  outcome: 'adopted' | 'known' | 'finished' | 'failed';
  status?: string;
  accountId?: string;
  cashAmount?: string;
  currency?: string;
  createdAt?: string;
  /** Why it failed. */
  detail?: string;
}

export interface BreakFilter {
  sweepId?: string;
  cause?: string;
  /** Those that are neither repaired nor gone; else only the others. Absent: all. */
  open?: boolean;
  /** Found last in this time, ISO 8601; the first one included. */
  from?: string;
  to?: string;
  /** Reference or id of an order. */
  order?: string;
}

export interface BreakPage {
  breaks: Break[];
  next?: string;
}

export interface BreakReport {
  /** Latest first. @throws UnreadablePosition */
  page(filter: BreakFilter, part: { limit: number; cursor?: string }): Promise<BreakPage>;
  /** Orders of an import, by outcome and id. */
  imported(sweepId: string): AsyncGenerator<ImportedOrder[], void, undefined>;
}

export interface SweepStore {
  /** Notes that a sweep has begun; the same one again changes nothing. @returns its window */
  begin(id: string, input: SweepInput, now: Date): Promise<Sweep>;
  /** Days on which orders were opened that are open, or have changed since. `YYYY-MM-DD` UTC. */
  daysOfOpenOrders(changedSince: string): Promise<string[]>;
  /** Orders that have been saved, of these ids. */
  read(ids: readonly string[]): Promise<OwnOrder[]>;
  /** Notes orders that were compared; `isSuspect` for those that differ. A suspect stays one. */
  note(sweepId: string, orders: readonly { id: string; isSuspect: boolean }[]): Promise<void>;
  /** Ids, in order, of orders that are open or have changed since the window began, and that the sweep has not compared. */
  unlisted(sweep: Sweep, after: string, limit: number): Promise<string[]>;
  suspects(sweepId: string, limit: number): Promise<string[]>;
  countSuspects(sweepId: string): Promise<number>;
  /** Stores the breaks of an order that was checked. Open breaks of it that were not found again are resolved. */
  checked(
    sweepId: string,
    order: { id: string; reference?: string; isChanging?: boolean },
    breaks: readonly FoundBreak[],
  ): Promise<void>;
  /** Stores what an import did with an order. */
  noteImported(sweepId: string, order: ImportedOrder): Promise<void>;
  /** Open breaks of these orders are resolved: nothing differs any more. */
  resolve(ids: readonly string[]): Promise<void>;
  /** References whose placements were never started, oldest first. */
  notStarted(): Promise<string[]>;
  /** Stores orders in the list of a day that cannot be read; those of the day that were not found again are resolved. */
  noteUnreadable(sweepId: string, day: string, whys: readonly string[]): Promise<void>;
  /** Stores breaks of a cause that are about no order; those that were not found again are resolved. */
  replace(sweepId: string, cause: Difference['cause'], breaks: readonly FoundBreak[]): Promise<void>;
  /** Counts what the sweep found, and notes that it is complete. Again: the same. */
  end(sweep: Sweep, now: Date): Promise<SweepResult>;
}
