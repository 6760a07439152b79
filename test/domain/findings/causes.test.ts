/** Every finding has the observation that caused it: docs/rules.md. */
import { FINDING_CODES, findingsOf } from '../../../src/domain/findings/findings';
import type { Observation } from '../../../src/domain/broker/observation';
import {
  at,
  childId,
  eventId,
  execution,
  executionId,
  facts,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  refusal,
  webhook,
} from '../samples';

describe('the observation that caused a finding', () => {
  const by = (n: number): { source: ReturnType<typeof webhook>; at: string } => ({
    source: webhook(n),
    at: at(n),
  });
  const causeFrom = (n: number): object => ({ at: at(n), by: 'webhook', eventId: eventId(n) });
  const causes: { code: string; observations: Observation[]; cause: object }[] = [
    {
      code: 'SKIPPED_STATE',
      observations: [portfolioOrder('NEW', by(1)), portfolioOrder('FILLED', by(2))],
      cause: causeFrom(2),
    },
    {
      code: 'CONTRADICTION',
      observations: [order('FILLED', by(5)), order('CANCELLED', by(4))],
      cause: causeFrom(5),
    },
    {
      code: 'MISTRADE',
      observations: [execution('FILLED'), execution('CANCELLED', {}, by(7))],
      cause: causeFrom(7),
    },
    {
      code: 'UNKNOWN_STATUS',
      observations: [order('NEW', by(1)), order('HALTED', by(2)), order('HALTED', by(3))],
      cause: causeFrom(2),
    },
    {
      code: 'UNREADABLE_TIME',
      observations: [order('NEW', by(1)), order('NEW', { ...by(2), unreadableTimes: ['updated_at'] })],
      cause: causeFrom(2),
    },
    {
      code: 'UNREADABLE_AMOUNT',
      observations: [
        order('NEW', by(1)),
        order('NEW', { ...by(2), unreadableAmounts: ['fee'] }),
        order('NEW', { ...by(3), unreadableAmounts: ['fee'] }),
      ],
      cause: causeFrom(2),
    },
    { code: 'IRREGULAR_ID', observations: [order('NEW', { ...by(2), id: 'ord@er' })], cause: causeFrom(2) },
    { code: 'CANCELLATION_REFUSED', observations: [refusal(by(6))], cause: causeFrom(6) },
    {
      code: 'MIXED_OUTCOME',
      observations: [order('CANCELLED', by(3)), execution('FILLED', {}, by(4)), order('NEW', by(9))],
      cause: causeFrom(4),
    },
    {
      code: 'REGRESSION',
      observations: [
        order('PROCESSING', { ...by(2), updatedAt: at(2) }),
        order('NEW', { ...by(3), updatedAt: at(3) }),
      ],
      cause: causeFrom(3),
    },
    {
      // The newest snapshot arrived first: only its time is stored.
      code: 'REGRESSION',
      observations: [
        order('NEW', { ...by(3), updatedAt: at(3) }),
        order('PROCESSING', { ...by(2), updatedAt: at(2) }),
      ],
      cause: { at: at(3), by: 'snapshot' },
    },
    {
      code: 'LONG_AMOUNT',
      observations: [portfolioOrder('NEW', { ...by(2), cashAmount: '1234567.123456789' })],
      cause: causeFrom(2),
    },
    {
      code: 'TERMS_CHANGED',
      observations: [portfolioOrder('NEW', by(1)), portfolioOrder('NEW', { ...by(2), type: 'SELL' })],
      cause: causeFrom(2),
    },
    {
      code: 'CHILD_AFTER_TERMINAL',
      observations: [portfolioOrder('CANCELLED', by(3)), order('NEW', { ...by(5), createdAt: at(4) })],
      cause: causeFrom(5),
    },
    {
      code: 'UNKNOWN_CANCELLATION_REASON',
      observations: [order('NEW', by(1)), order('CANCELLED', { ...by(2), cancellationReason: 'FULL_MOON' })],
      cause: causeFrom(2),
    },
    {
      code: 'OVERFILLED',
      observations: [
        order('PROCESSING', { ...by(1), quantity: '3' }),
        execution('FILLED', {}, by(3)),
        execution('FILLED', { id: executionId(2) }, by(2)),
      ],
      cause: causeFrom(3),
    },
    {
      code: 'AMOUNT_MISMATCH',
      observations: [order('PROCESSING', by(1)), execution('FILLED', { side: 'SELL' }, by(3))],
      cause: causeFrom(3),
    },
  ];

  test.each(causes)('$code', ({ code, observations, cause }) => {
    const found = findingsOf(recordOf(...observations)).filter((one) => one.code === code);
    expect(found).toHaveLength(1);
    expect(found[0]?.cause).toEqual(cause);
  });

  test('is known for every code', () => {
    expect(FINDING_CODES.filter((code) => !causes.some((one) => one.code === code))).toEqual([]);
  });

  test('is absent for a record of older code without it', () => {
    const { unknownSeen, ...old } = recordOf(portfolioOrder('HALTED'));
    expect(findingsOf(old)).toEqual([
      {
        code: 'UNKNOWN_STATUS',
        subject: 'portfolio-order',
        id: PORTFOLIO_ORDER,
        message: expect.any(String) as string,
        occurrence: 'HALTED',
      },
    ]);
  });
});

test('a mixed outcome contains the executed amounts per currency and side', () => {
  const record = recordOf(
    portfolioOrder('PROCESSING'),
    order('FILLED', {
      executions: ['SETTLED', 'FILLED', 'CANCELLED'].map((status, n) =>
        facts(status, { id: executionId(n) }),
      ),
    }),
    order('CANCELLED', {
      id: childId(2),
      executions: [facts('FILLED', { id: executionId(99), side: 'SELL' })],
    }),
    order('CANCELLED', { id: childId(3) }),
  );
  const [mixed] = findingsOf(record).filter((one) => one.code === 'MIXED_OUTCOME');
  expect(mixed?.message).toBe(
    '2 of 3 orders have executions, 2 are cancelled, executed: BUY 900.20 EUR and SELL 450.10 EUR of 1000.00 EUR ordered',
  );
});
