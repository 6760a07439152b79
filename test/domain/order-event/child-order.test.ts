/** references/esw.md#member-values, member by member, for events about a child order or one of its executions. */
import { orderEventId } from '../../../src/domain/order-event/ids';
import type { OrderEventTopic } from '../../../src/domain/order-event/topic';
import { build, bytes, child, namesOf, REFERENCE, trade, valueOf, WORKFLOW } from './built-events';
import {
  ACCOUNT,
  ALLOCATION,
  at,
  childId,
  eventId,
  execution,
  executionId,
  order,
  poll,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  refusal,
  WEBHOOK,
  webhook,
} from '../samples';

const childOrder = (status: string, second: number): ReturnType<typeof order> =>
  order(status, {
    source: webhook(second),
    at: at(second),
    cashAmount: '450.00',
    currency: 'EUR',
    instrumentId: 'IE00B4L5Y983',
  });
const parent = portfolioOrder('NEW', { allocationId: ALLOCATION, clientReference: 'plan-7' });
/** NEW, PROCESSING, two executions, FILLED; then one of them settles. A sibling was observed before. */
const record = recordOf(
  parent,
  order('NEW', { id: childId(9) }),
  childOrder('NEW', 11),
  childOrder('PROCESSING', 12),
  execution('FILLED', {}, { source: webhook(13), at: at(13) }),
  execution('FILLED', { id: executionId(2), cashAmount: '0.90' }, { source: webhook(14), at: at(14) }),
  childOrder('FILLED', 15),
  execution('SETTLED', {}, { source: webhook(16), at: at(16) }),
);
const events: [stream: string, topic: OrderEventTopic][] = [
  ['order', child('FILLED')],
  ['execution', trade('SETTLED')],
];

test('id: is derived from order or execution, and state', () => {
  expect(build(record, child('FILLED')).id).toBe(orderEventId('PFOLIO', 'order', childId(1), 'FILLED'));
  expect(build(record, trade('SETTLED')).id).toBe(
    orderEventId('PFOLIO', 'execution', executionId(1), 'SETTLED'),
  );
});

describe.each(events)('an event about an %s', (_, topic) => {
  test('tenantCode: is the configured one', () => {
    expect(build(record, topic, { settings: { tenantCode: 'GOCAS' } }).tenantCode).toBe('GOCAS');
  });

  test.each([
    ['BUY', 'Buy'],
    ['SELL', 'Sell'],
    ['SWITCH', undefined],
  ])('orderType: of the side %s is %s, regardless of the portfolio order', (side, orderType) => {
    const sided = recordOf(
      portfolioOrder('NEW', { type: 'REBALANCING' }),
      order('FILLED', { side }),
      execution('SETTLED'),
    );
    expect(build(sided, topic, { placed: { side: 'BUY' } }).orderType).toBe(orderType);
  });

  test("orderType: is the tenant's own value where it has one", () => {
    expect(build(record, topic, { settings: { orderTypes: { BUY: 'Offline' } } }).orderType).toBe('Offline');
  });

  test("brandOrderReference, parentBrandOrderReference: the order's id, and the portfolio order's reference", () => {
    expect(build(record, topic)).toMatchObject({
      brandOrderReference: childId(1),
      parentBrandOrderReference: REFERENCE,
    });
  });

  test('eswOrderReference: is that of the portfolio order, and not sent', () => {
    const event = build(record, topic, { placed: { eswOrderReference: 'ESW-17' } });
    expect(event).not.toHaveProperty('eswOrderReference');
  });

  // orderConfirmed, status: states.test.ts

  test('deliveryCountryIso: is that of the portfolio order', () => {
    const own = { placed: { deliveryCountryIso: 'IE' }, settings: { deliveryCountryIso: 'DE' } };
    expect(build(record, topic, own).deliveryCountryIso).toBe('IE');
    expect(build(record, topic, { settings: { deliveryCountryIso: 'DE' } }).deliveryCountryIso).toBe('DE');
    expect(build(record, topic)).not.toHaveProperty('deliveryCountryIso');
  });

  test("currencies: are the order's own, or the portfolio order's where it has none", () => {
    const inPounds = recordOf(parent, order('FILLED', { currency: 'GBP' }), execution('SETTLED'));
    expect(valueOf(build(inPounds, topic).currencies, 'OrderCurrency')).toBe('GBP');
    expect(valueOf(build(inPounds, topic).currencies, 'ShopperCurrency')).toBe('GBP');
    const inNone = recordOf(parent, order('FILLED'), execution('SETTLED'));
    expect(valueOf(build(inNone, topic).currencies, 'OrderCurrency')).toBe('EUR');
  });

  test('lastUpdateUser: is the configured identity', () => {
    expect(build(record, topic).lastUpdateUser).toBe('actor@retailer.example');
  });

  test('lineItems: is exactly the order itself, under its own number', () => {
    expect(build(record, topic).lineItems).toEqual([
      {
        id: childId(1),
        lineItemId: 'LI-002',
        retailerLineItemId: childId(1),
        quantity: 1,
        metadataItems: [
          { name: 'Side', value: 'BUY' },
          { name: 'OrderStatus', value: 'FILLED' },
          { name: 'InstrumentId', value: 'IE00B4L5Y983' },
          { name: 'ShareQuantity', value: '6.2408000000' },
          { name: 'ExecutedCash', value: '451.00' },
        ],
      },
    ]);
  });

  test("orderCharges: are the order's cash amount", () => {
    expect(build(record, topic).orderCharges?.chargesInCurrency).toEqual([
      { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'EUR', amount: 450 } }] },
    ]);
    const ofUnits = recordOf(parent, order('FILLED', { quantity: '3' }), execution('SETTLED'));
    expect(build(ofUnits, topic)).not.toHaveProperty('orderCharges');
  });

  // balances: balances.test.ts

  test("financialTransactions: are the order's executions", () => {
    const others = recordOf(
      parent,
      childOrder('FILLED', 15),
      execution('SETTLED'),
      execution('FILLED', { of: childId(9) }),
    );
    expect(build(others, topic).financialTransactions).toHaveLength(1);
    expect(build(record, topic).financialTransactions).toEqual([
      { id: executionId(1), type: 'Settlement', status: 'Completed' },
      { id: executionId(2), type: 'Settlement', status: 'Pending' },
    ]);
  });

  test('comments: are omitted, even for a cancelled portfolio order', () => {
    const cancelled = recordOf(
      portfolioOrder('CANCELLED', { cancellationReason: 'X', cancellationDetails: 'Y' }),
      childOrder('FILLED', 15),
      execution('SETTLED'),
    );
    expect(build(cancelled, topic)).not.toHaveProperty('comments');
  });

  test('channelId: is sent where ESW has provisioned one', () => {
    expect(build(record, topic, { settings: { channelId: 'WEB-IE' } }).channelId).toBe('WEB-IE');
  });

  test('AllocationId, ClientReference and UserId: are not sent', () => {
    const options = { placed: { userId: 'user-1' }, settings: { sendsUserId: true as const } };
    const names = namesOf(build(record, topic, options).aggregateIds);
    for (const name of ['AllocationId', 'ClientReference', 'UserId']) expect(names).not.toContain(name);
  });
});

test.each([
  ['of an order', child('FILLED'), at(15), order('FILLED', { at: at(15), updatedAt: at(18) }), at(18)],
  [
    'of an order, its object being older',
    child('FILLED'),
    at(15),
    order('FILLED', { at: at(15), updatedAt: at(9) }),
    at(15),
  ],
  [
    'of an order that was polled',
    child('FILLED'),
    at(7),
    order('FILLED', { source: poll, at: at(7), updatedAt: at(7) }),
    at(7),
  ],
  ['of an execution', trade('FILLED'), at(3), execution('FILLED', {}, { at: at(3) }), at(3)],
])('creationDateTime, lastUpdateDateTime: %s', (_, topic, created, observation, updated) => {
  const known = recordOf(parent, order('PROCESSING'), observation);
  expect(build(known, topic)).toMatchObject({ creationDateTime: created, lastUpdateDateTime: updated });
});

test('aggregateIds: of an order come in the order of the table', () => {
  expect(build(record, child('FILLED')).aggregateIds).toEqual([
    { name: 'PortfolioOrderId', value: PORTFOLIO_ORDER },
    { name: 'AccountId', value: ACCOUNT },
    { name: 'OrderId', value: childId(1) },
    { name: 'WebhookEventId', value: eventId(15) },
    { name: 'WebhookId', value: WEBHOOK },
    { name: 'WorkflowId', value: WORKFLOW },
  ]);
});

test('aggregateIds: of an execution come in the order of the table', () => {
  const other = { ...webhook(16), webhookId: 'another-webhook' };
  const known = recordOf(parent, childOrder('FILLED', 15), execution('SETTLED', {}, { source: other }));
  expect(build(known, trade('SETTLED')).aggregateIds).toEqual([
    { name: 'PortfolioOrderId', value: PORTFOLIO_ORDER },
    { name: 'AccountId', value: ACCOUNT },
    { name: 'OrderId', value: childId(1) },
    { name: 'ExecutionId', value: executionId(1) },
    { name: 'WebhookEventId', value: eventId(16) },
    { name: 'WebhookId', value: 'another-webhook' },
    { name: 'WorkflowId', value: WORKFLOW },
  ]);
});

test('aggregateIds: have no webhook where there was none', () => {
  const polled = recordOf(parent, order('PROCESSING', { source: poll }));
  expect(namesOf(build(polled, child('PROCESSING')).aggregateIds)).toEqual([
    'PortfolioOrderId',
    'AccountId',
    'OrderId',
    'WorkflowId',
  ]);
});

test('metadataItems: of an order have the reported status', () => {
  expect(build(record, child('PROCESSING')).metadataItems).toEqual([
    { name: 'Source', value: 'PortfolioOrderCoordinator' },
    { name: 'MappingVersion', value: '1' },
    { name: 'OrderStatus', value: 'PROCESSING' },
    { name: 'Side', value: 'BUY' },
  ]);
});

test("metadataItems: of an execution have its order's status at that time, and its own reported one", () => {
  expect(build(record, trade('FILLED')).metadataItems).toEqual([
    { name: 'Source', value: 'PortfolioOrderCoordinator' },
    { name: 'MappingVersion', value: '1' },
    { name: 'OrderStatus', value: 'PROCESSING' },
    { name: 'Side', value: 'BUY' },
    { name: 'ExecutionStatus', value: 'FILLED' },
  ]);
});

describe('dates and orderTransactions', () => {
  const historyOf = (topic: OrderEventTopic, detail: 'orders' | 'executions'): unknown => {
    const event = build(record, topic, { settings: { detail } });
    expect(event.lastTransaction.id).toBe(event.orderTransactions.at(-1)?.id);
    return {
      dates: event.dates?.map(({ name, value }) => [name, value]),
      transactions: event.orderTransactions.map((one) => [one.type, one.transactionReference]),
    };
  };
  const placedAndConfirmed = {
    dates: [
      ['OrderPlaced', at(11)],
      ['OrderConfirmed', at(12)],
    ],
    transactions: [
      ['OrderPlaced', eventId(11)],
      ['OrderConfirmed', eventId(12)],
    ],
  };

  test('of an order are its own', () => {
    expect(historyOf(child('PROCESSING'), 'orders')).toEqual(placedAndConfirmed);
    expect(historyOf(child('FILLED'), 'orders')).toEqual({
      dates: [...placedAndConfirmed.dates, ['OrderFulfilled', at(15)]],
      transactions: [...placedAndConfirmed.transactions, ['OrderFulfilled', eventId(15)]],
    });
  });

  test('of an order include its executions with detail executions; these add no date', () => {
    expect(historyOf(child('FILLED'), 'executions')).toEqual({
      dates: [...placedAndConfirmed.dates, ['OrderFulfilled', at(15)]],
      transactions: [
        ...placedAndConfirmed.transactions,
        ['ExecutionFilled', eventId(13)],
        ['ExecutionFilled', eventId(14)],
        ['OrderFulfilled', eventId(15)],
      ],
    });
  });

  test('of an execution end with it', () => {
    expect(historyOf(trade('FILLED', executionId(2)), 'executions')).toEqual({
      dates: placedAndConfirmed.dates,
      transactions: [
        ...placedAndConfirmed.transactions,
        ['ExecutionFilled', eventId(13)],
        ['ExecutionFilled', eventId(14)],
      ],
    });
  });

  test('refer to the event itself where there was no webhook', () => {
    const polled = recordOf(parent, order('PROCESSING', { source: poll }));
    const event = build(polled, child('PROCESSING'));
    expect(event.orderTransactions[0]?.transactionReference).toBe(event.id);
  });
});

describe('events that cannot be built', () => {
  test.each<[what: string, topic: OrderEventTopic, message: string]>([
    ['an unknown order', child('NEW', childId(7)), `The status of order ${childId(7)}`],
    ['a status that was not reached', child('CANCELLED'), 'CANCELLED was not reached'],
    ['an unknown execution', trade('FILLED', executionId(9)), 'FILLED was not reached'],
  ])('%s', (_, topic, message) => {
    expect(() => bytes(record, topic)).toThrow(message);
  });

  test('an execution with detail orders', () => {
    const settings = { detail: 'orders' as const };
    expect(() => bytes(record, trade('FILLED'), { settings })).toThrow('was not reached');
  });

  test.each([
    ['an order with an unknown status', child('NEW'), [refusal()]],
    ['an execution of such an order', trade('FILLED'), [execution('FILLED')]],
  ])('%s', (_, topic, observations) => {
    expect(() => bytes(recordOf(parent, ...observations), topic)).toThrow('is not known');
  });
});
