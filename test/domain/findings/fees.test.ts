/** Sums of fees: docs/decisions.md no. 153, references/upvest.md#fees-of-an-order. */
import { executedSums, tradedSums } from '../../../src/domain/findings/amounts';
import { findingsOf } from '../../../src/domain/findings/findings';
import type { ExecutionFacts, Observation, OrderObservation } from '../../../src/domain/broker/observation';
import { progressOf } from '../../../src/domain/views/progress';
import { childId, facts, order, portfolioOrder, recordOf } from '../samples';

const sumsOf = (...observations: Observation[]) =>
  executedSums(recordOf(...observations)).map((one) => [
    one.side,
    one.currency,
    one.executed,
    one.settled,
    one.taxes,
    one.fees,
  ]);
/** A child without a side of its own. */
const sideless = (more: Partial<OrderObservation>): OrderObservation => {
  const { side, ...rest } = order('PROCESSING', more);
  return rest;
};
const fill = (more: Partial<ExecutionFacts> = {}): ExecutionFacts[] => [
  facts('FILLED', { cashAmount: '10.00', ...more }),
];

test('fees of all child orders are summed exactly, cancelled ones and those without executions included', () => {
  const child = (n: number, status: string, fee: string, ofChild: ExecutionFacts[] = []) =>
    order(status, { id: childId(n), currency: 'EUR', fee, executions: ofChild });
  expect(
    sumsOf(
      portfolioOrder('PROCESSING'),
      child(1, 'FILLED', '0.10', fill()),
      child(2, 'CANCELLED', '0.20'),
      child(3, 'NEW', '.0000001'.padStart(9, '0')),
      child(4, 'NEW', '0.0'),
    ),
  ).toEqual([['BUY', 'EUR', '10.00', '0', '0', '0.3000001']]);
});

test('fees count in the currency and on the side of the child order, whatever those of its executions', () => {
  const executions = fill({ currency: 'USD', side: 'SELL' });
  expect(
    sumsOf(portfolioOrder('PROCESSING'), order('FILLED', { currency: 'EUR', fee: '1.50', executions })),
  ).toEqual([
    ['BUY', 'EUR', '0', '0', '0', '1.50'],
    ['SELL', 'USD', '10.00', '0', '0', '0'],
  ]);
});

test('fees of a child order without a currency or side count as its executions do, then as the portfolio order', () => {
  const rebalancing = portfolioOrder('PROCESSING', { type: 'REBALANCING' });
  const executions = fill({ currency: 'USD', side: 'SELL' });
  expect(sumsOf(rebalancing, sideless({ fee: '1.50', executions }))).toEqual([
    ['SELL', 'USD', '10.00', '0', '0', '1.50'],
  ]);
  expect(sumsOf(portfolioOrder('PROCESSING', { type: 'SELL' }), sideless({ fee: '1.50' }))).toEqual([
    ['SELL', 'EUR', '0', '0', '0', '1.50'],
  ]);
  expect(sumsOf(rebalancing, sideless({ fee: '1.50' }))).toEqual([[undefined, 'EUR', '0', '0', '0', '1.50']]);
});

test('fees are not summed before any currency is known', () => {
  expect(sumsOf(sideless({ fee: '1.50' }))).toEqual([]);
});

test('fees in another spelling of the currency are in the same sum, which has the spelling of the executions', () => {
  const executions = fill({ currency: 'EUR' });
  expect(sumsOf(order('FILLED', { currency: 'eur', fee: '1.50', executions }))).toEqual([
    ['BUY', 'EUR', '10.00', '0', '0', '1.50'],
  ]);
});

test('fees change neither findings nor progress: they are not part of the executed amount', () => {
  const children = (fee?: string) => [
    order('FILLED', { currency: 'EUR', executions: fill({ cashAmount: '500.00' }), ...(fee && { fee }) }),
    order('CANCELLED', { id: childId(2), side: 'SELL', currency: 'USD', ...(fee && { fee }) }),
    order('CANCELLED', { id: childId(3), cashAmount: '1234567890123456.78', ...(fee && { fee }) }),
    portfolioOrder('CANCELLED'),
  ];
  const [without, withFees] = [recordOf(...children()), recordOf(...children('123456789.123456789'))];
  expect(findingsOf(without).map(({ code }) => code)).toEqual(
    expect.arrayContaining(['MIXED_OUTCOME', 'LONG_AMOUNT']),
  );
  expect(findingsOf(withFees)).toEqual(findingsOf(without));
  expect(progressOf(withFees)).toEqual(progressOf(without));
  expect(tradedSums(withFees).map(({ fees, ...one }) => one)).toEqual(
    tradedSums(without).map(({ fees, ...one }) => one),
  );
});
