/** What the Temporal Web UI shows of a portfolio order without opening its history. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { describe } from '../../src/domain/views/web-ui-details';
import { viewOf, type PortfolioOrderView } from '../../src/domain/views/order-view';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import { partnerTroubles, toIndex } from '../../src/domain/views/partner-trouble';
import type { OrderState } from '../../src/domain/order-state/state';

/** Details and search attributes of an order. The view is computed once per state, since queries of large orders are frequent. */
export class WebUiDetails {
  private shown: { state: OrderState; view: PortfolioOrderView } | undefined;

  viewOf(state: OrderState): PortfolioOrderView {
    if (this.shown?.state !== state) this.shown = { state, view: viewOf(state) };
    return this.shown.view;
  }

  /** Shows the state. Details cost no history; search attributes are written only when one of them changed. */
  show(state: OrderState): void {
    const view = this.viewOf(state);
    setCurrentDetails(describe(state, view));
    const known = workflowInfo().typedSearchAttributes;
    const changes = attributesOf(state, view).filter(
      ({ key, value }) =>
        JSON.stringify(known.get(key) ?? (value === null ? null : [])) !== JSON.stringify(value),
    );
    if (changes.length > 0) upsertSearchAttributes(changes);
  }
}

function attributesOf(
  state: OrderState,
  { attention, finished }: PortfolioOrderView,
): SearchAttributeUpdatePair[] {
  const { status, accountId, type, cashAmount } = state.record;
  const isCurrent = (state.revision ?? 0) >= 4;
  const settlement = state.waits.find(
    ({ rule }) => rule === 'deadline:settlement' && !(isCurrent && finished),
  );
  return [
    { key: keys.attention, value: attention },
    // Runs of earlier revisions have not written it.
    ...(isCurrent ? [{ key: keys.partnerTrouble, value: partnerTroubles(state).map(toIndex) }] : []),
    ...(status === undefined ? [] : [{ key: keys.portfolioOrderStatus, value: status }]),
    ...(accountId === undefined ? [] : [{ key: keys.accountId, value: accountId }]),
    ...(type === undefined ? [] : [{ key: keys.portfolioOrderType, value: type }]),
    // An index for filters, never read back: a number is exact enough.
    ...(cashAmount === undefined ? [] : [{ key: keys.cashAmount, value: Number(cashAmount) }]),
    ...(state.placed === undefined ? [] : [{ key: keys.orderReference, value: state.placed.reference }]),
    ...(settlement === undefined ? [] : [{ key: keys.settlementDue, value: new Date(settlement.firstDue) }]),
    // Null removes it from the index.
    ...(settlement === undefined && isCurrent ? [{ key: keys.settlementDue, value: null }] : []),
  ];
}
