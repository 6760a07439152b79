import { v4 as uuid } from 'uuid';
import type { BrokerEvent, EventType, Execution, Order, PortfolioOrder } from './objects';
import type { PortfolioRecord } from './order-book';

/** Keeps every event that was emitted and hands it to whoever delivers it. */
export class EventLog {
  private readonly listeners: ((event: BrokerEvent) => void)[] = [];

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.listeners.push(listener);
  }

  /** Emits a snapshot of `object` as it is now; `moment` is when the change happened. */
  emit(
    record: PortfolioRecord,
    type: EventType,
    object: PortfolioOrder | Order | Execution,
    moment: string,
  ): void {
    const event: BrokerEvent = { id: uuid(), created_at: moment, type, object: structuredClone(object) };
    record.events.push(event);
    for (const listener of this.listeners) listener(event);
  }
}
