/**
 * What people are shown, and how large it gets: docs/architecture.md#portfolioorder, docs/http-api.md and
 * docs/architecture.md#what-an-order-costs.
 */
import { attentionCodes, attentionsOf } from '../../../src/domain/operator/attentions';
import { describe as describeState } from '../../../src/domain/views/web-ui-details';
import { encodeState, decodeState } from '../../../src/domain/order-state/state-codec';
import type { Observation } from '../../../src/domain/broker/observation';
import {
  drainInbox,
  initialState,
  withObservations,
  withPlacement,
} from '../../../src/domain/order/transitions';
import { timelineOf } from '../../../src/domain/views/timeline';
import { viewOf } from '../../../src/domain/views/order-view';
import {
  at,
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
  webhook,
} from '../samples';
import type { OrderState } from '../../../src/domain/order-state/state';
import { deadlines } from '../order/waiting';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200, deadlines };
const fresh = initialState(PORTFOLIO_ORDER, 0, policies, 'portfolio');
const stateOf = (...observations: Observation[]): OrderState =>
  frozen(drainInbox(withObservations(fresh, observations), 0));
const placedState = (...observations: Observation[]): OrderState => {
  const observation = portfolioOrder('NEW', { source: placement, at: at(0) });
  const placed = { reference: 'SP-1', requestedAt: at(0), observation };
  return frozen(drainInbox(withObservations(withPlacement(fresh, placed, 0), observations), 0));
};
const settledEvents = [
  portfolioOrder('PROCESSING', { at: at(2) }),
  order('FILLED', { at: at(3), executions: [facts('SETTLED', { transactionTime: at(3) })] }),
  portfolioOrder('FILLED', { at: at(4) }),
  portfolioOrder('SETTLED', { at: at(5) }),
];
const T0 = new Date(0).toISOString();
/** As after ESW's answers: everything pending was accepted. */
const accepted = (state: OrderState): OrderState => ({
  ...state,
  emission: {
    ...state.emission,
    outbox: [],
    accepted: state.emission.outbox.map(({ status }) => ({ status, id: `id-${status}`, at: T0 })),
  },
});

/** Every child with the events of the happy path, all by webhook, each first seen in its own event. */
function settledState(children: number): OrderState {
  const source = (n: number) => webhook(n);
  const each = (tell: (n: number, id: string) => Observation): Observation[] =>
    Array.from({ length: children }, (_, index) => tell(index + 1, childId(index + 1)));
  const bought = (n: number, id: string) => ({
    id: executionId(n),
    of: id,
    cashAmount: '12345.67',
    taxes: '0',
    price: '113.0345',
    transactionTime: at(3),
    settlementDate: '2026-03-04',
  });
  const ordersWith = (status: string) =>
    each((n, id) =>
      order(status, {
        id,
        source: source(n),
        at: at(2),
        updatedAt: at(1.5),
        instrumentId: 'IE00B3XXRP09',
        cashAmount: '12345.67',
        currency: 'EUR',
        fee: '0.99',
      }),
    );
  return placedState(
    portfolioOrder('PROCESSING', { at: at(1), updatedAt: at(1) }),
    ...ordersWith('NEW'),
    ...ordersWith('PROCESSING'),
    ...each((n, id) => execution('FILLED', bought(n, id), { source: source(n) })),
    ...ordersWith('FILLED'),
    portfolioOrder('FILLED', { at: at(4), updatedAt: at(4) }),
    ...each((n, id) => execution('SETTLED', bought(n, id), { source: source(n) })),
    portfolioOrder('SETTLED', { at: at(5), updatedAt: at(5) }),
  );
}

test('the view says who, what, how far and what is pending', () => {
  const state = placedState(
    portfolioOrder('PROCESSING', { at: at(2) }),
    order('FILLED', { executions: [facts('SETTLED'), facts('FILLED', { id: executionId(2) })] }),
    order('CANCELLED', { id: childId(2) }),
    order('NEW', { id: childId(3) }),
  );
  expect(viewOf(state)).toMatchObject({
    portfolioOrderId: PORTFOLIO_ORDER,
    reference: 'SP-1',
    origin: 'placed',
    status: 'PROCESSING',
    cashAmount: '1000.00',
    progress: { orders: 3, final: 2, executions: 2, settled: 1 },
    fulfillment: { accepted: [], pending: ['NEW', 'PROCESSING'], refused: [] },
    finished: false,
    attention: ['MIXED_OUTCOME'],
    run: 1,
  });
  expect(viewOf(state).reached.map((one) => [one.status, one.by])).toEqual([
    ['NEW', 'placement'],
    ['PROCESSING', 'webhook'],
  ]);
});

test('statuses and steps are listed in broker order, not in order of arrival', () => {
  const state = stateOf(
    portfolioOrder('FILLED', { at: at(4) }),
    portfolioOrder('NEW', { at: at(1) }),
    order('FILLED', { at: at(3) }),
    portfolioOrder('PROCESSING', { at: at(2) }),
    execution('SETTLED', {}, { at: at(2.5) }),
  );
  expect(viewOf(state).reached.map((one) => one.status)).toEqual(['NEW', 'PROCESSING', 'FILLED']);
  expect(timelineOf(state).map((step) => `${step.subject} ${step.status}`)).toEqual([
    'portfolio-order NEW',
    'portfolio-order PROCESSING',
    'execution SETTLED',
    'order FILLED',
    'portfolio-order FILLED',
  ]);
});

const refused = {
  status: 'NEW' as const,
  id: 'id-NEW',
  body: 'the bytes',
  refusal: { status: 400, message: 'no' },
};
const done = accepted(placedState(...settledEvents));
const waits: [string, OrderState, RegExp][] = [
  ['nothing, at the end', done, /^Nothing/],
  ['the broker', placedState(), /^Upvest: portfolio order is NEW/],
  ['its placement', stateOf(portfolioOrder('NEW'), portfolioOrder('CANCELLED')), /^Its placement/],
  ['ESW', placedState(...settledEvents), /^ESW to accept NEW, PROCESSING, FILLED, SETTLED\.$/],
  ['an operator', { ...done, emission: { ...done.emission, refused: [refused] } }, /^An operator: .*NEW/],
];
test.each(waits)('an order that waits for %s says so', (_whom, state, sentence) => {
  expect(viewOf(state).waitingFor).toMatch(sentence);
  expect(describeState(state)).toContain(viewOf(state).waitingFor);
  expect(viewOf(state).finished).toBe(state === done);
});

test('attentions name findings, refused events and unusable messages, sorted and once each', () => {
  const mistrades = [1, 2].map((n) => execution('CANCELLED', { id: executionId(n) }));
  const state = withObservations(placedState(...mistrades, refusal()), [null]);
  const withRefused = { ...state, emission: { ...state.emission, refused: [refused] } };
  expect(attentionCodes(attentionsOf(withRefused))).toEqual([
    'EMISSION_REFUSED',
    'MISTRADE',
    'UNUSABLE_MESSAGE',
  ]);
  expect(attentionsOf(fresh)).toEqual([]);
});

test('of a refused event the answer is shown, not its bytes', () => {
  const state = { ...done, emission: { ...done.emission, refused: [refused] } };
  const { body, ...snapshot } = refused;
  expect(viewOf(state).fulfillment.refused).toStrictEqual([
    { ...snapshot, name: 'NEW', arrivesAfter: 'SETTLED' },
  ]);
  expect(JSON.stringify(viewOf(state))).not.toContain(body);
});

const states: [string, OrderState][] = [
  ['a new order', fresh],
  ['an order known by one child', stateOf(execution('HALTED'), refusal({ reason: 'TOO_LATE' }))],
  ['a settled order', done],
  ['an order with refused events', { ...done, emission: { ...done.emission, refused: [refused] } }],
  ['an adopted order', stateOf(portfolioOrder('NEW', { initiationFlow: 'SAVINGS_PLAN' }))],
  ['500 children', settledState(500)],
];
test.each(states)('%s and its view survive JSON', (_name, state) => {
  const view = viewOf(state);
  expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
  expect(JSON.parse(JSON.stringify(view))).toStrictEqual(view);
  expect(describeState(state)).not.toMatch(/undefined|null|\[object/);
});

test('the encoded state and the view of 500 settled children stay below 512 KiB', () => {
  const state = settledState(500);
  expect(viewOf(state).progress).toMatchObject({ orders: 500, final: 500, executions: 500, settled: 500 });
  const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
  expect(sizeOf(encodeState(state))).toBeLessThan(512 * 1024);
  expect(sizeOf(viewOf(state))).toBeLessThan(512 * 1024);
  expect(decodeState(encodeState(state))).toEqual(state);
});

describe('the details for the Web UI', () => {
  const rowsIn = (text: string): string[] => text.split('\n').filter((line) => /^\| \d/.test(line));

  test('show summary, children and the last steps', () => {
    const text = describeState(done);
    expect(text).toContain('**BUY 1000.00 EUR** is **SETTLED**, reference `SP-1`');
    expect(text).toContain('Orders final: 1 of 1; 1 of 1 executions settled, 450.10 of 1000.00 EUR');
    expect(text).toContain('ESW: accepted NEW, PROCESSING, FILLED, SETTLED');
    expect(rowsIn(text)).toEqual([`| 1 | ${childId(1)} | BUY | FILLED | 450.10 EUR SETTLED |`]);
    expect(text).toContain(
      `- ${at(3).replace('.000', '')} order 1: FILLED, reported by webhook (\`order:START>FILLED\`)`,
    );
    expect(text).toContain(
      `- ${at(5).replace('.000', '')} portfolio order: SETTLED, reported by webhook (\`portfolio-order:FILLED>SETTLED\`)`,
    );
  });

  test('list at most 50 children and 10 steps, and count the rest', () => {
    const text = describeState(settledState(51));
    expect(rowsIn(text)).toHaveLength(50);
    expect(text).toContain('… and 1 more');
    expect(text.split('\n').filter((line) => line.startsWith('- 20'))).toHaveLength(10);
    expect(rowsIn(describeState(settledState(50)))).toHaveLength(50);
    expect(describeState(settledState(50))).not.toContain('more');
  });

  test('form nothing of texts that come from the broker (14.37)', () => {
    const evil = '**a** [b](https://evil.example) <img src=x> | c\n\n# d\u202e';
    const state = stateOf(
      portfolioOrder(`MOON ${evil}`, { currency: evil, cancellationReason: evil }),
      order(`SUN ${evil}`, { instrumentId: evil, side: evil }),
    );
    const text = describeState(state);
    expect(text).toContain('evil.example');
    expect(text).not.toMatch(/(?<!\\)(?:[[<]|:\/\/)|^# |\*\*a|\u202e/m);
    expect(rowsIn(text)).toHaveLength(1);
  });

  test('stay small, however many children and findings there are', () => {
    const refusals = Array.from({ length: 500 }, (_, n) => refusal({ orderId: childId(n + 1) }));
    const text = describeState(placedState(...refusals));
    expect(text.split('\n').filter((line) => line.includes('CANCELLATION_REFUSED'))).toHaveLength(10);
    expect(text).toContain('… and 490 more');
    expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024);
  });
});
