/**
 * references/esw.md#statuses, row by row, for portfolio orders and orders, and the rule for executions below the table.
 */
import type { Observation } from '../../../src/domain/broker/observation';
import { orderEventId } from '../../../src/domain/order-event/ids';
import { build, child, trade, whole } from './built-events';
import {
  at,
  childId,
  eventId,
  execution,
  executionId,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  webhook,
} from '../samples';

interface StateCase {
  state: 'NEW' | 'PROCESSING' | 'FILLED' | 'SETTLED';
  status: string;
  orderConfirmed: boolean;
  type: string;
  reason?: string;
  date: string;
}

/** CANCELLED has separate tests: it depends on the statuses before. */
const table: StateCase[] = [
  {
    state: 'NEW',
    status: 'Created',
    orderConfirmed: false,
    type: 'OrderPlaced',
    reason: 'NewOrder',
    date: 'OrderPlaced',
  },
  {
    state: 'PROCESSING',
    status: 'Confirmed',
    orderConfirmed: true,
    type: 'OrderConfirmed',
    date: 'OrderConfirmed',
  },
  {
    state: 'FILLED',
    status: 'Fulfilled',
    orderConfirmed: true,
    type: 'OrderFulfilled',
    date: 'OrderFulfilled',
  },
  { state: 'SETTLED', status: 'Settled', orderConfirmed: true, type: 'OrderSettled', date: 'OrderSettled' },
];

const observed = table.map(({ state }, index) =>
  portfolioOrder(state, { source: webhook(index + 1), at: at(index + 1), createdAt: at(0) }),
);
const observedChild = table
  .slice(0, 3)
  .map(({ state }, index) => order(state, { source: webhook(index + 1), at: at(index + 1) }));
const cancelled = portfolioOrder('CANCELLED', {
  source: webhook(5),
  at: at(5),
  cancellationReason: 'SELL_LIMIT_EXCEEDED',
});
const childCancelled = order('CANCELLED', {
  source: webhook(5),
  at: at(5),
  cancellationReason: 'CANCELLED_BY_TRADING_PARTNER',
});

/** The first `count` transactions; the n-th webhook reported the n-th of them. */
function transactions(scope: 'portfolio-order' | 'order', subject: string, count: number): unknown[] {
  return table.slice(0, count).map(({ state, type, reason }, index) => ({
    id: orderEventId('PFOLIO', `txn:${scope}`, subject, state),
    type,
    status: 'Completed',
    transactionReference: eventId(index + 1),
    retailerTransactionDateTime: at(index + 1),
    actionedBy: 'Retailer',
    actionedByUser: 'actor@retailer.example',
    ...(reason !== undefined && { reason }),
  }));
}

describe('a portfolio order', () => {
  const record = recordOf(...observed);

  test.each(table)('8.3 $state: $status', ({ state, status, orderConfirmed, type }) => {
    const count = table.findIndex((row) => row.state === state) + 1;
    const event = build(record, whole(state));
    expect(event).toMatchObject({ status, orderConfirmed });
    expect(event.orderTransactions).toEqual(transactions('portfolio-order', PORTFOLIO_ORDER, count));
    expect(event.lastTransaction).toEqual({
      id: event.orderTransactions.at(-1)?.id,
      type,
      status: 'Completed',
    });
    expect(event.dates).toEqual(
      table.slice(0, count).map((row, index) => ({
        name: row.date,
        // The creation at the broker, and the times of the webhooks.
        value: index === 0 ? at(0) : at(index + 1),
      })),
    );
  });

  test('8.3 CANCELLED: Cancelled', () => {
    const event = build(recordOf(...observed.slice(0, 1), cancelled), whole('CANCELLED'));
    expect(event).toMatchObject({ status: 'Cancelled', orderConfirmed: false });
    expect(event.dates?.at(-1)).toEqual({ name: 'OrderCancelled', value: at(5) });
    expect(event.orderTransactions.at(-1)).toMatchObject({
      type: 'OrderCancelled',
      reason: 'SELL_LIMIT_EXCEEDED',
    });
  });

  test.each<[before: string, confirmed: boolean, observations: Observation[]]>([
    ['NEW', false, observed.slice(0, 1)],
    ['nothing', false, []],
    ['PROCESSING', true, observed.slice(0, 2)],
    ['FILLED, whose PROCESSING was lost', true, observed.slice(2, 3)],
    ['SETTLED alone', true, observed.slice(3, 4)],
  ])('8.3 CANCELLED after %s has orderConfirmed %j', (_, orderConfirmed, observations) => {
    expect(build(recordOf(...observations, cancelled), whole('CANCELLED'))).toMatchObject({ orderConfirmed });
  });
});

describe('an order', () => {
  const record = recordOf(portfolioOrder('NEW'), ...observedChild);

  test.each(table.slice(0, 3))('8.3 $state: $status', ({ state, status, orderConfirmed, type }) => {
    if (state === 'SETTLED') return;
    const count = table.findIndex((row) => row.state === state) + 1;
    const event = build(record, child(state));
    expect(event).toMatchObject({ status, orderConfirmed });
    expect(event.orderTransactions).toEqual(transactions('order', childId(1), count));
    expect(event.lastTransaction).toEqual({
      id: event.orderTransactions.at(-1)?.id,
      type,
      status: 'Completed',
    });
    expect(event.dates).toEqual(
      table.slice(0, count).map((row, index) => ({ name: row.date, value: at(index + 1) })),
    );
  });

  test('8.3 CANCELLED: Cancelled', () => {
    const event = build(recordOf(...observedChild.slice(0, 1), childCancelled), child('CANCELLED'));
    expect(event).toMatchObject({ status: 'Cancelled', orderConfirmed: false });
    expect(event.dates?.at(-1)).toEqual({ name: 'OrderCancelled', value: at(5) });
    expect(event.orderTransactions.at(-1)).toMatchObject({
      type: 'OrderCancelled',
      reason: 'CANCELLED_BY_TRADING_PARTNER',
    });
  });

  test.each<[before: string, confirmed: boolean, observations: Observation[]]>([
    ['NEW', false, observedChild.slice(0, 1)],
    ['PROCESSING', true, observedChild.slice(0, 2)],
    ['PROCESSING of the portfolio order alone', false, [portfolioOrder('PROCESSING')]],
  ])('8.3 CANCELLED after %s has orderConfirmed %j', (_, orderConfirmed, observations) => {
    const event = build(recordOf(...observations, childCancelled), child('CANCELLED'));
    expect(event).toMatchObject({ orderConfirmed });
  });
});

describe('an execution', () => {
  const filled = [order('PROCESSING'), execution('FILLED', {}, { at: at(3), source: webhook(3) })];
  const done = order('FILLED', { at: at(4), source: webhook(4) });
  const settled = execution('SETTLED', {}, { at: at(6), source: webhook(6) });
  const second = (status: string): Observation =>
    execution(status, { id: executionId(2) }, { at: at(7), source: webhook(7) });

  test.each<[type: string, state: 'FILLED' | 'SETTLED' | 'CANCELLED', more: Observation[]]>([
    ['ExecutionFilled', 'FILLED', []],
    ['ExecutionSettled', 'SETTLED', [done, settled]],
    ['ExecutionCancelled', 'CANCELLED', [done, execution('CANCELLED', {}, { at: at(6) })]],
  ])('is reported as %s', (type, state, more) => {
    const event = build(recordOf(...filled, ...more), trade(state));
    const last = event.orderTransactions.at(-1);
    expect(last).toMatchObject({ id: orderEventId('PFOLIO', 'txn:execution', executionId(1), state), type });
    expect(last).not.toHaveProperty('reason');
    expect(event.lastTransaction).toEqual({ id: last?.id, type, status: 'Completed' });
  });

  type State = Parameters<typeof trade>[0];
  test.each<
    [situation: string, status: string, confirmed: boolean, state: State, observations: Observation[]]
  >([
    ['PROCESSING', 'Confirmed', true, 'FILLED', filled],
    ['NEW', 'Created', false, 'FILLED', [order('NEW'), execution('FILLED')]],
    ['CANCELLED while NEW', 'Cancelled', false, 'FILLED', [order('CANCELLED'), execution('FILLED')]],
    ['PROCESSING, and FILLED only since', 'Confirmed', true, 'FILLED', [...filled, done, settled]],
    ['FILLED, and it is the only one and settled', 'Settled', true, 'SETTLED', [...filled, done, settled]],
    [
      'FILLED, and another one is not settled',
      'Fulfilled',
      true,
      'SETTLED',
      [...filled, done, settled, second('FILLED')],
    ],
    [
      'FILLED, and another one is a mistrade',
      'Settled',
      true,
      'SETTLED',
      [...filled, done, settled, second('CANCELLED')],
    ],
    [
      'FILLED, and another one has an unknown status',
      'Fulfilled',
      true,
      'SETTLED',
      [...filled, done, settled, second('ODD')],
    ],
    [
      'FILLED, and all are mistrades',
      'Fulfilled',
      true,
      'CANCELLED',
      [...filled, done, execution('CANCELLED', {}, { at: at(6) })],
    ],
    ['PROCESSING, and all are settled', 'Confirmed', true, 'SETTLED', [...filled, settled]],
  ])('takes its status from its order, which is %s', (_, status, orderConfirmed, state, observations) => {
    expect(build(recordOf(...observations), trade(state))).toMatchObject({ status, orderConfirmed });
  });
});

describe("the tenant's own status values", () => {
  const statusWords = {
    NEW: 'Neu',
    PROCESSING: 'Bestätigt',
    FILLED: 'Ausgeführt',
    SETTLED: 'Abgerechnet',
    CANCELLED: 'Storniert',
  };
  const options = { settings: { statusWords } };

  test.each([...table.map(({ state }) => state), 'CANCELLED' as const])('replace that of %s', (state) => {
    const event = build(recordOf(...observed, cancelled), whole(state), options);
    expect(event.status).toBe(statusWords[state]);
    expect(event.lastTransaction.type).toMatch(/^Order/);
  });

  test('apply to orders and executions, too', () => {
    const record = recordOf(...observedChild, execution('SETTLED', {}, { at: at(4) }));
    expect(build(record, child('FILLED'), options).status).toBe('Ausgeführt');
    expect(build(record, trade('SETTLED'), options).status).toBe('Abgerechnet');
  });

  test('may be given for some statuses only', () => {
    const some = { settings: { statusWords: { NEW: 'Neu' } } };
    expect(build(recordOf(...observed), whole('NEW'), some).status).toBe('Neu');
    expect(build(recordOf(...observed), whole('FILLED'), some).status).toBe('Fulfilled');
  });
});
