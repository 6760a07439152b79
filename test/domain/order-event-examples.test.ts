/** The worked examples of `esw-order-event.md` 9, from the observations they describe. */
import { buildOrderEvent, type EmissionSettings } from '../../src/domain/order-event';
import type { Observation, PortfolioOrderObservation } from '../../src/domain/observation';
import type { PortfolioOrderStatus } from '../../src/domain/lifecycle';
import {
  ACCOUNT,
  ALLOCATION,
  childId,
  execution,
  executionId,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  webhook,
} from './samples';
import { PROCESSING_EVENT, SETTLED_EVENT } from './worked-examples';

const settings: EmissionSettings = {
  tenantCode: 'PFOLIO',
  actor: 'portfolio-coordinator@retailer.example',
  deliveryCountryIso: 'DE',
};

/** What the broker says of the order in every snapshot. */
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

function bodyOf(status: PortfolioOrderStatus, observations: Observation[]): { id: string; body: string } {
  return buildOrderEvent({
    record: recordOf(...observations),
    status,
    brandOrderReference: 'SP-2026-000481',
    workflowId: `portfolio-order/${PORTFOLIO_ORDER}`,
    settings,
  });
}

const compact = (printed: string): string => JSON.stringify(JSON.parse(printed));

test('9.1 PROCESSING comes out byte for byte', () => {
  const event = bodyOf('PROCESSING', [created, confirmed]);
  expect(event.id).toBe('b5e37b25-39ef-546c-9dbb-eddbe6deeb2c');
  expect(event.body).toBe(compact(PROCESSING_EVENT));
});

test('9.2 SETTLED comes out byte for byte', () => {
  const event = bodyOf('SETTLED', [created, confirmed, ...filledParts, filledAll, ...settledParts, settled]);
  expect(event.id).toBe('61ffba69-3f2f-5904-9483-a828a5e5205d');
  expect(event.body).toBe(compact(SETTLED_EVENT));
});

test('9.2 comes out the same when the parts overtake the order, and everything comes twice', () => {
  const disorder = [created, confirmed, ...settledParts, ...filledParts, filledAll, settled];
  expect(bodyOf('SETTLED', [...disorder, ...disorder]).body).toBe(compact(SETTLED_EVENT));
});

test('9.3 CANCELLED while NEW has the parts that differ', () => {
  const cancelled = portfolioOrder('CANCELLED', {
    ...common,
    source: webhook(2),
    announced: 'CANCELLED',
    at: '2026-03-02T09:00:03.000Z',
    cancellationReason: 'CANCELLED_BY_CLIENT',
  });
  const { id, body } = bodyOf('CANCELLED', [created, cancelled]);
  expect(id).toBe('73f4f0c1-427a-5d67-a612-3d5d1f16b1e9');
  const parsed = JSON.parse(body) as Record<string, unknown>;
  expect(parsed).toMatchObject({
    id,
    status: 'Cancelled',
    orderConfirmed: false,
    balances: {
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
    lastTransaction: { type: 'OrderCancelled', status: 'Completed' },
  });
  expect(parsed.metadataItems).toEqual([
    { name: 'Source', value: 'PortfolioOrderCoordinator' },
    { name: 'MappingVersion', value: '1' },
    { name: 'PortfolioOrderStatus', value: 'CANCELLED' },
    { name: 'PortfolioOrderType', value: 'BUY' },
    { name: 'InitiationFlow', value: 'API' },
    { name: 'PostTax', value: 'false' },
    { name: 'CancellationReason', value: 'CANCELLED_BY_CLIENT' },
  ]);
  const transactions = parsed.orderTransactions as Record<string, unknown>[];
  expect(transactions.map((one) => [one.type, one.reason])).toEqual([
    ['OrderPlaced', 'NewOrder'],
    ['OrderCancelled', 'CANCELLED_BY_CLIENT'],
  ]);
  for (const absent of ['lineItems', 'financialTransactions', 'comments'])
    expect(parsed).not.toHaveProperty(absent);
});

test('the examples could fail: another time, amount or child gives other bytes', () => {
  const example = compact(PROCESSING_EVENT);
  for (const other of [
    { at: '2026-03-02T09:00:07.413Z' },
    { cashAmount: '1000.01' },
    { orders: children('PROCESSING', 'NEW') },
  ]) {
    expect(bodyOf('PROCESSING', [created, { ...confirmed, ...other }]).body).not.toBe(example);
  }
});
