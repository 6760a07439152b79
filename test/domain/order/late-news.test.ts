/** What counts as news of an order that has finished: only news is parked for an operator. */
import { lateNews } from '../../../src/domain/order/late-news';
import { DEFAULT_AMOUNT_TOLERANCE } from '../../../src/domain/findings/findings';
import type { ExecutionFacts, Observation } from '../../../src/domain/broker/observation';
import type { PortfolioOrderRecord } from '../../../src/domain/broker/record';
import {
  at,
  childId,
  execution,
  executionId,
  facts,
  frozen,
  order,
  portfolioOrder,
  recordOf,
} from '../samples';

const settlement = { taxes: '1.10', transactionTime: at(3), settlementDate: '2026-03-04' };
const whole = (status: string, seconds: number, cashAmount = '450.10'): Observation =>
  portfolioOrder(status, { at: at(seconds), updatedAt: at(seconds), cashAmount });
const life: Observation[] = [
  whole('NEW', 1),
  order('NEW'),
  whole('PROCESSING', 2),
  order('PROCESSING', { at: at(2), updatedAt: at(2) }),
  execution('FILLED', settlement),
  order('FILLED', { at: at(4), updatedAt: at(4), executions: [facts('FILLED', settlement)] }),
  whole('FILLED', 5),
  execution('SETTLED', settlement, { at: at(6) }),
  whole('SETTLED', 7),
];
const finished = frozen(recordOf(...life));
const news = (...observations: Observation[]): string[] =>
  lateNews(finished, observations.map(frozen), DEFAULT_AMOUNT_TOLERANCE);

test.each<[string, Partial<ExecutionFacts>, string]>([
  ['amount', { cashAmount: '450.20' }, 'cash amount 450.10 → 450.20'],
  ['price', { price: '144.30' }, 'price 144.24 → 144.30'],
  ['shares', { shareQuantity: '3.1300000000' }, 'share quantity 3.1204000000 → 3.1300000000'],
  ['taxes', { taxes: '1.20' }, 'taxes 1.10 → 1.20'],
  ['settlement date', { settlementDate: '2026-03-05' }, 'settlement date 2026-03-04 → 2026-03-05'],
  ['currency', { currency: 'USD' }, 'currency EUR → USD'],
])('a changed %s of an execution is news (14.42)', (_what, change, expected) => {
  const corrected = execution('SETTLED', { ...settlement, ...change }, { at: at(100) });
  expect(news(corrected)).toContain(`execution ${executionId(1)}: ${expected}`);
});

test('a correction that a snapshot of the child order brings is news, too (14.42)', () => {
  const executions = [facts('SETTLED', { ...settlement, price: '144.30' })];
  const corrected = order('FILLED', { at: at(100), updatedAt: at(100), executions });
  expect(news(corrected)).toEqual([`execution ${executionId(1)}: price 144.24 → 144.30`]);
});

test('a fact of the portfolio order or of a child that changes is news (14.42)', () => {
  const changed = whole('SETTLED', 100, '1100.00');
  expect(news(changed)).toContain(
    `portfolio-order ${finished.portfolioOrderId}: cash amount 450.10 → 1100.00`,
  );
  const quantity = order('FILLED', { at: at(100), updatedAt: at(100), quantity: '3.12' });
  expect(news(quantity)).toContain(`order ${childId(1)}: quantity unknown → 3.12`);
});

describe('a fee of a child order', () => {
  const paid = frozen(recordOf(...life, order('FILLED', { at: at(8), updatedAt: at(8), fee: '1.00' })));
  const later = (record: PortfolioOrderRecord, seconds: number, fee: string): string[] =>
    lateNews(
      record,
      [order('FILLED', { at: at(seconds), updatedAt: at(seconds), fee })],
      DEFAULT_AMOUNT_TOLERANCE,
    );

  test('that changes after the end is news, like any other money', () => {
    expect(later(paid, 100, '1.50')).toEqual([`order ${childId(1)}: fee 1.00 → 1.50`]);
    expect(later(paid, 100, '0.0')).toEqual([`order ${childId(1)}: fee 1.00 → 0.0`]);
    expect(later(finished, 100, '1.00')).toEqual([`order ${childId(1)}: fee unknown → 1.00`]);
  });

  test('that is the same in another notation, or older, is no news', () => {
    expect(later(paid, 100, '1.0')).toEqual([]);
    expect(later(paid, 7, '0.50')).toEqual([]);
  });

  test('of zero is no news for an order that finished under older code, without a fee', () => {
    expect(later(finished, 100, '0.0')).toEqual([]);
  });
});

test('statuses that were not reached, and findings, are news', () => {
  expect(news(execution('CANCELLED', settlement, { at: at(100) }))).toEqual([
    `execution ${executionId(1)} CANCELLED`,
    'both SETTLED and CANCELLED were reported',
    expect.stringContaining('cancelled the filled execution') as string,
  ]);
});

test('redeliveries, and older reports of what is known, are no news (14.42)', () => {
  expect(news(...life)).toEqual([]);
  expect(news(execution('FILLED', { ...settlement, price: '100.00' }, { at: at(2) }))).toEqual([]);
});

test('the same amount in another notation is no news (14.42)', () => {
  const same = {
    ...settlement,
    cashAmount: '450.1',
    shareQuantity: '3.1204',
    price: '144.240',
    taxes: '1.1',
  };
  expect(news(execution('SETTLED', same, { at: at(100) }))).toEqual([]);
});
