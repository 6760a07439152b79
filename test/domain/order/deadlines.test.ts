/** The deadline table of docs/rules.md#deadlines: when each wait begins and ends, and when the broker is asked. */
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { withCancel, withCancelAnswer } from '../../../src/domain/order/cancellation';
import type { Observation } from '../../../src/domain/broker/observation';
import { drainInbox, withObservations } from '../../../src/domain/order/transitions';
import { jitter } from '../../../src/domain/values/jitter';
import { afterReconciliation, withDeadlines } from '../../../src/domain/order/deadlines';
import { childId, execution, executionId, facts, frozen, order, portfolioOrder, at } from '../samples';
import {
  adoptedState,
  allAccepted,
  DAY,
  deadlines,
  HOUR,
  MINUTE,
  placedState,
  policies,
  policiesWith,
  SECOND,
  T,
} from './waiting';
import type { OrderState, DeadlineId } from '../../../src/domain/order-state/state';

const waiting = (state: OrderState, now = T, using = policies): OrderState =>
  frozen(withDeadlines(state, now, using));
const rulesOf = (state: OrderState, now = T): DeadlineId[] =>
  waiting(state, now).waits.map(({ rule }) => rule);
const applied = (state: OrderState, ...observations: Observation[]): OrderState =>
  frozen(drainInbox(withObservations(state, observations), T));
const waitOf = (state: OrderState, rule: DeadlineId) => state.waits.find((wait) => wait.rule === rule);

const P = portfolioOrder;
const child = (n: number, status: string, ...executions: string[]) =>
  order(status, {
    id: childId(n),
    executions: executions.map((one, index) => facts(one, { id: executionId(10 * n + index) })),
  });

/** What is known, after ESW accepted everything: so nothing waits for a predecessor. */
const situations: [string, Observation[], DeadlineId[]][] = [
  ['NEW without parts', [], ['deadline:new']],
  ['NEW with an open part', [child(1, 'PROCESSING')], ['deadline:new']],
  ['NEW whose parts have all ended', [child(1, 'FILLED', 'FILLED')], ['deadline:new', 'deadline:parts']],
  ['PROCESSING', [P('PROCESSING'), child(1, 'NEW')], ['deadline:processing']],
  ['PROCESSING without parts', [P('PROCESSING')], ['deadline:processing']],
  [
    'PROCESSING whose parts have all ended',
    [P('PROCESSING'), child(1, 'FILLED', 'FILLED'), child(2, 'CANCELLED')],
    ['deadline:processing', 'deadline:parts'],
  ],
  ['FILLED without parts', [P('FILLED')], ['deadline:parts']],
  ['FILLED with an open part', [P('FILLED'), child(1, 'PROCESSING')], ['deadline:parts']],
  ['FILLED with a filled part without executions', [P('FILLED'), child(1, 'FILLED')], ['deadline:parts']],
  [
    'FILLED, one part silent and one open execution',
    [P('FILLED'), child(1, 'FILLED'), child(2, 'FILLED', 'FILLED')],
    ['deadline:parts', 'deadline:settlement'],
  ],
  ['FILLED, executions open', [P('FILLED'), child(1, 'FILLED', 'FILLED')], ['deadline:settlement']],
  [
    'FILLED, some executions open',
    [P('FILLED'), child(1, 'FILLED', 'FILLED', 'SETTLED')],
    ['deadline:settlement'],
  ],
  [
    'FILLED, all executions final',
    [P('FILLED'), child(1, 'FILLED', 'SETTLED', 'CANCELLED')],
    ['deadline:parts'],
  ],
  ['SETTLED ahead of an execution', [P('SETTLED'), child(1, 'FILLED', 'FILLED')], ['deadline:parts']],
  ['SETTLED ahead of a part', [P('SETTLED'), child(1, 'PROCESSING')], ['deadline:parts']],
  ['SETTLED with a silent part', [P('SETTLED'), child(1, 'FILLED')], ['deadline:parts']],
  ['SETTLED and done', [P('SETTLED'), child(1, 'FILLED', 'SETTLED')], []],
  ['SETTLED without parts', [P('SETTLED')], []],
  ['CANCELLED without parts', [P('CANCELLED')], []],
  ['CANCELLED and done', [P('CANCELLED'), child(1, 'CANCELLED')], []],
  ['CANCELLED with an open part', [P('CANCELLED'), child(1, 'PROCESSING')], ['deadline:parts']],
  ['CANCELLED with a silent part', [P('CANCELLED'), child(1, 'FILLED')], ['deadline:parts']],
  ['CANCELLED, an execution open', [P('CANCELLED'), child(1, 'FILLED', 'FILLED')], ['deadline:settlement']],
  [
    'CANCELLED, an execution of a cancelled part open',
    [P('CANCELLED'), child(1, 'CANCELLED', 'FILLED')],
    ['deadline:settlement'],
  ],
];

test.each(situations)('%s waits for %j', (_what, observations, rules) => {
  expect(rulesOf(allAccepted(placedState(...observations)))).toEqual(rules);
});

test('a wait of one status ends with the next one, and never begins before its time', () => {
  let state = waiting(allAccepted(placedState()));
  const steps: [Observation[], DeadlineId[]][] = [
    [[P('PROCESSING'), child(1, 'NEW')], ['deadline:processing']],
    [[child(1, 'FILLED', 'FILLED')], ['deadline:processing', 'deadline:parts']],
    [[P('FILLED')], ['deadline:settlement']],
    [[execution('SETTLED', { id: executionId(10) })], ['deadline:parts']],
    [[P('SETTLED')], []],
  ];
  for (const [index, [observations, rules]] of steps.entries()) {
    const now = T + (index + 1) * MINUTE;
    state = waiting(allAccepted(applied(state, ...observations)), now);
    expect(state.waits.map(({ rule }) => rule)).toEqual(rules);
    const begun = steps[index - 1]?.[1] ?? ['deadline:new'];
    for (const wait of state.waits) {
      if (!begun.includes(wait.rule)) expect(wait).toMatchObject({ since: now, asked: 0 });
    }
  }
});

test('parts alone, without the whole, are waited for as NEW', () => {
  expect(rulesOf(adoptedState(child(1, 'FILLED', 'FILLED')))).toEqual(['deadline:new']);
});

describe('first questions and attentions', () => {
  const firsts: [DeadlineId, Observation[], number, number | undefined][] = [
    ['deadline:new', [], 15 * MINUTE, DAY],
    ['deadline:processing', [P('PROCESSING')], HOUR, 2 * DAY],
    ['deadline:parts', [P('FILLED')], 5 * MINUTE, DAY],
    // Traded on Monday: Wednesday 18:00 in Berlin, and Thursday.
    [
      'deadline:settlement',
      [P('FILLED'), child(1, 'FILLED', 'FILLED')],
      2 * DAY + 8 * HOUR,
      3 * DAY + 8 * HOUR,
    ],
  ];
  test.each(firsts)('%s', (rule, observations, firstAfter, overdueAfter) => {
    const state = waiting(allAccepted(placedState(...observations)));
    expect(waitOf(state, rule)).toEqual({
      rule,
      since: T,
      firstDue: T + firstAfter,
      dueAt: T + firstAfter,
      asked: 0,
      ...(overdueAfter !== undefined && { overdueAt: T + overdueAfter }),
    });
  });

  test('of a Friday: trading days leave the weekend out, time does not', () => {
    const friday = T + 4 * DAY;
    const state = waiting(allAccepted(placedState()), friday);
    expect(waitOf(state, 'deadline:new')?.overdueAt).toBe(friday + 3 * DAY);
    const using = policiesWith({ new: { askAfterMs: 1, attentionAfter: { ms: DAY } } });
    expect(waitOf(waiting(allAccepted(placedState()), friday, using), 'deadline:new')?.overdueAt).toBe(
      friday + DAY,
    );
  });

  test('overdue is marked at its time, stays, and raises one attention', () => {
    const state = waiting(allAccepted(placedState()));
    const before = waiting(state, T + DAY - 1);
    expect(attentionsOf(before)).toEqual([]);
    const after = waiting(state, T + DAY);
    expect(attentionsOf(after).map(({ code, key }) => [code, key])).toEqual([
      ['NEW_OVERDUE', `NEW_OVERDUE|${T}`],
    ]);
    expect(waiting(after, T + 2 * DAY)).toEqual(after);
  });
});

describe('the predecessor of an early status', () => {
  const early = (): OrderState => {
    const state = allAccepted(placedState());
    return applied(state, P('FILLED'), child(1, 'FILLED', 'FILLED'));
  };

  test('is asked for when its grace time is over, without spreading', () => {
    const state = waiting(early(), T, policiesWith({ spreadMs: HOUR }));
    expect(waitOf(state, 'deadline:predecessor')).toMatchObject({
      firstDue: T + 30 * SECOND,
      dueAt: T + 30 * SECOND,
    });
    expect(waitOf(state, 'deadline:predecessor')).not.toHaveProperty('overdueAt');
  });

  test('is waited for no more when it turns up, or was asked for', () => {
    expect(rulesOf(applied(early(), P('PROCESSING')))).toEqual(['deadline:settlement']);
    const { emission, ...state } = early();
    const outbox = emission.outbox.map((entry) => ({ ...entry, isChecked: true as const }));
    expect(rulesOf({ ...state, emission: { ...emission, outbox } }, T + 30 * SECOND)).toEqual([
      'deadline:settlement',
    ]);
  });

  test.each([
    ['the origin of the order is undetermined', { placed: undefined }],
    ['emission is held', { held: 'FIRST_SEEN_FINISHED' as const }],
  ])('is not waited for while %s', (_why, changed) => {
    const { placed, ...state } = { ...early(), ...changed };
    expect(rulesOf({ ...state, ...(placed && { placed }) })).not.toContain('deadline:predecessor');
  });
});

describe('a cancel', () => {
  const requested = withCancel(
    allAccepted(placedState()),
    { actor: 'ada', reason: 'why' },
    'operator:cancel',
    T,
  );
  test.each([
    ['on its way', undefined, false],
    ['accepted', { kind: 'accepted' as const }, true],
    ['refused', { kind: 'refused' as const, problem: { status: 409 } }, false],
    ['of an order that is not known', { kind: 'unknown-order' as const }, false],
  ])('that is %s', (_what, answer, waits) => {
    const state = answer === undefined ? requested : withCancelAnswer(requested, answer, T);
    expect(rulesOf(state).includes('deadline:cancel')).toBe(waits);
    expect(rulesOf(applied(state, P('CANCELLED')))).not.toContain('deadline:cancel');
    expect(rulesOf(applied(state, P('SETTLED')))).not.toContain('deadline:cancel');
  });
});

describe('repeated questions', () => {
  const asked = (state: OrderState, now: number, using = policies): OrderState => ({
    ...state,
    waits: afterReconciliation(state, { askedAt: now, now }, using.deadlines),
  });

  test('get rarer by doubling, up to the slowest pace', () => {
    let state = waiting(allAccepted(placedState()));
    const gaps: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const now = state.waits[0]?.dueAt ?? 0;
      state = waiting(asked(state, now), now);
      gaps.push((state.waits[0]?.dueAt ?? 0) - now);
    }
    expect(gaps.map((gap) => gap / MINUTE)).toEqual([15, 30, 60, 120, 240, 360, 360, 360]);
    expect(state.waits[0]).toMatchObject({ since: T, firstDue: T + 15 * MINUTE, asked: 8 });
  });

  test('a question of one wait leaves those alone that were not due', () => {
    const state = waiting(allAccepted(placedState(P('PROCESSING'), child(1, 'FILLED', 'FILLED'))));
    const after = asked(state, T + 5 * MINUTE);
    expect(waitOf(after, 'deadline:parts')).toMatchObject({ asked: 1, dueAt: T + 10 * MINUTE });
    expect(waitOf(after, 'deadline:processing')).toEqual(waitOf(state, 'deadline:processing'));
  });

  test('a question answers what falls due soon after it began, unless that only began meanwhile', () => {
    const state = waiting(allAccepted(placedState(P('PROCESSING'), child(1, 'FILLED', 'FILLED'))));
    const soon = { askedAt: T + 5 * MINUTE - SECOND, now: T + 5 * MINUTE + SECOND };
    const until = { answersUntil: T + 5 * MINUTE + 4 * SECOND };
    const after = (waits: OrderState['waits'], more = {}) =>
      afterReconciliation({ ...state, waits }, { ...soon, ...more }, deadlines).find(
        ({ rule }) => rule === 'deadline:parts',
      )?.asked;
    expect(after(state.waits, until)).toBe(1);
    expect(after(state.waits)).toBe(0);
    const begunMeanwhile = state.waits.map((wait) => ({ ...wait, since: T + 5 * MINUTE }));
    expect(after(begunMeanwhile, until)).toBe(0);
  });

  test('are spread a little, too, and never come earlier than without', () => {
    const using = policiesWith({ spreadMs: 30 * MINUTE });
    let state = waiting(allAccepted(placedState()), T, using);
    for (let n = 0; n < 8; n += 1) {
      const now = state.waits[0]?.dueAt ?? 0;
      const interval = Math.min(15 * MINUTE * 2 ** n, 6 * HOUR);
      state = asked(state, now, using);
      const gap = (state.waits[0]?.dueAt ?? 0) - now;
      expect(gap).toBeGreaterThanOrEqual(interval);
      expect(gap).toBeLessThan(interval + Math.min(30 * MINUTE, interval / 4));
    }
  });
});

describe('10,000 orders with the same deadline', () => {
  const ids = Array.from(
    { length: 10_000 },
    (_, n) => `5d0c6a52-7f0e-4c39-9a53-${n.toString(16).padStart(12, '0')}`,
  );
  const using = policiesWith({ spreadMs: 30 * MINUTE });
  const dueOf = (id: string, state: OrderState): number => {
    const own = { ...state, record: { ...state.record, portfolioOrderId: id } };
    return withDeadlines(own, T, using).waits[0]?.dueAt ?? 0;
  };

  test.each([
    ['settlement', [P('FILLED'), child(1, 'FILLED', 'FILLED')], 2 * DAY + 8 * HOUR, 30 * MINUTE],
    // The jitter is at most a quarter of the deadline, so that no order waits much longer.
    ['PROCESSING', [P('PROCESSING')], HOUR, 15 * MINUTE],
  ] as [string, Observation[], number, number][])('ask in turn: %s', (_what, observations, first, width) => {
    const state = allAccepted(placedState(...observations));
    const perSecond = new Map<number, number>();
    for (const id of ids) {
      const later = dueOf(id, state) - (T + first);
      if (later < 0 || later >= width) throw new Error(`${id} asks after ${later} ms`);
      const second = Math.floor(later / SECOND);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    const fair = (10_000 * SECOND) / width;
    expect(Math.max(...perSecond.values())).toBeLessThan(5 * fair);
    expect(perSecond.size).toBeGreaterThan(0.9 * Math.min(width / SECOND, 10_000));
  });

  test('draw the same again', () => {
    const [id = ''] = ids;
    const state = allAccepted(placedState());
    expect(dueOf(id, state)).toBe(dueOf(id, state));
    expect(jitter(id, 1000)).toBe(jitter(id, 1000));
  });
});

describe('settlement', () => {
  const filledUntil = (...dates: string[]): OrderState =>
    allAccepted(
      placedState(
        P('FILLED'),
        order('FILLED', {
          executions: dates.map((settlementDate, n) =>
            facts('FILLED', { id: executionId(n + 1), settlementDate }),
          ),
        }),
      ),
    );
  const settlement = (state: OrderState) => waitOf(state, 'deadline:settlement');

  test('a changed date begins the wait anew, and takes the attention back', () => {
    const first = waiting(filledUntil('2026-03-04'));
    const late = waiting(
      { ...first, waits: afterReconciliation(first, { askedAt: T + 9 * DAY, now: T + 9 * DAY }, deadlines) },
      T + 9 * DAY,
    );
    expect(settlement(late)).toMatchObject({ asked: 1, overdue: true });
    const date = facts('FILLED', { settlementDate: '2026-03-20' });
    const changed = waiting(
      applied(late, order('FILLED', { updatedAt: at(9), at: at(9), executions: [date] })),
      T + 9 * DAY,
    );
    expect(settlement(changed)).toMatchObject({
      since: T,
      asked: 0,
      firstDue: Date.parse('2026-03-20T17:00:00.000Z'),
    });
    expect(settlement(changed)).not.toHaveProperty('overdue');
    expect(attentionsOf(changed)).toEqual([]);
  });

  test.each([
    ['the market is not known', { currency: 'USD' }],
    ['the year is not covered', {}, '2099-12-31'],
    ['the date is none', {}, '2026-02-30'],
    ['the date is garbage', {}, 'soon'],
    ['the date is empty', {}, ''],
  ])(
    'is reconciled at the interval of PROCESSING and raises an attention when %s',
    (_why, changed, date = '2026-03-04') => {
      // Dates like these pass neither the edge nor the guard of the inbox: older records may hold them all the same.
      const state = structuredClone(filledUntil('2026-03-04'));
      for (const { executions } of state.record.orders) {
        for (const one of executions) one.settlementDate = date;
      }
      const uncovered = waiting({ ...state, record: { ...state.record, ...changed } });
      expect(settlement(uncovered)).toMatchObject({ uncovered: true });
      expect(settlement(uncovered)?.overdueAt).not.toBeNaN();
      if (date !== '2099-12-31') expect(settlement(uncovered)?.firstDue).toBe(T + HOUR);
      expect(attentionsOf(uncovered).map(({ code }) => code)).toEqual(['CALENDAR_UNCOVERED']);
    },
  );
});

describe('a settlement date beyond the longest wait', () => {
  const bounded = policiesWith({ longestWaitMs: 7 * DAY });
  const filledUntil = (settlementDate: string): OrderState =>
    placedState(P('FILLED'), order('FILLED', { executions: [facts('FILLED', { settlementDate })] }));

  test.each(['2027-03-04', '2036-03-04', '9999-03-04'])(
    '%s is reconciled after that time, and needs attention at once (14.54)',
    (date) => {
      const state = waiting(filledUntil(date), T, bounded);
      expect(waitOf(state, 'deadline:settlement')).toMatchObject({
        firstDue: T + 7 * DAY,
        dueAt: T + 7 * DAY,
        isCutShort: true,
      });
      expect(attentionsOf(state).map(({ code }) => code)).toContain('IMPLAUSIBLE_SETTLEMENT_DATE');
    },
  );

  test('a date within it is waited for as it is, and orders of earlier releases have no bound (14.54)', () => {
    const near = waiting(filledUntil('2026-03-04'), T, bounded);
    expect(waitOf(near, 'deadline:settlement')).not.toHaveProperty('isCutShort');
    expect(attentionsOf(near)).toEqual([]);
    expect(waiting(filledUntil('2027-03-04'))).toEqual(waiting(filledUntil('2027-03-04'), T, policies));
    expect(waitOf(waiting(filledUntil('2027-03-04')), 'deadline:settlement')?.dueAt).toBeGreaterThan(
      T + 300 * DAY,
    );
  });

  test.each(situations)(
    'no wait of %s goes further without a look at Upvest (14.54)',
    (_what, observations) => {
      const strict = policiesWith({ longestWaitMs: MINUTE });
      const state = waiting(applied(placedState(), ...observations), T, strict);
      for (const wait of state.waits) expect(wait.dueAt).toBeLessThanOrEqual(T + MINUTE);
    },
  );
});
