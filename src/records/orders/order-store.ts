/** The store of the orders in the records database. */
import { DatabaseError } from 'pg';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { OrderStore } from '../../app/ports/order-store';
import { createLogger } from '../../lib/logger';
import { createBreaker, type Breaker } from '../breaker';
import type { RecordsTables } from '../tables';
import { saveAgain } from './save-again';
import { saveOrder } from './save-order';
import { decodeSaved } from './saved-state';

export interface OrderStoreOptions {
  /** Takes faults of this program. */
  log?: Pick<Logger, 'error'>;
  breaker?: Breaker;
}

/** One for each process: its calls learn from each other that the database is away. */
export function createOrderStore(
  db: Kysely<RecordsTables>,
  { log = createLogger('records'), breaker = createBreaker() }: OrderStoreOptions = {},
): OrderStore {
  return {
    async save(order) {
      const { outcome, changedEvents } = await breaker(() =>
        withRetry(
          async () =>
            (await saveAgain(db, order)) ??
            (await db.transaction().execute((transaction) => saveOrder(transaction, order))),
        ),
      );
      const { portfolioOrderId } = order.state.record;
      for (const eventId of changedEvents)
        log.error(
          { portfolioOrderId, eventId },
          'The event has other bytes than those that were stored first, which stay',
        );
      return outcome;
    },

    async read(portfolioOrderId) {
      const row = await breaker(() =>
        db
          .selectFrom('orders')
          .select(['version', 'saved_state', 'finished_at'])
          .where('portfolio_order_id', '=', portfolioOrderId)
          .executeTakeFirst(),
      );
      const { version, saved_state: saved, finished_at: finishedAt } = row ?? {};
      // The row of a reference has no state.
      return version === undefined || typeof saved !== 'string'
        ? undefined
        : {
            version,
            ...(await decodeSaved(saved)),
            ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
          };
    },
  };
}

/** Others saved the same row at the same moment: unique_violation, deadlock_detected, serialization_failure. */
const RACES = new Set(['23505', '40P01', '40001']);

async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError && RACES.has(error.code ?? '')) return work();
    throw error;
  }
}
