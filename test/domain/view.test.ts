/** What people are shown, and how large it gets: `design.md` 4, 8 and 11. */
import { attentionCodes, attentionsOf } from '../../src/domain/attention';
import { describe as describeLife } from '../../src/domain/describe';
import { packLife, unpackLife } from '../../src/domain/packed-life';
import type { Observation } from '../../src/domain/observation';
import {
  drainInbox,
  newLife,
  withObservations,
  withPlaced,
  type OrderLife,
} from '../../src/domain/order-life';
import { timelineOf } from '../../src/domain/timeline';
import { viewOf } from '../../src/domain/view';
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
} from './samples';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200 };
const fresh = newLife(PORTFOLIO_ORDER, 0, policies);
const lifeOf = (...observations: Observation[]): OrderLife =>
  frozen(drainInbox(withObservations(fresh, observations), 0));
const placedLife = (...observations: Observation[]): OrderLife => {
  const observation = portfolioOrder('NEW', { source: placement, at: at(0) });
  const placed = { reference: 'SP-1', requestedAt: at(0), observation };
  return frozen(drainInbox(withObservations(withPlaced(fresh, placed, 0), observations), 0));
};
const settledEvents = [
  portfolioOrder('PROCESSING', { at: at(2) }),
  order('FILLED', { at: at(3), executions: [facts('SETTLED', { transactionTime: at(3) })] }),
  portfolioOrder('FILLED', { at: at(4) }),
  portfolioOrder('SETTLED', { at: at(5) }),
];
/** As after ESW's answers: everything owed was accepted. */
const accepted = (life: OrderLife): OrderLife => ({
  ...life,
  emission: {
    ...life.emission,
    outbox: [],
    accepted: life.emission.outbox.map(({ status }) => ({ status, id: `id-${status}` })),
  },
});

/** Every child with the events of the happy path, all by webhook, each first seen in its own event. */
function settledLife(children: number): OrderLife {
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
  const told = (status: string) =>
    each((n, id) =>
      order(status, {
        id,
        source: source(n),
        at: at(2),
        updatedAt: at(1.5),
        instrumentId: 'IE00B3XXRP09',
        cashAmount: '12345.67',
        currency: 'EUR',
      }),
    );
  return placedLife(
    portfolioOrder('PROCESSING', { at: at(1), updatedAt: at(1) }),
    ...told('NEW'),
    ...told('PROCESSING'),
    ...each((n, id) => execution('FILLED', bought(n, id), { source: source(n) })),
    ...told('FILLED'),
    portfolioOrder('FILLED', { at: at(4), updatedAt: at(4) }),
    ...each((n, id) => execution('SETTLED', bought(n, id), { source: source(n) })),
    portfolioOrder('SETTLED', { at: at(5), updatedAt: at(5) }),
  );
}

test('the view says who, what, how far and what is owed', () => {
  const life = placedLife(
    portfolioOrder('PROCESSING', { at: at(2) }),
    order('FILLED', { executions: [facts('SETTLED'), facts('FILLED', { id: executionId(2) })] }),
    order('CANCELLED', { id: childId(2) }),
    order('NEW', { id: childId(3) }),
  );
  expect(viewOf(life)).toMatchObject({
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
  expect(viewOf(life).reached.map((one) => [one.status, one.by])).toEqual([
    ['NEW', 'placement'],
    ['PROCESSING', 'webhook'],
  ]);
});

test('statuses and steps are told in the order of the broker, not of arrival', () => {
  const life = lifeOf(
    portfolioOrder('FILLED', { at: at(4) }),
    portfolioOrder('NEW', { at: at(1) }),
    order('FILLED', { at: at(3) }),
    portfolioOrder('PROCESSING', { at: at(2) }),
    execution('SETTLED', {}, { at: at(2.5) }),
  );
  expect(viewOf(life).reached.map((one) => one.status)).toEqual(['NEW', 'PROCESSING', 'FILLED']);
  expect(timelineOf(life).map((step) => `${step.subject} ${step.status}`)).toEqual([
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
const done = accepted(placedLife(...settledEvents));
const waits: [string, OrderLife, RegExp][] = [
  ['nobody, at the end', done, /^Nothing/],
  ['the broker', placedLife(), /^The broker: portfolio order is NEW/],
  ['its placement', lifeOf(portfolioOrder('NEW'), portfolioOrder('CANCELLED')), /^Its placement/],
  ['ESW', placedLife(...settledEvents), /^ESW to accept NEW, PROCESSING, FILLED, SETTLED\.$/],
  ['an operator', { ...done, emission: { ...done.emission, refused: [refused] } }, /^An operator: .*NEW/],
];
test.each(waits)('an order that waits for %s says so', (_whom, life, sentence) => {
  expect(viewOf(life).waitingFor).toMatch(sentence);
  expect(describeLife(life)).toContain(viewOf(life).waitingFor);
  expect(viewOf(life).finished).toBe(life === done);
});

test('attention names refused events and unusable messages besides the findings, sorted and once each', () => {
  const mistrades = [1, 2].map((n) => execution('CANCELLED', { id: executionId(n) }));
  const life = withObservations(placedLife(...mistrades, refusal()), [null]);
  const withRefused = { ...life, emission: { ...life.emission, refused: [refused] } };
  expect(attentionCodes(attentionsOf(withRefused))).toEqual([
    'EMISSION_REFUSED',
    'MISTRADE',
    'UNUSABLE_MESSAGE',
  ]);
  expect(attentionsOf(fresh)).toEqual([]);
});

test('of a refused event the answer is shown, not its bytes', () => {
  const life = { ...done, emission: { ...done.emission, refused: [refused] } };
  const { body, ...shown } = refused;
  expect(viewOf(life).fulfillment.refused).toStrictEqual([shown]);
  expect(JSON.stringify(viewOf(life))).not.toContain(body);
});

const lives: [string, OrderLife][] = [
  ['a new life', fresh],
  ['an order known by one child', lifeOf(execution('HALTED'), refusal({ reason: 'TOO_LATE' }))],
  ['a settled order', done],
  ['an order with refused events', { ...done, emission: { ...done.emission, refused: [refused] } }],
  ['an adopted order', lifeOf(portfolioOrder('NEW', { initiationFlow: 'SAVINGS_PLAN' }))],
  ['500 children', settledLife(500)],
];
test.each(lives)('%s and its view survive JSON', (_name, life) => {
  const view = viewOf(life);
  expect(JSON.parse(JSON.stringify(life))).toStrictEqual(life);
  expect(JSON.parse(JSON.stringify(view))).toStrictEqual(view);
  expect(describeLife(life)).not.toMatch(/undefined|null|\[object/);
});

test('what 500 settled children are handed over as, and shown as, stays below 512 KiB', () => {
  const life = settledLife(500);
  expect(viewOf(life).progress).toEqual({ orders: 500, final: 500, executions: 500, settled: 500 });
  const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
  expect(sizeOf(packLife(life))).toBeLessThan(512 * 1024);
  expect(sizeOf(viewOf(life))).toBeLessThan(512 * 1024);
  expect(unpackLife(packLife(life))).toEqual(life);
});

describe('the details for the Web UI', () => {
  const rowsIn = (text: string): string[] => text.split('\n').filter((line) => /^\| \d/.test(line));

  test('show summary, children and the last steps', () => {
    const text = describeLife(done);
    expect(text).toContain('**BUY 1000.00 EUR** is **SETTLED**, reference `SP-1`');
    expect(text).toContain('Orders final: 1 of 1; executions settled: 1 of 1');
    expect(text).toContain('ESW: accepted NEW, PROCESSING, FILLED, SETTLED');
    expect(rowsIn(text)).toEqual([`| 1 | ${childId(1)} | BUY | FILLED | 450.10 EUR SETTLED |`]);
    expect(text).toContain(
      `- ${at(3).replace('.000', '')} order 1: FILLED, told by webhook (\`order:START>FILLED\`)`,
    );
    expect(text).toContain(
      `- ${at(5).replace('.000', '')} portfolio order: SETTLED, told by webhook (\`portfolio-order:FILLED>SETTLED\`)`,
    );
  });

  test('list at most 50 children and 10 steps, and count the rest', () => {
    const text = describeLife(settledLife(51));
    expect(rowsIn(text)).toHaveLength(50);
    expect(text).toContain('… and 1 more');
    expect(text.split('\n').filter((line) => line.startsWith('- 20'))).toHaveLength(10);
    expect(rowsIn(describeLife(settledLife(50)))).toHaveLength(50);
    expect(describeLife(settledLife(50))).not.toContain('more');
  });

  test('stay small, however many children and findings there are', () => {
    const refusals = Array.from({ length: 500 }, (_, n) => refusal({ orderId: childId(n + 1) }));
    const text = describeLife(placedLife(...refusals));
    expect(text.split('\n').filter((line) => line.includes('CANCELLATION_REFUSED'))).toHaveLength(10);
    expect(text).toContain('… and 490 more');
    expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024);
  });
});
