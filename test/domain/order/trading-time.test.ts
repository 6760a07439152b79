/** Reads of orders that nothing happens to while their market is closed (docs/architecture.md, deadlines). */
import type { Observation } from '../../../src/domain/broker/observation';
import { afterReconciliation, withDeadlines } from '../../../src/domain/order/deadlines';
import { frozen, portfolioOrder as P } from '../samples';
import { allAccepted, placedState, policies, policiesWith } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const waiting = (state: OrderState, now: number, using = policies): OrderState =>
  frozen(withDeadlines(state, now, using));

const tradingHours = {
  TARGET: { opens: '09:00', closes: '17:30' },
  LONDON: { opens: '08:00', closes: '16:30' },
};
/** When Upvest is read of an order that nothing happens to, in UTC, to the minute: Berlin's clock is an hour ahead. */
const reads = (state: OrderState, since: string, until: string, hours = { tradingHours }): string[] => {
  const using = policiesWith(hours);
  let current = waiting(state, Date.parse(since), using);
  const times: string[] = [];
  for (;;) {
    const now = current.waits[0]?.dueAt ?? Infinity;
    if (now > Date.parse(until)) return times;
    times.push(new Date(now).toISOString().slice(0, 16));
    const waits = afterReconciliation(current, { askedAt: now, now }, using.deadlines);
    current = waiting({ ...current, waits }, now, using);
  }
};
const inEuro = (...observations: Observation[]): OrderState => allAccepted(placedState(...observations));

test('an order of Friday 21:00 is read once, and next on Monday after the opening', () => {
  const friday = '2026-03-06T20:00:00Z';
  expect(reads(inEuro(), friday, '2026-03-09T08:44:00Z')).toEqual(['2026-03-06T20:15', '2026-03-09T08:15']);
  expect(reads(inEuro(P('PROCESSING')), friday, '2026-03-09T10:59:00Z')).toEqual([
    '2026-03-06T21:00',
    '2026-03-09T09:00',
  ]);
});

test('without trading hours, as of earlier releases, the same order is read around the clock', () => {
  const using = reads(inEuro(), '2026-03-06T20:00:00Z', '2026-03-09T08:00:00Z', {} as never);
  expect(using).toHaveLength(14);
});

test('intervals go on where they were when the market closed, over a holiday, too', () => {
  // Thursday 17:00 before Good Friday, in summer time; next is Tuesday 7 April.
  expect(reads(inEuro(), '2026-04-02T15:00:00Z', '2026-04-07T09:30:00Z')).toEqual([
    '2026-04-02T15:15',
    '2026-04-02T15:30',
    '2026-04-07T07:30',
    '2026-04-07T08:30',
  ]);
});

test('the market is that of the currency', () => {
  const state = inEuro();
  const inPounds = { ...state, record: { ...state.record, currency: 'GBP' } };
  // 08:00 in London is 09:00 in Berlin.
  expect(reads(inPounds, '2026-03-06T20:00:00Z', '2026-03-09T08:20:00Z')).toEqual([
    '2026-03-06T20:15',
    '2026-03-09T08:15',
  ]);
  expect(reads(inPounds, '2026-05-01T20:00:00Z', '2026-05-05T07:20:00Z')).toEqual([
    '2026-05-01T20:15',
    '2026-05-05T07:15',
  ]);
});

test.each([
  ['of a market without a calendar', { currency: 'USD' }, '2026-03-06T20:00:00Z', '2026-03-06T20:30'],
  ['in a year without data', {}, '2050-03-05T20:00:00Z', '2050-03-05T20:30'],
])('every hour counts for an order %s', (_what, changed, since, second) => {
  const state = inEuro();
  const order = { ...state, record: { ...state.record, ...changed } };
  expect(reads(order, since, `${second}:00Z`)[1]).toBe(second);
});

test('what does not wait for the market keeps its pace over the weekend', () => {
  const filled = inEuro(P('FILLED'));
  expect(reads(filled, '2026-03-06T20:00:00Z', '2026-03-06T20:20:00Z')).toEqual([
    '2026-03-06T20:05',
    '2026-03-06T20:10',
    '2026-03-06T20:20',
  ]);
});
