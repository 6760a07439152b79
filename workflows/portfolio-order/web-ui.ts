/** What the Temporal Web UI shows of a portfolio order without opening its history. */
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { describe } from '../../src/domain/views/web-ui-details';
import { attentionCodes, attentionsOf } from '../../src/domain/operator/attentions';
import { isOver } from '../../src/domain/order/transitions';
import { viewOf, type PortfolioOrderView } from '../../src/domain/views/order-view';
import { attributesOfRecord, searchAttributes as keys } from '../../contracts/search-attributes';
import { partnerTroubles, toIndex } from '../../src/domain/views/partner-trouble';
import type { OrderState } from '../../src/domain/order-state/state';
import { provideDetails } from '../current-details';

/** Details and search attributes of an order. The view is computed once per state, since queries of large orders are frequent. */
export class WebUiDetails {
  private viewed: { state: OrderState; view: PortfolioOrderView } | undefined;
  private shown: { state: OrderState; isLater: boolean } | undefined;

  constructor(order: { state: OrderState }) {
    provideDetails(() => describe(order.state, this.viewOf(order.state)));
  }

  viewOf(state: OrderState): PortfolioOrderView {
    if (this.viewed?.state !== state) this.viewed = { state, view: viewOf(state) };
    return this.viewed.view;
  }

  /**
   * Writes the search attributes that have changed. Each write is a command, and several of Temporal's database.
   *
   * @param isLater true if what asks for no action can wait: the state is shown again soon
   */
  show(state: OrderState, isLater: boolean): void {
    if (state === this.shown?.state && isLater === this.shown.isLater) return;
    this.shown = { state, isLater };
    // Most orders are not looked at again soon.
    if (this.viewed?.state !== state) this.viewed = undefined;
    const known = workflowInfo().typedSearchAttributes;
    const changes = attributesOf(state).filter(
      ({ key, value }) =>
        JSON.stringify(known.get(key) ?? (value === null ? null : [])) !== JSON.stringify(value),
    );
    const isUrgent = changes.some(({ key }) => key === keys.attention || key === keys.partnerTrouble);
    if (changes.length > 0 && (isUrgent || !isLater)) upsertSearchAttributes(changes);
  }
}

function attributesOf(state: OrderState): SearchAttributeUpdatePair[] {
  const isCurrent = (state.revision ?? 0) >= 4;
  const settlement = state.waits.find(
    ({ rule }) => rule === 'deadline:settlement' && !(isCurrent && isOver(state)),
  );
  return [
    { key: keys.attention, value: attentionCodes(attentionsOf(state)) },
    // Runs of earlier revisions have not written it.
    ...(isCurrent ? [{ key: keys.partnerTrouble, value: partnerTroubles(state).map(toIndex) }] : []),
    ...attributesOfRecord(state.record),
    ...(state.placed === undefined ? [] : [{ key: keys.orderReference, value: state.placed.reference }]),
    ...(settlement === undefined ? [] : [{ key: keys.settlementDue, value: new Date(settlement.firstDue) }]),
    // Null removes it from the index.
    ...(settlement === undefined && isCurrent ? [{ key: keys.settlementDue, value: null }] : []),
  ];
}
