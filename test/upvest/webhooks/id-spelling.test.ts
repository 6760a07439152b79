/** A UUID is the same id in any spelling, so that one order has one workflow and one row. */
import { inOneSpelling } from '../../../src/domain/values/uuid';
import {
  accountId,
  event,
  execution,
  order,
  orderId,
  portfolioOrder,
  portfolioOrderId,
} from './event-fixture';
import { readEvent } from '../../../src/upvest/webhooks/read-event';

const upper = (id: string): string => id.toUpperCase();
const read = (type: string, object: object) => readEvent(event(type, object), '2026-01-02T10:00:00.000Z');

it.each<[string, object, object]>([
  [
    'PORTFOLIO_ORDER.PROCESSING',
    portfolioOrder,
    {
      id: upper(portfolioOrderId),
      account_id: upper(accountId),
      orders: [{ ...portfolioOrder.orders[0], id: upper(orderId) }],
    },
  ],
  ['ORDER.FILLED', order, { id: upper(orderId), client_reference: upper(portfolioOrderId) }],
  ['EXECUTION.FILLED', execution, { id: upper(execution.id), order_id: upper(orderId) }],
])('%s in capitals is the same report (14.32)', (type, object, capitals) => {
  expect(read(type, { ...object, ...capitals })).toEqual(read(type, object));
});

it('the id of an event is kept as it came', () => {
  const raw = { ...event('ORDER.FILLED', order), id: 'EVENT-A' };
  expect(readEvent(raw, '2026-01-02T10:00:00.000Z')).toMatchObject({ eventId: 'EVENT-A' });
});

it('only UUIDs have another spelling', () => {
  expect(['Savings-1', 'ABC', portfolioOrderId].map(inOneSpelling)).toEqual([
    'Savings-1',
    'ABC',
    portfolioOrderId,
  ]);
});
