/** The activity that saves an order in the records database, and what the emission activity shares with it. */
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { decodeFromStorage } from '../../src/domain/order-state/state-codec';
import {
  ORDER_STATE_BEHIND,
  type RecordActivities,
  type RecordSave,
  type SavedContent,
} from '../../contracts/activities';
import type { OrderSave, OrderStore } from '../../src/app/ports/order-store';

export function createRecordActivities(store: OrderStore): RecordActivities {
  return {
    async saveRecord(save) {
      await saveOrder(store, decodedSave(save));
    },
  };
}

/** Before a further attempt, the workflow may have saved more. */
export function decodedSave({ version, basedOn, content, finishedAt }: RecordSave): OrderSave {
  const { state, settings, events } = decodeFromStorage(content) as SavedContent;
  return {
    ...{ version, basedOn, state, settings, events },
    ...(activityInfo().attempt > 1 && { mayBeOvertaken: true as const }),
    ...(finishedAt !== undefined && { finishedAt }),
  };
}

/** @throws ApplicationFailure of type ORDER_STATE_BEHIND, not retried; Error when the database is away */
export async function saveOrder(store: OrderStore, save: OrderSave): Promise<void> {
  const outcome = await store.save(save);
  if (outcome === 'saved') return;
  const message = 'A later save of this order knows more: Temporal was restored from an older copy';
  throw ApplicationFailure.nonRetryable(message, ORDER_STATE_BEHIND);
}
