import { v4 as uuid } from 'uuid';
import type { Clock } from './clock';
import type { BrokerEvent } from './objects';

/** What Upvest may add without asking (upvest.md 0.2, 6 row 16). The truth log and the control plane stay as they are. */
export interface DriftOptions {
  /** Every event, its object and every answer of the API has a field that nobody knows. */
  unknownField?: boolean;
  /** Shown as status by orders and portfolio orders instead of PROCESSING; event types stay as they are. */
  unknownStatus?: string;
  /** An event of this type follows every event of the same category, with the same object. */
  unknownEventType?: string;
}

const extra = { added_by_drift: { since: 'the next minor version' } };

/** Adds drift to what leaves the simulator. */
export class Drift {
  options: DriftOptions = {};

  constructor(private readonly clock: Clock) {}

  events(event: BrokerEvent): BrokerEvent[] {
    const { unknownField, unknownEventType: type } = this.options;
    const told = { ...event, object: this.object(event.object), ...(unknownField && extra) };
    if (type === undefined || categoryOf(type) !== categoryOf(event.type)) return [told];
    return [told, { ...told, id: uuid(), created_at: this.clock.next(), type }];
  }

  /** An answer of the API: one object, or a list with `data`. */
  answer(payload: unknown): unknown {
    if (!isObject(payload)) return payload;
    const data: unknown = 'data' in payload ? payload.data : undefined;
    return {
      ...this.object(payload),
      ...(Array.isArray(data) && { data: data.map((item) => this.answer(item)) }),
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
      ...(Array.isArray(children) && { orders: children.map((child) => this.answer(child)) }),
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
