/** The deadline table of `design.md` 5: when each wait begins and ends, and when the broker is asked. */
import { attentionsOf } from '../../src/domain/attention';
import { withCancel, withCancelAnswer } from '../../src/domain/cancellation';
import type { Observation } from '../../src/domain/observation';
import { drainInbox, withObservations, type OrderLife } from '../../src/domain/order-life';
import { spread } from '../../src/domain/spread';
import { afterQuestion, withWaits, type WaitId } from '../../src/domain/waits';
import { childId, execution, executionId, facts, frozen, order, portfolioOrder, at } from './samples';
import {
  adoptedLife,
  allAccepted,
  DAY,
  deadlines,
  HOUR,
  MINUTE,
  placedLife,
  policies,
  policiesWith,
  SECOND,
  T,
} from './waiting';

const waiting = (life: OrderLife, now = T, using = policies): OrderLife =>
  frozen(withWaits(life, now, using));
const rulesOf = (life: OrderLife, now = T): WaitId[] => waiting(life, now).waits.map(({ rule }) => rule);
const told = (life: OrderLife, ...observations: Observation[]): OrderLife =>
  frozen(drainInbox(withObservations(life, observations), T));
const waitOf = (life: OrderLife, rule: WaitId) => life.waits.find((wait) => wait.rule === rule);

const P = portfolioOrder;
const child = (n: number, status: string, ...executions: string[]) =>
  order(status, {
    id: childId(n),
    executions: executions.map((one, index) => facts(one, { id: executionId(10 * n + index) })),
  });

/** What is known, after ESW accepted everything: so nothing waits for a predecessor. */
const situations: [string, Observation[], WaitId[]][] = [
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
  expect(rulesOf(allAccepted(placedLife(...observations)))).toEqual(rules);
});

test('a wait of one status ends with the next one, and never begins before its time', () => {
  let life = waiting(allAccepted(placedLife()));
  const steps: [Observation[], WaitId[]][] = [
    [[P('PROCESSING'), child(1, 'NEW')], ['deadline:processing']],
    [[child(1, 'FILLED', 'FILLED')], ['deadline:processing', 'deadline:parts']],
    [[P('FILLED')], ['deadline:settlement']],
    [[execution('SETTLED', { id: executionId(10) })], ['deadline:parts']],
    [[P('SETTLED')], []],
  ];
  for (const [index, [observations, rules]] of steps.entries()) {
    const now = T + (index + 1) * MINUTE;
    life = waiting(allAccepted(told(life, ...observations)), now);
    expect(life.waits.map(({ rule }) => rule)).toEqual(rules);
    const begun = steps[index - 1]?.[1] ?? ['deadline:new'];
    for (const wait of life.waits) {
      if (!begun.includes(wait.rule)) expect(wait).toMatchObject({ since: now, asked: 0 });
    }
  }
});

test('parts alone, without the whole, are waited for as NEW', () => {
  expect(rulesOf(adoptedLife(child(1, 'FILLED', 'FILLED')))).toEqual(['deadline:new']);
});

describe('first questions and attentions', () => {
  const firsts: [WaitId, Observation[], number, number | undefined][] = [
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
    const life = waiting(allAccepted(placedLife(...observations)));
    expect(waitOf(life, rule)).toEqual({
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
    const life = waiting(allAccepted(placedLife()), friday);
    expect(waitOf(life, 'deadline:new')?.overdueAt).toBe(friday + 3 * DAY);
    const using = policiesWith({ new: { askAfterMs: 1, attentionAfter: { ms: DAY } } });
    expect(waitOf(waiting(allAccepted(placedLife()), friday, using), 'deadline:new')?.overdueAt).toBe(
      friday + DAY,
    );
  });

  test('overdue is marked at its time, stays, and calls somebody once by name', () => {
    const life = waiting(allAccepted(placedLife()));
    const before = waiting(life, T + DAY - 1);
    expect(attentionsOf(before)).toEqual([]);
    const after = waiting(life, T + DAY);
    expect(attentionsOf(after).map(({ code, key }) => [code, key])).toEqual([
      ['NEW_OVERDUE', `NEW_OVERDUE|${T}`],
    ]);
    expect(waiting(after, T + 2 * DAY)).toEqual(after);
  });
});

describe('the predecessor of an early status', () => {
  const early = (): OrderLife => {
    const life = allAccepted(placedLife());
    return told(life, P('FILLED'), child(1, 'FILLED', 'FILLED'));
  };

  test('is asked for when its grace time is over, without spreading', () => {
    const life = waiting(early(), T, policiesWith({ spreadMs: HOUR }));
    expect(waitOf(life, 'deadline:predecessor')).toMatchObject({
      firstDue: T + 30 * SECOND,
      dueAt: T + 30 * SECOND,
    });
    expect(waitOf(life, 'deadline:predecessor')).not.toHaveProperty('overdueAt');
  });

  test('is waited for no more when it turns up, or was asked for', () => {
    expect(rulesOf(told(early(), P('PROCESSING')))).toEqual(['deadline:settlement']);
    const { emission, ...life } = early();
    const outbox = emission.outbox.map((entry) => ({ ...entry, isChecked: true as const }));
    expect(rulesOf({ ...life, emission: { ...emission, outbox } }, T + 30 * SECOND)).toEqual([
      'deadline:settlement',
    ]);
  });

  test.each([
    ['nobody knows whose the order is', { placed: undefined }],
    ['emission is held', { held: 'FIRST_SEEN_FINISHED' as const }],
  ])('is not waited for while %s', (_why, changed) => {
    const { placed, ...life } = { ...early(), ...changed };
    expect(rulesOf({ ...life, ...(placed && { placed }) })).not.toContain('deadline:predecessor');
  });
});

describe('a cancel', () => {
  const wish = withCancel(allAccepted(placedLife()), { actor: 'ada', reason: 'why' }, 'operator:cancel', T);
  test.each([
    ['on its way', undefined, false],
    ['accepted', { kind: 'accepted' as const }, true],
    ['refused', { kind: 'refused' as const, problem: { status: 409 } }, false],
    ['of an order that is not known', { kind: 'unknown-order' as const }, false],
  ])('that is %s', (_what, answer, waits) => {
    const life = answer === undefined ? wish : withCancelAnswer(wish, answer, T);
    expect(rulesOf(life).includes('deadline:cancel')).toBe(waits);
    expect(rulesOf(told(life, P('CANCELLED')))).not.toContain('deadline:cancel');
    expect(rulesOf(told(life, P('SETTLED')))).not.toContain('deadline:cancel');
  });
});

describe('repeated questions', () => {
  const asked = (life: OrderLife, now: number, using = policies): OrderLife => ({
    ...life,
    waits: afterQuestion(life, { askedAt: now, now }, using.deadlines),
  });

  test('get rarer by doubling, up to the slowest pace', () => {
    let life = waiting(allAccepted(placedLife()));
    const gaps: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const now = life.waits[0]?.dueAt ?? 0;
      life = waiting(asked(life, now), now);
      gaps.push((life.waits[0]?.dueAt ?? 0) - now);
    }
    expect(gaps.map((gap) => gap / MINUTE)).toEqual([15, 30, 60, 120, 240, 360, 360, 360]);
    expect(life.waits[0]).toMatchObject({ since: T, firstDue: T + 15 * MINUTE, asked: 8 });
  });

  test('a question of one wait leaves those alone that were not due', () => {
    const life = waiting(allAccepted(placedLife(P('PROCESSING'), child(1, 'FILLED', 'FILLED'))));
    const after = asked(life, T + 5 * MINUTE);
    expect(waitOf(after, 'deadline:parts')).toMatchObject({ asked: 1, dueAt: T + 10 * MINUTE });
    expect(waitOf(after, 'deadline:processing')).toEqual(waitOf(life, 'deadline:processing'));
  });

  test('are spread a little, too, and never come earlier than without', () => {
    const using = policiesWith({ spreadMs: 30 * MINUTE });
    let life = waiting(allAccepted(placedLife()), T, using);
    for (let n = 0; n < 8; n += 1) {
      const now = life.waits[0]?.dueAt ?? 0;
      const interval = Math.min(15 * MINUTE * 2 ** n, 6 * HOUR);
      life = asked(life, now, using);
      const gap = (life.waits[0]?.dueAt ?? 0) - now;
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
  const dueOf = (id: string, life: OrderLife): number => {
    const own = { ...life, record: { ...life.record, portfolioOrderId: id } };
    return withWaits(own, T, using).waits[0]?.dueAt ?? 0;
  };

  test.each([
    ['settlement', [P('FILLED'), child(1, 'FILLED', 'FILLED')], 2 * DAY + 8 * HOUR, 30 * MINUTE],
    // A quarter of the deadline at the most: nobody waits much longer for it.
    ['PROCESSING', [P('PROCESSING')], HOUR, 15 * MINUTE],
  ] as [string, Observation[], number, number][])('ask in turn: %s', (_what, observations, first, width) => {
    const life = allAccepted(placedLife(...observations));
    const perSecond = new Map<number, number>();
    for (const id of ids) {
      const later = dueOf(id, life) - (T + first);
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
    const life = allAccepted(placedLife());
    expect(dueOf(id, life)).toBe(dueOf(id, life));
    expect(spread(id, 1000)).toBe(spread(id, 1000));
  });
});

describe('settlement', () => {
  const filledUntil = (...dates: string[]): OrderLife =>
    allAccepted(
      placedLife(
        P('FILLED'),
        order('FILLED', {
          executions: dates.map((settlementDate, n) =>
            facts('FILLED', { id: executionId(n + 1), settlementDate }),
          ),
        }),
      ),
    );
  const settlement = (life: OrderLife) => waitOf(life, 'deadline:settlement');

  test('a changed date begins the wait anew, and takes the attention back', () => {
    const first = waiting(filledUntil('2026-03-04'));
    const late = waiting(
      { ...first, waits: afterQuestion(first, { askedAt: T + 9 * DAY, now: T + 9 * DAY }, deadlines) },
      T + 9 * DAY,
    );
    expect(settlement(late)).toMatchObject({ asked: 1, overdue: true });
    const date = facts('FILLED', { settlementDate: '2026-03-20' });
    const changed = waiting(
      told(late, order('FILLED', { updatedAt: at(9), at: at(9), executions: [date] })),
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
    'is asked at the pace of PROCESSING, and somebody is told, when %s',
    (_why, changed, date = '2026-03-04') => {
      // Dates like these pass neither the edge nor the guard of the inbox: older records may hold them all the same.
      const life = structuredClone(filledUntil('2026-03-04'));
      for (const { executions } of life.record.orders) {
        for (const one of executions) one.settlementDate = date;
      }
      const uncovered = waiting({ ...life, record: { ...life.record, ...changed } });
      expect(settlement(uncovered)).toMatchObject({ uncovered: true });
      expect(settlement(uncovered)?.overdueAt).not.toBeNaN();
      if (date !== '2099-12-31') expect(settlement(uncovered)?.firstDue).toBe(T + HOUR);
      expect(attentionsOf(uncovered).map(({ code }) => code)).toEqual(['CALENDAR_UNCOVERED']);
    },
  );
});

test('without deadlines in its policies an order waits for messages alone', () => {
  const { deadlines: _, ...old } = policies;
  const life = allAccepted(placedLife());
  expect(withWaits(life, T, old)).toBe(life);
});
