import { readEnvelope, readEvent } from '../../../src/upvest/webhooks/read-event';
import { event, eventId, execution, order, portfolioOrder, read, receivedAt } from './event-fixture';

it('names the first problems of an event that has thousands, in a text that can be kept (14.38)', () => {
  const orders = Array.from({ length: 4_000 }, () => ({ id: 5 }));
  const result = readEvent(event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, orders }), receivedAt);
  const detail = 'detail' in result ? result.detail : '';
  expect(detail).toMatch(/^orders\.0\.id: .*; and \d+ more$/);
  expect(detail.length).toBeLessThan(500);
});

it.each([
  [
    'children',
    event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, orders: many({ id: 'o', status: 'NEW' }) }),
    'orders',
  ],
  ['executions', event('ORDER.FILLED', { ...order, executions: many(execution) }), 'executions'],
])('because it has more %s than an order can have (14.29)', (_what, raw, field) => {
  expect(readEvent(raw, receivedAt)).toMatchObject({
    kind: 'unreadable',
    eventId,
    detail: `${field}: has more than 4000 items`,
  });
});

function many<T extends { id: string }>(one: T): T[] {
  return Array.from({ length: 4001 }, (_, index) => ({ ...one, id: `${one.id}-${index}` }));
}

describe('unreadable', () => {
  const without = (object: object, field: string) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));
  test.each<[what: string, raw: unknown, detail: string, known: object]>([
    ['no object at all', 'hello', 'value', {}],
    ['null', null, 'value', {}],
    ['no event id', without(event('ORDER.NEW', order), 'id'), 'id', { type: 'ORDER.NEW' }],
    ['no type', without(event('ORDER.NEW', order), 'type'), 'type', { eventId }],
    ['no object', event('ORDER.NEW', undefined), 'object', { eventId, type: 'ORDER.NEW' }],
    ['no order id', event('ORDER.NEW', without(order, 'id')), 'id', { eventId }],
    ['no status', event('PORTFOLIO_ORDER.NEW', without(portfolioOrder, 'status')), 'status', { eventId }],
    [
      'an empty status',
      event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, status: '' }),
      'status',
      { eventId },
    ],
    [
      'a child without status',
      event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, orders: [{ id: 'o' }] }),
      'orders.0.status',
      { eventId },
    ],
    [
      'an execution without order',
      event('EXECUTION.FILLED', without(execution, 'order_id')),
      'order_id',
      { eventId },
    ],
    [
      'an execution without price',
      event('EXECUTION.FILLED', { ...execution, price: '' }),
      'price',
      { eventId },
    ],
    [
      'an execution without currency',
      event('EXECUTION.FILLED', without(execution, 'currency')),
      'currency',
      { eventId },
    ],
    [
      'such an execution within an order',
      event('ORDER.FILLED', { ...order, executions: [without(execution, 'cash_amount')] }),
      'executions.0.cash_amount',
      { eventId },
    ],
    [
      'money as a number',
      event('EXECUTION.FILLED', { ...execution, cash_amount: 150 }),
      'cash_amount',
      { eventId },
    ],
    [
      'money with an exponent',
      event('EXECUTION.FILLED', { ...execution, cash_amount: '1e3' }),
      'cash_amount',
      { eventId },
    ],
    ['money with a sign', event('ORDER.NEW', { ...order, cash_amount: '-1' }), 'cash_amount', { eventId }],
    [
      'money with a comma',
      event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, cash_amount: '1,5' }),
      'cash_amount',
      { eventId },
    ],
    [
      'a refused cancellation of nothing',
      event('ORDER_CANCELLATION.REJECTED', { status: 'REJECTED' }),
      'order_id',
      { eventId },
    ],
  ])('%s', (_what, raw, field, known) => {
    const result = readEvent(raw, receivedAt);
    expect(result).toMatchObject({ kind: 'unreadable', reason: 'UNREADABLE', ...known });
    expect('detail' in result && result.detail).toContain(`${field}: `);
  });

  test.each([
    'CASH_BALANCE.NEW',
    'PORTFOLIO_ORDER',
    'Portfolio_order.NEW',
    'ORDER.',
    'ORDER_CANCELLATION.CONFIRMED',
    'constructor.NEW',
  ])('an event of type %s has no rule', (type) => {
    expect(read(type, order)).toStrictEqual({
      kind: 'unreadable',
      reason: 'UNKNOWN_TYPE',
      detail: `no rule for events of type ${type}`,
      eventId,
      type,
    });
  });
});

describe('the envelope', () => {
  const one = event('ORDER.NEW', order);
  test.each<[what: string, body: unknown, expected: unknown[] | undefined]>([
    ['as the proxy reads it', { payload: [one, 1, null] }, [one, 1, null]],
    ['empty', { payload: [] }, []],
    ['an array', [one], [one]],
    ['a bare event', one, [one]],
    ['an object of another kind', { hello: 'world' }, undefined],
    ['a payload that is no list', { payload: one }, undefined],
    ['text', 'hello', undefined],
    ['null', null, undefined],
  ])('%s', (_what, body, expected) => {
    const received = readEnvelope(JSON.stringify(body));
    expect(received?.map(({ json }) => json)).toEqual(expected);
    expect(received?.map(({ text }) => text)).toEqual(expected?.map((one) => JSON.stringify(one)));
  });
});
