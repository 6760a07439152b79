/** Judges what reached the stubbed ESW by the rules of the simulated one: its validation, its ledger and its audit. */
import { EventLedger } from '../../src/simulator/esw/event-ledger';
import { parseJsonObject } from '../../src/simulator/esw/json-body';
import { OrderingAudit } from '../../src/simulator/esw/ordering-audit';
import { validateOrderEvent } from '../../src/simulator/esw/validation';
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

/** What the portfolio order's events say of a metadata item, by status, where they do. */
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
 * Checks that these statuses of the portfolio order, and whatever of its children, were sent under this reference, each
 * under one id with the same bytes every time, as valid events and in an order that a correct emitter keeps.
 */
export function expectEachOnceSent(order: OrderUnderTest, reference: string, statuses: string[]): void {
  expect(statusesSent(order, reference)).toEqual(statuses);
  const families = order.sent().map(({ body }) => body.parentBrandOrderReference ?? body.brandOrderReference);
  expect(new Set(families)).toEqual(new Set([reference]));
  const audit = new OrderingAudit();
  const ledger = new EventLedger(audit, Date.now);
  for (const { id, bytes: text } of order.sent()) {
    const bytes = Buffer.from(text);
    const validation = validateOrderEvent(parseJsonObject(bytes), 'strict');
    if ('errors' in validation) throw new Error(`${text}: ${JSON.stringify(validation.errors)}`);
    const headers = { idempotencyKey: id, correlationId: order.workflowId };
    ledger.submit({ ...validation, ...headers, bytes, tokenTenant: 'PFOLIO' });
  }
  for (const { replays, byteIdenticalReplays } of ledger.list()) expect(byteIdenticalReplays).toBe(replays);
  expect(ledger.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
  expect(audit.list()).toEqual([]);
}

/** Ids of events that were sent more than once, of the portfolio order and its children. */
export function sentTwice(order: OrderUnderTest): string[] {
  const ids = order.sent().map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
