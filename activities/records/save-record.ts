/** The activity that saves an order in the records database, and what the emission activity shares with it. */
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { ORDER_STATE_BEHIND, type RecordActivities, type RecordSave } from '../../contracts/activities';
import type { Compressible } from '../../contracts/compressible';
import type { OrderSave, OrderStore } from '../../src/app/ports/order-store';
import { isDone } from '../../src/domain/order/transitions';
import { asArchived } from '../../src/domain/records/saving';

export function createRecordActivities(store: OrderStore): RecordActivities {
  return {
    async saveRecord(save) {
      await saveOrder(store, orderSave(save));
    },
  };
}

/** Before a further attempt, the workflow may have saved more. */
export function orderSave({ compressible }: Compressible<RecordSave>): OrderSave {
  const { portfolioOrderId: _, mayFinish: __, ...save } = compressible;
  return { ...save, ...(activityInfo().attempt > 1 && { mayBeOvertaken: true as const }) };
}

/**
 * Saves an order that may be done, with its final record if it is. An operator's end has a save of its own.
 *
 * @returns when it finished, ISO 8601 UTC; undefined for one that goes on
 * @throws as `saveOrder`
 */
export async function saveToTheEnd(store: OrderStore, save: OrderSave): Promise<string | undefined> {
  const { version, state } = save;
  if (state.closed !== undefined || !isDone(state)) {
    await saveOrder(store, save);
    return undefined;
  }
  // An earlier attempt may have stored the final record, of which there is one for each end.
  const stored = activityInfo().attempt > 1 ? await store.read(state.record.portfolioOrderId) : undefined;
  if (stored?.version === version && stored.finishedAt !== undefined) return stored.finishedAt;
  const finishedAt = new Date().toISOString();
  await saveOrder(store, { ...save, state: asArchived(state, finishedAt), finishedAt });
  return finishedAt;
}

/** @throws ApplicationFailure of type ORDER_STATE_BEHIND, not retried; Error when the database is away */
export async function saveOrder(store: OrderStore, save: OrderSave): Promise<void> {
  const outcome = await store.save(save);
  if (outcome === 'saved') return;
  const message = 'A later save of this order knows more: Temporal was restored from an older copy';
  throw ApplicationFailure.nonRetryable(message, ORDER_STATE_BEHIND);
}
