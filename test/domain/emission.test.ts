/** Expectations: `esw-order-event.md` 8.7 and `design.md` 6. */
import { namesOf, noEmission, withoutOvertaken, type Emission } from '../../src/domain/emission';
import { planEmission } from '../../src/domain/emission-plan';
import type { PortfolioOrderStatus } from '../../src/domain/lifecycle';
import type { Observation } from '../../src/domain/observation';
import { frozen, poll, portfolioOrder, recordOf } from './samples';

const GRACE = 30_000;
/** As without deadlines: nobody is asked at the end of the grace time. */
const rule = { graceMs: GRACE, asks: false };
const outboxOf = (...statuses: PortfolioOrderStatus[]): Emission => ({
  ...noEmission,
  outbox: statuses.map((status) => ({ status, seenAt: 0 })),
});
const direct = (...statuses: string[]): Observation[] => statuses.map((status) => portfolioOrder(status));
/** Statuses that only the snapshot of another event showed. */
const hearsay = (announced: string, status: string): Observation => portfolioOrder(status, { announced });

interface Row {
  situation: string;
  observations: Observation[];
  outbox: PortfolioOrderStatus[];
  due: PortfolioOrderStatus[];
}

const rows: Row[] = [
  { situation: 'nothing', observations: [], outbox: [], due: [] },
  { situation: 'NEW', observations: direct('NEW'), outbox: ['NEW'], due: ['NEW'] },
  {
    situation: 'everything, out of order',
    observations: direct('NEW', 'PROCESSING', 'FILLED', 'SETTLED'),
    outbox: ['SETTLED', 'NEW', 'FILLED', 'PROCESSING'],
    due: ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'],
  },
  {
    situation: 'FILLED ahead of PROCESSING',
    observations: direct('NEW', 'FILLED'),
    outbox: ['FILLED'],
    due: [],
  },
  {
    situation: 'NEW, and FILLED ahead of PROCESSING',
    observations: direct('NEW', 'FILLED'),
    outbox: ['NEW', 'FILLED'],
    due: ['NEW'],
  },
  {
    situation: 'FILLED that waited until PROCESSING turned up',
    observations: direct('NEW', 'FILLED', 'PROCESSING'),
    outbox: ['FILLED', 'PROCESSING'],
    due: ['PROCESSING', 'FILLED'],
  },
  {
    situation: 'SETTLED behind a held FILLED',
    observations: direct('NEW', 'FILLED', 'SETTLED'),
    outbox: ['FILLED', 'SETTLED'],
    due: [],
  },
  { situation: 'a lone CANCELLED', observations: direct('CANCELLED'), outbox: ['CANCELLED'], due: [] },
  {
    situation: 'CANCELLED after NEW, PROCESSING never seen',
    observations: direct('NEW', 'CANCELLED'),
    outbox: ['CANCELLED'],
    due: ['CANCELLED'],
  },
  {
    situation: 'PROCESSING that only the snapshot of the NEW event showed',
    observations: [hearsay('NEW', 'PROCESSING')],
    outbox: ['NEW', 'PROCESSING'],
    due: ['NEW'],
  },
  {
    situation: 'PROCESSING whose own webhook took the place of the snapshot',
    observations: [hearsay('NEW', 'PROCESSING'), ...direct('PROCESSING')],
    outbox: ['NEW', 'PROCESSING'],
    due: ['NEW', 'PROCESSING'],
  },
  {
    situation: 'a polled status, which is no snapshot',
    observations: [portfolioOrder('NEW', { source: poll })],
    outbox: ['NEW'],
    due: ['NEW'],
  },
];

describe.each(rows)('$situation', ({ observations, outbox, due }) => {
  const record = frozen(recordOf(...observations));
  const emission = frozen(outboxOf(...outbox));
  const ranked = (['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'] as const).filter((status) =>
    outbox.includes(status),
  );

  test(`within the grace time, ${due.join(', ') || 'nothing'} may go`, () => {
    const plan = planEmission(emission, record, GRACE - 1, rule);
    expect(plan.due.map((entry) => entry.status)).toEqual(due);
    expect(plan.held.map((entry) => entry.status)).toEqual(ranked.slice(due.length));
    expect(plan.nextAt).toBe(due.length === outbox.length ? undefined : GRACE);
  });

  test('after the grace time everything may go, in lifecycle order', () => {
    const plan = planEmission(emission, record, GRACE, rule);
    expect(plan.due.map((entry) => entry.status)).toEqual(ranked);
    expect(plan).toMatchObject({ held: [] });
    expect(plan).not.toHaveProperty('nextAt');
  });
});

describe('where the broker is asked', () => {
  const asking = { graceMs: GRACE, asks: true };
  const record = recordOf(...direct('NEW', 'FILLED', 'SETTLED'));
  const plan = (emission: Emission, now: number) => {
    const { due, held, nextAt } = planEmission(emission, record, now, asking);
    return { due: due.map(({ status }) => status), held: held.map(({ status }) => status), nextAt };
  };

  test('an early status waits for the answer, however long that takes', () => {
    for (const now of [0, GRACE, 1000 * GRACE]) {
      expect(plan(outboxOf('NEW', 'FILLED'), now)).toEqual({ due: ['NEW'], held: ['FILLED'], nextAt: GRACE });
    }
  });

  test('it goes once the broker was asked, and what stands behind it, too', () => {
    const outbox = [
      { status: 'FILLED' as const, seenAt: 0, isChecked: true as const },
      { status: 'SETTLED' as const, seenAt: 5, isChecked: true as const },
    ];
    expect(plan({ ...noEmission, outbox }, GRACE + 5)).toEqual({ due: ['FILLED', 'SETTLED'], held: [] });
  });

  test('one that was asked for does not vouch for the next one', () => {
    const outbox = [
      { status: 'FILLED' as const, seenAt: 0, isChecked: true as const },
      { status: 'SETTLED' as const, seenAt: GRACE },
    ];
    expect(plan({ ...noEmission, outbox }, GRACE)).toEqual({
      due: ['FILLED'],
      held: ['SETTLED'],
      nextAt: 2 * GRACE,
    });
  });

  test('a status with all of its predecessors asks nobody', () => {
    const complete = recordOf(...direct('NEW', 'PROCESSING', 'FILLED'));
    const { held } = planEmission(outboxOf('NEW', 'PROCESSING', 'FILLED'), complete, 0, asking);
    expect(held).toEqual([]);
  });
});

test('grace times count from when each status was seen; the first held one says when to look again', () => {
  const emission: Emission = {
    ...noEmission,
    outbox: [
      { status: 'SETTLED', seenAt: 1_000 },
      { status: 'FILLED', seenAt: 5_000 },
    ],
  };
  const record = recordOf(...direct('NEW', 'FILLED', 'SETTLED'));
  const plan = planEmission(emission, record, 31_000, rule);
  expect(plan.due).toEqual([]);
  expect(plan.nextAt).toBe(35_000);
});

test('a gap that was waited for once does not hold up what comes behind it', () => {
  const record = recordOf(...direct('NEW', 'FILLED', 'SETTLED'));
  const told: Emission = { ...outboxOf('SETTLED'), accepted: [{ status: 'FILLED', id: '1' }] };
  expect(planEmission(told, record, 0, rule).due.map((entry) => entry.status)).toEqual(['SETTLED']);
  const untold: Emission = { ...outboxOf('SETTLED'), accepted: [{ status: 'NEW', id: '1' }] };
  expect(planEmission(untold, record, 0, rule).due).toEqual([]);
});

describe('what was overtaken', () => {
  const body = 'not looked at';
  const sent: { where: string; emission: Partial<Emission> }[] = [
    { where: 'accepted', emission: { accepted: [{ status: 'FILLED', id: '1' }] } },
    { where: 'in flight', emission: { inFlight: [{ status: 'FILLED', id: '1', body }] } },
    {
      where: 'refused',
      emission: { refused: [{ status: 'FILLED', refusal: { status: 400, message: '' } }] },
    },
  ];

  test.each(sent)('is not sent once a later status was $where', ({ emission }) => {
    const before = frozen({
      ...outboxOf('NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'),
      ...emission,
    });
    const after = withoutOvertaken(before);
    expect(after.outbox.map((entry) => entry.status)).toEqual(['CANCELLED', 'SETTLED']);
    expect(after).toEqual({ ...before, outbox: after.outbox });
  });

  test('is nothing while nothing was sent', () => {
    const before = frozen(outboxOf('FILLED', 'NEW'));
    expect(withoutOvertaken(before)).toEqual(before);
  });
});

test('topics in words: those of the portfolio order, and those of children as far as they are few', () => {
  const own = [{ status: 'NEW' as const }, { status: 'PROCESSING' as const }];
  const child = { orderId: 'a', status: 'NEW' as const };
  const trade = { orderId: 'a', executionId: 'b', status: 'FILLED' as const };
  expect(namesOf([...own, child, trade])).toBe('NEW, PROCESSING, order a NEW, execution b FILLED');
  expect(namesOf([...own, child, trade, child])).toBe('NEW, PROCESSING, 3 of its children');
  expect(namesOf([child, trade, child])).toBe('3 of its children');
});
