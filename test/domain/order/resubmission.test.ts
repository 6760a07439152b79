/** Buying twice is worse than not buying: an order is placed again only when nothing speaks against it. */
import { step } from '../../../src/domain/order/step';
import { isOver } from '../../../src/domain/order/transitions';
import { resubmission } from '../../../src/domain/order/resubmission';
import { childId, facts, order, portfolioOrder } from '../samples';
import { adoptedState, allAccepted, deadlines, placed, placedState, policiesWith, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const resubmit = {
  reasons: ['CANCELLED_BY_TRADING_PARTNER', 'CANCELLED_BY_UPVEST_PLATFORM'],
  maxAttempts: 3,
};
const using = policiesWith({ resubmit });
const PARTNER = { cancellationReason: 'CANCELLED_BY_TRADING_PARTNER' };
const cancelled = [
  portfolioOrder('CANCELLED'),
  order('CANCELLED', PARTNER),
  order('CANCELLED', { id: childId(2), cancellationReason: 'CANCELLED_BY_UPVEST_PLATFORM' }),
];
const done: OrderState = { ...placedState(...cancelled), reconciledAfterEnd: true };
const third = (...more: Parameters<typeof order>): OrderState => ({
  ...placedState(...cancelled, order(more[0], { ...more[1], id: childId(3) })),
  reconciledAfterEnd: true,
});

const rows: [string, OrderState, 'no' | 'to-be-checked' | 'due'][] = [
  ['cancelled for listed reasons, and read since', done, 'due'],
  ['the same, not read since', { ...done, reconciledAfterEnd: false }, 'to-be-checked'],
  [
    'one reason not known yet, not read',
    { ...third('CANCELLED'), reconciledAfterEnd: false },
    'to-be-checked',
  ],
  ['one reason not known even after a read', third('CANCELLED'), 'no'],
  ['one reason not listed', third('CANCELLED', { cancellationReason: 'CANCELLED_BY_CLIENT' }), 'no'],
  ['one part filled', third('FILLED'), 'no'],
  ['an execution', third('CANCELLED', { ...PARTNER, executions: [facts('FILLED')] }), 'no'],
  [
    'an execution that was a mistrade',
    third('CANCELLED', { ...PARTNER, executions: [facts('CANCELLED')] }),
    'no',
  ],
  ['one part open', third('PROCESSING'), 'no'],
  ['no parts at all', { ...placedState(portfolioOrder('CANCELLED')), reconciledAfterEnd: true }, 'no'],
  ['NEW', { ...placedState(), reconciledAfterEnd: true }, 'no'],
  ['SETTLED', { ...placedState(...cancelled, portfolioOrder('SETTLED')), reconciledAfterEnd: true }, 'no'],
  ['an adopted order', { ...adoptedState(...cancelled), reconciledAfterEnd: true }, 'no'],
  [
    'a cancel was asked for',
    { ...done, cancel: { at: T, actor: 'a', reason: 'r', rule: 'operator:cancel' } },
    'no',
  ],
  ['placed again already', { ...done, resubmittedAs: 'SP-1~2' }, 'no'],
  ['closed', { ...done, closed: { at: '', actor: 'a', reason: 'r', evidence: 'e' } }, 'no'],
  ['the second attempt of three', { ...done, placed: { ...placed, attempt: 2 } }, 'due'],
  ['the third attempt of three', { ...done, placed: { ...placed, attempt: 3 } }, 'no'],
];

test.each(rows)('%s', (_what, state, expected) => {
  expect(resubmission(state, { ...deadlines, resubmit })).toBe(expected);
  expect(resubmission(state, deadlines)).toBe('no');
});

test('an order that may be placed again is asked about at once, and does not end before', () => {
  const state = step(allAccepted({ ...done, reconciledAfterEnd: false }), T, using);
  expect(state).toMatchObject({
    resubmission: 'to-be-checked',
    waits: [{ rule: 'policy:resubmit', firstDue: T, dueAt: T }],
  });
  expect(isOver(state)).toBe(false);
  const read = step({ ...state, reconciledAfterEnd: true }, T, using);
  expect(read).toMatchObject({ resubmission: 'due', waits: [] });
  expect(isOver(read)).toBe(false);
  const { resubmission: _, ...rest } = read;
  expect(isOver(step({ ...rest, resubmittedAs: 'SP-1~2' }, T, using))).toBe(true);
});

test('an execution that the answer brought ends it', () => {
  const state = step(
    { ...third('CANCELLED', { executions: [facts('SETTLED')] }), resubmission: 'to-be-checked' },
    T,
    using,
  );
  expect(state).not.toHaveProperty('resubmission');
});
