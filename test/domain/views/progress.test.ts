/** How far an order is: a cancelled execution is final, and not settled. */
import { assert, property } from 'fast-check';
import { executionsOf } from '../../../src/domain/broker/record';
import { progressOf } from '../../../src/domain/views/progress';
import { lifeOf, lifePlans } from '../generated-lives';
import { childId, execution, executionId, portfolioOrder, recordOf } from '../samples';

const one = (n: number, status: string, cashAmount: string, currency = 'EUR') =>
  execution(status, { id: executionId(n), of: childId(n), cashAmount, currency });

test('a mistrade is counted as cancelled, with what is settled of the ordered amount (14.14)', () => {
  const record = recordOf(
    portfolioOrder('FILLED', { cashAmount: '140.00' }),
    one(1, 'SETTLED', '38.98'),
    one(2, 'SETTLED', '30.00'),
    one(3, 'SETTLED', '25.00'),
    one(4, 'SETTLED', '25.00'),
    one(5, 'CANCELLED', '21.02'),
  );
  expect(progressOf(record)).toMatchObject({
    executions: 5,
    settled: 4,
    cancelled: 1,
    text: '4 of 5 executions settled, 1 cancelled, 118.98 of 140.00 EUR',
  });
});

test.each([
  ['nothing executed', [], '0 of 0 executions settled'],
  [
    'only a mistrade',
    [one(1, 'CANCELLED', '10.00')],
    '0 of 1 executions settled, 1 cancelled, 0 of 1000.00 EUR',
  ],
  [
    'two currencies',
    [one(1, 'SETTLED', '10.00'), one(2, 'FILLED', '20.00', 'USD')],
    '1 of 2 executions settled, BUY 10.00 of 10.00 EUR executed and BUY 0 of 20.00 USD executed',
  ],
])('%s (14.14)', (_what, executions, text) => {
  expect(progressOf(recordOf(portfolioOrder('FILLED'), ...executions)).text).toBe(text);
});

test('only SETTLED counts as settled, in any order (14.14)', () => {
  assert(
    property(lifePlans, (plan) => {
      const { record } = lifeOf(plan);
      const { settled, cancelled, executions, text } = progressOf(record);
      const statuses = executionsOf(record).map(({ status }) => status);
      expect([settled, cancelled, executions]).toEqual([
        statuses.filter((status) => status === 'SETTLED').length,
        statuses.filter((status) => status === 'CANCELLED').length,
        statuses.length,
      ]);
      expect(text).toMatch(new RegExp(`^${settled} of ${executions} executions settled`));
      expect(text.includes('cancelled')).toBe(cancelled > 0);
    }),
    { numRuns: 50 },
  );
});
