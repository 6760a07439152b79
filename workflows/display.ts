/** What people see of a portfolio order in the Temporal Web UI without opening its history. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { describe } from '../src/domain/describe';
import type { OrderLife } from '../src/domain/order-life';
import { viewOf, type PortfolioOrderView } from '../src/domain/view';
import { searchAttributes as keys } from '../src/temporal/search-attributes';

/** The state of an order as it was shown last; computed once for each state, since large orders are asked for often. */
export class Display {
  private shown: { life: OrderLife; view: PortfolioOrderView } | undefined;

  viewOf(life: OrderLife): PortfolioOrderView {
    if (this.shown?.life !== life) this.shown = { life, view: viewOf(life) };
    return this.shown.view;
  }

  /** Shows the state: details cost no history, search attributes are written only when one of them changed. */
  show(life: OrderLife): void {
    const view = this.viewOf(life);
    setCurrentDetails(describe(life, view));
    const known = workflowInfo().typedSearchAttributes;
    const changes = attributesOf(life, view).filter(
      ({ key, value }) => JSON.stringify(known.get(key) ?? []) !== JSON.stringify(value),
    );
    if (changes.length > 0) upsertSearchAttributes(changes);
  }
}

function attributesOf(life: OrderLife, { attention }: PortfolioOrderView): SearchAttributePair[] {
  const { status, accountId, type, cashAmount } = life.record;
  const settlement = life.waits.find(({ rule }) => rule === 'deadline:settlement');
  return [
    { key: keys.attention, value: attention },
    ...(status === undefined ? [] : [{ key: keys.portfolioOrderStatus, value: status }]),
    ...(accountId === undefined ? [] : [{ key: keys.accountId, value: accountId }]),
    ...(type === undefined ? [] : [{ key: keys.portfolioOrderType, value: type }]),
    // An index for filters, never read back, so a number will do here.
    ...(cashAmount === undefined ? [] : [{ key: keys.cashAmount, value: Number(cashAmount) }]),
    ...(life.placed === undefined ? [] : [{ key: keys.orderReference, value: life.placed.reference }]),
    ...(settlement === undefined ? [] : [{ key: keys.settlementDue, value: new Date(settlement.firstDue) }]),
  ];
}
