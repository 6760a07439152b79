/** The guard accepts only observations that can be applied and summed without an exception. */
import { assert, property } from 'fast-check';
import type { Observation } from '../../../src/domain/broker/observation';
import { isObservation } from '../../../src/domain/broker/is-observation';
import { generateOrder, orderPlans } from '../generated-orders';
import {
  apply,
  at,
  execution,
  facts,
  order,
  poll,
  portfolioOrder,
  recordOf,
  refusal,
  webhook,
} from '../samples';

const rebalancing: Observation = {
  subject: 'rebalancing-execution-order',
  source: webhook(1),
  at: at(1),
  status: 'NEW',
  id: 'step',
};
const full: Record<string, Observation> = {
  'a portfolio order': portfolioOrder('NEW', {
    announced: 'NEW',
    allocationId: 'a',
    clientReference: 'c',
    createdAt: at(0),
    updatedAt: at(1),
    cancellationReason: 'r',
    cancellationDetails: 'd',
    unreadableTimes: ['created_at'],
    orders: [{ id: 'x', side: 'BUY', status: 'NEW' }],
  }),
  'an order': order('NEW', {
    source: { kind: 'poll', readAt: at(9) },
    instrumentId: 'i',
    cashAmount: '1.00',
    quantity: '1',
    currency: 'EUR',
    fee: '0.0',
    unreadableAmounts: ['fee'],
    createdAt: at(0),
    updatedAt: at(1),
    cancellationReason: 'r',
    executions: [
      facts('FILLED', {
        taxes: '0',
        transactionTime: at(1),
        settlementDate: '2026-03-04',
        unreadableTimes: ['transaction_time'],
      }),
    ],
  }),
  'an execution': execution('FILLED', { taxes: '0', settlementDate: '2026-03-04' }),
  'a refusal': refusal({ reason: 'r' }),
  'a rebalancing order': {
    ...rebalancing,
    executionId: 'e',
    cancellationReason: 'r',
    cancellationDetails: 'd',
  },
  'a read of older code': order('NEW', { source: poll }),
};

test.each(Object.entries(full))('%s is accepted', (_what, observation) => {
  expect(isObservation(observation)).toBe(true);
});

/** Copies of the value, each with one member, at any depth, replaced by garbage. */
function corrupted(value: unknown): { path: string; result: unknown }[] {
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Record<string, unknown>;
  return Object.entries(members).flatMap(([name, member]) => {
    const replaced = (by: unknown): unknown =>
      Array.isArray(value)
        ? value.map((item: unknown, index) => (String(index) === name ? by : item))
        : { ...members, [name]: by };
    const garbage = [null, 7, {}, [null], ...(typeof member === 'string' ? [''] : ['text'])];
    return [
      ...garbage.map((by) => ({ path: `${name} = ${JSON.stringify(by)}`, result: replaced(by) })),
      ...corrupted(member).map(({ path, result }) => ({ path: `${name}.${path}`, result: replaced(result) })),
    ];
  });
}

test.each(Object.entries(full))(
  '%s with any member corrupted is rejected or harmless',
  (_what, observation) => {
    const before = recordOf(portfolioOrder('NEW', { updatedAt: at(0) }), order('NEW', { updatedAt: at(0) }));
    const all = corrupted(observation);
    expect(all.length).toBeGreaterThan(20);
    for (const { path, result } of all) {
      if (!isObservation(result)) continue;
      const { record } = apply(before, result);
      // It can be applied again, and survives JSON.
      expect([path, apply(record, result).record]).toStrictEqual([path, record]);
      expect([path, JSON.parse(JSON.stringify(record))]).toStrictEqual([path, record]);
    }
  },
);

test.each([
  ['an invalid time', portfolioOrder('NEW', { updatedAt: 'yesterday' })],
  ['an invalid time of a read', order('NEW', { source: { kind: 'poll', readAt: 'now' } })],
  ['an invalid date', execution('FILLED', { settlementDate: '04.03.2026' })],
  ['an amount with an exponent', order('NEW', { cashAmount: '1e3' })],
  ['an empty quantity', order('NEW', { quantity: '' })],
  ['negative taxes', execution('FILLED', { taxes: '-1' })],
  ['a negative fee', order('NEW', { fee: '-0.99' })],
])('%s is rejected', (_what, observation) => {
  expect(isObservation(observation)).toBe(false);
});

test('all generated observations are accepted', () => {
  assert(
    property(orderPlans, (plan) => {
      const { reported, answers } = generateOrder(plan);
      expect([...reported, ...answers].filter((one) => !isObservation(one))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
