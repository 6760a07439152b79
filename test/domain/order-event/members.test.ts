/** references/esw.md#member-values, member by member, for events about a portfolio order. */
import { commentId, orderEventId } from '../../../src/domain/order-event/ids';
import { orderEventSchema } from '../../esw/outgoing-schema';
import {
  build,
  bytes,
  child,
  namesOf,
  REFERENCE,
  settings,
  trade,
  valueOf,
  whole,
  WORKFLOW,
} from './built-events';
import {
  ACCOUNT,
  ALLOCATION,
  at,
  childId,
  eventId,
  execution,
  facts,
  order,
  poll,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  refusal,
  WEBHOOK,
  webhook,
} from '../samples';

const placed = recordOf(portfolioOrder('NEW'));

test('id: is derived from portfolio order and state', () => {
  expect(build(placed, whole('NEW')).id).toBe(
    orderEventId('PFOLIO', 'portfolio-order', PORTFOLIO_ORDER, 'NEW'),
  );
});

test('tenantCode: is the configured one', () => {
  expect(build(placed, whole('NEW'), { settings: { tenantCode: 'GOCAS' } }).tenantCode).toBe('GOCAS');
});

describe('orderType', () => {
  test.each([
    ['BUY', 'Buy'],
    ['SELL', 'Sell'],
    ['REBALANCING', 'Rebalancing'],
    ['SWITCH', undefined],
    ['constructor', undefined],
  ])('of %s is %s', (type, orderType) => {
    const event = build(recordOf(portfolioOrder('NEW', { type })), whole('NEW'), { placed: { side: 'BUY' } });
    expect(event.orderType).toBe(orderType);
    expect(valueOf(event.metadataItems, 'PortfolioOrderType')).toBe(type);
  });

  const { type: _, ...untyped } = portfolioOrder('NEW');

  test('is the side of the placement where the broker sends no type; the raw type is omitted', () => {
    const event = build(recordOf(untyped), whole('NEW'), { placed: { side: 'SELL' } });
    expect(event.orderType).toBe('Sell');
    expect(valueOf(event.metadataItems, 'PortfolioOrderType')).toBeUndefined();
  });

  test('is omitted where unknown', () => {
    expect(build(recordOf(untyped), whole('NEW'))).not.toHaveProperty('orderType');
  });

  test("is the tenant's own value where it has one", () => {
    const orderTypes = { BUY: 'Offline', SELL: 'Offline', REBALANCING: 'Mixed' };
    for (const [type, value] of Object.entries(orderTypes)) {
      const record = recordOf(portfolioOrder('NEW', { type }));
      expect(build(record, whole('NEW'), { settings: { orderTypes } }).orderType).toBe(value);
    }
    expect(build(placed, whole('NEW'), { settings: { orderTypes: { SELL: 'Offline' } } }).orderType).toBe(
      'Buy',
    );
  });
});

test("brandOrderReference: is the one given, never the broker's client reference", () => {
  const record = recordOf(portfolioOrder('NEW', { clientReference: 'plan-7' }));
  expect(build(record, whole('NEW')).brandOrderReference).toBe(REFERENCE);
  const adopted = build(record, whole('NEW'), { brandOrderReference: PORTFOLIO_ORDER });
  expect(adopted.brandOrderReference).toBe(PORTFOLIO_ORDER);
});

test('parentBrandOrderReference: is not sent', () => {
  expect(build(placed, whole('NEW'))).not.toHaveProperty('parentBrandOrderReference');
});

test('eswOrderReference: is the one of the placement, never invented', () => {
  expect(build(placed, whole('NEW'))).not.toHaveProperty('eswOrderReference');
  const event = build(placed, whole('NEW'), { placed: { eswOrderReference: 'ESW-17' } });
  expect(event.eswOrderReference).toBe('ESW-17');
});

// orderConfirmed, status: states.test.ts

test.each([
  ["the account holder's", 'IE', 'DE', 'IE'],
  ["the deployment's", undefined, 'DE', 'DE'],
  ['unknown', undefined, undefined, undefined],
])('deliveryCountryIso: %s', (_, ofPlaced, ofSettings, expected) => {
  const event = build(placed, whole('NEW'), {
    placed: ofPlaced === undefined ? {} : { deliveryCountryIso: ofPlaced },
    settings: ofSettings === undefined ? {} : { deliveryCountryIso: ofSettings },
  });
  expect(event.deliveryCountryIso).toBe(expected);
});

test("currencies: both are the order's, or none", () => {
  expect(build(recordOf(portfolioOrder('NEW', { currency: 'GBP' })), whole('NEW')).currencies).toEqual([
    { name: 'OrderCurrency', value: 'GBP' },
    { name: 'ShopperCurrency', value: 'GBP' },
  ]);
  const { currency: _, ...rest } = portfolioOrder('NEW');
  expect(build(recordOf(rest), whole('NEW'))).not.toHaveProperty('currencies');
});

describe('creationDateTime and lastUpdateDateTime', () => {
  test.each([
    ['of a webhook that is later than its object', webhook(1), at(3), at(4)],
    ['of a webhook that is earlier than its object', webhook(1), at(5), at(5)],
    ['of a poll', poll, at(4), at(4)],
  ])('%s', (_, source, updatedAt, lastUpdateDateTime) => {
    const record = recordOf(portfolioOrder('NEW', { source, at: at(4), updatedAt }));
    expect(build(record, whole('NEW'))).toMatchObject({ creationDateTime: at(4), lastUpdateDateTime });
  });
});

test('lastUpdateUser: is the configured identity', () => {
  expect(build(placed, whole('NEW')).lastUpdateUser).toBe('actor@retailer.example');
});

describe('aggregateIds', () => {
  const record = recordOf(
    order('NEW', { id: childId(9) }),
    portfolioOrder('PROCESSING', {
      allocationId: ALLOCATION,
      clientReference: 'plan-7',
      orders: [2, 1].map((n) => ({ id: childId(n), side: 'BUY', status: 'NEW' })),
    }),
  );

  test('come in the order of the table, children by number', () => {
    const event = build(record, whole('PROCESSING'), {
      placed: { userId: 'user-1' },
      settings: { sendsUserId: true },
    });
    expect(event.aggregateIds).toEqual([
      { name: 'PortfolioOrderId', value: PORTFOLIO_ORDER },
      { name: 'AccountId', value: ACCOUNT },
      { name: 'AllocationId', value: ALLOCATION },
      { name: 'ClientReference', value: 'plan-7' },
      { name: 'UserId', value: 'user-1' },
      { name: 'OrderId-1', value: childId(9) },
      { name: 'OrderId-2', value: childId(1) },
      { name: 'OrderId-3', value: childId(2) },
      { name: 'WebhookEventId', value: eventId(1) },
      { name: 'WebhookId', value: WEBHOOK },
      { name: 'WorkflowId', value: WORKFLOW },
    ]);
  });

  test('omit pairs without a value, and children at NEW', () => {
    const bare = recordOf(
      portfolioOrder('NEW', {
        source: poll,
        clientReference: '',
        orders: [{ id: childId(1), status: 'NEW' }],
      }),
    );
    const names = ['PortfolioOrderId', 'AccountId', 'WorkflowId'];
    expect(namesOf(build(bare, whole('NEW')).aggregateIds)).toEqual(names);
  });

  test.each([
    ['is not sent by default', { userId: 'user-1' }, {}, undefined],
    ['is sent with sendsUserId', { userId: 'user-1' }, { sendsUserId: true as const }, 'user-1'],
    ['of an adopted order is unknown', {}, { sendsUserId: true as const }, undefined],
  ])('UserId %s', (_, ofPlaced, more, expected) => {
    const event = build(placed, whole('NEW'), { placed: ofPlaced, settings: more });
    expect(valueOf(event.aggregateIds, 'UserId')).toBe(expected);
  });

  test('have no webhook id where the webhook had none', () => {
    const source = { kind: 'webhook' as const, eventId: 'event@17' };
    const event = build(recordOf(portfolioOrder('NEW', { source })), whole('NEW'));
    expect(valueOf(event.aggregateIds, 'WebhookEventId')).toBe('event@17');
    expect(valueOf(event.aggregateIds, 'WebhookId')).toBeUndefined();
  });
});

describe('metadataItems', () => {
  test('come in the order of the table', () => {
    const cancelled = portfolioOrder('CANCELLED', {
      initiationFlow: 'SAVINGS_PLAN',
      postTax: true,
      type: 'SELL',
      cancellationReason: 'SELL_LIMIT_EXCEEDED',
    });
    expect(build(recordOf(cancelled), whole('CANCELLED')).metadataItems).toEqual([
      { name: 'Source', value: 'PortfolioOrderCoordinator' },
      { name: 'MappingVersion', value: '1' },
      { name: 'PortfolioOrderStatus', value: 'CANCELLED' },
      { name: 'PortfolioOrderType', value: 'SELL' },
      { name: 'InitiationFlow', value: 'SAVINGS_PLAN' },
      { name: 'PostTax', value: 'true' },
      { name: 'CancellationReason', value: 'SELL_LIMIT_EXCEEDED' },
      { name: 'SkippedStates', value: 'NEW' },
    ]);
  });

  test('omit a later cancellation', () => {
    const record = recordOf(
      portfolioOrder('NEW'),
      portfolioOrder('CANCELLED', { cancellationReason: 'X', cancellationDetails: 'Y' }),
    );
    const event = build(record, whole('NEW'));
    expect(namesOf(event.metadataItems)).not.toContain('CancellationReason');
    expect(event).not.toHaveProperty('comments');
  });
});

describe('dates', () => {
  test('OrderPlaced is the creation at the broker, or the time of NEW where that is unknown', () => {
    const dated = recordOf(portfolioOrder('NEW', { createdAt: at(0) }));
    expect(valueOf(build(dated, whole('NEW')).dates, 'OrderPlaced')).toBe(at(0));
    expect(valueOf(build(placed, whole('NEW')).dates, 'OrderPlaced')).toBe(at(1));
  });

  test('end with the reported status, regardless of later ones', () => {
    const record = recordOf(...['NEW', 'PROCESSING', 'FILLED'].map((status) => portfolioOrder(status)));
    expect(namesOf(build(record, whole('PROCESSING')).dates)).toEqual(['OrderPlaced', 'OrderConfirmed']);
  });
});

describe('lineItems', () => {
  const record = recordOf(
    portfolioOrder('NEW'),
    portfolioOrder('PROCESSING', {
      orders: [1, 2].map((n) => ({ id: childId(n), side: 'BUY', status: 'NEW' })),
    }),
  );

  test('are one per child', () => {
    const ids = build(record, whole('PROCESSING')).lineItems?.map((one) => one.retailerLineItemId);
    expect(ids).toEqual([childId(1), childId(2)]);
  });

  test('are omitted at NEW, even when children are known when the event is built', () => {
    const event = build(record, whole('NEW'));
    expect(event).not.toHaveProperty('lineItems');
    expect(namesOf(event.aggregateIds)).not.toContain('OrderId-1');
    expect(namesOf(event.metadataItems)).not.toContain('LineItemsOmitted');
  });
});

describe('orderCharges', () => {
  test('are the cash amount', () => {
    const record = recordOf(portfolioOrder('NEW', { currency: 'GBP', cashAmount: '250.50' }));
    expect(build(record, whole('NEW')).orderCharges).toEqual({
      chargesInCurrency: [
        { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'GBP', amount: 250.5 } }] },
      ],
    });
  });

  test.each(['0', '0.00', undefined])('are omitted for the amount %j', (cashAmount) => {
    const { cashAmount: _, ...rest } = portfolioOrder('NEW', { type: 'REBALANCING' });
    const record = recordOf({ ...rest, ...(cashAmount !== undefined && { cashAmount }) });
    expect(build(record, whole('NEW'))).not.toHaveProperty('orderCharges');
  });
});

// balances: balances.test.ts

test('financialTransactions: are all known executions', () => {
  const record = recordOf(
    portfolioOrder('PROCESSING'),
    order('FILLED', { executions: [facts('FILLED')] }),
    execution('SETTLED', { of: childId(2), id: 'other' }),
  );
  expect(build(record, whole('PROCESSING')).financialTransactions).toHaveLength(2);
  expect(build(placed, whole('NEW'))).not.toHaveProperty('financialTransactions');
});

// lastTransaction, orderTransactions: states.test.ts

describe('comments', () => {
  const details = { cancellationReason: 'X', cancellationDetails: 'The limit is exceeded.' };

  test('contain the details of a cancellation, with an id derived from the event', () => {
    const event = build(recordOf(portfolioOrder('CANCELLED', { at: at(5), ...details })), whole('CANCELLED'));
    expect(event.comments).toEqual([
      {
        id: commentId(event.id),
        actionType: 'CancellationDetails',
        text: 'The limit is exceeded.',
        creationDateTime: at(5),
      },
    ]);
  });

  test('are not invented', () => {
    const event = build(
      recordOf(portfolioOrder('CANCELLED', { cancellationReason: '' })),
      whole('CANCELLED'),
    );
    expect(event).not.toHaveProperty('comments');
    expect(event.orderTransactions.at(-1)).not.toHaveProperty('reason');
    expect(namesOf(event.metadataItems)).not.toContain('CancellationReason');
  });
});

test('channelId: is sent where ESW has provisioned one', () => {
  expect(build(placed, whole('NEW'), { settings: { channelId: 'WEB-IE' } }).channelId).toBe('WEB-IE');
  expect(build(placed, whole('NEW'))).not.toHaveProperty('channelId');
});

describe('never sent', () => {
  // The table of references/esw.md#members, in its order, as the worked examples print it.
  const SENT = [
    ...['id', 'orderType', 'brandOrderReference', 'parentBrandOrderReference', 'eswOrderReference'],
    ...['tenantCode', 'orderConfirmed', 'status', 'deliveryCountryIso', 'currencies', 'creationDateTime'],
    ...['lastUpdateDateTime', 'lastUpdateUser', 'aggregateIds', 'metadataItems', 'dates', 'lineItems'],
    ...['orderCharges', 'balances', 'comments', 'financialTransactions', 'lastTransaction'],
    ...['orderTransactions', 'channelId'],
  ];
  const everything = recordOf(
    portfolioOrder('PROCESSING'),
    portfolioOrder('CANCELLED', { cancellationReason: 'X', cancellationDetails: 'Y' }),
    order('NEW', { at: at(1) }),
    order('FILLED', { cashAmount: '450.00', executions: [facts('FILLED')] }),
  );
  const options = {
    placed: { userId: 'user-1', eswOrderReference: 'ESW-17' },
    settings: { deliveryCountryIso: 'IE', channelId: 'WEB-IE', sendsUserId: true as const },
  };
  const keys = (text: string): string[] => Object.keys(JSON.parse(text) as object);

  test.each([
    ['portfolio order', whole('CANCELLED'), ['parentBrandOrderReference']],
    ['order', child('FILLED'), ['eswOrderReference', 'comments']],
    ['execution', trade('FILLED'), ['eswOrderReference', 'comments']],
  ])('an event about a %s has the members of the table in its order, and no other', (_, topic, absent) => {
    const sent = keys(bytes(everything, topic, options));
    expect(sent).toEqual(SENT.filter((name) => !absent.includes(name)));
  });

  test('nulls, blanks and empty lists', () => {
    const bare = recordOf(
      {
        subject: 'portfolio-order',
        source: poll,
        at: at(1),
        status: 'PROCESSING',
        id: PORTFOLIO_ORDER,
        clientReference: '',
        cancellationDetails: '',
        orders: [{ id: childId(1), side: '', status: 'NEW' }],
      },
      refusal({ orderId: childId(2) }),
    );
    for (const topic of [whole('PROCESSING'), child('NEW')]) {
      const text = bytes(bare, topic);
      expect(text).not.toMatch(/null|""|\[\]|\{\}/);
      expect(orderEventSchema.safeParse(JSON.parse(text)).success).toBe(true);
    }
    expect(keys(bytes(bare, whole('PROCESSING')))).toEqual(
      ['id', 'brandOrderReference', 'tenantCode', 'orderConfirmed', 'status', 'creationDateTime'].concat(
        ['lastUpdateDateTime', 'lastUpdateUser', 'aggregateIds', 'metadataItems', 'dates', 'lineItems'],
        ['lastTransaction', 'orderTransactions'],
      ),
    );
  });
});

test('the same input gives the same bytes', () => {
  expect(bytes(placed, whole('NEW'))).toBe(bytes(structuredClone(placed), whole('NEW'), { settings }));
});

test('an event of a status that was not reached cannot be built', () => {
  expect(() => bytes(placed, whole('FILLED'))).toThrow(`${PORTFOLIO_ORDER} has not reached FILLED`);
});
