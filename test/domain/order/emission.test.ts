/** Expectations: references/esw.md#order-of-events and docs/architecture.md#emission. */
import { namesOf, noEmission, withoutOvertaken, type Emission } from '../../../src/domain/outbox/outbox';
import { planDispatch } from '../../../src/domain/outbox/dispatch-plan';
import type { PortfolioOrderStatus } from '../../../src/domain/broker/status-tables';
import type { Observation } from '../../../src/domain/broker/observation';
import { facts, frozen, order, poll, portfolioOrder, recordOf } from '../samples';

const GRACE = 30_000;
const outboxOf = (...statuses: PortfolioOrderStatus[]): Emission => ({
  ...noEmission('portfolio'),
  outbox: statuses.map((status) => ({ status, seenAt: 0 })),
});
/** Upvest was asked for what comes before each. */
const checked = (emission: Emission): Emission => ({
  ...emission,
  outbox: emission.outbox.map((entry) => ({ ...entry, isChecked: true })),
});
/** A child whose end is known, as is its execution's: nothing of it is waited for. */
const child = [order('NEW'), order('FILLED', { executions: [facts('SETTLED')] })];
const direct = (...statuses: string[]): Observation[] => [
  ...child,
  ...statuses.map((status) => portfolioOrder(status)),
];
/** Statuses that only the snapshot of another event showed. */
const fromSnapshot = (announced: string, status: string): Observation =>
  portfolioOrder(status, { announced });

interface Entity {
  situation: string;
  observations: Observation[];
  outbox: PortfolioOrderStatus[];
  ready: PortfolioOrderStatus[];
}

const rows: Entity[] = [
  { situation: 'nothing', observations: [], outbox: [], ready: [] },
  { situation: 'NEW', observations: direct('NEW'), outbox: ['NEW'], ready: ['NEW'] },
  {
    situation: 'everything, out of order',
    observations: direct('NEW', 'PROCESSING', 'FILLED', 'SETTLED'),
    outbox: ['SETTLED', 'NEW', 'FILLED', 'PROCESSING'],
    ready: ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'],
  },
  {
    situation: 'FILLED ahead of PROCESSING',
    observations: direct('NEW', 'FILLED'),
    outbox: ['FILLED'],
    ready: [],
  },
  {
    situation: 'NEW, and FILLED ahead of PROCESSING',
    observations: direct('NEW', 'FILLED'),
    outbox: ['NEW', 'FILLED'],
    ready: ['NEW'],
  },
  {
    situation: 'FILLED that waited until PROCESSING turned up',
    observations: direct('NEW', 'FILLED', 'PROCESSING'),
    outbox: ['FILLED', 'PROCESSING'],
    ready: ['PROCESSING', 'FILLED'],
  },
  {
    situation: 'SETTLED behind a blocked FILLED',
    observations: direct('NEW', 'FILLED', 'SETTLED'),
    outbox: ['FILLED', 'SETTLED'],
    ready: [],
  },
  { situation: 'a lone CANCELLED', observations: direct('CANCELLED'), outbox: ['CANCELLED'], ready: [] },
  {
    situation: 'CANCELLED after NEW, PROCESSING never seen',
    observations: direct('NEW', 'CANCELLED'),
    outbox: ['CANCELLED'],
    ready: ['CANCELLED'],
  },
  {
    situation: 'PROCESSING that only the snapshot of the NEW event showed',
    observations: [fromSnapshot('NEW', 'PROCESSING')],
    outbox: ['NEW', 'PROCESSING'],
    ready: ['NEW'],
  },
  {
    situation: 'PROCESSING whose own webhook took the place of the snapshot',
    observations: [fromSnapshot('NEW', 'PROCESSING'), ...direct('PROCESSING')],
    outbox: ['NEW', 'PROCESSING'],
    ready: ['NEW', 'PROCESSING'],
  },
  {
    situation: 'a polled status, which is no snapshot',
    observations: [portfolioOrder('NEW', { source: poll })],
    outbox: ['NEW'],
    ready: ['NEW'],
  },
];

describe.each(rows)('$situation', ({ observations, outbox, ready }) => {
  const record = frozen(recordOf(...observations));
  const emission = frozen(outboxOf(...outbox));
  const ranked = (['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'] as const).filter((status) =>
    outbox.includes(status),
  );

  test(`within the grace time, ${ready.join(', ') || 'nothing'} may go`, () => {
    const plan = planDispatch(emission, record, GRACE - 1, GRACE);
    expect(plan.ready.map((entry) => entry.status)).toEqual(ready);
    expect(plan.blocked.map((entry) => entry.status)).toEqual(ranked.slice(ready.length));
    expect(plan.nextAt).toBe(ready.length === outbox.length ? undefined : GRACE);
  });

  test('after the grace time everything may go, in lifecycle order', () => {
    const plan = planDispatch(checked(emission), record, GRACE, GRACE);
    expect(plan.ready.map((entry) => entry.status)).toEqual(ranked);
    expect(plan).toMatchObject({ blocked: [] });
    expect(plan).not.toHaveProperty('nextAt');
  });
});

describe('where the broker is asked', () => {
  const record = recordOf(...direct('NEW', 'FILLED', 'SETTLED'));
  const plan = (emission: Emission, now: number) => {
    const { ready, blocked, nextAt } = planDispatch(emission, record, now, GRACE);
    return { ready: ready.map(({ status }) => status), blocked: blocked.map(({ status }) => status), nextAt };
  };

  test('an early status waits for the answer, however long that takes', () => {
    for (const now of [0, GRACE, 1000 * GRACE]) {
      expect(plan(outboxOf('NEW', 'FILLED'), now)).toEqual({
        ready: ['NEW'],
        blocked: ['FILLED'],
        nextAt: GRACE,
      });
    }
  });

  test('it goes once the broker was asked, and what stands behind it, too', () => {
    const outbox = [
      { status: 'FILLED' as const, seenAt: 0, isChecked: true as const },
      { status: 'SETTLED' as const, seenAt: 5, isChecked: true as const },
    ];
    expect(plan({ ...noEmission('portfolio'), outbox }, GRACE + 5)).toEqual({
      ready: ['FILLED', 'SETTLED'],
      blocked: [],
    });
  });

  test('one that was asked for does not vouch for the next one', () => {
    const outbox = [
      { status: 'FILLED' as const, seenAt: 0, isChecked: true as const },
      { status: 'SETTLED' as const, seenAt: GRACE },
    ];
    expect(plan({ ...noEmission('portfolio'), outbox }, GRACE)).toEqual({
      ready: ['FILLED'],
      blocked: ['SETTLED'],
      nextAt: 2 * GRACE,
    });
  });

  test('a status with all of its predecessors is not blocked', () => {
    const complete = recordOf(...direct('NEW', 'PROCESSING', 'FILLED'));
    const { blocked } = planDispatch(outboxOf('NEW', 'PROCESSING', 'FILLED'), complete, 0, GRACE);
    expect(blocked).toEqual([]);
  });
});

test('grace times count from when each status was seen; the first blocked one says when to look again', () => {
  const emission: Emission = {
    ...noEmission('portfolio'),
    outbox: [
      { status: 'SETTLED', seenAt: 1_000 },
      { status: 'FILLED', seenAt: 5_000 },
    ],
  };
  const record = recordOf(...direct('NEW', 'FILLED', 'SETTLED'));
  const plan = planDispatch(emission, record, 31_000, GRACE);
  expect(plan.ready).toEqual([]);
  expect(plan.nextAt).toBe(35_000);
});

test('a gap that was waited for once does not hold up what comes behind it', () => {
  const record = recordOf(...direct('NEW', 'FILLED', 'SETTLED'));
  const furtherAccepted: Emission = {
    ...outboxOf('SETTLED'),
    accepted: [{ status: 'FILLED', id: '1', at: '' }],
  };
  expect(planDispatch(furtherAccepted, record, 0, GRACE).ready.map((entry) => entry.status)).toEqual([
    'SETTLED',
  ]);
  const earlierAccepted: Emission = {
    ...outboxOf('SETTLED'),
    accepted: [{ status: 'NEW', id: '1', at: '' }],
  };
  expect(planDispatch(earlierAccepted, record, 0, GRACE).ready).toEqual([]);
});

describe('what was overtaken', () => {
  const body = 'not looked at';
  const sent: { where: string; emission: Partial<Emission> }[] = [
    { where: 'accepted', emission: { accepted: [{ status: 'FILLED', id: '1', at: '' }] } },
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
  const ofChild = { orderId: 'a', status: 'NEW' as const };
  const trade = { orderId: 'a', executionId: 'b', status: 'FILLED' as const };
  expect(namesOf([...own, ofChild, trade])).toBe('NEW, PROCESSING, order a NEW, execution b FILLED');
  expect(namesOf([...own, ofChild, trade, ofChild])).toBe('NEW, PROCESSING, 3 of its children');
  expect(namesOf([ofChild, trade, ofChild])).toBe('3 of its children');
});
