/**
 * The `reconciliationSweep` workflow as others see it: it compares Upvest's portfolio orders with ours, and with what ESW accepted.
 * Names are an API: renaming one breaks a running sweep.
 */
import type { ImportedEmission } from '../src/domain/order-state/state';

export interface SweepInput {
  /** Task queue of its activities, whose workers limit the rate of calls to Upvest. */
  brokerTaskQueue: string;
  /** A difference that is younger is no break: webhooks may be under way. Milliseconds. */
  graceMs: number;
  /** Orders that Upvest created from then on, ISO 8601 UTC. Absent: since the last completed sweep. */
  since?: string;
  /** Absent: now. */
  until?: string;
  /** Adopts orders that are open at Upvest and not known here, in place of the comparison. */
  import?: { emit: ImportedEmission; dryRun: boolean };
}

/** A sweep that has begun. All times in ISO 8601 UTC. */
export interface Sweep {
  id: string;
  since: string;
  until: string;
  graceMs: number;
  import?: { emit: ImportedEmission; dryRun: boolean };
}

export interface SweepPlan extends Sweep {
  /** Days of creation to list at Upvest, `YYYY-MM-DD` UTC, oldest first. */
  days: string[];
}

export interface SweepPage {
  /** Orders on the page. */
  orders: number;
  /** Where the next page begins; absent after the last one. */
  next?: number;
}

/** What a sweep found. */
export interface SweepResult {
  sweepId: string;
  since: string;
  until: string;
  /** Orders that were compared. */
  orders: number;
  /** Differences, those included that the sweep has repaired. */
  breaks: number;
  /** Of these, repaired: unknown orders adopted, missed reports delivered, interrupted orders restarted. */
  repaired: number;
  /** Orders whose last change was too young; the next sweep compares them. */
  changing: number;
  /** Of an import. `adopted` counts those that would be in a dry run. */
  imported?: { adopted: number; known: number; finished: number; failed: number };
}

/** On the broker's task queue. Each may be repeated at any time. */
export interface SweepActivities {
  /** Fixes the window, and notes that the sweep has begun. */
  beginSweep(input: SweepInput & { sweepId: string }): Promise<SweepPlan>;
  /** Lists a page of a day's orders and compares them; marks those that differ. */
  sweepPage(input: { sweep: Sweep; day: string; offset: number }): Promise<SweepPage>;
  /** Compares some orders that are open, changed or interrupted, and that no list had. @returns whether there are more */
  sweepUnlisted(input: { sweep: Sweep; after: string }): Promise<{ after?: string; suspects: number }>;
  /** Number of orders that differ, as far as known. */
  countSuspects(input: { sweep: Sweep }): Promise<number>;
  /** Reads some of the orders that differ once more; what still differs is a break. @returns how many are left */
  checkSuspects(input: { sweep: Sweep }): Promise<number>;
  /** Notes what was found, and that the sweep is complete. */
  endSweep(input: { sweep: Sweep }): Promise<SweepResult>;
}

export type SweepWorkflow = (input: SweepInput) => Promise<SweepResult>;

/** Deployments that share a namespace have sweeps of their own. */
export function sweepWorkflowId(orderTaskQueue: string): string {
  return `reconciliation-sweep/${orderTaskQueue}`;
}
