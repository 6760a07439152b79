/**
 * Bytes are history: portfolio orders that began with older code, whose input says nothing of streams, are told as that code
 * told them. The fixture holds records and the bodies that it made of them, before it knew of children and executions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PortfolioOrderStatus } from '../../src/domain/lifecycle';
import { buildOrderEvent, type EmissionSettings } from '../../src/domain/order-event';
import type { PortfolioOrderRecord } from '../../src/domain/record';
import { frozen, PORTFOLIO_ORDER } from './samples';

interface History {
  name: string;
  /** JSON text, as are the bodies. */
  record: string;
  events: { status: PortfolioOrderStatus; settings: 'full' | 'bare'; body: string }[];
}
const histories = JSON.parse(readFileSync(join(__dirname, 'order-event-before.json'), 'utf8')) as History[];

const settings: Record<'full' | 'bare', EmissionSettings> = {
  full: {
    tenantCode: 'PFOLIO',
    actor: 'actor@retailer.example',
    deliveryCountryIso: 'DE',
    channelId: 'WEB-IE',
  },
  bare: { tenantCode: 'MÜNCHEN', actor: 'actor@retailer.example' },
};

const told = histories.flatMap(({ name, record, events }) =>
  events.map((event) => ({ name, record: JSON.parse(record) as PortfolioOrderRecord, ...event })),
);

function bodyNow(
  { name, record, status, settings: which }: (typeof told)[number],
  more: Partial<EmissionSettings> = {},
): string {
  return buildOrderEvent(
    frozen({
      record,
      topic: { subject: 'portfolio-order', status },
      brandOrderReference: name.startsWith('adopted') ? PORTFOLIO_ORDER : 'SP-2026-000481',
      workflowId: `portfolio-order/${PORTFOLIO_ORDER}`,
      settings: { ...settings[which], ...more },
      // The placements of older code knew the side, and ESW was not told.
      placed: { side: 'SELL' },
    }),
  ).body;
}

test.each(told)('$name: $status has the bytes it had', (event) => {
  expect(bodyNow(event)).toBe(event.body);
});

test('the fixture has every status, with and without every setting', () => {
  expect(new Set(told.map((one) => one.status)).size).toBe(5);
  expect(new Set(told.map((one) => one.settings)).size).toBe(2);
  expect(told).toHaveLength(63);
});

test.each([
  'a blank reason',
  'a type nobody knows',
  'an amount of zero',
  'an execution of an unknown status',
  'cancelled while NEW, with details that are too long',
  'children at NEW',
  'no type, a child',
  'rebalancing',
  'two currencies',
])('%s: an order that begins now is told otherwise, so the case could fail', (name) => {
  const events = told.filter((one) => one.name === name);
  const bodies = events.map((event) => bodyNow(event, { detail: 'portfolio' }));
  expect(bodies).not.toEqual(events.map(({ body }) => body));
});
