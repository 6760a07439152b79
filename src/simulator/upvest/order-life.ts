import { v4 as uuid } from 'uuid';
import type { Clock } from './clock';
import { tradingDaysLater } from './clock';
import type { EventLog } from './event-log';
import { isinOf } from './instruments';
import { priceOf, scaled, shareQuantity, splitByWeights, splitEvenly } from './money';
import type { Currency, Execution, Order, PortfolioOrderType, Side } from './objects';
import type { ResolvedOptions } from './options';
import type { OrderBook, PortfolioRecord } from './order-book';
import type { PacedWaits } from './paced-waits';

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

const venueId = '20000000-0000-4000-8000-000000000001';
/** "Typically T+2" (upvest.md 6, row 20). */
const settlementDays = 2;

/**
 * The life of portfolio orders that go well (upvest.md 4.1-4.3, 7): NEW without children, children that become
 * PROCESSING one after another, executions, FILLED, settlement. Each step looks first whether it still applies, since a
 * cancel may have come between; `cancellation.ts` holds those.
 */
export class OrderLife {
  constructor(
    private readonly book: OrderBook,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly waits: PacedWaits,
    private readonly options: ResolvedOptions,
  ) {}

  accept(draft: PortfolioOrderDraft): PortfolioRecord {
    const moment = this.clock.next();
    const record = this.book.addPortfolioOrder({
      id: uuid(),
      created_at: moment,
      updated_at: moment,
      user_id: draft.userId,
      account_id: draft.accountId,
      allocation_id: this.book.account(draft.accountId).allocationId,
      cash_amount: draft.cashAmount,
      currency: draft.currency,
      status: 'NEW',
      type: draft.type,
      post_tax: draft.postTax,
      // Set by Upvest alone: empty for API orders, the initiating object's id otherwise (upvest.md 7).
      client_reference: draft.initiationFlow === 'API' ? '' : uuid(),
      initiation_flow: draft.initiationFlow,
      orders: [],
    });
    this.log.emit(record, 'PORTFOLIO_ORDER.NEW', record.portfolioOrder, moment);
    this.waits.start('processAfterMs', () => {
      this.begin(record);
    });
    return record;
  }

  /** Emits an order's new status, with the portfolio order's list of children brought up to it. */
  orderChanged(record: PortfolioRecord, order: Order, moment: string): void {
    order.updated_at = moment;
    record.portfolioOrder.updated_at = moment;
    record.portfolioOrder.orders = record.orders.map(({ id, side, status }) => ({ id, side, status }));
    this.log.emit(record, `ORDER.${order.status}`, order, moment);
  }

  portfolioOrderChanged(record: PortfolioRecord): void {
    const moment = this.clock.next();
    record.portfolioOrder.updated_at = moment;
    this.log.emit(record, `PORTFOLIO_ORDER.${record.portfolioOrder.status}`, record.portfolioOrder, moment);
  }

  /**
   * To be called when a child has ended: ends the portfolio order's trading with its last child. How a portfolio order
   * ends whose children partly filled without a cancel is unknown (upvest.md 10.5): here it is FILLED.
   */
  childEnded(record: PortfolioRecord): void {
    if (record.orders.some(({ status }) => status === 'NEW' || status === 'PROCESSING')) return;
    const { portfolioOrder } = record;
    if (!record.cancelled && !record.orders.some(({ status }) => status === 'FILLED')) {
      record.cancelled = { reason: 'CANCELLED_BY_UPVEST', details: 'Every order was cancelled' };
    }
    if (record.cancelled) {
      portfolioOrder.status = 'CANCELLED';
      portfolioOrder.cancellation_reason = record.cancelled.reason;
      portfolioOrder.cancellation_details = record.cancelled.details;
    } else {
      portfolioOrder.status = 'FILLED';
    }
    this.portfolioOrderChanged(record);
    this.settleLater(record);
  }

  private begin(record: PortfolioRecord): void {
    const { portfolioOrder } = record;
    if (portfolioOrder.status !== 'NEW') return;
    const { rejectWith, children = this.options.children } = this.book.account(portfolioOrder.account_id);
    if (rejectWith) {
      record.cancelled = { reason: rejectWith, details: 'The order failed a check' };
      this.childEnded(record);
      return;
    }
    splitByWeights(portfolioOrder.cash_amount, children).forEach((cash, index) => {
      this.createChild(record, cash, index);
    });
    this.startChild(record, 0);
  }

  private createChild(record: PortfolioRecord, cash: string, index: number): void {
    const { portfolioOrder } = record;
    const moment = this.clock.next();
    const order: Order = {
      id: uuid(),
      created_at: moment,
      updated_at: moment,
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
      status: 'NEW',
      fee: '0.0',
      initiation_flow: portfolioOrder.type === 'REBALANCING' ? 'PORTFOLIO_REBALANCING' : 'PORTFOLIO',
      execution_flow: 'STRAIGHT_THROUGH',
      client_reference: portfolioOrder.id,
      executions: [],
    };
    this.book.addOrder(record, order);
    this.orderChanged(record, order, moment);
  }

  private startChild(record: PortfolioRecord, index: number): void {
    const order = record.orders[index];
    if (!order) return;
    if (order.status === 'NEW') {
      order.status = 'PROCESSING';
      this.orderChanged(record, order, this.clock.next());
      if (record.portfolioOrder.status === 'NEW') {
        record.portfolioOrder.status = 'PROCESSING';
        this.portfolioOrderChanged(record);
      }
      const parts = splitEvenly(
        scaled(order.cash_amount, this.options.fillRatio),
        this.options.executionsPerOrder,
      );
      this.fillLater(record, order, index, parts);
    }
    if (index + 1 < record.orders.length) {
      this.waits.start('childSpacingMs', () => {
        this.startChild(record, index + 1);
      });
    }
  }

  private fillLater(record: PortfolioRecord, order: Order, instrument: number, parts: string[]): void {
    this.waits.start('fillAfterMs', () => {
      if (order.status !== 'PROCESSING') return;
      const [cash, ...rest] = parts;
      if (cash !== undefined) this.execute(record, order, instrument, cash);
      if (rest.length > 0) {
        this.fillLater(record, order, instrument, rest);
        return;
      }
      order.status = 'FILLED';
      this.orderChanged(record, order, this.clock.next());
      this.childEnded(record);
    });
  }

  private execute(record: PortfolioRecord, order: Order, instrument: number, cash: string): void {
    const moment = this.clock.next();
    const price = priceOf(instrument);
    const execution: Execution = {
      id: uuid(),
      order_id: order.id,
      status: 'FILLED',
      side: order.side,
      cash_amount: cash,
      currency: order.currency,
      share_quantity: shareQuantity(cash, price),
      price,
      transaction_time: moment,
      taxes: [{ type: 'TOTAL', amount: '0' }],
      venue_id: venueId,
      settlement_date: tradingDaysLater(moment, settlementDays),
    };
    order.executions.push(execution);
    order.updated_at = moment;
    this.log.emit(record, 'EXECUTION.FILLED', execution, moment);
  }

  private settleLater(record: PortfolioRecord): void {
    if (record.settling || !record.orders.some(({ executions }) => executions.length > 0)) return;
    record.settling = true;
    this.waits.start('settleAfterMs', () => {
      this.settle(record);
    });
  }

  private settle(record: PortfolioRecord): void {
    for (const order of record.orders) {
      for (const execution of order.executions.filter(({ status }) => status === 'FILLED')) {
        const moment = this.clock.next();
        execution.status = 'SETTLED';
        order.updated_at = moment;
        this.log.emit(record, 'EXECUTION.SETTLED', execution, moment);
      }
    }
    if (record.portfolioOrder.status !== 'FILLED') return;
    record.portfolioOrder.status = 'SETTLED';
    this.portfolioOrderChanged(record);
  }
}

/** A rebalancing sells what is too much and buys what is too little; elsewhere children go the order's way. */
function sideOfChild(type: PortfolioOrderType, index: number): Side {
  if (type === 'REBALANCING') return index % 2 === 0 ? 'SELL' : 'BUY';
  return type;
}
