import type { StoredEvent } from '../events/event-records';

/** The events of one `brandOrderReference`, in order of acceptance. */
export interface ReferenceEvents {
  /** Absent for events without a reference. */
  reference: string | undefined;
  isChild: boolean;
  events: StoredEvent[];
}

/** Order group: a portfolio order with its children. */
export interface OrderGroup {
  tenantCode: string;
  /** Reference of the portfolio order; absent for events without a reference. */
  reference: string | undefined;
  /** The portfolio order, if it has events, then its children in order of their first events. */
  members: ReferenceEvents[];
}

/** Groups events by portfolio order; the group with the newest event comes first. */
export function groupByPortfolioOrder(events: readonly StoredEvent[]): OrderGroup[] {
  const groups = new Map<string, OrderGroup>();
  for (const event of events) {
    const { tenantCode } = event;
    const key = keyOf(event);
    const group = groups.get(key) ?? { tenantCode, reference: portfolioReferenceOf(event), members: [] };
    // Reinsert the key: a map keeps insertion order, so the group with the newest event comes last.
    groups.delete(key);
    groups.set(key, group);
    eventsOf(group, event).push(event);
  }
  const list = [...groups.values()].reverse();
  for (const { members } of list) members.sort((a, b) => Number(a.isChild) - Number(b.isChild));
  return list;
}

/** Number of portfolio orders in the events. */
export function countPortfolioOrders(events: readonly StoredEvent[]): number {
  return new Set(events.map(keyOf)).size;
}

function keyOf(event: StoredEvent): string {
  return JSON.stringify([event.tenantCode, portfolioReferenceOf(event)]);
}

/** Reference of the portfolio order that the event belongs to. */
function portfolioReferenceOf({ body }: StoredEvent): string | undefined {
  return body.parentBrandOrderReference ?? body.brandOrderReference;
}

function eventsOf({ members }: OrderGroup, { body }: StoredEvent): StoredEvent[] {
  const reference = body.brandOrderReference;
  const isChild = body.parentBrandOrderReference !== undefined;
  const known = members.find((one) => one.reference === reference && one.isChild === isChild);
  if (known) return known.events;
  const member: ReferenceEvents = { reference, isChild, events: [] };
  members.push(member);
  return member.events;
}
