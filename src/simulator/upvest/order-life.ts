import { v4 as uuid } from 'uuid';
import { tradingDaysLater, type Clock } from './clock';
import type { EventLog } from './event-log';
import { fillsOf, type Fill } from './fills';
import type { Gate } from './gate';
import type { BrokerEvent, Execution, Order, OrderCancellationReason } from './objects';
import type { ResolvedOptions } from './options';
import type { OrderBook, OrderRecord, PortfolioRecord } from './order-book';
import type { PacedWaits } from './paced-waits';
import type { OrderBehaviour } from './scenarios';
import type { Settlement } from './settlement';
import type { TradingTerms } from './trading-terms';

/** What an order begins with. */
export type OrderDraft = Omit<Order, 'id' | 'created_at' | 'updated_at' | 'status' | 'fee' | 'executions'>;

/** What else an order's life depends on. */
export interface OrderSetting {
  behaviour: OrderBehaviour;
  terms: TradingTerms;
  gate: Gate;
  portfolio?: PortfolioRecord;
}

/** Follows what happens to the children of portfolio orders. */
export interface ChildObserver {
  /** Before the event of a child's new status goes out. */
  childChanged(portfolio: PortfolioRecord, moment: string): void;
  /** After a child became FILLED or CANCELLED. */
  childEnded(portfolio: PortfolioRecord): void;
}

const venueId = '20000000-0000-4000-8000-000000000001';
/** "Typically T+2" (upvest.md 6, row 20). */
const settlementDays = 2;

/**
 * The life of an individual order, alone or as a child (upvest.md 4.2, 4.3). Each step looks first whether it still
 * applies, since a cancel may have come between.
 */
export class OrderLife {
  private observer: ChildObserver | undefined;

  constructor(
    private readonly book: OrderBook,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly waits: PacedWaits,
    private readonly settlement: Settlement,
    private readonly options: ResolvedOptions,
  ) {}

  observeChildren(observer: ChildObserver): void {
    this.observer = observer;
  }

  create(draft: OrderDraft, { behaviour, terms, gate, portfolio }: OrderSetting): OrderRecord {
    const moment = this.clock.next();
    const order: Order = {
      id: uuid(),
      created_at: moment,
      updated_at: moment,
      ...draft,
      status: 'NEW',
      fee: '0.0',
      executions: [],
    };
    const record: OrderRecord = {
      order,
      behaviour,
      terms,
      gate,
      portfolio,
      ...(behaviour.executionFirst && { withheld: [] }),
    };
    this.book.addOrder(record);
    portfolio?.children.push(record);
    this.changed(record, moment);
    return record;
  }

  /** NEW becomes PROCESSING, and trading begins. */
  start(record: OrderRecord): void {
    const trade = (): void => {
      this.trade(record);
    };
    if (record.behaviour.waitsIn === 'NEW') record.gate.pass(trade, ['proceed']);
    else trade();
  }

  /** FILLED, or with a reason CANCELLED; executions so far stay. */
  end(record: OrderRecord, reason?: OrderCancellationReason): void {
    const { order, portfolio } = record;
    order.status = reason ? 'CANCELLED' : 'FILLED';
    if (reason) order.cancellation_reason = reason;
    this.settlement.tellWithheld(record);
    this.changed(record, this.clock.next());
    if (portfolio) this.observer?.childEnded(portfolio);
    else this.settlement.ofOrder(record);
  }

  /** Tells that the client's cancel of this order came to nothing (upvest.md 5.3). */
  rejectCancellation({ order, portfolio }: OrderRecord): void {
    const rejection = {
      order_id: order.id,
      status: 'REJECTED',
      reason: `The order is ${order.status}`,
    } as const;
    this.log.emit('ORDER_CANCELLATION', rejection, this.clock.next(), portfolio);
  }

  private trade(record: OrderRecord): void {
    const { order, behaviour, gate, terms } = record;
    if (order.status !== 'NEW') return;
    order.status = 'PROCESSING';
    this.changed(record, this.clock.next());
    this.goOn(record, 'PROCESSING', () => {
      if (behaviour.cancel === 'refused' && gate.openedBy('cancel')) this.rejectCancellation(record);
      const executions = behaviour.executions ?? this.options.executionsPerOrder;
      const crossed = behaviour.crossedPrices ?? false;
      this.fillLater(record, fillsOf(order, executions, { ...terms, crossed }));
    });
  }

  private fillLater(record: OrderRecord, [fill, ...others]: Fill[]): void {
    this.waits.start('fillAfterMs', () => {
      if (record.order.status !== 'PROCESSING') return;
      const { cancelledInstead } = record.behaviour;
      if (cancelledInstead) {
        this.end(record, cancelledInstead);
        return;
      }
      if (fill) this.execute(record, fill);
      if (others.length === 0) {
        this.end(record);
        return;
      }
      this.goOn(record, 'PARTLY_FILLED', () => {
        this.fillLater(record, others);
      });
    });
  }

  /** Takes the step, if need be only when the client has asked for a cancel or the life is told to proceed. */
  private goOn(record: OrderRecord, place: OrderBehaviour['waitsIn'], step: () => void): void {
    const { behaviour, gate, order } = record;
    if (behaviour.waitsIn !== place) {
      step();
      return;
    }
    gate.pass(() => {
      if (order.status === 'PROCESSING') step();
    }, ['cancel', 'proceed']);
  }

  private execute(record: OrderRecord, { cash, quantity, price, tax }: Fill): void {
    const { order, terms } = record;
    const moment = this.clock.next();
    const { settlementDate = tradingDaysLater(moment, settlementDays) } = terms;
    const execution: Execution = {
      id: uuid(),
      order_id: order.id,
      status: 'FILLED',
      side: order.side,
      cash_amount: cash,
      currency: order.currency,
      share_quantity: quantity,
      price,
      transaction_time: moment,
      taxes: [{ type: 'TOTAL', amount: tax }],
      venue_id: venueId,
      ...(settlementDate !== 'none' && { settlement_date: settlementDate }),
    };
    order.executions.push(execution);
    order.updated_at = moment;
    this.log.emit('EXECUTION', execution, moment, record.portfolio);
    this.settlement.tellWithheld(record);
  }

  private changed(record: OrderRecord, moment: string): void {
    const { order, portfolio, withheld } = record;
    order.updated_at = moment;
    if (portfolio) this.observer?.childChanged(portfolio, moment);
    const event: BrokerEvent = this.log.note('ORDER', order, moment, portfolio);
    if (withheld) withheld.push(event);
    else this.log.publish(event, portfolio);
  }
}
