/** The records database of a process: its connections, and the ports of src/app over them. */
import { untilAborted, withTimeLimit } from '../lib/timeout';
import { RecordsUnavailable } from '../app/ports/records-unavailable';
import type { OrderStore } from '../app/ports/order-store';
import type { ParkedDecisionLog } from '../app/ports/parked-decisions';
import type { Registry } from '../app/ports/registry';
import type { BreakReport, SweepStore } from '../app/ports/sweeps';
import { createBreaker, type Breaker } from './breaker';
import { createParkedDecisionLog } from './chain/parked-decisions';
import { connectRecords, type ConnectionOptions } from './connect';
import { createOrderStore } from './orders/order-store';
import { createOrderChildren, type StoredOrderChildren } from './registry/order-children';
import { createBreakReport } from './sweeps/break-report';
import { createSweepStore } from './sweeps/sweep-store';
import { watchRecovery, type RecoveryWatch } from './recovery/watch';
import { createRegistry } from './registry/registry';

export interface OpenRecords {
  /** The state of each order. */
  orders: OrderStore;
  registry: Registry;
  parkedDecisions: ParkedDecisionLog;
  sweeps: SweepStore;
  breaks: BreakReport;
  children: StoredOrderChildren;
  recovery: RecoveryWatch;
  /** Closes the connections, once what is still to be written is. */
  close(): Promise<void>;
}

export interface OpenRecordsOptions extends Pick<ConnectionOptions, 'name'> {
  /** Limit of each call, for a process whose callers do not wait longer. Default: that of the connections. */
  timeLimitMs?: number;
  /** Takes a failure that passes: connections that were lost, and background work that is put off. */
  warn: (fields: object, message: string) => void;
}

/** Connects on the first call: the process goes on while the database is away. */
export function openRecords(
  databaseUrl: string,
  { name, timeLimitMs, warn }: OpenRecordsOptions,
): OpenRecords {
  const db = connectRecords(databaseUrl, {
    ...(name !== undefined && { name }),
    onIdleError: (error) => {
      warn({ err: error }, 'A connection to the records database was lost');
    },
  });
  // One for all: each call learns from the others that the database is away.
  const breaker = createBreaker();
  const call = timeLimitMs === undefined ? breaker : limited(breaker, timeLimitMs);
  const children = createOrderChildren(db, {
    ask: breaker,
    onFailure: (error) => {
      warn({ err: error }, 'The records database is away: owners of child orders are read at Upvest');
    },
  });
  const recovery = watchRecovery(db);
  return {
    orders: createOrderStore(db, { breaker: call }),
    registry: createRegistry(db, call),
    parkedDecisions: createParkedDecisionLog(db, call),
    sweeps: createSweepStore(db, call),
    breaks: createBreakReport(db, call),
    children,
    recovery,
    async close() {
      recovery.stop();
      await children.stop();
      await db.destroy();
    },
  };
}

/** A call that takes longer is one to a database that is away. */
function limited(breaker: Breaker, ms: number): Breaker {
  return (work) =>
    breaker(() =>
      withTimeLimit(ms, async (limit) => {
        try {
          return await untilAborted(work(), limit);
        } catch (error) {
          throw limit.aborted && error === limit.reason ? new RecordsUnavailable({ cause: error }) : error;
        }
      }),
    );
}
