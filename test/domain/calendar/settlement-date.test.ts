/** Due times by the market of an order. Expected values are worked out manually from the calendars of both markets. */
import { drainInbox, initialState, withObservations } from '../../../src/domain/order/transitions';
import { laterBy, settlementDue } from '../../../src/domain/calendar/settlement-date';
import { execution, executionId, PORTFOLIO_ORDER, portfolioOrder } from '../samples';
import { DAY, deadlines, HOUR, policies } from '../order/waiting';

const { settlement } = deadlines;
type ExecutionCase = Parameters<typeof execution>[1] & { status?: string };

function due(executions: ExecutionCase[], currency = 'EUR', using = settlement): string {
  const observations = executions.map(({ status = 'FILLED', ...more }, n) =>
    execution(status, { id: executionId(n + 1), ...more }),
  );
  const state = withObservations(initialState(PORTFOLIO_ORDER, 0, policies, 'portfolio'), [
    portfolioOrder('FILLED', { currency }),
    ...observations,
  ]);
  const at = settlementDue(drainInbox(state, 0).record, using);
  return at === 'uncovered' ? at : new Date(at).toISOString();
}
const dated = (settlementDate: string): ExecutionCase => ({ settlementDate });
const traded = (transactionTime: string): ExecutionCase => ({ transactionTime });

describe('the end of the settlement day', () => {
  test.each([
    ['in winter', [dated('2026-01-15')], 'EUR', '2026-01-15T17:00:00.000Z'],
    ['in summer', [dated('2026-07-15')], 'EUR', '2026-07-15T16:00:00.000Z'],
    ['in London, in winter', [dated('2026-01-15')], 'GBP', '2026-01-15T18:00:00.000Z'],
    ['in London, in summer', [dated('2026-07-15')], 'GBP', '2026-07-15T17:00:00.000Z'],
    [
      'the last of several',
      [dated('2026-01-15'), dated('2026-01-19'), dated('2026-01-16')],
      'EUR',
      '2026-01-19T17:00:00.000Z',
    ],
    ['on a closed day, given by the broker', [dated('2026-01-18')], 'EUR', '2026-01-18T17:00:00.000Z'],
    ['in a year without data, given by the broker', [dated('2050-01-14')], 'EUR', '2050-01-14T17:00:00.000Z'],
    [
      'of those that are open',
      [
        dated('2026-01-15'),
        { ...dated('2026-02-20'), status: 'SETTLED' },
        { ...dated('2026-02-21'), status: 'CANCELLED' },
      ],
      'EUR',
      '2026-01-15T17:00:00.000Z',
    ],
  ] as [string, ExecutionCase[], string, string][])('%s', (_what, executions, currency, expected) => {
    expect(due(executions, currency)).toBe(expected);
  });
});

describe('without a settlement date from the broker', () => {
  test.each([
    ['two days after the trade', '2026-03-02T09:00:00Z', 'EUR', '2026-03-04T17:00:00.000Z'],
    ['over a weekend', '2026-03-05T09:00:00Z', 'EUR', '2026-03-09T17:00:00.000Z'],
    ['over Easter', '2026-04-01T09:00:00Z', 'EUR', '2026-04-07T16:00:00.000Z'],
    ['over Christmas and the weekend', '2026-12-23T09:00:00Z', 'EUR', '2026-12-28T17:00:00.000Z'],
    ['over Boxing Day in London', '2026-12-23T09:00:00Z', 'GBP', '2026-12-29T18:00:00.000Z'],
    ['over the bank holiday in May, in London', '2026-04-30T09:00:00Z', 'GBP', '2026-05-05T17:00:00.000Z'],
    ['over the same days, at TARGET', '2026-04-30T09:00:00Z', 'EUR', '2026-05-05T16:00:00.000Z'],
    ['over the turn of the year', '2026-12-30T09:00:00Z', 'EUR', '2027-01-04T17:00:00.000Z'],
    [
      'late in the evening, UTC: the next day at the market',
      '2026-03-02T23:30:00Z',
      'EUR',
      '2026-03-05T17:00:00.000Z',
    ],
    ['the same in London: still that day', '2026-03-02T23:30:00Z', 'GBP', '2026-03-04T18:00:00.000Z'],
    ['the last day of T+2', '2027-10-08T09:00:00Z', 'EUR', '2027-10-12T16:00:00.000Z'],
    ['the first day of T+1', '2027-10-11T09:00:00Z', 'EUR', '2027-10-12T16:00:00.000Z'],
  ])('%s', (_what, time, currency, expected) => {
    expect(due([traded(time)], currency)).toBe(expected);
  });

  test('the latest of given and calculated dates', () => {
    expect(due([dated('2026-03-03'), traded('2026-03-02T09:00:00Z')])).toBe('2026-03-04T17:00:00.000Z');
  });

  test('cycles come from the policies', () => {
    const using = { ...settlement, cycles: [{ days: 5 }], time: '09:30' };
    expect(due([traded('2026-03-02T09:00:00Z')], 'EUR', using)).toBe('2026-03-09T08:30:00.000Z');
  });
});

describe('not covered by the calendar', () => {
  test.each([
    ['an unknown currency', [dated('2026-03-04')], 'USD'],
    ['a trade in a year without data', [traded('2060-03-02T09:00:00Z')], 'EUR'],
    ['a day in between in a year without data', [traded('2035-12-31T09:00:00Z')], 'EUR'],
    ['a year that is covered for TARGET but not for London', [traded('2031-03-03T09:00:00Z')], 'GBP'],
  ] as [string, ExecutionCase[], string][])('%s', (_what, executions, currency) => {
    expect(due(executions, currency)).toBe('uncovered');
  });

  test.each(['', 'soon', '2026-13-01', '2026-02-30', '99999-01-01', '2026-03-04T00:00:00Z'])(
    'a date like "%s" never throws',
    (settlementDate) => {
      const state = withObservations(initialState(PORTFOLIO_ORDER, 0, policies, 'portfolio'), [
        execution('FILLED'),
      ]);
      const record = structuredClone(drainInbox(state, 0).record);
      for (const one of record.orders.flatMap(({ executions }) => executions)) {
        one.settlementDate = settlementDate;
      }
      expect(settlementDue(record, settlement)).toBe('uncovered');
    },
  );

  test('an invalid time of day never throws', () => {
    expect(due([dated('2026-03-04')], 'EUR', { ...settlement, time: 'evening' })).toBe('uncovered');
  });
});

describe('a span', () => {
  const monday = Date.parse('2026-03-02T09:00:00Z');
  test.each([
    ['of time', 'EUR', { ms: HOUR }, HOUR],
    ['of time, in an unknown currency', 'USD', { ms: HOUR }, HOUR],
    ['of one trading day', 'EUR', { tradingDays: 1 }, DAY],
    ['of five trading days', 'EUR', { tradingDays: 5 }, 7 * DAY],
    ['of an order without a currency', undefined, { tradingDays: 5 }, 7 * DAY],
  ])('%s', (_what, currency, span, expected) => {
    expect(laterBy(currency, monday, span)).toBe(monday + expected);
  });

  test('keeps the time of day when daylight saving time begins', () => {
    // Friday before the last Sunday of March.
    const friday = Date.parse('2026-03-27T09:00:00Z');
    expect(laterBy('EUR', friday, { tradingDays: 1 })).toBe(Date.parse('2026-03-30T08:00:00Z'));
  });

  test.each([
    ['an unknown currency', 'USD', monday],
    ['a year without data', 'EUR', Date.UTC(2060, 0, 1)],
    ['an invalid time', 'EUR', NaN],
  ])('of trading days is uncovered for %s', (_what, currency, from) => {
    expect(laterBy(currency, from, { tradingDays: 1 })).toBe('uncovered');
  });
});
