import { v4 as uuid } from 'uuid';
import type { BrokerEvent, EventCategory, EventObjects } from './objects';
import type { PortfolioRecord } from './order-book';

/** One thing that became true: a status that one object took. */
export interface TruthEntry {
  /** When, as RFC 3339 UTC; no two entries share it. */
  at: string;
  kind: EventCategory;
  /** Of the portfolio order, order, execution or rebalancing order; of the order whose cancellation was rejected. */
  id: string;
  status: string;
  /** The order of an execution or of a rejected cancellation. */
  orderId?: string;
  /** Of a portfolio order and an order what was asked for, of an execution what was traded, before taxes. */
  cashAmount?: string;
  /** The portfolio order that it belongs to, if there is one. */
  portfolioOrderId?: string;
  /** The event that tells it. */
  eventId: string;
}

/** Keeps what became true, in order, and hands the events that tell it to whoever delivers them. */
export class EventLog {
  readonly truth: TruthEntry[] = [];
  private readonly listeners: ((event: BrokerEvent) => void)[] = [];

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.listeners.push(listener);
  }

  /** Notes the object's status and tells it at once; `moment` is when the change happened. */
  emit<C extends EventCategory>(
    category: C,
    object: EventObjects[C],
    moment: string,
    record?: PortfolioRecord,
  ): void {
    this.publish(this.note(category, object, moment, record), record);
  }

  /** Tells an object whose status is known already: nothing became true that the log does not have. */
  tellAgain<C extends EventCategory>(
    category: C,
    object: EventObjects[C],
    moment: string,
    record?: PortfolioRecord,
  ): void {
    this.publish(eventOf(category, object, moment), record);
  }

  /** Notes the object's status as true; the answer is the event that tells it, with a snapshot of now. */
  note<C extends EventCategory>(
    category: C,
    object: EventObjects[C],
    moment: string,
    record?: PortfolioRecord,
  ): BrokerEvent {
    const event = eventOf(category, object, moment);
    this.truth.push({
      at: moment,
      kind: category,
      id: 'id' in object ? object.id : object.order_id,
      status: object.status,
      ...('order_id' in object && { orderId: object.order_id }),
      ...('cash_amount' in object && { cashAmount: object.cash_amount }),
      ...(record && { portfolioOrderId: record.portfolioOrder.id }),
      eventId: event.id,
    });
    return event;
  }

  publish(event: BrokerEvent, record?: PortfolioRecord): void {
    record?.events.push(event);
    for (const listener of this.listeners) listener(event);
  }
}

function eventOf<C extends EventCategory>(category: C, object: EventObjects[C], moment: string): BrokerEvent {
  const type = `${category}.${object.status}`;
  return { id: uuid(), created_at: moment, type, object: structuredClone(object) };
}
