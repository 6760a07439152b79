import Big from 'big.js';
import { v4 as uuid } from 'uuid';
import type { Accounts } from '../access/accounts';
import { childDrafts } from './child-drafts';
import type { Clock } from '../behaviour/clock';
import type { EventLog } from '../webhooks/event-log';
import { ScenarioHold } from '../behaviour/scenario-hold';
import type { Currency, PortfolioCancellationReason, PortfolioOrderType } from './wire-objects';
import type { ResolvedOptions } from '../options';
import type { OrderStore, OrderRecord, PortfolioRecord } from './order-store';
import type { ChildObserver, OrderDraft, OrderLifecycle } from './order-lifecycle';
import type { PacedTimers } from '../behaviour/paced-timers';
import { behaviourOfChild, initialChildren, type OrderBehaviour } from '../behaviour/scenarios';
import type { Settlement } from './settlement';
import { tradingTerms } from './trading-terms';

/** Initial fields of a portfolio order. */
export interface PortfolioOrderDraft {
  userId: string;
  accountId: string;
  /** Decimal string with at most two decimals, above zero. */
  cashAmount: string;
  currency: Currency;
  type: PortfolioOrderType;
  postTax: boolean;
  /** `API`, or Upvest's internal origin: `SAVINGS_PLAN`, `AUTO_INVESTMENT`. */
  initiationFlow: string;
}

/**
 * A SELL may take at most this share of the account's net asset value (references/upvest.md#place-a-portfolio-order).
 */
const sellLimit = '0.9';

/**
 * Advances portfolio orders (references/upvest.md#portfolio-order, #correlation): NEW without children, then children
 * that become PROCESSING one after another, then FILLED or CANCELLED with the last of them. `order-lifecycle.ts`
 * advances each child, `settlement.ts` settles the executions.
 */
export class PortfolioLifecycle implements ChildObserver {
  constructor(
    private readonly store: OrderStore,
    private readonly accounts: Accounts,
    private readonly orders: OrderLifecycle,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly timers: PacedTimers,
    private readonly settlement: Settlement,
    private readonly options: ResolvedOptions,
  ) {
    orders.observeChildren(this);
  }

  accept(draft: PortfolioOrderDraft, onEnded?: () => void): PortfolioRecord {
    const timestamp = this.clock.next();
    const account = this.accounts.get(draft.accountId);
    account.userId = draft.userId;
    const record: PortfolioRecord = {
      portfolioOrder: {
        id: uuid(),
        created_at: timestamp,
        updated_at: timestamp,
        user_id: draft.userId,
        account_id: draft.accountId,
        allocation_id: account.allocationId,
        cash_amount: draft.cashAmount,
        currency: draft.currency,
        status: 'NEW',
        type: draft.type,
        post_tax: draft.postTax,
        // Set by Upvest: empty for API orders, otherwise the id of the initiating object
        // (references/upvest.md#correlation).
        client_reference: draft.initiationFlow === 'API' ? '' : uuid(),
        initiation_flow: draft.initiationFlow,
        orders: [],
      },
      children: [],
      pendingChildren: [],
      hiddenUntil: performance.now() + (account.propagationMs ?? 0),
      events: [],
      scenario: account.scenario ?? 'HAPPY',
      hold: new ScenarioHold(),
      ...(onEnded && { onEnded }),
    };
    this.store.addPortfolioOrder(record);
    const event = this.log.record('PORTFOLIO_ORDER', record.portfolioOrder, timestamp, record);
    if (record.scenario === 'LAGGING_TYPE') record.lateEvent = event;
    else this.log.publish(event, record);
    const begin = (): void => {
      this.begin(record);
    };
    if (record.scenario === 'WAITS_IN_NEW') record.hold.runOn(['proceed'], begin);
    else this.timers.start('processAfterMs', begin);
    return record;
  }

  childChanged({ portfolioOrder, children }: PortfolioRecord, timestamp: string): void {
    portfolioOrder.updated_at = timestamp;
    portfolioOrder.orders = children.map(({ order: { id, side, status } }) => ({ id, side, status }));
  }

  /**
   * Creates the next pending child, or ends trading with the last child. The end status of a portfolio order with some
   * filled and some cancelled children, without a cancel, is undocumented (references/upvest.md#open-questions no. 5);
   * here it is FILLED.
   */
  childEnded(record: PortfolioRecord): void {
    const { children, cancelled, pendingChildren } = record;
    const createNext = pendingChildren.shift();
    if (createNext) {
      this.addLateChild(record, createNext);
      return;
    }
    if (children.some(({ order }) => order.status === 'NEW' || order.status === 'PROCESSING')) return;
    if (cancelled) this.cancel(record, cancelled.reason, cancelled.details);
    else if (children.some(({ order }) => order.status === 'FILLED')) this.tradingEnded(record, 'FILLED');
    else this.cancel(record, 'CANCELLED_BY_UPVEST', 'Every order was cancelled');
  }

  /** Cancels a portfolio order without open children. */
  cancel(record: PortfolioRecord, reason: PortfolioCancellationReason, details: string): void {
    record.portfolioOrder.cancellation_reason = reason;
    record.portfolioOrder.cancellation_details = details;
    this.tradingEnded(record, 'CANCELLED');
  }

  private begin(record: PortfolioRecord): void {
    const { portfolioOrder, scenario } = record;
    if (portfolioOrder.status !== 'NEW') return;
    const reason = this.failedCheck(record);
    if (reason) {
      this.cancel(record, reason, 'The order failed a check');
      return;
    }
    const account = this.accounts.get(portfolioOrder.account_id);
    const drafts = childDrafts(portfolioOrder, account, account.children ?? this.options.children);
    // Upvest decides this while the first half trades; the portfolio order shows it once its last child has ended.
    if (scenario === 'CANCELLED_WITH_FILLED_CHILDREN') {
      record.cancelled = { reason: 'CANCELLED_BY_UPVEST', details: 'Cancelled by Upvest' };
    }
    const creations = drafts.map((draft, index) => () => {
      const behaviour = behaviourOfChild(scenario, index, drafts.length);
      return this.createChild(record, draft, behaviour);
    });
    record.pendingChildren = creations.splice(initialChildren(scenario, drafts.length));
    for (const create of creations) create();
    this.startChild(record, 0);
  }

  private createChild(record: PortfolioRecord, draft: OrderDraft, behaviour: OrderBehaviour): OrderRecord {
    const { hold, portfolioOrder } = record;
    const terms = tradingTerms(this.accounts.get(draft.account_id), {
      side: draft.side,
      postTax: portfolioOrder.post_tax,
      fillRatio: this.options.fillRatio,
    });
    return this.orders.create(draft, { behaviour, terms, hold, portfolio: record });
  }

  /** With the last child, Upvest is assumed to send the portfolio order with all children again (README.md). */
  private addLateChild(record: PortfolioRecord, create: () => OrderRecord): void {
    const child = create();
    if (record.pendingChildren.length === 0) {
      const { portfolioOrder } = record;
      this.log.republish('PORTFOLIO_ORDER', portfolioOrder, this.clock.next(), record);
    }
    this.timers.start('childSpacingMs', () => {
      this.orders.start(child);
    });
  }

  private failedCheck({ portfolioOrder }: PortfolioRecord): PortfolioCancellationReason | undefined {
    const { rejectWith, nav } = this.accounts.get(portfolioOrder.account_id);
    if (rejectWith) return rejectWith;
    if (portfolioOrder.type !== 'SELL' || nav === undefined) return undefined;
    return new Big(portfolioOrder.cash_amount).gt(new Big(nav).times(sellLimit))
      ? 'SELL_LIMIT_EXCEEDED'
      : undefined;
  }

  private startChild(record: PortfolioRecord, index: number): void {
    const child = record.children[index];
    if (!child) return;
    this.orders.start(child);
    if (child.order.status === 'PROCESSING' && record.portfolioOrder.status === 'NEW') {
      record.portfolioOrder.status = 'PROCESSING';
      this.changed(record);
    }
    if (index + 1 < record.children.length) {
      this.timers.start('childSpacingMs', () => {
        this.startChild(record, index + 1);
      });
    }
  }

  private tradingEnded(record: PortfolioRecord, status: 'FILLED' | 'CANCELLED'): void {
    record.portfolioOrder.status = status;
    this.changed(record);
    record.onEnded?.();
    this.settlement.ofPortfolioOrder(record);
  }

  private changed(record: PortfolioRecord): void {
    const { portfolioOrder, lateEvent } = record;
    const timestamp = this.clock.next();
    portfolioOrder.updated_at = timestamp;
    if (lateEvent) {
      delete record.lateEvent;
      this.log.publish(
        { ...lateEvent, created_at: timestamp, object: structuredClone(portfolioOrder) },
        record,
      );
      this.log.emit('PORTFOLIO_ORDER', portfolioOrder, this.clock.next(), record);
      return;
    }
    this.log.emit('PORTFOLIO_ORDER', portfolioOrder, timestamp, record);
  }
}
