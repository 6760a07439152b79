/** Which portfolio order a child order belongs to: learnt by one process, known to all. Webhooks wait for it briefly at most. */
import type { Kysely } from 'kysely';
import { untilAborted, withTimeLimit } from '../../lib/timeout';
import type { OrderChildren } from '../../app/ports/registry';
import { callRecords } from '../availability';
import type { RecordsTables } from '../tables';
import type { Asking } from './registry';

/** Of one look-up. Milliseconds. */
const LOOK_UP_LIMIT_MS = 200;
/** After a failed look-up or write, the database is left alone for this time. Milliseconds. */
const REST_MS = 2_000;
/** Time in which further children join a write. Milliseconds. */
const GATHER_MS = 100;
/** Rows of one write: two parameters each. */
const MAX_ROWS = 1_000;
/** More unwritten children than this are forgotten: Upvest knows them. */
const MAX_UNWRITTEN = 50_000;

export interface OrderChildrenOptions {
  ask?: Asking;
  /** Takes the first failure of an outage. */
  onFailure?: (error: unknown) => void;
}

export interface StoredOrderChildren extends OrderChildren {
  /** Writes what is not written yet, once. */
  stop(): Promise<void>;
}

export function createOrderChildren(
  db: Kysely<RecordsTables>,
  { ask = callRecords, onFailure = () => undefined }: OrderChildrenOptions = {},
): StoredOrderChildren {
  const unwritten = new Map<string, string>();
  let restsUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const failed = (error: unknown): void => {
    if (Date.now() >= restsUntil) onFailure(error);
    restsUntil = Date.now() + REST_MS;
  };

  async function write(): Promise<void> {
    const rows = [...unwritten].slice(0, MAX_ROWS);
    if (rows.length === 0) return;
    const values = rows.map(([orderId, portfolioOrderId]) => ({
      order_id: orderId,
      portfolio_order_id: portfolioOrderId,
    }));
    try {
      await ask(() =>
        db
          .insertInto('order_children')
          .values(values)
          // An order never changes its portfolio order.
          .onConflict((conflict) => conflict.column('order_id').doNothing())
          .execute(),
      );
      for (const [orderId] of rows) unwritten.delete(orderId);
    } catch (error) {
      failed(error);
    }
  }

  function writeSoon(): void {
    if (timer !== undefined || unwritten.size === 0) return;
    timer = setTimeout(
      () => {
        writing = write().finally(() => {
          timer = undefined;
          writeSoon();
        });
      },
      Math.max(GATHER_MS, restsUntil - Date.now()),
    );
    timer.unref();
  }

  return {
    async portfolioOrderOf(orderId) {
      const known = unwritten.get(orderId);
      if (known !== undefined) return known;
      if (Date.now() < restsUntil) return undefined;
      try {
        const row = await withTimeLimit(LOOK_UP_LIMIT_MS, (limit) =>
          untilAborted(
            ask(() =>
              db
                .selectFrom('order_children')
                .select('portfolio_order_id')
                .where('order_id', '=', orderId)
                .executeTakeFirst(),
            ),
            limit,
          ),
        );
        return row?.portfolio_order_id;
      } catch (error) {
        failed(error);
        return undefined;
      }
    },

    learn(orderId, portfolioOrderId) {
      if (unwritten.has(orderId)) return;
      const [oldest] = unwritten.size >= MAX_UNWRITTEN ? unwritten.keys() : [];
      if (oldest !== undefined) unwritten.delete(oldest);
      unwritten.set(orderId, portfolioOrderId);
      writeSoon();
    },

    async stop() {
      clearTimeout(timer);
      await writing;
      clearTimeout(timer);
      if (Date.now() >= restsUntil) await write();
    },
  };
}
