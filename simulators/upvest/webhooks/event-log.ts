import { v4 as uuid } from 'uuid';
import type { BrokerEvent, EventCategory, EventObjects } from '../orders/wire-objects';
import type { PortfolioRecord } from '../orders/order-store';

/** Entry of the truth log: a status that one object took. */
export interface TruthEntry {
  /** RFC 3339 UTC; unique. */
  at: string;
  kind: EventCategory;
  /** Id of the object; for a rejected cancellation, id of its order. */
  id: string;
  status: string;
  /** Order of an execution or of a rejected cancellation. */
  orderId?: string;
  /** Requested amount of a portfolio order or order; traded amount of an execution, before taxes. */
  cashAmount?: string;
  /** Portfolio order that it belongs to, if any. */
  portfolioOrderId?: string;
  /** Event that reports the status. */
  eventId: string;
}

/** Keeps the truth log (every status change, in order) and passes events to its listeners. */
export class EventLog {
  readonly truth: TruthEntry[] = [];
  private readonly listeners: ((event: BrokerEvent) => void)[] = [];

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.listeners.push(listener);
  }

  /** Records the object's status and publishes its event; `timestamp` is the time of the change. */
  emit<C extends EventCategory>(
    category: C,
    object: EventObjects[C],
    timestamp: string,
    record?: PortfolioRecord,
  ): void {
    this.publish(this.record(category, object, timestamp, record), record);
  }

  /** Publishes an event for an unchanged status, without a truth log entry. */
  republish<C extends EventCategory>(
    category: C,
    object: EventObjects[C],
    timestamp: string,
    record?: PortfolioRecord,
  ): void {
    this.publish(eventOf(category, object, timestamp), record);
  }

  /** Records the object's status and returns its event, with a snapshot of the object, for publication. */
  record<C extends EventCategory>(
    category: C,
    object: EventObjects[C],
    timestamp: string,
    record?: PortfolioRecord,
  ): BrokerEvent {
    const event = eventOf(category, object, timestamp);
    this.truth.push({
      at: timestamp,
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

function eventOf<C extends EventCategory>(
  category: C,
  object: EventObjects[C],
  timestamp: string,
): BrokerEvent {
  const type = `${category}.${object.status}`;
  return { id: uuid(), created_at: timestamp, type, object: structuredClone(object) };
}
