import Big from 'big.js';
import { v4 as uuid } from 'uuid';
import type { Accounts } from './accounts';
import { childDrafts } from './child-drafts';
import type { Clock } from './clock';
import type { EventLog } from './event-log';
import { Gate } from './gate';
import type { Currency, PortfolioCancellationReason, PortfolioOrderType } from './objects';
import type { ResolvedOptions } from './options';
import type { OrderBook, OrderRecord, PortfolioRecord } from './order-book';
import type { ChildObserver, OrderDraft, OrderLife } from './order-life';
import type { PacedWaits } from './paced-waits';
import { behaviourOfChild, childrenAtFirst, type OrderBehaviour } from './scenarios';
import type { Settlement } from './settlement';
import { tradingTerms } from './trading-terms';

/** What a portfolio order begins with. */
export interface PortfolioOrderDraft {
  userId: string;
  accountId: string;
  /** Decimal string with at most two decimals, above zero. */
  cashAmount: string;
  currency: Currency;
  type: PortfolioOrderType;
  postTax: boolean;
  /** `API`, or what started it inside Upvest: `SAVINGS_PLAN`, `AUTO_INVESTMENT`. */
  initiationFlow: string;
}

/** A SELL may take at most this share of the account's net asset value (upvest.md 3.2). */
const sellLimit = '0.9';

/**
 * The life of portfolio orders (upvest.md 4.1, 7): NEW without children, children that become PROCESSING one after
 * another, FILLED or CANCELLED with the last of them. `order-life.ts` holds what happens to each child, `settlement.ts`
 * what happens afterwards.
 */
export class PortfolioLife implements ChildObserver {
  constructor(
    private readonly book: OrderBook,
    private readonly accounts: Accounts,
    private readonly orders: OrderLife,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly waits: PacedWaits,
    private readonly settlement: Settlement,
    private readonly options: ResolvedOptions,
  ) {
    orders.observeChildren(this);
  }

  accept(draft: PortfolioOrderDraft, onEnded?: () => void): PortfolioRecord {
    const moment = this.clock.next();
    const account = this.accounts.get(draft.accountId);
    account.userId = draft.userId;
    const record: PortfolioRecord = {
      portfolioOrder: {
        id: uuid(),
        created_at: moment,
        updated_at: moment,
        user_id: draft.userId,
        account_id: draft.accountId,
        allocation_id: account.allocationId,
        cash_amount: draft.cashAmount,
        currency: draft.currency,
        status: 'NEW',
        type: draft.type,
        post_tax: draft.postTax,
        // Set by Upvest alone: empty for API orders, the initiating object's id otherwise (upvest.md 7).
        client_reference: draft.initiationFlow === 'API' ? '' : uuid(),
        initiation_flow: draft.initiationFlow,
        orders: [],
      },
      children: [],
      toCome: [],
      hiddenUntil: performance.now() + (account.propagationMs ?? 0),
      events: [],
      scenario: account.scenario ?? 'HAPPY',
      gate: new Gate(),
      ...(onEnded && { onEnded }),
    };
    this.book.addPortfolioOrder(record);
    const event = this.log.note('PORTFOLIO_ORDER', record.portfolioOrder, moment, record);
    if (record.scenario === 'LAGGING_TYPE') record.lateEvent = event;
    else this.log.publish(event, record);
    const begin = (): void => {
      this.begin(record);
    };
    if (record.scenario === 'WAITS_IN_NEW') record.gate.pass(begin, ['proceed']);
    else this.waits.start('processAfterMs', begin);
    return record;
  }

  childChanged({ portfolioOrder, children }: PortfolioRecord, moment: string): void {
    portfolioOrder.updated_at = moment;
    portfolioOrder.orders = children.map(({ order: { id, side, status } }) => ({ id, side, status }));
  }

  /**
   * Ends trading with the last child; one that is still to come comes when another one has ended. How a portfolio
   * order ends whose children partly filled without a cancel is unknown (upvest.md 10.5): here it is FILLED.
   */
  childEnded(record: PortfolioRecord): void {
    const { children, cancelled, toCome } = record;
    const late = toCome.shift();
    if (late) {
      this.addLate(record, late);
      return;
    }
    if (children.some(({ order }) => order.status === 'NEW' || order.status === 'PROCESSING')) return;
    if (cancelled) this.cancel(record, cancelled.reason, cancelled.details);
    else if (children.some(({ order }) => order.status === 'FILLED')) this.tradingEnded(record, 'FILLED');
    else this.cancel(record, 'CANCELLED_BY_UPVEST', 'Every order was cancelled');
  }

  /** Ends a portfolio order none of whose children is open. */
  cancel(record: PortfolioRecord, reason: PortfolioCancellationReason, details: string): void {
    record.portfolioOrder.cancellation_reason = reason;
    record.portfolioOrder.cancellation_details = details;
    this.tradingEnded(record, 'CANCELLED');
  }

  private begin(record: PortfolioRecord): void {
    const { portfolioOrder, scenario } = record;
    if (portfolioOrder.status !== 'NEW') return;
    const reason = this.refusal(record);
    if (reason) {
      this.cancel(record, reason, 'The order failed a check');
      return;
    }
    const account = this.accounts.get(portfolioOrder.account_id);
    const drafts = childDrafts(portfolioOrder, account, account.children ?? this.options.children);
    // Upvest's own decision, made while the first half trades: the whole says so when its last child has ended.
    if (scenario === 'CANCELLED_WITH_FILLED_CHILDREN') {
      record.cancelled = { reason: 'CANCELLED_BY_UPVEST', details: 'Cancelled by Upvest' };
    }
    const creations = drafts.map((draft, index) => () => {
      const behaviour = behaviourOfChild(scenario, index, drafts.length);
      return this.createChild(record, draft, behaviour);
    });
    record.toCome = creations.splice(childrenAtFirst(scenario, drafts.length));
    for (const create of creations) create();
    this.startChild(record, 0);
  }

  private createChild(record: PortfolioRecord, draft: OrderDraft, behaviour: OrderBehaviour): OrderRecord {
    const { gate, portfolioOrder } = record;
    const terms = tradingTerms(this.accounts.get(draft.account_id), {
      side: draft.side,
      postTax: portfolioOrder.post_tax,
      fillRatio: this.options.fillRatio,
    });
    return this.orders.create(draft, { behaviour, terms, gate, portfolio: record });
  }

  /** With the last of them Upvest shows the whole list once more (an assumption: README.md). */
  private addLate(record: PortfolioRecord, create: () => OrderRecord): void {
    const child = create();
    if (record.toCome.length === 0) {
      const { portfolioOrder } = record;
      this.log.tellAgain('PORTFOLIO_ORDER', portfolioOrder, this.clock.next(), record);
    }
    this.waits.start('childSpacingMs', () => {
      this.orders.start(child);
    });
  }

  private refusal({ portfolioOrder }: PortfolioRecord): PortfolioCancellationReason | undefined {
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
      this.waits.start('childSpacingMs', () => {
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
    const moment = this.clock.next();
    portfolioOrder.updated_at = moment;
    if (lateEvent) {
      delete record.lateEvent;
      this.log.publish({ ...lateEvent, created_at: moment, object: structuredClone(portfolioOrder) }, record);
      this.log.emit('PORTFOLIO_ORDER', portfolioOrder, this.clock.next(), record);
      return;
    }
    this.log.emit('PORTFOLIO_ORDER', portfolioOrder, moment, record);
  }
}
