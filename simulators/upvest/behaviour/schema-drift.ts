import { v4 as uuid } from 'uuid';
import type { Clock } from './clock';
import type { BrokerEvent } from '../orders/wire-objects';

/**
 * Schema drift: what Upvest may add without notice (references/upvest.md#versions, #known-inconsistencies no. 16). It
 * changes neither the truth log nor the control plane.
 */
export interface SchemaDriftOptions {
  /** Adds an undocumented field to every event, its object and every API response. */
  unknownField?: boolean;
  /** Replaces the status PROCESSING of orders and portfolio orders; event types stay unchanged. */
  unknownStatus?: string;
  /** Sends an event of this type, with the same object, after every event of the same category. */
  unknownEventType?: string;
}

const extra = { added_by_drift: { since: 'the next minor version' } };

/** Applies schema drift to outgoing events and responses. */
export class SchemaDrift {
  options: SchemaDriftOptions = {};

  constructor(private readonly clock: Clock) {}

  events(event: BrokerEvent): BrokerEvent[] {
    const { unknownField, unknownEventType: type } = this.options;
    const changed = { ...event, object: this.object(event.object), ...(unknownField && extra) };
    if (type === undefined || categoryOf(type) !== categoryOf(event.type)) return [changed];
    return [changed, { ...changed, id: uuid(), created_at: this.clock.next(), type }];
  }

  /** Changes an API response: one object, or a list with `data`. */
  response(payload: unknown): unknown {
    if (!isObject(payload)) return payload;
    const data: unknown = 'data' in payload ? payload.data : undefined;
    return {
      ...this.object(payload),
      ...(Array.isArray(data) && { data: data.map((item) => this.response(item)) }),
    };
  }

  private object(object: object): object {
    const { unknownField, unknownStatus } = this.options;
    const children: unknown = 'orders' in object ? object.orders : undefined;
    return {
      ...object,
      ...(unknownStatus !== undefined &&
        'status' in object &&
        object.status === 'PROCESSING' && { status: unknownStatus }),
      ...(Array.isArray(children) && { orders: children.map((child) => this.response(child)) }),
      ...(unknownField && extra),
    };
  }
}

function categoryOf(eventType: string): string | undefined {
  return eventType.split('.')[0];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
