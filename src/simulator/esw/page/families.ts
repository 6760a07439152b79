import type { StoredEvent } from '../event-records';

/** The events of one `brandOrderReference`, in order of acceptance. */
export interface ReferenceEvents {
  /** Absent for events that name no order. */
  reference: string | undefined;
  isChild: boolean;
  events: StoredEvent[];
}

/** A portfolio order with its children. */
export interface Family {
  tenantCode: string;
  /** Reference of the portfolio order; absent for events that name no order. */
  reference: string | undefined;
  /** The portfolio order first, where it has events, then its children in order of their first events. */
  members: ReferenceEvents[];
}

/** Groups events by portfolio order, the order with the newest event first. */
export function familiesOf(events: readonly StoredEvent[]): Family[] {
  const families = new Map<string, Family>();
  for (const event of events) {
    const { tenantCode } = event;
    const key = keyOf(event);
    const family = families.get(key) ?? { tenantCode, reference: headOf(event), members: [] };
    // Out and in again: a map lists its keys in order of insertion, so that the newest come last.
    families.delete(key);
    families.set(key, family);
    membersOf(family, event).push(event);
  }
  const list = [...families.values()].reverse();
  for (const { members } of list) members.sort((a, b) => Number(a.isChild) - Number(b.isChild));
  return list;
}

/** How many portfolio orders the events are of. */
export function countFamilies(events: readonly StoredEvent[]): number {
  return new Set(events.map(keyOf)).size;
}

function keyOf(event: StoredEvent): string {
  return JSON.stringify([event.tenantCode, headOf(event)]);
}

/** Reference of the portfolio order that the event belongs to. */
function headOf({ body }: StoredEvent): string | undefined {
  return body.parentBrandOrderReference ?? body.brandOrderReference;
}

function membersOf({ members }: Family, { body }: StoredEvent): StoredEvent[] {
  const reference = body.brandOrderReference;
  const isChild = body.parentBrandOrderReference !== undefined;
  const known = members.find((one) => one.reference === reference && one.isChild === isChild);
  if (known) return known.events;
  const member: ReferenceEvents = { reference, isChild, events: [] };
  members.push(member);
  return member.events;
}
