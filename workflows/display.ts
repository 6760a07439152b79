/** What people see of a portfolio order in the Temporal Web UI without opening its history. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { attentionCodes, attentionsOf } from '../src/domain/attention';
import { describe } from '../src/domain/describe';
import type { OrderLife } from '../src/domain/order-life';
import { searchAttributes as keys } from '../src/temporal/search-attributes';

/** Shows the present state: details cost no history, search attributes are written only when one of them changed. */
export function display(life: OrderLife): void {
  setCurrentDetails(describe(life));

  const { status, accountId, type, cashAmount } = life.record;
  const settlement = life.waits.find(({ rule }) => rule === 'deadline:settlement');
  const present: SearchAttributePair[] = [
    { key: keys.attention, value: attentionCodes(attentionsOf(life)) },
    ...(status === undefined ? [] : [{ key: keys.portfolioOrderStatus, value: status }]),
    ...(accountId === undefined ? [] : [{ key: keys.accountId, value: accountId }]),
    ...(type === undefined ? [] : [{ key: keys.portfolioOrderType, value: type }]),
    // An index for filters, never read back, so a number will do here.
    ...(cashAmount === undefined ? [] : [{ key: keys.cashAmount, value: Number(cashAmount) }]),
    ...(life.placed === undefined ? [] : [{ key: keys.orderReference, value: life.placed.reference }]),
    ...(settlement === undefined ? [] : [{ key: keys.settlementDue, value: new Date(settlement.firstDue) }]),
  ];
  const known = workflowInfo().typedSearchAttributes;
  const changes = present.filter(
    ({ key, value }) => JSON.stringify(known.get(key) ?? []) !== JSON.stringify(value),
  );
  if (changes.length > 0) upsertSearchAttributes(changes);
}
