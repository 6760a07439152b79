/**
 * Findings: docs/rules.md, references/upvest.md#portfolio-order, #order, #execution and
 * #delivery-semantics.
 */
import {
  findingsOf,
  needsAttention,
  skippedStatuses,
  FINDING_CODES,
} from '../../../src/domain/findings/findings';
import { portfolioOrderLifecycle } from '../../../src/domain/broker/status-tables';
import type { Observation } from '../../../src/domain/broker/observation';
import { CURRENT_REVISION } from '../../../src/domain/values/revision';
import {
  at,
  childId,
  execution,
  executionId,
  facts,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  refusal,
} from '../samples';
import { child, filled, parent } from '../reports';

const findingCases: { situation: string; observations: Observation[]; expected: [string, string][] }[] = [
  { situation: 'nothing', observations: [], expected: [] },
  {
    situation: 'the documented path',
    observations: [...parent('NEW', 'PROCESSING', 'FILLED', 'SETTLED'), ...filled(1, 'SETTLED')],
    expected: [],
  },
  { situation: 'cancelled while NEW', observations: parent('NEW', 'CANCELLED'), expected: [] },
  {
    situation: 'FILLED without PROCESSING',
    observations: parent('NEW', 'FILLED'),
    expected: [['SKIPPED_STATE', PORTFOLIO_ORDER]],
  },
  {
    situation: 'PROCESSING after FILLED',
    observations: parent('NEW', 'FILLED', 'PROCESSING'),
    expected: [],
  },
  {
    situation: 'a child first seen when filled',
    observations: [...parent('NEW', 'PROCESSING'), ...filled(1, 'FILLED')],
    expected: [],
  },
  {
    situation: 'FILLED, then CANCELLED',
    observations: parent('NEW', 'PROCESSING', 'FILLED', 'CANCELLED'),
    expected: [['CONTRADICTION', PORTFOLIO_ORDER]],
  },
  {
    situation: 'CANCELLED after SETTLED',
    observations: parent('NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'),
    expected: [
      ['CONTRADICTION', PORTFOLIO_ORDER],
      ['CONTRADICTION', PORTFOLIO_ORDER],
    ],
  },
  {
    situation: 'an order both filled and cancelled',
    observations: [...parent('NEW', 'PROCESSING'), ...child(1, 'FILLED', 'CANCELLED')],
    expected: [['CONTRADICTION', childId(1)]],
  },
  {
    situation: 'a mistrade',
    observations: [...parent('NEW', 'PROCESSING'), ...filled(1, 'FILLED'), execution('CANCELLED')],
    expected: [['MISTRADE', executionId(1)]],
  },
  {
    situation: 'a mistrade after settlement',
    observations: [execution('SETTLED'), execution('CANCELLED')],
    expected: [
      ['CONTRADICTION', executionId(1)],
      ['MISTRADE', executionId(1)],
    ],
  },
  {
    situation: 'a cancelled portfolio order whose only child is filled (14.15)',
    observations: [...parent('NEW', 'PROCESSING', 'CANCELLED'), ...filled(1, 'SETTLED')],
    expected: [['CONTRADICTION', PORTFOLIO_ORDER]],
  },
  {
    situation: 'a cancelled portfolio order with a filled child and an open one',
    observations: [...parent('NEW', 'PROCESSING', 'CANCELLED'), ...filled(1, 'FILLED'), ...child(2, 'NEW')],
    expected: [['MIXED_OUTCOME', PORTFOLIO_ORDER]],
  },
  {
    situation: 'one child filled, one cancelled',
    observations: [
      ...parent('NEW', 'PROCESSING', 'FILLED'),
      ...filled(1, 'FILLED'),
      ...child(2, 'CANCELLED'),
    ],
    expected: [['MIXED_OUTCOME', PORTFOLIO_ORDER]],
  },
  {
    situation: 'a cancelled child with an execution of its filled part',
    observations: [...parent('NEW', 'PROCESSING'), ...child(1, 'CANCELLED'), execution('FILLED')],
    expected: [['MIXED_OUTCOME', PORTFOLIO_ORDER]],
  },
  {
    situation: 'all children cancelled, nothing filled',
    observations: [
      ...parent('NEW', 'PROCESSING', 'CANCELLED'),
      ...child(1, 'CANCELLED'),
      ...child(2, 'CANCELLED'),
    ],
    expected: [],
  },
  {
    situation: 'a refused cancellation',
    observations: [...parent('NEW'), ...child(1, 'NEW'), refusal()],
    expected: [['CANCELLATION_REFUSED', childId(1)]],
  },
  {
    situation: 'unknown statuses at every level',
    observations: [...parent('NEW', 'HALTED'), ...child(1, 'HALTED'), execution('HALTED')],
    expected: [
      ['UNKNOWN_STATUS', PORTFOLIO_ORDER],
      ['UNKNOWN_STATUS', childId(1)],
      ['UNKNOWN_STATUS', executionId(1)],
    ],
  },
  {
    situation: 'ids that are not UUIDs',
    observations: [
      ...parent('NEW'),
      order('FILLED', { id: 'ord@er', executions: [facts('FILLED', { id: 'exec@tion' })] }),
    ],
    expected: [
      ['IRREGULAR_ID', 'ord@er'],
      ['IRREGULAR_ID', 'exec@tion'],
    ],
  },
  {
    situation: 'a newer snapshot with an earlier status',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      portfolioOrder('FILLED', { updatedAt: at(5) }),
      portfolioOrder('PROCESSING', { updatedAt: at(6) }),
      order('PROCESSING', { updatedAt: at(4) }),
      order('NEW', { updatedAt: at(5) }),
    ],
    expected: [
      ['REGRESSION', PORTFOLIO_ORDER],
      ['REGRESSION', childId(1)],
    ],
  },
  {
    situation: 'an earlier status in an older snapshot, in one of the same time, and in one without a time',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      portfolioOrder('FILLED', { updatedAt: at(5) }),
      portfolioOrder('PROCESSING', { updatedAt: at(4) }),
      portfolioOrder('PROCESSING', { updatedAt: at(5) }),
      portfolioOrder('PROCESSING'),
    ],
    expected: [],
  },
  {
    situation: 'a newer snapshot that has caught up',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      portfolioOrder('FILLED', { updatedAt: at(5) }),
      portfolioOrder('PROCESSING', { updatedAt: at(6) }),
      portfolioOrder('FILLED', { updatedAt: at(7) }),
    ],
    expected: [],
  },
  {
    situation: 'a child whose own status is earlier than in the snapshot of its portfolio order',
    observations: [
      ...parent('NEW'),
      portfolioOrder('PROCESSING', {
        updatedAt: at(3),
        orders: [{ id: childId(1), side: 'BUY', status: 'PROCESSING' }],
      }),
      order('NEW', { updatedAt: at(4) }),
    ],
    expected: [],
  },
  {
    situation: 'a newer snapshot that excludes the older one',
    observations: [
      ...parent('NEW', 'PROCESSING', 'FILLED'),
      portfolioOrder('SETTLED', { updatedAt: at(5) }),
      portfolioOrder('CANCELLED', { updatedAt: at(6) }),
    ],
    expected: [
      ['CONTRADICTION', PORTFOLIO_ORDER],
      ['CONTRADICTION', PORTFOLIO_ORDER],
    ],
  },
  {
    situation: 'another amount in a later snapshot (14.1)',
    observations: [...parent('NEW'), portfolioOrder('NEW', { cashAmount: '1000.01' })],
    expected: [['TERMS_CHANGED', PORTFOLIO_ORDER]],
  },
  {
    situation: 'an execution that two orders report (14.1)',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      ...[1, 2].map((n) => order('PROCESSING', { id: childId(n), executions: [facts('FILLED')] })),
    ],
    expected: [['AMOUNT_MISMATCH', executionId(1)]],
  },
  {
    situation: 'an amount with more digits than ESW’s numbers hold (14.8)',
    observations: [portfolioOrder('NEW', { cashAmount: '1234567.123456789' })],
    expected: [['LONG_AMOUNT', PORTFOLIO_ORDER]],
  },
  {
    situation: 'amounts of which only the sum has more digits than ESW’s numbers hold (14.8)',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      order('PROCESSING', { executions: [facts('FILLED', { cashAmount: '999.0000000001' })] }),
      order('PROCESSING', {
        id: childId(2),
        executions: [facts('FILLED', { id: executionId(2), cashAmount: '0.00000000000001' })],
      }),
    ],
    expected: [
      ['LONG_AMOUNT', PORTFOLIO_ORDER],
      ['LONG_AMOUNT', childId(2)],
    ],
  },
  {
    situation: 'a child created after the end',
    observations: [
      ...parent('NEW'),
      portfolioOrder('CANCELLED', { at: at(5) }),
      order('NEW', { createdAt: at(6) }),
    ],
    expected: [['CHILD_AFTER_TERMINAL', childId(1)]],
  },
  {
    situation: 'children created before the end or at the same time, and reported late',
    observations: [
      ...parent('NEW'),
      portfolioOrder('CANCELLED', { at: at(5) }),
      order('NEW', { at: at(9), createdAt: at(5) }),
      order('NEW', { id: childId(2), at: at(9), createdAt: at(4) }),
      order('NEW', { id: childId(3), at: at(9) }),
    ],
    expected: [],
  },
  {
    situation: 'undocumented cancellation reasons',
    observations: [
      ...parent('NEW'),
      portfolioOrder('CANCELLED', { cancellationReason: 'FULL_MOON' }),
      order('CANCELLED', { cancellationReason: 'SELL_LIMIT_EXCEEDED' }),
    ],
    expected: [
      ['UNKNOWN_CANCELLATION_REASON', PORTFOLIO_ORDER],
      ['UNKNOWN_CANCELLATION_REASON', childId(1)],
    ],
  },
  {
    situation: 'documented cancellation reasons',
    observations: [
      ...parent('NEW'),
      portfolioOrder('CANCELLED', { cancellationReason: 'SELL_LIMIT_EXCEEDED' }),
      order('CANCELLED', { cancellationReason: 'CANCELLED_BY_UPVEST_PLATFORM' }),
    ],
    expected: [],
  },
  {
    situation: 'more than was ordered',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      order('PROCESSING', {
        cashAmount: '450.00',
        currency: 'EUR',
        executions: [facts('FILLED', { cashAmount: '1300' })],
      }),
    ],
    expected: [
      ['OVERFILLED', PORTFOLIO_ORDER],
      ['OVERFILLED', childId(1)],
    ],
  },
  {
    situation: 'an execution in another currency than its order',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      order('PROCESSING', { currency: 'EUR', executions: [facts('FILLED', { currency: 'USD' })] }),
    ],
    expected: [['AMOUNT_MISMATCH', executionId(1)]],
  },
  {
    situation: 'invalid times',
    observations: [
      portfolioOrder('NEW', { unreadableTimes: ['updated_at'] }),
      order('FILLED', {
        id: childId(1),
        unreadableTimes: ['created_at'],
        executions: [facts('FILLED', { id: executionId(1), unreadableTimes: ['settlement_date'] })],
      }),
    ],
    expected: [
      ['UNREADABLE_TIME', PORTFOLIO_ORDER],
      ['UNREADABLE_TIME', childId(1)],
      ['UNREADABLE_TIME', executionId(1)],
    ],
  },
  {
    situation: 'a fee that is no number, also once another one can be read',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      order('NEW', { id: childId(1), unreadableAmounts: ['fee'] }),
      order('PROCESSING', { id: childId(1), fee: '0.99' }),
    ],
    expected: [['UNREADABLE_AMOUNT', childId(1)]],
  },
];

test.each(findingCases)('findings: $situation', ({ observations, expected }) => {
  expect(findingsOf(recordOf(...observations)).map((one) => [one.code, one.id])).toEqual(expected);
});

test('every finding code occurs in the table above', () => {
  const seen = new Set(findingCases.flatMap((one) => one.expected.map(([code]) => code)));
  expect([...FINDING_CODES].filter((code) => !seen.has(code))).toEqual([]);
});

test('losses, contradictions and unknown statuses need attention; other findings are informational', () => {
  const subject = 'order' as const;
  const needed = FINDING_CODES.filter((code) =>
    needsAttention({ code, subject, id: '', message: '' }, CURRENT_REVISION),
  );
  expect([...needed].sort()).toEqual([
    'AMOUNT_MISMATCH',
    'CHILD_AFTER_TERMINAL',
    'CONTRADICTION',
    'LONG_AMOUNT',
    'MISTRADE',
    'MIXED_OUTCOME',
    'OVERFILLED',
    'TERMS_CHANGED',
    'UNKNOWN_STATUS',
  ]);
});

test('the message of a refusal contains the reason, where there is one', () => {
  const [finding] = findingsOf(recordOf(refusal({ reason: 'ORDER_IN_EXECUTION' })));
  expect(finding?.message).toContain('ORDER_IN_EXECUTION');
  expect(findingsOf(recordOf(refusal()))[0]?.message).not.toContain('undefined');
});

test.each([
  { reached: ['SETTLED'], status: 'SETTLED', skipped: ['NEW', 'PROCESSING', 'FILLED'] },
  { reached: ['NEW', 'SETTLED'], status: 'SETTLED', skipped: ['PROCESSING', 'FILLED'] },
  { reached: ['NEW', 'FILLED', 'SETTLED'], status: 'FILLED', skipped: ['PROCESSING'] },
  { reached: ['CANCELLED'], status: 'CANCELLED', skipped: ['NEW'] },
  { reached: ['NEW', 'CANCELLED'], status: 'CANCELLED', skipped: [] },
] as const)('$status with $reached reached: skipped $skipped', ({ reached, status, skipped }) => {
  expect(skippedStatuses(portfolioOrderLifecycle, recordOf(...parent(...reached)), status)).toEqual(skipped);
});
