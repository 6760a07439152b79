import { v4 as uuid } from 'uuid';
import { tradingDaysLater, type Clock } from '../behaviour/clock';
import type { EventLog } from '../webhooks/event-log';
import { fillsOf, type Fill } from './fills';
import type { ScenarioHold } from '../behaviour/scenario-hold';
import type { BrokerEvent, Execution, Order, OrderCancellationReason } from './wire-objects';
import type { ResolvedOptions } from '../options';
import type { OrderStore, OrderRecord, PortfolioRecord } from './order-store';
import type { PacedTimers } from '../behaviour/paced-timers';
import type { OrderBehaviour } from '../behaviour/scenarios';
import type { Settlement } from './settlement';
import type { TradingTerms } from './trading-terms';

/** Initial fields of an order. */
export type OrderDraft = Omit<Order, 'id' | 'created_at' | 'updated_at' | 'status' | 'fee' | 'executions'>;

/** Everything else that determines the progress of an order. */
export interface OrderSetup {
  behaviour: OrderBehaviour;
  terms: TradingTerms;
  hold: ScenarioHold;
  portfolio?: PortfolioRecord;
}

/** Is notified of changes to child orders. */
export interface ChildObserver {
  /** Called before the event of a child's new status is published. */
  childChanged(portfolio: PortfolioRecord, timestamp: string): void;
  /** Called after a child became FILLED or CANCELLED. */
  childEnded(portfolio: PortfolioRecord): void;
}

const venueId = '20000000-0000-4000-8000-000000000001';
/** "Typically T+2" (references/upvest.md#known-inconsistencies no. 20). */
const settlementDays = 2;

/**
 * Advances individual and child orders from NEW to their end (references/upvest.md#order, #execution). Each step first
 * checks that it still applies, since a cancel may have come in between.
 */
export class OrderLifecycle {
  private observer: ChildObserver | undefined;

  constructor(
    private readonly store: OrderStore,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly timers: PacedTimers,
    private readonly settlement: Settlement,
    private readonly options: ResolvedOptions,
  ) {}

  observeChildren(observer: ChildObserver): void {
    this.observer = observer;
  }

  create(draft: OrderDraft, { behaviour, terms, hold, portfolio }: OrderSetup): OrderRecord {
    const timestamp = this.clock.next();
    const order: Order = {
      id: uuid(),
      created_at: timestamp,
      updated_at: timestamp,
      ...draft,
      status: 'NEW',
      fee: terms.fee,
      executions: [],
    };
    const record: OrderRecord = {
      order,
      behaviour,
      terms,
      hold,
      portfolio,
      ...(behaviour.executionFirst && { withheld: [] }),
    };
    this.store.addOrder(record);
    portfolio?.children.push(record);
    this.changed(record, timestamp);
    return record;
  }

  /** Moves the order from NEW to PROCESSING and starts trading. */
  start(record: OrderRecord): void {
    const trade = (): void => {
      this.trade(record);
    };
    if (record.behaviour.waitsIn === 'NEW') record.hold.runOn(['proceed'], trade);
    else trade();
  }

  /** Ends the order as FILLED, or as CANCELLED with a reason; its executions remain. */
  end(record: OrderRecord, reason?: OrderCancellationReason): void {
    const { order, portfolio } = record;
    order.status = reason ? 'CANCELLED' : 'FILLED';
    if (reason) order.cancellation_reason = reason;
    this.settlement.publishWithheld(record);
    this.changed(record, this.clock.next());
    if (portfolio) this.observer?.childEnded(portfolio);
    else this.settlement.ofOrder(record);
  }

  /** Emits the event that rejects the client's cancel (references/upvest.md#order-cancellation-rejected). */
  rejectCancellation({ order, portfolio }: OrderRecord): void {
    const rejection = {
      order_id: order.id,
      status: 'REJECTED',
      reason: `The order is ${order.status}`,
    } as const;
    this.log.emit('ORDER_CANCELLATION', rejection, this.clock.next(), portfolio);
  }

  private trade(record: OrderRecord): void {
    const { order, behaviour, hold, terms } = record;
    if (order.status !== 'NEW') return;
    order.status = 'PROCESSING';
    this.changed(record, this.clock.next());
    this.runUnlessHeld(record, 'PROCESSING', () => {
      if (behaviour.cancel === 'refused' && hold.isReleasedBy('cancel')) this.rejectCancellation(record);
      const executions = behaviour.executions ?? this.options.executionsPerOrder;
      const crossed = behaviour.crossedPrices ?? false;
      this.fillLater(record, fillsOf(order, executions, { ...terms, crossed }));
    });
  }

  private fillLater(record: OrderRecord, [fill, ...others]: Fill[]): void {
    this.timers.start('fillAfterMs', () => {
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
      this.runUnlessHeld(record, 'PARTLY_FILLED', () => {
        this.fillLater(record, others);
      });
    });
  }

  /** Runs the step, after a cancel request or `proceed` if the scenario holds the order here. */
  private runUnlessHeld(record: OrderRecord, state: OrderBehaviour['waitsIn'], step: () => void): void {
    const { behaviour, hold, order } = record;
    if (behaviour.waitsIn !== state) {
      step();
      return;
    }
    hold.runOn(['cancel', 'proceed'], () => {
      if (order.status === 'PROCESSING') step();
    });
  }

  private execute(record: OrderRecord, { cash, quantity, price, tax }: Fill): void {
    const { order, terms } = record;
    const timestamp = this.clock.next();
    const { settlementDate = tradingDaysLater(timestamp, settlementDays) } = terms;
    const execution: Execution = {
      id: uuid(),
      order_id: order.id,
      status: 'FILLED',
      side: order.side,
      cash_amount: cash,
      currency: order.currency,
      share_quantity: quantity,
      price,
      transaction_time: timestamp,
      taxes: [{ type: 'TOTAL', amount: tax }],
      venue_id: venueId,
      ...(settlementDate !== 'none' && { settlement_date: settlementDate }),
    };
    order.executions.push(execution);
    order.updated_at = timestamp;
    this.log.emit('EXECUTION', execution, timestamp, record.portfolio);
    this.settlement.publishWithheld(record);
  }

  private changed(record: OrderRecord, timestamp: string): void {
    const { order, portfolio, withheld } = record;
    order.updated_at = timestamp;
    if (portfolio) this.observer?.childChanged(portfolio, timestamp);
    const event: BrokerEvent = this.log.record('ORDER', order, timestamp, portfolio);
    if (withheld) withheld.push(event);
    else this.log.publish(event, portfolio);
  }
}
