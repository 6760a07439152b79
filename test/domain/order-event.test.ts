/** Member by member: `esw-order-event.md` 5, 8.3 to 8.5 and 8.7. Money is in `order-event-money.test.ts`. */
import type { PortfolioOrderStatus } from '../../src/domain/lifecycle';
import type { Observation } from '../../src/domain/observation';
import { asGuid, commentId, orderEventId } from '../../src/domain/order-event-id';
import { buildOrderEvent, type OrderEventInput } from '../../src/domain/order-event';
import type { PortfolioOrderRecord } from '../../src/domain/record';
import {
  ACCOUNT,
  ALLOCATION,
  at,
  childId,
  eventId,
  execution,
  executionId,
  facts,
  frozen,
  order,
  poll,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  refusal,
  webhook,
  WEBHOOK,
} from './samples';

interface Pair {
  name: string;
  value: string;
}
type Parsed = Record<string, unknown> & {
  aggregateIds: Pair[];
  metadataItems: Pair[];
  dates: Pair[];
  orderTransactions: Record<string, unknown>[];
};

const settings = { tenantCode: 'PFOLIO', actor: 'actor@retailer.example' };

function build(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
  more: Partial<OrderEventInput> = {},
): Parsed {
  const { body } = buildOrderEvent(
    frozen({
      record,
      status,
      brandOrderReference: 'REF-1',
      workflowId: 'workflow-1',
      settings,
      ...more,
    }),
  );
  return JSON.parse(body) as Parsed;
}

const of = (...observations: Observation[]): PortfolioOrderRecord => recordOf(...observations);
const valueOf = (pairs: Pair[], name: string): string | undefined =>
  pairs.find((one) => one.name === name)?.value;

const way: Observation[] = ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'].map((status, index) =>
  portfolioOrder(status, { source: webhook(index + 1), at: at(index + 1), createdAt: at(0) }),
);
const cancelled = portfolioOrder('CANCELLED', { source: webhook(5), at: at(5), createdAt: at(0) });

const stateTable = [
  { status: 'NEW', word: 'Created', confirmed: false, transaction: 'OrderPlaced' },
  { status: 'PROCESSING', word: 'Confirmed', confirmed: true, transaction: 'OrderConfirmed' },
  { status: 'FILLED', word: 'Fulfilled', confirmed: true, transaction: 'OrderFulfilled' },
  { status: 'SETTLED', word: 'Settled', confirmed: true, transaction: 'OrderSettled' },
] as const;

test.each(stateTable)('$status is told as $word', ({ status, word, confirmed, transaction }) => {
  const event = build(of(...way), status);
  const count = stateTable.findIndex((row) => row.status === status) + 1;
  const told = stateTable.slice(0, count);
  expect(event).toMatchObject({ status: word, orderConfirmed: confirmed });
  expect(event.id).toBe(orderEventId('PFOLIO', 'portfolio-order', PORTFOLIO_ORDER, status));
  expect(event.dates).toEqual(
    told.map((row, index) => ({ name: row.transaction, value: index === 0 ? at(0) : at(index + 1) })),
  );
  expect(event.orderTransactions).toEqual(
    told.map((row, index) => ({
      id: orderEventId('PFOLIO', 'txn:portfolio-order', PORTFOLIO_ORDER, row.status),
      type: row.transaction,
      status: 'Completed',
      transactionReference: eventId(index + 1),
      retailerTransactionDateTime: at(index + 1),
      actionedBy: 'Retailer',
      actionedByUser: 'actor@retailer.example',
      ...(index === 0 && { reason: 'NewOrder' }),
    })),
  );
  const last = event.orderTransactions.at(-1);
  expect(event.lastTransaction).toEqual({ id: last?.id, type: transaction, status: 'Completed' });
});

test.each([
  { name: 'while NEW', before: way.slice(0, 1), confirmed: false },
  { name: 'without anything before', before: [], confirmed: false },
  { name: 'after PROCESSING', before: way.slice(0, 2), confirmed: true },
  { name: 'after FILLED whose PROCESSING was lost', before: way.slice(2, 3), confirmed: true },
])('CANCELLED $name has orderConfirmed $confirmed', ({ before, confirmed }) => {
  const event = build(of(...before, cancelled), 'CANCELLED');
  expect(event).toMatchObject({ status: 'Cancelled', orderConfirmed: confirmed });
});

test('an event tells of nothing that came after its status, and builds the same bytes each time', () => {
  const record = of(...way, order('FILLED'), execution('SETTLED'));
  const input = {
    record,
    status: 'PROCESSING' as const,
    brandOrderReference: 'R',
    workflowId: 'W',
    settings,
  };
  expect(build(record, 'PROCESSING').dates.map((one) => one.name)).toEqual(['OrderPlaced', 'OrderConfirmed']);
  expect(buildOrderEvent(input)).toEqual(buildOrderEvent(input));
});

test('a status that was never reached cannot be told', () => {
  const input = { brandOrderReference: 'R', workflowId: 'W', settings };
  expect(() => buildOrderEvent({ ...input, record: of(...way.slice(0, 1)), status: 'FILLED' })).toThrow(
    'FILLED',
  );
});

describe('times', () => {
  test('of a polled status are those of the object; the reference of its transaction is the event itself', () => {
    const event = build(of(portfolioOrder('NEW', { source: poll, at: at(4), updatedAt: at(4) })), 'NEW');
    expect(event).toMatchObject({ creationDateTime: at(4), lastUpdateDateTime: at(4) });
    expect(event.orderTransactions[0]?.transactionReference).toBe(event.id);
    expect(event.aggregateIds.map((one) => one.name)).toEqual([
      'PortfolioOrderId',
      'AccountId',
      'WorkflowId',
    ]);
  });

  test('the last update is the later of webhook and object', () => {
    const later = of(portfolioOrder('NEW', { at: at(4), updatedAt: at(5) }));
    expect(build(later, 'NEW')).toMatchObject({ creationDateTime: at(4), lastUpdateDateTime: at(5) });
    const earlier = of(portfolioOrder('NEW', { at: at(4), updatedAt: at(3) }));
    expect(build(earlier, 'NEW')).toMatchObject({ creationDateTime: at(4), lastUpdateDateTime: at(4) });
  });

  test('OrderPlaced is the creation at the broker, or when NEW was seen where that is unknown', () => {
    expect(build(of(portfolioOrder('NEW', { createdAt: at(0) })), 'NEW').dates[0]?.value).toBe(at(0));
    expect(build(of(portfolioOrder('NEW')), 'NEW').dates[0]?.value).toBe(at(1));
  });

  test('a webhook event id that is no GUID becomes one', () => {
    const source = { kind: 'webhook' as const, eventId: 'event@17' };
    const event = build(of(portfolioOrder('NEW', { source })), 'NEW');
    expect(event.orderTransactions[0]?.transactionReference).toBe(asGuid('event@17'));
    expect(valueOf(event.aggregateIds, 'WebhookEventId')).toBe('event@17');
    expect(valueOf(event.aggregateIds, 'WebhookId')).toBeUndefined();
  });
});

test('aggregate ids come in the order of the table, children by number', () => {
  const orders = [2, 1].map((n) => ({ id: childId(n), side: 'BUY', status: 'NEW' }));
  const event = build(
    of(
      order('NEW', { id: childId(9) }),
      portfolioOrder('NEW', { allocationId: ALLOCATION, clientReference: 'plan-7', orders }),
    ),
    'NEW',
  );
  expect(event.aggregateIds).toEqual([
    { name: 'PortfolioOrderId', value: PORTFOLIO_ORDER },
    { name: 'AccountId', value: ACCOUNT },
    { name: 'AllocationId', value: ALLOCATION },
    { name: 'ClientReference', value: 'plan-7' },
    { name: 'OrderId-1', value: childId(9) },
    { name: 'OrderId-2', value: childId(1) },
    { name: 'OrderId-3', value: childId(2) },
    { name: 'WebhookEventId', value: eventId(1) },
    { name: 'WebhookId', value: WEBHOOK },
    { name: 'WorkflowId', value: 'workflow-1' },
  ]);
});

test('the reference is the one given, never the client reference of the broker', () => {
  const record = of(portfolioOrder('NEW', { initiationFlow: 'SAVINGS_PLAN', clientReference: 'plan-7' }));
  const adopted = build(record, 'NEW', { brandOrderReference: PORTFOLIO_ORDER });
  expect(adopted.brandOrderReference).toBe(PORTFOLIO_ORDER);
  expect(adopted).not.toHaveProperty('parentBrandOrderReference');
  expect(valueOf(adopted.metadataItems, 'InitiationFlow')).toBe('SAVINGS_PLAN');
});

test.each([
  ['BUY', 'Buy'],
  ['SELL', 'Sell'],
  ['REBALANCING', 'Rebalancing'],
  ['SWITCH', undefined],
])('the type %s goes out as %s, and raw in the metadata', (type, orderType) => {
  const event = build(of(portfolioOrder('NEW', { type })), 'NEW');
  expect(event.orderType).toBe(orderType);
  expect(valueOf(event.metadataItems, 'PortfolioOrderType')).toBe(type);
});

test('a missing type is left out', () => {
  const { type, ...untyped } = portfolioOrder('NEW');
  const event = build(of(untyped), 'NEW');
  expect(event).not.toHaveProperty('orderType');
  expect(valueOf(event.metadataItems, 'PortfolioOrderType')).toBeUndefined();
});

test('what is not known is left out: no nulls, blanks or empty lists at any depth', () => {
  const bare: Observation = {
    subject: 'portfolio-order',
    source: poll,
    at: at(1),
    status: 'NEW',
    id: PORTFOLIO_ORDER,
    clientReference: '',
    cancellationDetails: '',
    orders: [{ id: childId(1), status: 'NEW' }],
  };
  const event = build(of(bare, refusal({ orderId: childId(2) })), 'NEW');
  expect(Object.keys(event)).toEqual([
    'id',
    'brandOrderReference',
    'tenantCode',
    'orderConfirmed',
    'status',
    'creationDateTime',
    'lastUpdateDateTime',
    'lastUpdateUser',
    'aggregateIds',
    'metadataItems',
    'dates',
    'lineItems',
    'lastTransaction',
    'orderTransactions',
  ]);
  expect(JSON.stringify(event)).not.toMatch(/null|""|\[\]|\{\}/);
});

test('country and channel are sent where the deployment has them', () => {
  const event = build(of(portfolioOrder('NEW')), 'NEW', {
    settings: { ...settings, deliveryCountryIso: 'IE', channelId: 'WEB-IE' },
  });
  expect(event).toMatchObject({ deliveryCountryIso: 'IE', channelId: 'WEB-IE', tenantCode: 'PFOLIO' });
  expect(event.currencies).toEqual([
    { name: 'OrderCurrency', value: 'EUR' },
    { name: 'ShopperCurrency', value: 'EUR' },
  ]);
});

describe('line items and financial transactions', () => {
  const record = of(
    portfolioOrder('NEW'),
    order('PROCESSING', { id: 'child-of-old', instrumentId: 'IE00B3XXRP09', side: 'SELL' }),
    execution('SETTLED', {
      of: 'child-of-old',
      id: executionId(3),
      cashAmount: '1.50',
      shareQuantity: '0.10',
    }),
    execution('FILLED', { of: 'child-of-old', id: executionId(2), cashAmount: '1.5', shareQuantity: '0.2' }),
    execution('CANCELLED', { of: 'child-of-old', id: executionId(1), cashAmount: '99', shareQuantity: '9' }),
    execution('FILLED', { of: childId(2), id: executionId(0) }),
    execution('HALTED', { of: childId(2), id: executionId(4) }),
  );
  const event = build(record, 'NEW');

  test('a line item is one instruction, with unrounded decimals and without mistrades', () => {
    expect((event.lineItems as unknown[])[0]).toEqual({
      id: asGuid('child-of-old'),
      lineItemId: 'LI-001',
      retailerLineItemId: 'child-of-old',
      quantity: 1,
      metadataItems: [
        { name: 'Side', value: 'SELL' },
        { name: 'OrderStatus', value: 'PROCESSING' },
        { name: 'InstrumentId', value: 'IE00B3XXRP09' },
        { name: 'ShareQuantity', value: '0.30' },
        { name: 'ExecutedCash', value: '3.00' },
      ],
    });
  });

  test('executions are settlements, sorted by id; one of an unknown status has no word yet', () => {
    expect(event.financialTransactions).toEqual([
      { id: executionId(0), type: 'Settlement', status: 'Pending' },
      { id: executionId(1), type: 'Settlement', status: 'Cancelled' },
      { id: executionId(2), type: 'Settlement', status: 'Pending' },
      { id: executionId(3), type: 'Settlement', status: 'Completed' },
    ]);
  });
});

describe('many children', () => {
  const withChildren = (count: number): PortfolioOrderRecord =>
    of(
      portfolioOrder('NEW', {
        orders: Array.from({ length: count }, (_, n) => ({ id: childId(n + 1), side: 'BUY', status: 'NEW' })),
      }),
      order('FILLED', { executions: [facts('FILLED')] }),
    );

  test('200 are listed', () => {
    const event = build(withChildren(200), 'NEW');
    expect(event.lineItems).toHaveLength(200);
    expect((event.lineItems as { lineItemId: string }[]).at(-1)?.lineItemId).toBe('LI-200');
    expect(valueOf(event.aggregateIds, 'OrderId-200')).toBe(childId(200));
    expect(valueOf(event.metadataItems, 'LineItemsOmitted')).toBeUndefined();
  });

  test('201 are counted instead', () => {
    const event = build(withChildren(201), 'NEW');
    expect(event).not.toHaveProperty('lineItems');
    expect(event.aggregateIds.filter((one) => one.name.startsWith('OrderId-'))).toEqual([]);
    expect(valueOf(event.metadataItems, 'LineItemsOmitted')).toBe('201');
    expect(event.financialTransactions).toHaveLength(1);
  });
});

describe('gaps', () => {
  test('states that were never observed are named, and none is invented', () => {
    const event = build(of(portfolioOrder('SETTLED')), 'SETTLED');
    expect(valueOf(event.metadataItems, 'SkippedStates')).toBe('NEW,PROCESSING,FILLED');
    expect(event.orderTransactions.map((one) => one.type)).toEqual(['OrderSettled']);
    expect(event.dates.map((one) => one.name)).toEqual(['OrderSettled']);
  });

  test('a state that turned up late is listed by later events', () => {
    const record = of(way[0] ?? cancelled, way[2] ?? cancelled, way[1] ?? cancelled, way[3] ?? cancelled);
    const event = build(record, 'SETTLED');
    expect(valueOf(event.metadataItems, 'SkippedStates')).toBeUndefined();
    expect(event.orderTransactions.map((one) => one.type)).toEqual([
      'OrderPlaced',
      'OrderConfirmed',
      'OrderFulfilled',
      'OrderSettled',
    ]);
  });

  test('PROCESSING is not missing on the way of a cancelled order', () => {
    const event = build(of(...way.slice(0, 1), cancelled), 'CANCELLED');
    expect(valueOf(event.metadataItems, 'SkippedStates')).toBeUndefined();
  });
});

describe('a cancellation', () => {
  const detailed = {
    ...cancelled,
    cancellationReason: 'SELL_LIMIT_EXCEEDED',
    cancellationDetails: 'x'.repeat(2001),
  };

  test('has one comment, named after the event and no longer than 2000 characters', () => {
    const event = build(of(...way.slice(0, 1), detailed), 'CANCELLED');
    expect(event.comments).toEqual([
      {
        id: commentId(event.id as string),
        actionType: 'CancellationDetails',
        text: 'x'.repeat(2000),
        creationDateTime: at(5),
      },
    ]);
    expect(event.orderTransactions.at(-1)?.reason).toBe('SELL_LIMIT_EXCEEDED');
  });

  test('without reason and details invents none', () => {
    const event = build(of(...way.slice(0, 1), cancelled), 'CANCELLED');
    expect(event).not.toHaveProperty('comments');
    expect(event.orderTransactions.at(-1)).not.toHaveProperty('reason');
    expect(valueOf(event.metadataItems, 'CancellationReason')).toBeUndefined();
  });

  test('does not colour events of other statuses', () => {
    const event = build(of(...way.slice(0, 1), detailed), 'NEW');
    expect(event).not.toHaveProperty('comments');
    expect(valueOf(event.metadataItems, 'CancellationReason')).toBeUndefined();
  });
});
