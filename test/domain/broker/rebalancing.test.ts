/**
 * The rebalancing order that created a portfolio order (references/upvest.md#rebalancing) is recorded, and affects
 * nothing else.
 */
import { applyObservation } from '../../../src/domain/broker/apply-observation';
import { isFinishedAtBroker } from '../../../src/domain/broker/completion';
import type { Observation, RebalancingObservation } from '../../../src/domain/broker/observation';
import { isObservation } from '../../../src/domain/broker/is-observation';
import { emptyRecord } from '../../../src/domain/broker/record';
import { at, PORTFOLIO_ORDER, portfolioOrder, webhook } from '../samples';

const ID = '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10';

function rebalancing(status: string, more: Partial<RebalancingObservation> = {}): RebalancingObservation {
  return { subject: 'rebalancing-execution-order', source: webhook(9), at: at(1), status, id: ID, ...more };
}

const record = (...observations: Observation[]) =>
  observations.reduce((known, one) => applyObservation(known, one).record, emptyRecord(PORTFOLIO_ORDER));

test('all reports are kept, regardless of order and repetition', () => {
  const seen = [
    rebalancing('NEW'),
    rebalancing('FILLED', { executionId: 'x-1' }),
    rebalancing('CANCELLED', { cancellationReason: 'PORTFOLIO_IS_BALANCED' }),
  ];
  const expected = {
    id: ID,
    statuses: ['CANCELLED', 'FILLED', 'NEW'],
    executionId: 'x-1',
    cancellationReason: 'PORTFOLIO_IS_BALANCED',
  };
  expect(record(...seen).rebalancing).toMatchObject([expected]);
  expect(record(...seen.reverse(), ...seen).rebalancing).toMatchObject([expected]);
});

test('it neither changes nor finishes the portfolio order', () => {
  const before = record(portfolioOrder('NEW'));
  const { record: after, transitions } = applyObservation(before, rebalancing('FILLED'));
  expect(transitions).toEqual([]);
  expect(after.status).toBe('NEW');
  expect(isFinishedAtBroker(after)).toBe(false);
});

test('the guard of the workflow accepts it', () => {
  expect(isObservation(rebalancing('NEW'))).toBe(true);
  expect(isObservation({ ...rebalancing('NEW'), id: 5 })).toBe(false);
});
