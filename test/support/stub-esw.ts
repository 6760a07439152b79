/** Checks the events at the stubbed ESW with the simulator's validation, ledger and audit. */
import { eswLedger } from './esw-ledger';
import type { EventAtEsw, OrderUnderTest } from './order-under-test';

export const EVERY_STATE = ['Created', 'Confirmed', 'Fulfilled', 'Settled'];

/** Events under this reference, the first arrival of each, in order: the portfolio order's own. */
function eventsOf(order: OrderUnderTest, reference: string): EventAtEsw[] {
  const own = order.sent().filter(({ body }) => body.brandOrderReference === reference);
  return own.filter(({ id }, index) => own.findIndex((one) => one.id === id) === index);
}

/** Statuses of the portfolio order at ESW, in order of arrival, each event once. */
export function statusesSent(order: OrderUnderTest, reference: string): string[] {
  return eventsOf(order, reference).map(({ status }) => status);
}

/** Values of a metadata item in the portfolio order's events, by status. */
export function metadataSent(order: OrderUnderTest, reference: string, name: string): Record<string, string> {
  const said: Record<string, string> = {};
  for (const { status, body } of eventsOf(order, reference)) {
    const { metadataItems = [] } = body as { metadataItems?: { name?: string; value?: string }[] };
    const value = metadataItems.find((item) => item.name === name)?.value;
    if (value !== undefined) said[status] = value;
  }
  return said;
}

/**
 * Checks that these statuses of the portfolio order, and all events of its children, were sent under this reference, each
 * with one id and the same bytes every time, as valid events and in the order of a correct emitter.
 *
 * @param mayTimesGoBack if polling finds statuses after later ones were emitted: they have the time of the object
 */
export function expectEachOnceSent(
  order: OrderUnderTest,
  reference: string,
  statuses: string[],
  { mayTimesGoBack = false } = {},
): void {
  expect(statusesSent(order, reference)).toEqual(statuses);
  const families = order.sent().map(({ body }) => body.parentBrandOrderReference ?? body.brandOrderReference);
  expect(new Set(families)).toEqual(new Set([reference]));
  const esw = eswLedger();
  esw.accept({ events: order.sent().map(({ id, bytes }) => ({ id, body: bytes })) });
  for (const { replays, byteIdenticalReplays } of esw.events()) expect(byteIdenticalReplays).toBe(replays);
  expect(esw.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
  const found = esw.audit().filter(({ code }) => !mayTimesGoBack || code !== 'creation-time-went-backwards');
  expect(found).toEqual([]);
}

/** Ids of events that were sent more than once, of the portfolio order and its children. */
export function sentTwice(order: OrderUnderTest): string[] {
  const ids = order.sent().map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
