import Big from 'big.js';
import { v4 as uuid } from 'uuid';
import type { Accounts } from './accounts';
import { CancelGate } from './cancel-gate';
import type { Clock } from './clock';
import type { EventLog } from './event-log';
import { isinOf } from './instruments';
import { splitByWeights } from './money';
import type { Currency, PortfolioCancellationReason, PortfolioOrderType, Side } from './objects';
import type { ResolvedOptions } from './options';
import type { OrderBook, PortfolioRecord } from './order-book';
import type { ChildObserver, OrderLife } from './order-life';
import type { PacedWaits } from './paced-waits';
import { behaviourOfChild } from './scenarios';

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
 * another, FILLED or CANCELLED with the last of them, settlement. `order-life.ts` holds what happens to each child.
 */
export class PortfolioLife implements ChildObserver {
  constructor(
    private readonly book: OrderBook,
    private readonly accounts: Accounts,
    private readonly orders: OrderLife,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly waits: PacedWaits,
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
      events: [],
      scenario: account.scenario ?? 'HAPPY',
      gate: new CancelGate(),
      ...(onEnded && { onEnded }),
    };
    this.book.addPortfolioOrder(record);
    const event = this.log.note('PORTFOLIO_ORDER', record.portfolioOrder, moment, record);
    if (record.scenario === 'LAGGING_TYPE') record.lateEvent = event;
    else this.log.publish(event, record);
    if (record.scenario !== 'WAITS_IN_NEW') {
      this.waits.start('processAfterMs', () => {
        this.begin(record);
      });
    }
    return record;
  }

  childChanged({ portfolioOrder, children }: PortfolioRecord, moment: string): void {
    portfolioOrder.updated_at = moment;
    portfolioOrder.orders = children.map(({ order: { id, side, status } }) => ({ id, side, status }));
  }

  /**
   * Ends trading with the last child. How a portfolio order ends whose children partly filled without a cancel is
   * unknown (upvest.md 10.5): here it is FILLED.
   */
  childEnded(record: PortfolioRecord): void {
    const { children, cancelled } = record;
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
    const { children = this.options.children, childInitiationFlow } = this.accounts.get(
      portfolioOrder.account_id,
    );
    const ownFlow = portfolioOrder.type === 'REBALANCING' ? 'PORTFOLIO_REBALANCING' : 'PORTFOLIO';
    splitByWeights(portfolioOrder.cash_amount, children).forEach((cash, index, { length }) => {
      this.orders.create(
        {
          user_id: portfolioOrder.user_id,
          account_id: portfolioOrder.account_id,
          cash_amount: cash,
          currency: portfolioOrder.currency,
          side: sideOfChild(portfolioOrder.type, index),
          instrument_id: isinOf(index),
          instrument_id_type: 'ISIN',
          order_type: 'MARKET',
          quantity: '0',
          limit_price: '',
          stop_price: '',
          expiry_date: '',
          user_instrument_fit_acknowledgement: false,
          initiation_flow: childInitiationFlow ?? ownFlow,
          execution_flow: 'STRAIGHT_THROUGH',
          client_reference: portfolioOrder.id,
        },
        { behaviour: behaviourOfChild(scenario, index, length), gate: record.gate, portfolio: record },
      );
    });
    this.startChild(record, 0);
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
    if (record.children.some(({ order }) => order.executions.length > 0)) {
      this.waits.start('settleAfterMs', () => {
        this.settle(record);
      });
    }
  }

  private settle(record: PortfolioRecord): void {
    for (const child of record.children) this.orders.settle(child);
    if (record.portfolioOrder.status !== 'FILLED') return;
    record.portfolioOrder.status = 'SETTLED';
    this.changed(record);
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

/** A rebalancing sells what is too much and buys what is too little; elsewhere children go the order's way. */
function sideOfChild(type: PortfolioOrderType, index: number): Side {
  if (type === 'REBALANCING') return index % 2 === 0 ? 'SELL' : 'BUY';
  return type;
}
