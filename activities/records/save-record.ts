/** The activity that saves an order in the records database, and what the emission activity shares with it. */
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { ORDER_STATE_BEHIND, type RecordActivities, type RecordSave } from '../../contracts/activities';
import type { Compressible } from '../../contracts/compressible';
import type { OrderSave, OrderStore } from '../../src/app/ports/order-store';

export function createRecordActivities(store: OrderStore): RecordActivities {
  return {
    async saveRecord(save) {
      await saveOrder(store, orderSave(save));
    },
  };
}

/** Before a further attempt, the workflow may have saved more. */
export function orderSave({ compressible }: Compressible<RecordSave>): OrderSave {
  const { portfolioOrderId: _, ...save } = compressible;
  return { ...save, ...(activityInfo().attempt > 1 && { mayBeOvertaken: true as const }) };
}

/** @throws ApplicationFailure of type ORDER_STATE_BEHIND, not retried; Error when the database is away */
export async function saveOrder(store: OrderStore, save: OrderSave): Promise<void> {
  const outcome = await store.save(save);
  if (outcome === 'saved') return;
  const message = 'A later save of this order knows more: Temporal was restored from an older copy';
  throw ApplicationFailure.nonRetryable(message, ORDER_STATE_BEHIND);
}
