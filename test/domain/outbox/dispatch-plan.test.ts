/** One case for each row of references/esw.md#order-of-events about which events are sent, when, and in which order. */
import { nameOf } from '../../../src/domain/outbox/outbox';
import type { Observation } from '../../../src/domain/broker/observation';
import {
  topicKey,
  topicOf,
  type EventDetail,
  type OrderEventTopic,
} from '../../../src/domain/order-event/topic';
import { dispatchPlan, withBatch, withResults, withUnbuildable } from '../../../src/domain/order/emission';
import { withRetriedEmission } from '../../../src/domain/operator/emission-decisions';
import { drainInbox, isOver, initialState, withObservations } from '../../../src/domain/order/transitions';
import { withReconciliation } from '../../../src/domain/order/reconciliation';
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
} from '../samples';
import { asked, policies, T } from '../order/waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const GRACE = policies.predecessorGraceMs;

function stateWith(detail: EventDetail, ...observations: Observation[]): OrderState {
  const fresh: OrderState = {
    ...initialState(PORTFOLIO_ORDER, T, policies, detail),
    recovery: 'recovered',
    adoptedAt: T,
  };
  return observed(fresh, T, ...observations);
}
const observed = (state: OrderState, now: number, ...observations: Observation[]): OrderState =>
  frozen(drainInbox(withObservations(state, observations), now));

/** Topics as short text: `FILLED`, `1 FILLED` for the first child, `1x FILLED` for its execution. */
function brief({ status, orderId, executionId: x }: OrderEventTopic): string {
  if (orderId === undefined) return status;
  return `${parseInt(orderId.slice(-2), 16)}${x === undefined ? '' : 'x'} ${status}`;
}
const planned = (state: OrderState, now: number) => {
  const { ready, blocked, nextAt } = dispatchPlan(state, now, policies);
  return { ready: ready.map(brief), blocked: blocked.map(brief).sort(), nextAt };
};
/** The state after all ready events were sent and accepted. */
function sent(state: OrderState, now: number): OrderState {
  const batch = dispatchPlan(state, now, policies).ready.map((entry) => ({
    ...topicOf(entry),
    id: topicKey(entry),
    body: '{}',
  }));
  const results = batch.map(({ id }) => ({ id, outcome: 'accepted' as const }));
  return frozen(withResults(withBatch(state, batch, 'R'), results, now));
}
/** The state after a reconciliation without news. */
const reconciled = (state: OrderState, now: number): OrderState =>
  frozen(withReconciliation(state, { kind: 'read', observations: [] }, { askedAt: now, now }, policies));

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
  test('all at once: the parent’s NEW first, the children’s events, the parent’s FILLED, its SETTLED last', () => {
    const state = stateWith(
      'executions',
      ...own('NEW', 'PROCESSING', 'FILLED', 'SETTLED').reverse(),
      ...child(2, 'NEW', 'PROCESSING', 'FILLED').reverse(),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED').reverse(),
      ...[1, 2].flatMap((n) => [trade(n, 'SETTLED', 60 + n), trade(n, 'FILLED', 18)]),
    );
    expect(planned(state, T)).toEqual({
      ready: [
        ...['NEW', 'PROCESSING'],
        ...['2 NEW', '2 PROCESSING', '2x FILLED', '2 FILLED', '2x SETTLED'],
        ...['1 NEW', '1 PROCESSING', '1x FILLED', '1 FILLED', '1x SETTLED'],
        ...['FILLED', 'SETTLED'],
      ],
      blocked: [],
    });
  });

  test('a child’s event waits for the first one of its parent without a limit', () => {
    const state = stateWith('orders', ...child(1, 'NEW'));
    expect(planned(state, T)).toEqual({ ready: [], blocked: ['1 NEW'], nextAt: T + GRACE });
    expect(planned(reconciled(state, T + GRACE), T + 100 * GRACE).ready).toEqual([]);
    expect(planned(observed(state, T + 1, ...own('NEW')), T + 1).ready).toEqual(['NEW', '1 NEW']);
  });

  test('the parent’s FILLED waits for a child’s end, for the grace time and a reconciliation', () => {
    const state = stateWith(
      'orders',
      ...own('NEW', 'PROCESSING', 'FILLED'),
      ...child(1, 'NEW', 'PROCESSING'),
    );
    const waiting = {
      ready: ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING'],
      blocked: ['FILLED'],
      nextAt: T + GRACE,
    };
    expect(planned(state, T)).toEqual(waiting);
    expect(planned(state, T + GRACE)).toEqual(waiting);
    const now = T + GRACE;
    expect(planned(reconciled(state, now), now).ready.at(-1)).toBe('FILLED');
    const filled = observed(state, T + 5, ...child(1, 'FILLED'));
    expect(planned(filled, T + 5).ready).toEqual([...waiting.ready, '1 FILLED', 'FILLED']);
  });

  test.each(['portfolio', 'orders'] as const)(
    'SETTLED waits for the executions in its sums, with detail %s',
    (detail) => {
      const before = [
        ...own('NEW', 'PROCESSING', 'FILLED', 'SETTLED'),
        ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      ];
      const state = stateWith(detail, ...before, trade(1, 'FILLED', 20));
      expect(planned(state, T)).toMatchObject({ blocked: ['SETTLED'], nextAt: T + GRACE });
      expect(planned(reconciled(state, T + GRACE), T + GRACE).blocked).toEqual([]);
      const settled = observed(state, T + 1, trade(1, 'SETTLED', 60));
      expect(planned(settled, T + 1)).toMatchObject({ blocked: [] });
      expect(planned(settled, T + 1).ready.at(-1)).toBe('SETTLED');
    },
  );

  test('a blocked child blocks its own events and the parent’s end, not those of other children', () => {
    const state = stateWith(
      'orders',
      ...own('NEW', 'PROCESSING', 'FILLED'),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      ...child(2, 'NEW', 'FILLED'),
    );
    expect(planned(state, T)).toEqual({
      ready: ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING', '1 FILLED', '2 NEW'],
      blocked: ['2 FILLED', 'FILLED'],
      nextAt: T + GRACE,
    });
  });

  test('CANCELLED is sent at once, even if children are blocked', () => {
    const state = stateWith('orders', ...own('NEW', 'CANCELLED'), ...child(1, 'NEW', 'FILLED'));
    expect(planned(state, T)).toMatchObject({ ready: ['NEW', 'CANCELLED', '1 NEW'], blocked: ['1 FILLED'] });
  });
});

test.each([
  ['FILLED', ['FILLED', '1 NEW', '1 PROCESSING', '1 FILLED']],
  ['SETTLED', ['SETTLED', '1 NEW', '1 PROCESSING', '1 FILLED']],
])('an order first seen %s is known to ESW before its children are (14.15)', (status, expected) => {
  const late = stateWith(
    'orders',
    ...own(status),
    ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
    trade(1, 'FILLED', 20),
    trade(1, 'SETTLED', 21),
  );
  expect(planned(asked(late), T + GRACE).ready).toEqual(expected);
});

describe('Portfolio order CANCELLED with (part-)filled children', () => {
  const mixed = stateWith(
    'orders',
    ...own('NEW', 'PROCESSING', 'CANCELLED'),
    ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
    trade(1, 'FILLED', 20),
    ...child(2, 'NEW', 'CANCELLED'),
  );
  const statuses = ({ emission }: OrderState) => emission.accepted.map(brief);

  test('CANCELLED at once; the final settlement event last and once, when the last execution is final', () => {
    const afterCancel = sent(mixed, T);
    expect(statuses(afterCancel)).not.toContain('CLOSED');
    expect(isOver(afterCancel)).toBe(false);
    const settled = observed(afterCancel, T + 1, trade(1, 'SETTLED', 60));
    expect(planned(settled, T + 1).ready).toEqual(['CLOSED']);
    expect(isOver(settled)).toBe(false);
    const closed = sent(settled, T + 1);
    expect(isOver(closed)).toBe(true);
    expect(planned(observed(closed, T + 2, trade(1, 'SETTLED', 60)), T + 2)).toEqual({
      ready: [],
      blocked: [],
    });
    const later = observed(closed, T + 2, trade(1, 'CANCELLED', 90));
    expect(planned(later, T + 2).ready).toEqual(['CORRECTED-1']);
  });

  test('a mistrade ends an execution, too', () => {
    const cancelled = observed(sent(mixed, T), T + 1, trade(1, 'CANCELLED', 60));
    expect(planned(cancelled, T + 1).ready).toEqual(['CLOSED']);
  });

  test('reported at once, the final settlement event follows CANCELLED', () => {
    const all = observed(mixed, T, trade(1, 'SETTLED', 60));
    expect(planned(all, T).ready.at(-1)).toBe('CLOSED');
    expect(planned(all, T).ready).toContain('CANCELLED');
  });

  test('without executions there is no final settlement event', () => {
    const state = sent(stateWith('orders', ...own('NEW', 'CANCELLED'), ...child(1, 'NEW', 'CANCELLED')), T);
    expect(statuses(state)).toEqual(['NEW', 'CANCELLED', '1 NEW', '1 CANCELLED']);
    expect(isOver(state)).toBe(true);
  });
});

describe('Webhook ahead of its predecessor', () => {
  test('is blocked for the grace time and a reconciliation, then sent; the missing event is never invented', () => {
    const state = sent(stateWith('orders', ...own('NEW'), ...child(1, 'NEW')), T);
    const early = observed(state, T + 1, ...child(1, 'FILLED'));
    expect(planned(early, T + GRACE)).toEqual({ ready: [], blocked: ['1 FILLED'], nextAt: T + 1 + GRACE });
    expect(planned(early, T + 1 + GRACE).ready).toEqual([]);
    expect(planned(reconciled(early, T + GRACE), T + 1 + GRACE)).toEqual({
      ready: ['1 FILLED'],
      blocked: [],
    });
  });

  test('a reconciliation unblocks statuses observed before it started, not later ones', () => {
    const state = sent(stateWith('orders', ...own('NEW'), ...child(1, 'NEW'), ...child(2, 'NEW')), T);
    const early = observed(observed(state, T + 1, ...child(1, 'FILLED')), T + 3, ...child(2, 'FILLED'));
    const answered = frozen(
      withReconciliation(early, { kind: 'read', observations: [] }, { askedAt: T + 2, now: T + 4 }, policies),
    );
    expect(planned(answered, T + 2 * GRACE)).toMatchObject({ ready: ['1 FILLED'], blocked: ['2 FILLED'] });
  });

  test('a failed reconciliation unblocks nothing', () => {
    const state = observed(
      sent(stateWith('orders', ...own('NEW'), ...child(1, 'NEW')), T),
      T,
      ...child(1, 'FILLED'),
    );
    const failed = withReconciliation(
      state,
      { kind: 'failed', why: 'down' },
      { askedAt: T + 1, now: T + 1 },
      policies,
    );
    expect(planned(failed, T + 2 * GRACE).blocked).toEqual(['1 FILLED']);
  });

  test('a predecessor that arrives later is not sent', () => {
    const state = sent(stateWith('orders', ...own('NEW'), ...child(1, 'NEW')), T);
    const now = T + GRACE;
    const afterFilled = sent(reconciled(observed(state, T, ...child(1, 'FILLED')), now), now);
    expect(observed(afterFilled, now, ...child(1, 'PROCESSING')).emission.outbox).toEqual([]);
  });

  test('FILLED without executions waits for them', () => {
    const bare = order('FILLED', { executions: [] });
    const state = stateWith('orders', ...own('NEW'), ...child(1, 'NEW', 'PROCESSING'), bare);
    expect(planned(state, T)).toMatchObject({ blocked: ['1 FILLED'] });
    expect(planned(observed(state, T, trade(1, 'FILLED', 20)), T).blocked).toEqual([]);
  });

  test('an execution waits until its order is known', () => {
    const state = stateWith('executions', ...own('NEW'), trade(1, 'FILLED', 5));
    expect(planned(reconciled(state, T + GRACE), T + 2 * GRACE)).toEqual({
      ready: ['NEW'],
      blocked: ['1x FILLED'],
    });
    expect(planned(observed(state, T, ...child(1, 'NEW')), T).ready).toEqual(['NEW', '1 NEW', '1x FILLED']);
  });
});

test('Duplicate webhook, redelivery, poll of a known state: no event', () => {
  const all = [...own('NEW', 'PROCESSING'), ...child(1, 'NEW', 'PROCESSING'), trade(1, 'FILLED', 12)];
  const state = sent(stateWith('executions', ...all), T);
  expect(observed(state, T + 1, ...all, ...all.reverse()).emission.outbox).toEqual([]);
});

describe('Webhook whose type and status disagree', () => {
  const ahead = order('PROCESSING', { announced: 'NEW', updatedAt: at(3) });

  test('the status in its type is sent, the status of the object waits for its own webhook', () => {
    const state = stateWith('orders', ...own('NEW'), ahead);
    expect(planned(state, T)).toEqual({
      ready: ['NEW', '1 NEW'],
      blocked: ['1 PROCESSING'],
      nextAt: T + GRACE,
    });
    const own1 = observed(state, T + 1, order('PROCESSING', { at: at(4) }));
    expect(planned(own1, T + 1).ready).toEqual(['NEW', '1 NEW', '1 PROCESSING']);
  });

  test('a status known only from the parent’s snapshot waits, too', () => {
    const snapshot = portfolioOrder('NEW', { orders: [{ id: childId(1), side: 'BUY', status: 'NEW' }] });
    const state = stateWith('orders', snapshot);
    expect(planned(state, T)).toMatchObject({ ready: ['NEW'], blocked: ['1 NEW'] });
    expect(planned(reconciled(state, T + GRACE), T + GRACE).blocked).toEqual([]);
  });
});

test('Illegal transition: no event, on any level', () => {
  const state = sent(
    stateWith(
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
  expect(observed(state, T + 1, ...illegal).emission.outbox.map(nameOf)).toEqual(
    state.emission.outbox.map(nameOf),
  );
});

test.each([
  ['portfolio', []],
  ['orders', []],
  ['executions', ['1x CANCELLED']],
] as const)('Execution CANCELLED (mistrade), with detail %s', (detail, ready) => {
  const state = sent(
    stateWith(
      detail,
      ...own('NEW', 'PROCESSING', 'FILLED'),
      ...child(1, 'NEW', 'PROCESSING', 'FILLED'),
      trade(1, 'FILLED', 20),
    ),
    T,
  );
  expect(planned(observed(state, T + 1, trade(1, 'CANCELLED', 30)), T + 1).ready).toEqual(ready);
});

describe('Outbox entries by stream', () => {
  const all = [...own('NEW', 'PROCESSING'), ...child(1, 'NEW', 'PROCESSING'), trade(1, 'FILLED', 12)];
  test.each([
    ['portfolio', ['NEW', 'PROCESSING']],
    ['orders', ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING']],
    ['executions', ['NEW', 'PROCESSING', '1 NEW', '1 PROCESSING', '1x FILLED']],
  ] as const)('%s', (detail, ready) => {
    expect(planned(stateWith(detail, ...all), T).ready).toEqual(ready);
  });
});

describe('Permanent 4xx from ESW', () => {
  const refusal = { status: 400, message: 'no' };
  const body = 'x'.repeat(1000);
  const rejectedState = (count: number, size = body): OrderState => {
    const children = Array.from({ length: count }, (_, n) => child(n + 1, 'NEW')).flat();
    const state = stateWith('orders', ...own('NEW'), ...children);
    const batch = dispatchPlan(state, T, policies).ready.map((entry) => ({
      ...topicOf(entry),
      id: topicKey(entry),
      body: size,
    }));
    const results = batch.map(({ id, orderId }) =>
      orderId ? { id, outcome: 'refused' as const, refusal } : { id, outcome: 'accepted' as const },
    );
    return frozen(withResults(withBatch(state, batch, 'R'), results, T));
  };

  test('the event is kept with its bytes; later events are sent', () => {
    const state = rejectedState(1);
    expect(state.emission.refused).toMatchObject([{ orderId: childId(1), status: 'NEW', body, refusal }]);
    expect(planned(observed(state, T, ...child(1, 'PROCESSING')), T).ready).toEqual(['1 PROCESSING']);
  });

  test.each([
    ['fifty events', rejectedState(50), rejectedState(49)],
    ['128 KiB of them', rejectedState(2, 'x'.repeat(65_536)), rejectedState(2, 'x'.repeat(65_535))],
  ])('after %s sending stops until an operator resends them', (_what, open, closed) => {
    const next = own('PROCESSING');
    expect(planned(observed(closed, T, ...next), T).ready).toEqual(['PROCESSING']);
    const stopped = observed(open, T, ...next);
    expect(planned(stopped, T)).toEqual({ ready: [], blocked: ['PROCESSING'] });
    const retried = withRetriedEmission(stopped, { actor: 'ada', reason: 'fixed' }, T);
    expect(planned(retried, T).ready).toEqual(['PROCESSING']);
    expect(retried.emission.retryQueue).toHaveLength(open.emission.refused.length);
  });

  test('a retried event is built again, even after later statuses were sent', () => {
    const state = stateWith('orders', ...own('NEW', 'PROCESSING'));
    const [first] = state.emission.outbox;
    if (first === undefined) throw new Error('the outbox is empty');
    const later = sent(withUnbuildable(state, first, 'too many digits', T), T);
    expect(later.emission.accepted.map(brief)).toEqual(['PROCESSING']);
    const retried = observed(
      withRetriedEmission(later, { actor: 'ada', reason: 'fixed' }, T),
      T,
      ...own('PROCESSING'),
    );
    expect(planned(retried, T)).toEqual({ ready: ['NEW'], blocked: [] });
  });
});
