/** What people see of a portfolio order in the Temporal Web UI without opening its history. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { describe } from '../src/domain/describe';
import type { OrderLife } from '../src/domain/order-life';
import { attentionOf } from '../src/domain/view';
import { searchAttributes as keys } from '../src/temporal/search-attributes';

/** Shows the present state: details cost no history, search attributes are written only when one of them changed. */
export function display(life: OrderLife): void {
  setCurrentDetails(describe(life));

  const { record } = life;
  const attention = attentionOf(life);
  const known = workflowInfo().typedSearchAttributes;
  const reference = life.placed?.reference;
  const amount = record.cashAmount === undefined ? undefined : Number(record.cashAmount);
  const changes = [
    ...(record.status !== known.get(keys.portfolioOrderStatus) && record.status !== undefined
      ? [{ key: keys.portfolioOrderStatus, value: record.status }]
      : []),
    ...(reference !== known.get(keys.orderReference) && reference !== undefined
      ? [{ key: keys.orderReference, value: reference }]
      : []),
    ...(record.accountId !== known.get(keys.accountId) && record.accountId !== undefined
      ? [{ key: keys.accountId, value: record.accountId }]
      : []),
    ...(record.type !== known.get(keys.portfolioOrderType) && record.type !== undefined
      ? [{ key: keys.portfolioOrderType, value: record.type }]
      : []),
    ...(amount !== known.get(keys.cashAmount) && amount !== undefined
      ? [{ key: keys.cashAmount, value: amount }]
      : []),
    ...(attention.join() !== (known.get(keys.attention) ?? []).join()
      ? [{ key: keys.attention, value: attention }]
      : []),
  ];
  if (changes.length > 0) upsertSearchAttributes(changes);
}
