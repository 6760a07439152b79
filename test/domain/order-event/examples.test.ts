/** The worked examples of references/esw.md#examples, from the observations they describe. */
import { buildOrderEvent, type EmissionSettings } from '../../../src/domain/order-event/build';
import type { Observation, PortfolioOrderObservation } from '../../../src/domain/broker/observation';
import type { EventDetail, OrderEventTopic } from '../../../src/domain/order-event/topic';
import {
  ACCOUNT,
  ALLOCATION,
  childId,
  execution,
  executionId,
  facts,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  webhook,
} from '../samples';
import { CANCELLED_EVENT, CHILD_EVENT, PROCESSING_EVENT, SETTLED_EVENT } from './worked-examples';

const settings: EmissionSettings = {
  tenantCode: 'PFOLIO',
  actor: 'portfolio-coordinator@retailer.example',
  deliveryCountryIso: 'DE',
  detail: 'executions',
};

/** Fields of the order in every snapshot. */
const common: Partial<PortfolioOrderObservation> = {
  accountId: ACCOUNT,
  allocationId: ALLOCATION,
  clientReference: '',
  createdAt: '2026-03-02T09:00:00.000Z',
};
const children = (...statuses: string[]): PortfolioOrderObservation['orders'] =>
  statuses.map((status, index) => ({ id: childId(index + 1), side: 'BUY', status }));

const created = portfolioOrder('NEW', {
  ...common,
  source: webhook(1),
  announced: 'NEW',
  at: '2026-03-02T09:00:00.120Z',
  updatedAt: '2026-03-02T09:00:00.000Z',
});
const confirmed = portfolioOrder('PROCESSING', {
  ...common,
  source: webhook(2),
  announced: 'PROCESSING',
  at: '2026-03-02T09:00:07.412Z',
  updatedAt: '2026-03-02T09:00:07.398Z',
  orders: children('PROCESSING', 'NEW', 'NEW'),
});
const filledAll = portfolioOrder('FILLED', {
  ...common,
  source: webhook(3),
  announced: 'FILLED',
  at: '2026-03-02T09:04:31.008Z',
  updatedAt: '2026-03-02T09:04:31.000Z',
  orders: children('FILLED', 'FILLED', 'FILLED'),
});
const settled = portfolioOrder('SETTLED', {
  ...common,
  source: webhook(4),
  announced: 'SETTLED',
  at: '2026-03-04T16:30:02.115Z',
  updatedAt: '2026-03-04T16:30:02.100Z',
  orders: children('FILLED', 'FILLED', 'FILLED'),
});

const fills = [
  { cashAmount: '450.10', shareQuantity: '3.1204000000' },
  { cashAmount: '299.95', shareQuantity: '12.0000000000' },
  { cashAmount: '249.92', shareQuantity: '0.8841000000' },
].map((fill, index) => ({ ...fill, id: executionId(index + 1), of: childId(index + 1) }));
const filledParts: Observation[] = fills.flatMap((fill) => [
  order('FILLED', { id: fill.of, announced: 'FILLED' }),
  execution('FILLED', fill, { announced: 'FILLED' }),
]);
const settledParts: Observation[] = fills.map((fill) => execution('SETTLED', fill, { announced: 'SETTLED' }));

function build(
  topic: OrderEventTopic,
  observations: Observation[],
  detail: EventDetail = 'orders',
): { id: string; body: string } {
  return buildOrderEvent({
    record: recordOf(...observations),
    topic,
    brandOrderReference: 'SP-2026-000481',
    workflowId: `portfolio-order/${PORTFOLIO_ORDER}`,
    settings: { ...settings, detail },
  });
}

const PROCESSING: OrderEventTopic = { status: 'PROCESSING' };
const SETTLED: OrderEventTopic = { status: 'SETTLED' };
const CANCELLED: OrderEventTopic = { status: 'CANCELLED' };
const CHILD_FILLED: OrderEventTopic = { orderId: childId(1), status: 'FILLED' };

const compact = (printed: string): string => JSON.stringify(JSON.parse(printed));

describe.each(['portfolio', 'orders', 'executions'] as const)('with detail %s', (detail) => {
  test('9.1 PROCESSING equals the example byte for byte', () => {
    const event = build(PROCESSING, [created, confirmed], detail);
    expect(event.id).toBe('b5e37b25-39ef-546c-9dbb-eddbe6deeb2c');
    expect(event.body).toBe(compact(PROCESSING_EVENT));
  });

  test('9.2 SETTLED equals the example byte for byte', () => {
    const observations = [created, confirmed, ...filledParts, filledAll, ...settledParts, settled];
    const event = build(SETTLED, observations, detail);
    expect(event.id).toBe('61ffba69-3f2f-5904-9483-a828a5e5205d');
    expect(event.body).toBe(compact(SETTLED_EVENT));
  });
});

test('9.2 is the same when children overtake the order and everything is reported twice', () => {
  const disorder = [created, confirmed, ...settledParts, ...filledParts, filledAll, settled];
  expect(build(SETTLED, [...disorder, ...disorder]).body).toBe(compact(SETTLED_EVENT));
});

describe('9.3 CANCELLED while NEW', () => {
  const cancelled = portfolioOrder('CANCELLED', {
    ...common,
    source: webhook(2),
    announced: 'CANCELLED',
    at: '2026-03-02T09:00:03.000Z',
    cancellationReason: 'CANCELLED_BY_CLIENT',
  });
  const { body } = build(CANCELLED, [created, cancelled]);
  const event = JSON.parse(body) as Record<string, unknown>;

  test.each([
    ['id', '73f4f0c1-427a-5d67-a612-3d5d1f16b1e9'],
    ['status', 'Cancelled'],
    ['orderConfirmed', false],
    [
      'metadataItems',
      expect.arrayContaining([
        { name: 'PortfolioOrderStatus', value: 'CANCELLED' },
        { name: 'CancellationReason', value: 'CANCELLED_BY_CLIENT' },
      ]),
    ],
    [
      'balances',
      {
        balancesInCurrency: [
          {
            type: 'OrderBalance',
            charges: [
              { name: 'Ordered', value: { currency: 'EUR', amount: 1000 } },
              { name: 'BalanceDue', value: { currency: 'EUR', amount: 0 } },
            ],
          },
        ],
      },
    ],
  ])('has %s as printed', (member, value: unknown) => {
    expect(event[member]).toEqual(value);
  });

  test('equals the manually completed example byte for byte', () => {
    expect(body).toBe(compact(CANCELLED_EVENT));
  });
});

describe('9.4 child 1 FILLED', () => {
  const placedChild = order('NEW', {
    source: webhook(17),
    announced: 'NEW',
    at: '2026-03-02T09:00:00.300Z',
    cashAmount: '450.00',
    currency: 'EUR',
    instrumentId: 'IE00B4L5Y983',
  });
  const filledChild = order('FILLED', {
    source: webhook(18),
    announced: 'FILLED',
    at: '2026-03-02T09:04:30.500Z',
    updatedAt: '2026-03-02T09:04:30.400Z',
    executions: [facts('FILLED')],
  });
  const { body } = build(CHILD_FILLED, [created, placedChild, confirmed, filledChild]);
  const event = JSON.parse(body) as Record<string, unknown>;

  test.each([
    ['id', '68ec9c5b-2726-56bd-ae71-c8e5ab3a02dd'],
    ['orderType', 'Buy'],
    ['status', 'Fulfilled'],
    ['orderConfirmed', true],
    ['brandOrderReference', '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01'],
    ['parentBrandOrderReference', 'SP-2026-000481'],
  ])('has %s as printed', (member, value) => {
    expect(event[member]).toBe(value);
  });

  test('equals the manually completed example byte for byte', () => {
    expect(body).toBe(compact(CHILD_EVENT));
  });
});

test('a different time, amount or child gives different bytes', () => {
  const example = compact(PROCESSING_EVENT);
  for (const other of [
    { at: '2026-03-02T09:00:07.413Z' },
    { cashAmount: '1000.01' },
    { orders: children('PROCESSING', 'NEW') },
  ]) {
    expect(build(PROCESSING, [created, { ...confirmed, ...other }]).body).not.toBe(example);
  }
});
