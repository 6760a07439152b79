/**
 * Expectations: docs/architecture.md, docs/rules.md, docs/architecture.md#portfolioorder and #emission,
 * references/esw.md#streams and #order-of-events.
 */
import { CURRENT_REVISION } from '../../../src/domain/values/revision';
import { nextTimer } from '../../../src/domain/order/step';
import type { BuiltEvent } from '../../../src/domain/outbox/outbox';
import { originOf, isPlacementCheckDue, withPlacementCheck } from '../../../src/domain/order/origin';
import type { Observation } from '../../../src/domain/broker/observation';
import { dispatchPlan, withBatch, withResults, withUnbuildable } from '../../../src/domain/order/emission';
import {
  drainInbox,
  isOver,
  initialState,
  withObservations,
  withPlacement,
} from '../../../src/domain/order/transitions';
import type { PlacementResult } from '../../../src/domain/broker/placement';
import {
  childId,
  execution,
  executionId,
  facts,
  frozen,
  order,
  placement,
  PORTFOLIO_ORDER,
  portfolioOrder,
  refusal,
} from '../samples';
import type { OrderState } from '../../../src/domain/order-state/state';
import { asked, deadlines } from './waiting';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200, deadlines };
const T = 1_000_000;
const iso = (time: number): string => new Date(time).toISOString();
const fresh = (): OrderState => frozen(initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'));
const placed: PlacementResult = {
  reference: 'SP-2026-000481',
  requestedAt: '2026-03-02T09:00:00.000Z',
  observation: portfolioOrder('NEW', { source: placement }),
};
const after = (state: OrderState, now: number, ...observations: Observation[]): OrderState =>
  frozen(drainInbox(withObservations(state, frozen(observations)), now));
const placedState = (...observations: Observation[]): OrderState =>
  after(withPlacement(fresh(), frozen(placed), T), T, ...observations);
const built = (status: BuiltEvent['status']): BuiltEvent => ({
  status,
  id: `id-${status}`,
  body: `{"${status}":1}`,
});
const timerOf = (state: OrderState, now: number): number | undefined =>
  nextTimer(state, now, policies, { reconciling: false })?.at;
const pendingStatuses = (state: OrderState): string[] => state.emission.outbox.map((entry) => entry.status);
/** Everything that may go now is built, sent and accepted. */
function emitted(state: OrderState, now: number): OrderState {
  const batch = dispatchPlan(state, now, policies).ready.map(({ status }) => built(status));
  const results = batch.map(({ id }) => ({ id, outcome: 'accepted' as const }));
  return frozen(withResults(withBatch(state, batch, 'R'), results, now));
}

test('a new state holds its id and the time of its placement check, and nothing else', () => {
  expect(fresh()).toStrictEqual({
    startedAt: T,
    run: 1,
    revision: CURRENT_REVISION,
    record: { portfolioOrderId: PORTFOLIO_ORDER, reached: {}, orders: [] },
    emission: { detail: 'portfolio', outbox: [], inFlight: [], retryQueue: [], accepted: [], refused: [] },
    inbox: [],
    unusableMessages: 0,
    placementCheckAt: T + 60_000,
    recovery: 'unchecked',
    amountTolerance: '5',
    waits: [],
    questions: { missed: 0, nothingNew: 0, failed: 0 },
    isUnknownToBroker: false,
    reconciledAfterEnd: false,
    acknowledged: [],
    auditLog: [],
  });
  expect(isOver(fresh())).toBe(false);
  expect(timerOf(fresh(), T + 999_999)).toBeUndefined();
});

describe('a placement', () => {
  test('puts its observation into the inbox', () => {
    const state = withPlacement(fresh(), placed, T);
    expect(state.inbox).toEqual([placed.observation]);
    expect(drainInbox(state, T).record.reached.NEW?.by).toBe('placement');
  });

  test('that comes twice changes nothing', () => {
    const state = frozen(withPlacement(fresh(), placed, T));
    expect(withPlacement(state, placed, T)).toBe(state);
  });

  test('behind the webhooks makes the order a placed one, without a second NEW', () => {
    const seen = after(fresh(), T, portfolioOrder('NEW'));
    const state = drainInbox(withPlacement(seen, placed, T), T + 5);
    expect(originOf(state)).toBe('placed');
    expect(pendingStatuses(state)).toEqual(['NEW']);
    expect(state.record.reached.NEW?.by).toBe('webhook');
  });
});

describe('unusable messages', () => {
  const garbage: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['text', 'NEW'],
    ['an empty object', {}],
    ['a list in a list', [[portfolioOrder('NEW')]]],
    ['an unknown subject', [{ ...portfolioOrder('NEW'), subject: 'toString' }]],
    ['no source', [{ ...portfolioOrder('NEW'), source: null }]],
    ['no time', [{ ...portfolioOrder('NEW'), at: 5 }]],
    ['no status', [{ ...portfolioOrder('NEW'), status: null }]],
    ['a portfolio order without id', [{ ...portfolioOrder('NEW'), id: undefined }]],
    ['a portfolio order without a list of orders', [{ ...portfolioOrder('NEW'), orders: undefined }]],
    ['a list of orders that holds null', [{ ...portfolioOrder('NEW'), orders: [null] }]],
    ['a listed order without status', [{ ...portfolioOrder('NEW'), orders: [{ id: childId(1) }] }]],
    ['an order without executions', [{ ...order('NEW'), executions: 'none' }]],
    ['an order without id', [{ ...order('NEW'), id: 1 }]],
    ['an order with an execution of no shape', [{ ...order('NEW'), executions: [{}] }]],
    ['an execution without facts', [{ ...execution('FILLED'), execution: null }]],
    ['an execution without order', [{ ...execution('FILLED'), orderId: null }]],
    ['a refusal without order', [{ ...refusal(), orderId: undefined }]],
    ['an execution whose amount is no decimal', [execution('FILLED', { cashAmount: '1e5' })]],
    [
      'an execution in an order whose quantity is no decimal',
      [order('FILLED', { executions: [facts('FILLED', { shareQuantity: 'many' })] })],
    ],
    ['a portfolio order whose amount is no decimal', [portfolioOrder('NEW', { cashAmount: 'NaN' })]],
  ];

  test.each(garbage)('%s is counted and never a reason to stop', (_name, message) => {
    const state = withObservations(fresh(), message);
    expect(state.unusableMessages).toBe(1);
    expect(drainInbox(state, T).record).toEqual(fresh().record);
  });

  test('do not harm the usable ones beside them', () => {
    const state = withObservations(fresh(), [
      null,
      portfolioOrder('NEW'),
      { subject: 'order' },
      order('NEW'),
    ]);
    expect(state.inbox).toEqual([portfolioOrder('NEW'), order('NEW')]);
    expect(state.unusableMessages).toBe(2);
  });

  test('an empty list is no message, and a single observation is taken without a list', () => {
    expect(withObservations(fresh(), [])).toEqual(fresh());
    expect(withObservations(fresh(), portfolioOrder('NEW')).inbox).toHaveLength(1);
  });
});

describe('the inbox', () => {
  test('is applied in order, added to the outbox with the time of sight, and emptied', () => {
    const state = after(fresh(), T + 7, portfolioOrder('NEW'), order('FILLED'), portfolioOrder('PROCESSING'));
    expect(state.inbox).toEqual([]);
    expect(state.record.status).toBe('PROCESSING');
    expect(state.emission.outbox).toEqual([
      { status: 'NEW', seenAt: T + 7 },
      { status: 'PROCESSING', seenAt: T + 7 },
    ]);
  });

  test('a duplicate and a change of a child owe ESW nothing', () => {
    const state = emitted(placedState(), T);
    const retryQueue = after(state, T + 9, portfolioOrder('NEW'), order('FILLED'), execution('SETTLED'));
    expect(retryQueue.emission).toEqual(state.emission);
    expect(retryQueue.record).not.toEqual(state.record);
  });

  test('what comes after a later status went out is kept in the record and not sent', () => {
    const state = emitted(asked(placedState(portfolioOrder('FILLED'))), T + 30_000);
    expect(state.emission.accepted.map((event) => event.status)).toEqual(['NEW', 'FILLED']);
    const late = after(state, T + 40_000, portfolioOrder('PROCESSING'));
    expect(pendingStatuses(late)).toEqual([]);
    expect(late.record.reached.PROCESSING).toBeDefined();
  });

  test.each([
    { late: 'CANCELLED', end: 'SETTLED' },
    { late: 'FILLED', end: 'CANCELLED' },
  ])('$late after $end is ruled out: no event, even while $end waits', ({ late, end }) => {
    const state = after(fresh(), T, portfolioOrder(end), portfolioOrder(late));
    expect(pendingStatuses(state)).toEqual([end]);
    expect(Object.keys(state.record.reached).sort()).toEqual([late, end].sort());
  });

  test('an unknown word owes ESW nothing', () => {
    expect(pendingStatuses(after(fresh(), T, portfolioOrder('SUSPENDED')))).toEqual([]);
  });
});

describe('who the order is', () => {
  const { initiationFlow, ...withoutFlow } = portfolioOrder('NEW');
  const cases: [string, Observation, 'open' | 'adopted'][] = [
    ['API', portfolioOrder('NEW', { initiationFlow: 'API' }), 'open'],
    ['missing', withoutFlow, 'open'],
    ['SAVINGS_PLAN', portfolioOrder('NEW', { initiationFlow: 'SAVINGS_PLAN' }), 'adopted'],
    ['AUTO_INVESTMENT', portfolioOrder('NEW', { initiationFlow: 'AUTO_INVESTMENT' }), 'adopted'],
  ];

  test.each(cases)('flow %s: the order is at once %3$s', (_flow, observation, identity) => {
    const state = after(fresh(), T + 3, observation);
    expect(originOf(state)).toBe(identity);
    expect(state.adoptedAt).toBe(identity === 'adopted' ? T + 3 : undefined);
    expect(dispatchPlan(state, T + 3, policies).ready).toHaveLength(identity === 'adopted' ? 1 : 0);
  });

  test('a child alone decides nothing', () => {
    expect(originOf(after(fresh(), T, order('NEW')))).toBe('open');
  });

  test('an open order emits nothing, not even what waited long, and asks when its grace time is over', () => {
    const state = after(fresh(), T, portfolioOrder('NEW'));
    expect(timerOf(state, T)).toBe(T + 60_000);
    expect(dispatchPlan(state, T + 999_999, policies)).toEqual({ ready: [], blocked: state.emission.outbox });
    expect(isPlacementCheckDue(state, T + 59_999)).toBe(false);
    expect(isPlacementCheckDue(state, T + 60_000)).toBe(true);
  });

  test('no placement check is due while there is nothing to emit', () => {
    expect(isPlacementCheckDue(after(fresh(), T, order('NEW')), T + 999_999)).toBe(false);
  });

  test('nor while only children are known, because the account that finds a placement is not', () => {
    const childOnly = after(initialState(PORTFOLIO_ORDER, T, policies, 'orders'), T, order('NEW'));
    expect(childOnly.emission.outbox).toHaveLength(1);
    expect(isPlacementCheckDue(childOnly, T + 999_999)).toBe(false);
    expect(timerOf(childOnly, T)).not.toBe(T + 60_000);
    expect(isPlacementCheckDue(after(childOnly, T, portfolioOrder('NEW')), T + 60_000)).toBe(true);
  });

  test('a placement under way is waited for once more; without one the order is adopted', () => {
    const state = after(fresh(), T, portfolioOrder('NEW'));
    const waiting = withPlacementCheck(state, 'one is under way', T + 60_000, policies);
    expect(originOf(waiting)).toBe('open');
    expect(isPlacementCheckDue(waiting, T + 119_999)).toBe(false);
    expect(timerOf(waiting, T + 60_000)).toBe(T + 120_000);
    const adopted = withPlacementCheck(state, false, T + 60_000, policies);
    expect(originOf(adopted)).toBe('adopted');
    expect(dispatchPlan(adopted, T + 60_000, policies).ready).toHaveLength(1);
    expect(isPlacementCheckDue(adopted, T + 999_999)).toBe(false);
  });

  test('a placed order emits at once, without a placement check', () => {
    const state = placedState();
    expect(dispatchPlan(state, T, policies).ready).toHaveLength(1);
    expect(timerOf(state, T)).toBeUndefined();
    expect(isPlacementCheckDue(state, T + 999_999)).toBe(false);
  });
});

describe('a batch', () => {
  const state = placedState(portfolioOrder('PROCESSING'), portfolioOrder('SETTLED'));
  const sending = frozen(withBatch(state, [built('NEW'), built('PROCESSING')], 'SP-2026-000481'));

  test('moves from the outbox into flight with its bytes, under a fixed reference', () => {
    expect(pendingStatuses(sending)).toEqual(['SETTLED']);
    expect(sending.emission.inFlight).toEqual([built('NEW'), built('PROCESSING')]);
    expect(sending.brandOrderReference).toBe('SP-2026-000481');
  });

  test('without answers stays in flight with the same bytes', () => {
    const { emission } = withResults(sending, [], T);
    const inFlight = sending.emission.inFlight.map((event) => ({ ...event, sentBefore: true }));
    expect(emission).toEqual({ ...sending.emission, inFlight });
  });

  test('is filed by answer; what has none stays, and foreign answers change nothing', () => {
    const partly = frozen(
      withResults(
        sending,
        [
          { id: 'id-NEW', outcome: 'accepted' },
          { id: 'id-not-sent', outcome: 'accepted' },
        ],
        T,
      ),
    );
    expect(partly.emission.accepted).toEqual([{ status: 'NEW', id: 'id-NEW', at: iso(T) }]);
    expect(partly.emission.inFlight).toEqual([{ ...built('PROCESSING'), sentBefore: true }]);
    const refusal = { status: 400, message: 'unknown word', correlationId: 'trace-1' };
    const done = withResults(partly, [{ id: 'id-PROCESSING', outcome: 'refused', refusal }], T + 1);
    expect(done.emission.inFlight).toEqual([]);
    expect(done.emission.refused).toEqual([
      { ...built('PROCESSING'), sentBefore: true, refusal: { ...refusal, at: iso(T + 1) } },
    ]);
    expect(done.emission.accepted).toEqual(partly.emission.accepted);
  });

  test('an event that could not be built is filed as refused, without bytes; the others go on', () => {
    const [entry] = state.emission.outbox;
    if (entry === undefined) throw new Error('nothing is pending');
    const filed = withUnbuildable(state, entry, 'too many digits', T);
    expect(pendingStatuses(filed)).toEqual(['PROCESSING', 'SETTLED']);
    expect(filed.emission.refused).toEqual([
      { status: 'NEW', refusal: { message: 'too many digits', at: iso(T) } },
    ]);
  });
});

describe('the end', () => {
  const settled = placedState(
    portfolioOrder('PROCESSING'),
    order('FILLED', { executions: [facts('SETTLED')] }),
    portfolioOrder('FILLED'),
    portfolioOrder('SETTLED'),
  );
  const over = emitted(settled, T);

  test('comes when the broker is done, ESW accepted everything and nothing is unread', () => {
    expect(over.emission.accepted.map((event) => event.status)).toEqual([
      'NEW',
      'PROCESSING',
      'FILLED',
      'SETTLED',
    ]);
    expect(isOver(over)).toBe(true);
  });

  const { emission } = over;
  const obstacles: [string, OrderState][] = [
    ['an event is pending', settled],
    ['an event is in flight', { ...over, emission: { ...emission, inFlight: [built('SETTLED')] } }],
    [
      'an event was refused',
      { ...over, emission: { ...emission, refused: [{ ...built('FILLED'), refusal: { message: '' } }] } },
    ],
    ['a message is unread', withObservations(over, [order('NEW')])],
    ['an execution is open', after(over, T, execution('FILLED', { id: executionId(2) }))],
    ['another child turned up', after(over, T, order('NEW', { id: childId(2) }))],
  ];
  test.each(obstacles)('does not come while %s', (_obstacle, state) => {
    expect(isOver(state)).toBe(false);
  });
});
