/** One case for each row of `esw-order-event.md` 8.7 that decides what goes, when, and in which order. */
import { keyOf, nameOf, noEmission, type Addressed } from '../../src/domain/emission';
import type { Observation } from '../../src/domain/observation';
import type { EventDetail } from '../../src/domain/order-event-topic';
import {
  emissionPlan,
  withBatch,
  withResults,
  withRetriedEmission,
  withUnbuildable,
} from '../../src/domain/order-emission';
import { drainInbox, isOver, newLife, withObservations, type OrderLife } from '../../src/domain/order-life';
import { withAnswer } from '../../src/domain/reconciliation';
import {
  at,
  childId,
  execution,
  executionId,
  facts,
  frozen,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
} from './samples';
import { policies, T } from './waiting';

const GRACE = policies.predecessorGraceMs;

function lifeWith(detail: EventDetail, ...observations: Observation[]): OrderLife {
  const fresh: OrderLife = { ...newLife(PORTFOLIO_ORDER, T, policies, detail), past: 'known', adoptedAt: T };
  return told(fresh, T, ...observations);
}
const told = (life: OrderLife, now: number, ...observations: Observation[]): OrderLife =>
  frozen(drainInbox(withObservations(life, observations), now));

/** Topics as short text: `FILLED`, `1 FILLED` for the first child, `1x FILLED` for its execution. */
function brief({ status, orderId, executionId: x }: Addressed): string {
  if (orderId === undefined) return status;
  return `${parseInt(orderId.slice(-2), 16)}${x === undefined ? '' : 'x'} ${status}`;
}
const planned = (life: OrderLife, now: number) => {
  const { due, held, nextAt } = emissionPlan(life, now, policies);
  return { due: due.map(brief), held: held.map(brief).sort(), nextAt };
};
/** Everything that may go now is sent and accepted. */
function sent(life: OrderLife, now: number): OrderLife {
  const batch = emissionPlan(life, now, policies).due.map(({ status, orderId, executionId: x }) => {
    const addressed = { status, ...(orderId && { orderId }), ...(x && { executionId: x }) };
    return { ...addressed, id: keyOf(addressed), body: '{}' };
  });
  const results = batch.map(({ id }) => ({ id, outcome: 'accepted' as const }));
  return frozen(withResults(withBatch(life, batch, 'R'), results, now));
}
/** As after the broker was asked and had nothing new. */
const asked = (life: OrderLife, now: number): OrderLife =>
  frozen(withAnswer(life, { kind: 'read', observations: [] }, { askedAt: now, now }, policies));

const own = (...statuses: string[]): Observation[] =>
  statuses.map((status, index) => portfolioOrder(status, { at: at(10 * index) }));
const child = (n: number, ...statuses: string[]): Observation[] =>
  statuses.map((status, index) =>
    order(status, {
      id: childId(n),
      at: at(10 * index + n),
      executions: status === 'FILLED' ? [facts('FILLED', { id: executionId(n) })] : [],
    }),
  );
const trade = (n: number, status: string, seconds: number): Observation =>
  execution(status, { of: childId(n), id: executionId(n) }, { at: at(seconds) });

describe('Sequence', () => {
  test('a life that is told at once: the parent’s NEW first, the children’s events, the parent’s FILLED, its SETTLED last', () => {
    const life = lifeWith(
      'executions',
      ...own('NEW', 'PROCESSING', 'FILLED', 'SETTLED').reverse(),
      ...child(2, 'NEW', 'PROCESSING', 'FILLED').reverse(),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED').reverse(),
      ...[1, 2].flatMap((n) => [trade(n, 'SETTLED', 60 + n), trade(n, 'FILLED', 18)]),
    );
    expect(planned(life, T)).toEqual({
      due: [
        ...['NEW', 'PROCESSING'],
        ...['2 NEW', '2 PROCESSING', '2x FILLED', '2 FILLED', '2x SETTLED'],
        ...['1 NEW', '1 PROCESSING', '1x FILLED', '1 FILLED', '1x SETTLED'],
        ...['FILLED', 'SETTLED'],
      ],
      held: [],
    });
  });

  test('a child’s event waits for the first one of its parent, however long that takes', () => {
    const life = lifeWith('orders', ...child(1, 'NEW'));
    expect(planned(life, T)).toEqual({ due: [], held: ['1 NEW'], nextAt: T + GRACE });
    expect(planned(asked(life, T + GRACE), T + 100 * GRACE).due).toEqual([]);
    expect(planned(told(life, T + 1, ...own('NEW')), T + 1).due).toEqual(['NEW', '1 NEW']);
  });

  test('the parent’s FILLED waits for a child’s end, for the grace time and an answer', () => {
    const life = lifeWith('orders', ...own('NEW', 'PROCESSING', 'FILLED'), ...child(1, 'NEW', 'PROCESSING'));
    const waiting = {
      due: ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING'],
      held: ['FILLED'],
      nextAt: T + GRACE,
    };
    expect(planned(life, T)).toEqual(waiting);
    expect(planned(life, T + GRACE)).toEqual(waiting);
    const now = T + GRACE;
    expect(planned(asked(life, now), now).due.at(-1)).toBe('FILLED');
    const filled = told(life, T + 5, ...child(1, 'FILLED'));
    expect(planned(filled, T + 5).due).toEqual([...waiting.due, '1 FILLED', 'FILLED']);
  });

  test.each(['portfolio', 'orders'] as const)(
    'SETTLED waits for the executions it sums up, with detail %s, too',
    (detail) => {
      const before = [
        ...own('NEW', 'PROCESSING', 'FILLED', 'SETTLED'),
        ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      ];
      const life = lifeWith(detail, ...before, trade(1, 'FILLED', 20));
      expect(planned(life, T)).toMatchObject({ held: ['SETTLED'], nextAt: T + GRACE });
      expect(planned(asked(life, T + GRACE), T + GRACE).held).toEqual([]);
      const settled = told(life, T + 1, trade(1, 'SETTLED', 60));
      expect(planned(settled, T + 1)).toMatchObject({ held: [] });
      expect(planned(settled, T + 1).due.at(-1)).toBe('SETTLED');
    },
  );

  test('a child that waits holds up its own events and the parent’s end, not those of other children', () => {
    const life = lifeWith(
      'orders',
      ...own('NEW', 'PROCESSING', 'FILLED'),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      ...child(2, 'NEW', 'FILLED'),
    );
    expect(planned(life, T)).toEqual({
      due: ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING', '1 FILLED', '2 NEW'],
      held: ['2 FILLED', 'FILLED'],
      nextAt: T + GRACE,
    });
  });

  test('CANCELLED goes at once, whatever its children wait for', () => {
    const life = lifeWith('orders', ...own('NEW', 'CANCELLED'), ...child(1, 'NEW', 'FILLED'));
    expect(planned(life, T)).toMatchObject({ due: ['NEW', 'CANCELLED', '1 NEW'], held: ['1 FILLED'] });
  });
});

describe('Portfolio order CANCELLED with (part-)filled children', () => {
  const mixed = lifeWith(
    'orders',
    ...own('NEW', 'PROCESSING', 'CANCELLED'),
    ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
    trade(1, 'FILLED', 20),
    ...child(2, 'NEW', 'CANCELLED'),
  );
  const statuses = ({ emission }: OrderLife) => emission.accepted.map(brief);

  test('CANCELLED at once; the closing event when the last execution is final, once, and last', () => {
    const told1 = sent(mixed, T);
    expect(statuses(told1)).not.toContain('CLOSED');
    expect(isOver(told1)).toBe(false);
    const settled = told(told1, T + 1, trade(1, 'SETTLED', 60));
    expect(planned(settled, T + 1).due).toEqual(['CLOSED']);
    expect(isOver(settled)).toBe(false);
    const closed = sent(settled, T + 1);
    expect(isOver(closed)).toBe(true);
    const again = told(closed, T + 2, trade(1, 'SETTLED', 60), trade(1, 'CANCELLED', 90));
    expect(planned(again, T + 2)).toEqual({ due: [], held: [] });
  });

  test('a mistrade is an end of an execution, too', () => {
    const cancelled = told(sent(mixed, T), T + 1, trade(1, 'CANCELLED', 60));
    expect(planned(cancelled, T + 1).due).toEqual(['CLOSED']);
  });

  test('told at once, the closing event comes behind what it closes', () => {
    const all = told(mixed, T, trade(1, 'SETTLED', 60));
    expect(planned(all, T).due.at(-1)).toBe('CLOSED');
    expect(planned(all, T).due).toContain('CANCELLED');
  });

  test('without any execution there is nothing to close', () => {
    const life = sent(lifeWith('orders', ...own('NEW', 'CANCELLED'), ...child(1, 'NEW', 'CANCELLED')), T);
    expect(statuses(life)).toEqual(['NEW', 'CANCELLED', '1 NEW', '1 CANCELLED']);
    expect(isOver(life)).toBe(true);
  });

  test('lives of older code do without it', () => {
    const old = { ...mixed, emission: noEmission };
    expect(told(old, T, trade(1, 'SETTLED', 60)).emission.outbox).toEqual([]);
  });
});

describe('Webhook ahead of its predecessor', () => {
  test('is held for the grace time and an answer, then goes; the missing event is never invented', () => {
    const life = sent(lifeWith('orders', ...own('NEW'), ...child(1, 'NEW')), T);
    const early = told(life, T + 1, ...child(1, 'FILLED'));
    expect(planned(early, T + GRACE)).toEqual({ due: [], held: ['1 FILLED'], nextAt: T + 1 + GRACE });
    expect(planned(early, T + 1 + GRACE).due).toEqual([]);
    expect(planned(asked(early, T + GRACE), T + 1 + GRACE)).toEqual({ due: ['1 FILLED'], held: [] });
  });

  test('an answer vouches for what was seen before the question, not for what came later', () => {
    const life = sent(lifeWith('orders', ...own('NEW'), ...child(1, 'NEW'), ...child(2, 'NEW')), T);
    const early = told(told(life, T + 1, ...child(1, 'FILLED')), T + 3, ...child(2, 'FILLED'));
    const answered = frozen(
      withAnswer(early, { kind: 'read', observations: [] }, { askedAt: T + 2, now: T + 4 }, policies),
    );
    expect(planned(answered, T + 2 * GRACE)).toMatchObject({ due: ['1 FILLED'], held: ['2 FILLED'] });
  });

  test('a question that failed vouches for nothing', () => {
    const life = told(
      sent(lifeWith('orders', ...own('NEW'), ...child(1, 'NEW')), T),
      T,
      ...child(1, 'FILLED'),
    );
    const failed = withAnswer(
      life,
      { kind: 'failed', why: 'down' },
      { askedAt: T + 1, now: T + 1 },
      policies,
    );
    expect(planned(failed, T + 2 * GRACE).held).toEqual(['1 FILLED']);
  });

  test('when it turns up later it is not sent', () => {
    const life = sent(lifeWith('orders', ...own('NEW'), ...child(1, 'NEW')), T);
    const now = T + GRACE;
    const gone = sent(asked(told(life, T, ...child(1, 'FILLED')), now), now);
    expect(told(gone, now, ...child(1, 'PROCESSING')).emission.outbox).toEqual([]);
  });

  test('FILLED without executions waits for them', () => {
    const bare = order('FILLED', { executions: [] });
    const life = lifeWith('orders', ...own('NEW'), ...child(1, 'NEW', 'PROCESSING'), bare);
    expect(planned(life, T)).toMatchObject({ held: ['1 FILLED'] });
    expect(planned(told(life, T, trade(1, 'FILLED', 20)), T).held).toEqual([]);
  });

  test('an execution waits until its order is known', () => {
    const life = lifeWith('executions', ...own('NEW'), trade(1, 'FILLED', 5));
    expect(planned(asked(life, T + GRACE), T + 2 * GRACE)).toEqual({ due: ['NEW'], held: ['1x FILLED'] });
    expect(planned(told(life, T, ...child(1, 'NEW')), T).due).toEqual(['NEW', '1 NEW', '1x FILLED']);
  });
});

test('Duplicate webhook, redelivery, poll of a known state: no event', () => {
  const all = [...own('NEW', 'PROCESSING'), ...child(1, 'NEW', 'PROCESSING'), trade(1, 'FILLED', 12)];
  const life = sent(lifeWith('executions', ...all), T);
  expect(told(life, T + 1, ...all, ...all.reverse()).emission.outbox).toEqual([]);
});

describe('Webhook whose type and status disagree', () => {
  const ahead = order('PROCESSING', { announced: 'NEW', updatedAt: at(3) });

  test('the event that its type names goes, the state in the snapshot waits for its own webhook', () => {
    const life = lifeWith('orders', ...own('NEW'), ahead);
    expect(planned(life, T)).toEqual({ due: ['NEW', '1 NEW'], held: ['1 PROCESSING'], nextAt: T + GRACE });
    const own1 = told(life, T + 1, order('PROCESSING', { at: at(4) }));
    expect(planned(own1, T + 1).due).toEqual(['NEW', '1 NEW', '1 PROCESSING']);
  });

  test('a state that only the parent’s snapshot showed waits, too', () => {
    const snapshot = portfolioOrder('NEW', { orders: [{ id: childId(1), side: 'BUY', status: 'NEW' }] });
    const life = lifeWith('orders', snapshot);
    expect(planned(life, T)).toMatchObject({ due: ['NEW'], held: ['1 NEW'] });
    expect(planned(asked(life, T + GRACE), T + GRACE).held).toEqual([]);
  });
});

test('Illegal transition: no event, on any level', () => {
  const life = sent(
    lifeWith(
      'executions',
      ...own('NEW', 'PROCESSING', 'FILLED', 'SETTLED'),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      trade(1, 'FILLED', 20),
      trade(1, 'CANCELLED', 70),
    ),
    T + GRACE,
  );
  const illegal = [
    portfolioOrder('CANCELLED', { at: at(99) }),
    ...child(1, 'CANCELLED'),
    trade(1, 'SETTLED', 99),
  ];
  expect(told(life, T + 1, ...illegal).emission.outbox.map(nameOf)).toEqual(life.emission.outbox.map(nameOf));
});

test.each([
  ['portfolio', []],
  ['orders', []],
  ['executions', ['1x CANCELLED']],
] as const)('Execution CANCELLED (mistrade), with detail %s', (detail, due) => {
  const life = sent(
    lifeWith(
      detail,
      ...own('NEW', 'PROCESSING', 'FILLED'),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      trade(1, 'FILLED', 20),
    ),
    T,
  );
  expect(planned(told(life, T + 1, trade(1, 'CANCELLED', 30)), T + 1).due).toEqual(due);
});

describe('What is owed by stream', () => {
  const all = [...own('NEW', 'PROCESSING'), ...child(1, 'NEW', 'PROCESSING'), trade(1, 'FILLED', 12)];
  test.each([
    ['portfolio', ['NEW', 'PROCESSING']],
    ['orders', ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING']],
    ['executions', ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING', '1x FILLED']],
  ] as const)('%s', (detail, due) => {
    expect(planned(lifeWith(detail, ...all), T).due).toEqual(due);
  });
});

describe('Permanent 4xx from ESW', () => {
  const refusal = { status: 400, message: 'no' };
  const body = 'x'.repeat(1000);
  const refusedLife = (count: number, size = body): OrderLife => {
    const children = Array.from({ length: count }, (_, n) => child(n + 1, 'NEW')).flat();
    const life = lifeWith('orders', ...own('NEW'), ...children);
    const batch = emissionPlan(life, T, policies).due.map(({ status, orderId }) => ({
      status,
      ...(orderId && { orderId }),
      id: keyOf({ status, ...(orderId && { orderId }) }),
      body: size,
    }));
    const results = batch.map(({ id, orderId }) =>
      orderId ? { id, outcome: 'refused' as const, refusal } : { id, outcome: 'accepted' as const },
    );
    return frozen(withResults(withBatch(life, batch, 'R'), results, T));
  };

  test('it is parked with its bytes; later events go on', () => {
    const life = refusedLife(1);
    expect(life.emission.refused).toMatchObject([{ orderId: childId(1), status: 'NEW', body, refusal }]);
    expect(planned(told(life, T, ...child(1, 'PROCESSING')), T).due).toEqual(['1 PROCESSING']);
  });

  test.each([
    ['fifty events', refusedLife(50), refusedLife(49)],
    ['128 KiB of them', refusedLife(2, 'x'.repeat(65_536)), refusedLife(2, 'x'.repeat(65_535))],
  ])('after %s nothing more is sent until an operator says so', (_what, clogged, bearable) => {
    const next = own('PROCESSING');
    expect(planned(told(bearable, T, ...next), T).due).toEqual(['PROCESSING']);
    const stopped = told(clogged, T, ...next);
    expect(planned(stopped, T)).toEqual({ due: [], held: ['PROCESSING'] });
    const retried = withRetriedEmission(stopped, { actor: 'ada', reason: 'mended' }, T);
    expect(planned(retried, T).due).toEqual(['PROCESSING']);
    expect(retried.emission.again).toHaveLength(clogged.emission.refused.length);
  });

  test('what could not be built is built once more, even behind what has gone out since', () => {
    const life = lifeWith('orders', ...own('NEW', 'PROCESSING'));
    const [first] = life.emission.outbox;
    if (first === undefined) throw new Error('nothing is owed');
    const gone = sent(withUnbuildable(life, first, 'too many digits', T), T);
    expect(gone.emission.accepted.map(brief)).toEqual(['PROCESSING']);
    const retried = told(
      withRetriedEmission(gone, { actor: 'ada', reason: 'mended' }, T),
      T,
      ...own('PROCESSING'),
    );
    expect(planned(retried, T)).toEqual({ due: ['NEW'], held: [] });
  });
});
