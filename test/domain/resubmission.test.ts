/** Buying twice is worse than not buying: an order is placed again only when nothing speaks against it. */
import type { OrderLife } from '../../src/domain/order-life';
import { advance } from '../../src/domain/advance';
import { isOver } from '../../src/domain/order-life';
import { resubmission } from '../../src/domain/resubmission';
import { childId, facts, order, portfolioOrder } from './samples';
import { adoptedLife, allAccepted, deadlines, placed, placedLife, policiesWith, T } from './waiting';

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
const done: OrderLife = { ...placedLife(...cancelled), readSinceEnd: true };
const third = (...more: Parameters<typeof order>): OrderLife => ({
  ...placedLife(...cancelled, order(more[0], { ...more[1], id: childId(3) })),
  readSinceEnd: true,
});

const rows: [string, OrderLife, 'no' | 'to-be-checked' | 'due'][] = [
  ['cancelled for listed reasons, and read since', done, 'due'],
  ['the same, not read since', { ...done, readSinceEnd: false }, 'to-be-checked'],
  ['one reason not told yet, not read', { ...third('CANCELLED'), readSinceEnd: false }, 'to-be-checked'],
  ['one reason not told even by a read', third('CANCELLED'), 'no'],
  ['one reason not listed', third('CANCELLED', { cancellationReason: 'CANCELLED_BY_CLIENT' }), 'no'],
  ['one part filled', third('FILLED'), 'no'],
  ['an execution', third('CANCELLED', { ...PARTNER, executions: [facts('FILLED')] }), 'no'],
  [
    'an execution that was a mistrade',
    third('CANCELLED', { ...PARTNER, executions: [facts('CANCELLED')] }),
    'no',
  ],
  ['one part open', third('PROCESSING'), 'no'],
  ['no parts at all', { ...placedLife(portfolioOrder('CANCELLED')), readSinceEnd: true }, 'no'],
  ['NEW', { ...placedLife(), readSinceEnd: true }, 'no'],
  ['SETTLED', { ...placedLife(...cancelled, portfolioOrder('SETTLED')), readSinceEnd: true }, 'no'],
  ['nobody placed it here', { ...adoptedLife(...cancelled), readSinceEnd: true }, 'no'],
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

test.each(rows)('%s', (_what, life, expected) => {
  expect(resubmission(life, { ...deadlines, resubmit })).toBe(expected);
  expect(resubmission(life, deadlines)).toBe('no');
});

test('an order that may be placed again is asked about at once, and does not end before', () => {
  const life = advance(allAccepted({ ...done, readSinceEnd: false }), T, using);
  expect(life).toMatchObject({
    resubmission: 'to-be-checked',
    waits: [{ rule: 'policy:resubmit', firstDue: T, dueAt: T }],
  });
  expect(isOver(life)).toBe(false);
  const read = advance({ ...life, readSinceEnd: true }, T, using);
  expect(read).toMatchObject({ resubmission: 'due', waits: [] });
  expect(isOver(read)).toBe(false);
  const { resubmission: _, ...rest } = read;
  expect(isOver(advance({ ...rest, resubmittedAs: 'SP-1~2' }, T, using))).toBe(true);
});

test('an execution that the answer brought ends it', () => {
  const life = advance(
    { ...third('CANCELLED', { executions: [facts('SETTLED')] }), resubmission: 'to-be-checked' },
    T,
    using,
  );
  expect(life).not.toHaveProperty('resubmission');
});
