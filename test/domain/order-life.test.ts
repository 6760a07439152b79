/** Expectations: `design.md` 2 to 4 and 6, `esw-order-event.md` 8.1 and 8.7. */
import { nextAlarm } from '../../src/domain/advance';
import type { BuiltEvent } from '../../src/domain/emission';
import { identityOf, needsPlacementAnswer, withPlacementAnswer } from '../../src/domain/identity';
import type { Observation } from '../../src/domain/observation';
import { emissionPlan, withBatch, withResults, withUnbuildable } from '../../src/domain/order-emission';
import {
  drainInbox,
  isOver,
  newLife,
  withObservations,
  withPlaced,
  type OrderLife,
} from '../../src/domain/order-life';
import type { Placed } from '../../src/domain/placement';
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
} from './samples';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200 };
const T = 1_000_000;
const iso = (time: number): string => new Date(time).toISOString();
const fresh = (): OrderLife => frozen(newLife(PORTFOLIO_ORDER, T, policies));
const placed: Placed = {
  reference: 'SP-2026-000481',
  requestedAt: '2026-03-02T09:00:00.000Z',
  observation: portfolioOrder('NEW', { source: placement }),
};
const after = (life: OrderLife, now: number, ...observations: Observation[]): OrderLife =>
  frozen(drainInbox(withObservations(life, frozen(observations)), now));
const placedLife = (...observations: Observation[]): OrderLife =>
  after(withPlaced(fresh(), frozen(placed), T), T, ...observations);
const built = (status: BuiltEvent['status']): BuiltEvent => ({
  status,
  id: `id-${status}`,
  body: `{"${status}":1}`,
});
const alarmOf = (life: OrderLife, now: number): number | undefined =>
  nextAlarm(life, now, policies, { asking: false })?.at;
const owed = (life: OrderLife): string[] => life.emission.outbox.map((entry) => entry.status);
/** Everything that may go now is built, sent and accepted. */
function emitted(life: OrderLife, now: number): OrderLife {
  const batch = emissionPlan(life, now, policies).due.map(({ status }) => built(status));
  const results = batch.map(({ id }) => ({ id, outcome: 'accepted' as const }));
  return frozen(withResults(withBatch(life, batch, 'R'), results, now));
}

test('a new life knows its id and when it asks for a placement, and nothing else', () => {
  expect(fresh()).toStrictEqual({
    startedAt: T,
    run: 1,
    record: { portfolioOrderId: PORTFOLIO_ORDER, reached: {}, orders: [] },
    emission: { outbox: [], inFlight: [], accepted: [], refused: [] },
    inbox: [],
    unusableMessages: 0,
    askForPlacementAt: T + 60_000,
    past: 'unasked',
    waits: [],
    questions: { missed: 0, nothingNew: 0, failed: 0 },
    isUnknownToBroker: false,
    readSinceEnd: false,
    acknowledged: [],
    journal: [],
  });
  expect(isOver(fresh())).toBe(false);
  expect(alarmOf(fresh(), T + 999_999)).toBeUndefined();
});

describe('a placement', () => {
  test('puts its observation into the inbox', () => {
    const life = withPlaced(fresh(), placed, T);
    expect(life.inbox).toEqual([placed.observation]);
    expect(drainInbox(life, T).record.reached.NEW?.by).toBe('placement');
  });

  test('that comes twice changes nothing, even under another reference', () => {
    const life = frozen(withPlaced(fresh(), placed, T));
    expect(withPlaced(life, { ...placed, reference: 'OTHER' }, T)).toBe(life);
  });

  test('behind the webhooks makes the order a placed one, without a second NEW', () => {
    const seen = after(fresh(), T, portfolioOrder('NEW'));
    const life = drainInbox(withPlaced(seen, placed, T), T + 5);
    expect(identityOf(life)).toBe('placed');
    expect(owed(life)).toEqual(['NEW']);
    expect(life.record.reached.NEW?.by).toBe('webhook');
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
    const life = withObservations(fresh(), message);
    expect(life.unusableMessages).toBe(1);
    expect(drainInbox(life, T).record).toEqual(fresh().record);
  });

  test('do not harm the usable ones beside them', () => {
    const life = withObservations(fresh(), [null, portfolioOrder('NEW'), { subject: 'order' }, order('NEW')]);
    expect(life.inbox).toEqual([portfolioOrder('NEW'), order('NEW')]);
    expect(life.unusableMessages).toBe(2);
  });

  test('an empty list is no message, and a single observation is taken without a list', () => {
    expect(withObservations(fresh(), [])).toEqual(fresh());
    expect(withObservations(fresh(), portfolioOrder('NEW')).inbox).toHaveLength(1);
  });
});

describe('the inbox', () => {
  test('is applied in order, noted for ESW with the time of sight, and emptied', () => {
    const life = after(fresh(), T + 7, portfolioOrder('NEW'), order('FILLED'), portfolioOrder('PROCESSING'));
    expect(life.inbox).toEqual([]);
    expect(life.record.status).toBe('PROCESSING');
    expect(life.emission.outbox).toEqual([
      { status: 'NEW', seenAt: T + 7 },
      { status: 'PROCESSING', seenAt: T + 7 },
    ]);
  });

  test('a duplicate and a change of a child owe ESW nothing', () => {
    const life = emitted(placedLife(), T);
    const again = after(life, T + 9, portfolioOrder('NEW'), order('FILLED'), execution('SETTLED'));
    expect(again.emission).toEqual(life.emission);
    expect(again.record).not.toEqual(life.record);
  });

  test('what comes after a later status went out is kept in the record and not sent', () => {
    const life = emitted(placedLife(portfolioOrder('FILLED')), T + 30_000);
    expect(life.emission.accepted.map((event) => event.status)).toEqual(['NEW', 'FILLED']);
    const late = after(life, T + 40_000, portfolioOrder('PROCESSING'));
    expect(owed(late)).toEqual([]);
    expect(late.record.reached.PROCESSING).toBeDefined();
  });

  test.each([
    { late: 'CANCELLED', end: 'SETTLED' },
    { late: 'FILLED', end: 'CANCELLED' },
  ])('$late after $end is ruled out: no event, even while $end waits', ({ late, end }) => {
    const life = after(fresh(), T, portfolioOrder(end), portfolioOrder(late));
    expect(owed(life)).toEqual([end]);
    expect(Object.keys(life.record.reached).sort()).toEqual([late, end].sort());
  });

  test('an unknown word owes ESW nothing', () => {
    expect(owed(after(fresh(), T, portfolioOrder('SUSPENDED')))).toEqual([]);
  });
});

describe('who the order is', () => {
  const { initiationFlow, ...untold } = portfolioOrder('NEW');
  const cases: [string, Observation, 'open' | 'adopted'][] = [
    ['API', portfolioOrder('NEW', { initiationFlow: 'API' }), 'open'],
    ['missing', untold, 'open'],
    ['SAVINGS_PLAN', portfolioOrder('NEW', { initiationFlow: 'SAVINGS_PLAN' }), 'adopted'],
    ['AUTO_INVESTMENT', portfolioOrder('NEW', { initiationFlow: 'AUTO_INVESTMENT' }), 'adopted'],
  ];

  test.each(cases)('flow %s: the order is at once %3$s', (_flow, observation, identity) => {
    const life = after(fresh(), T + 3, observation);
    expect(identityOf(life)).toBe(identity);
    expect(life.adoptedAt).toBe(identity === 'adopted' ? T + 3 : undefined);
    expect(emissionPlan(life, T + 3, policies).due).toHaveLength(identity === 'adopted' ? 1 : 0);
  });

  test('a child alone decides nothing', () => {
    expect(identityOf(after(fresh(), T, order('NEW')))).toBe('open');
  });

  test('an open order emits nothing, not even what waited long, and asks when its grace time is over', () => {
    const life = after(fresh(), T, portfolioOrder('NEW'));
    expect(alarmOf(life, T)).toBe(T + 60_000);
    expect(emissionPlan(life, T + 999_999, policies)).toEqual({ due: [], held: life.emission.outbox });
    expect(needsPlacementAnswer(life, T + 59_999)).toBe(false);
    expect(needsPlacementAnswer(life, T + 60_000)).toBe(true);
  });

  test('while there is nothing to emit nobody has to be asked', () => {
    expect(needsPlacementAnswer(after(fresh(), T, order('NEW')), T + 999_999)).toBe(false);
  });

  test('nor while only children are known: the account that finds a placement is not', () => {
    const told = after(newLife(PORTFOLIO_ORDER, T, policies, 'orders'), T, order('NEW'));
    expect(told.emission.outbox).toHaveLength(1);
    expect(needsPlacementAnswer(told, T + 999_999)).toBe(false);
    expect(alarmOf(told, T)).not.toBe(T + 60_000);
    expect(needsPlacementAnswer(after(told, T, portfolioOrder('NEW')), T + 60_000)).toBe(true);
  });

  test('a placement under way is waited for once more; without one the order is adopted', () => {
    const life = after(fresh(), T, portfolioOrder('NEW'));
    const waiting = withPlacementAnswer(life, true, T + 60_000, 60_000);
    expect(identityOf(waiting)).toBe('open');
    expect(needsPlacementAnswer(waiting, T + 119_999)).toBe(false);
    expect(alarmOf(waiting, T + 60_000)).toBe(T + 120_000);
    const adopted = withPlacementAnswer(life, false, T + 60_000, 60_000);
    expect(identityOf(adopted)).toBe('adopted');
    expect(emissionPlan(adopted, T + 60_000, policies).due).toHaveLength(1);
    expect(needsPlacementAnswer(adopted, T + 999_999)).toBe(false);
  });

  test('a placed order emits at once and waits for nobody', () => {
    const life = placedLife();
    expect(emissionPlan(life, T, policies).due).toHaveLength(1);
    expect(alarmOf(life, T)).toBeUndefined();
    expect(needsPlacementAnswer(life, T + 999_999)).toBe(false);
  });

  test('a held status is the next deadline', () => {
    const life = emitted(placedLife(), T);
    expect(alarmOf(after(life, T + 500, portfolioOrder('FILLED')), T + 500)).toBe(T + 30_500);
  });
});

describe('a batch', () => {
  const life = placedLife(portfolioOrder('PROCESSING'), portfolioOrder('SETTLED'));
  const sending = frozen(withBatch(life, [built('NEW'), built('PROCESSING')], 'SP-2026-000481'));

  test('moves from the outbox into flight with its bytes, under a fixed reference', () => {
    expect(owed(sending)).toEqual(['SETTLED']);
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
          { id: 'id-of-nobody', outcome: 'accepted' },
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
    const [entry] = life.emission.outbox;
    if (entry === undefined) throw new Error('nothing is owed');
    const filed = withUnbuildable(life, entry, 'too many digits', T);
    expect(owed(filed)).toEqual(['PROCESSING', 'SETTLED']);
    expect(filed.emission.refused).toEqual([
      { status: 'NEW', refusal: { message: 'too many digits', at: iso(T) } },
    ]);
  });
});

describe('the end', () => {
  const settled = placedLife(
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
  const obstacles: [string, OrderLife][] = [
    ['an event is owed', settled],
    ['an event is in flight', { ...over, emission: { ...emission, inFlight: [built('SETTLED')] } }],
    [
      'an event was refused',
      { ...over, emission: { ...emission, refused: [{ ...built('FILLED'), refusal: { message: '' } }] } },
    ],
    ['a message is unread', withObservations(over, [order('NEW')])],
    ['an execution is open', after(over, T, execution('FILLED', { id: executionId(2) }))],
    ['another child turned up', after(over, T, order('NEW', { id: childId(2) }))],
  ];
  test.each(obstacles)('does not come while %s', (_obstacle, life) => {
    expect(isOver(life)).toBe(false);
  });
});
