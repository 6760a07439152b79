/** Expectations: references/esw.md#order-of-events, docs/fulfilment.md#special-cases. */
import { array, assert, boolean, constantFrom, property, shuffledSubarray } from 'fast-check';
import { EVENT_DETAILS, type EventDetail } from '../../../src/domain/order-event/topic';
import { isFinishedAtBroker } from '../../../src/domain/broker/completion';
import { reorderedBatches } from '../calendar/schedules';
import { generateOrder, orderPlans, seeds } from '../generated-orders';
import { build, whole } from '../order-event/built-events';
import { at, childId, execution, executionId, facts, order, portfolioOrder } from '../samples';
import { completed, emptyLife, ownEvents, reported, sent, type EswLife } from './esw-life';
import type { Observation } from '../../../src/domain/broker/observation';

const GRACE = 30_000;
const parent = (status: string, seconds: number): Observation =>
  portfolioOrder(status, { at: at(seconds), updatedAt: at(seconds) });
const trade = (status: string, n: number, seconds: number, more = {}): Observation =>
  execution(status, { of: childId(n), id: executionId(n), ...more }, { at: at(seconds) });
const child = (status: string, n: number, seconds: number): Observation =>
  order(status, { id: childId(n), at: at(seconds), updatedAt: at(seconds) });
const filled = (n: number): Observation[] => [
  child('NEW', n, 2),
  child('PROCESSING', n, 3),
  trade('FILLED', n, 4),
  order('FILLED', {
    id: childId(n),
    at: at(5),
    updatedAt: at(5),
    executions: [facts('FILLED', { id: executionId(n) })],
  }),
];
const settled = [
  parent('NEW', 1),
  parent('PROCESSING', 2),
  ...filled(1),
  ...filled(2),
  parent('FILLED', 6),
  trade('SETTLED', 1, 7),
  trade('SETTLED', 2, 7),
  parent('SETTLED', 8),
];

function lifeOf(detail: EventDetail, ...observations: Observation[]): EswLife {
  return completed(reported(emptyLife(detail), observations), GRACE);
}

/** Status, and balances as name and amount, of the last event of the portfolio order. */
function lastWord(life: EswLife): unknown {
  const last = ownEvents(life).at(-1);
  const charges = last?.balances?.balancesInCurrency[0]?.charges ?? [];
  return [
    last?.status,
    last?.lastTransaction.type,
    Object.fromEntries(charges.map(({ name, value }) => [name, value.amount])),
  ];
}

describe.each(EVENT_DETAILS)('with detail %s, after the end', (detail) => {
  const ended = lifeOf(detail, ...settled);
  const news = (...observations: Observation[]): EswLife =>
    completed(reported(ended, observations, GRACE), 2 * GRACE);

  test('ESW has the whole sum', () => {
    expect(lastWord(ended)).toEqual([
      'Settled',
      'OrderSettled',
      { Ordered: 1000, Executed: 900.2, Settled: 900.2, BalanceDue: 0 },
    ]);
  });

  test('a mistrade is corrected by one event with the true balances (14.13)', () => {
    const after = news(trade('CANCELLED', 2, 900));
    expect(ownEvents(after)).toHaveLength(ownEvents(ended).length + 1);
    expect(lastWord(after)).toEqual([
      'Settled',
      'OrderCorrected',
      { Ordered: 1000, Executed: 450.1, Settled: 450.1, BalanceDue: 0 },
    ]);
    expect(ownEvents(after).at(-1)).toMatchObject({ creationDateTime: at(900) });
    expect(after.received.at(-1)).toBe(ownEvents(after).at(-1));
  });

  test('a corrected amount is reported, too, once its execution is final (14.42)', () => {
    const corrected = trade('SETTLED', 2, 900, { cashAmount: '450.00' });
    expect(lastWord(news(corrected))).toMatchObject(['Settled', 'OrderCorrected', { Settled: 900.1 }]);
    const open = trade('FILLED', 3, 901, { of: childId(1), cashAmount: '1.00' });
    const waiting = news(corrected, open);
    expect(ownEvents(waiting)).toEqual(ownEvents(ended));
    const done = reported(waiting, [trade('SETTLED', 3, 902, { of: childId(1), cashAmount: '1.00' })], GRACE);
    expect(lastWord(completed(done, 3 * GRACE))).toMatchObject([
      'Settled',
      'OrderCorrected',
      { Settled: 901.1 },
    ]);
  });

  test('each further change is a correction of its own (14.13)', () => {
    const first = news(trade('CANCELLED', 2, 900));
    const second = completed(reported(first, [trade('CANCELLED', 1, 950)], 2 * GRACE), 3 * GRACE);
    const ids = ownEvents(second).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(lastWord(second)).toEqual([
      'Settled',
      'OrderCorrected',
      { Ordered: 1000, Executed: 0, Settled: 0, BalanceDue: 0 },
    ]);
  });

  test('what is known already, other notations and other facts bring no event', () => {
    const same = { cashAmount: '450.1000', settlementDate: '2026-03-09', taxes: '1.00' };
    expect(news(...settled, trade('SETTLED', 2, 900, same)).received).toEqual(ended.received);
  });

  test('a run of the earlier rules sends no correction; the next run begins with what was true before', () => {
    const { reportedEnd: _reportedEnd, ...emission } = ended.state.emission;
    const old = { ...ended, state: { ...ended.state, emission, revision: 0 } };
    const mistrade = [trade('CANCELLED', 2, 900)];
    expect(ownEvents(completed(reported(old, mistrade, GRACE), 2 * GRACE))).toEqual(ownEvents(ended));
    const next = { ...old, state: { ...old.state, revision: 1 } };
    expect(lastWord(completed(reported(next, mistrade, GRACE), 2 * GRACE))).toMatchObject([
      'Settled',
      'OrderCorrected',
      { Executed: 450.1 },
    ]);
  });
});

describe('CANCELLED, fills and SETTLED (14.55)', () => {
  const contradiction = [
    parent('NEW', 1),
    parent('PROCESSING', 2),
    ...filled(1),
    parent('CANCELLED', 6),
    trade('SETTLED', 1, 7),
    parent('SETTLED', 8),
  ];

  test('SETTLED after the final settlement event corrects it', () => {
    const closed = lifeOf('orders', ...contradiction.slice(0, -1));
    expect(lastWord(closed)).toMatchObject(['Cancelled', 'OrderClosed', { Settled: 450.1 }]);
    const after = completed(reported(closed, contradiction.slice(-1), GRACE), 2 * GRACE);
    expect(lastWord(after)).toMatchObject(['Settled', 'OrderCorrected', { Settled: 450.1, BalanceDue: 0 }]);
  });

  test('a final settlement event that was not sent yet gives way to SETTLED', () => {
    const pending = reported(emptyLife('orders'), contradiction.slice(0, -1));
    const after = completed(reported(pending, contradiction.slice(-1)), GRACE);
    expect(ownEvents(after).map((one) => one.lastTransaction.type)).not.toContain('OrderClosed');
    expect(lastWord(after)).toMatchObject(['Settled', 'OrderSettled', { Settled: 450.1 }]);
  });

  test('end at ESW as SETTLED, in whatever order they arrive and whenever events are sent', () => {
    assert(
      property(
        shuffledSubarray(contradiction, { minLength: contradiction.length }),
        array(boolean(), { minLength: contradiction.length, maxLength: contradiction.length }),
        constantFrom(...EVENT_DETAILS),
        (observations, isSentNow, detail) => {
          let life = emptyLife(detail);
          for (const [index, observation] of observations.entries()) {
            life = reported(life, [observation], index * GRACE);
            if (isSentNow[index] === true) life = completed(life, index * GRACE);
          }
          const end = completed(life, 99 * GRACE);
          expect(lastWord(end)).toMatchObject([
            'Settled',
            expect.anything(),
            { Executed: 450.1, Settled: 450.1 },
          ]);
          expect(end.state.emission.outbox).toEqual([]);
        },
      ),
    );
  });
});

test('the last word of every finished order is its status with its true balances, whatever arrives when (14.55)', () => {
  let finished = 0;
  assert(
    property(
      orderPlans,
      seeds,
      array(boolean(), { minLength: 1 }),
      constantFrom(...EVENT_DETAILS),
      (plan, seed, isSentNow, detail) => {
        let life = emptyLife(detail);
        const batches = reorderedBatches(generateOrder(plan).reported, seed);
        for (const [index, batch] of batches.entries()) {
          life = reported(life, batch, index * GRACE);
          if (isSentNow[index % isSentNow.length] === true) life = sent(life, index * GRACE);
        }
        const { state, received } = completed(life, batches.length * GRACE);
        expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
        if (!isFinishedAtBroker(state.record)) return;
        finished += 1;
        const last = ownEvents({ state, received }).at(-1);
        const truth = build(state.record, whole('CORRECTED-99'), { settings: { detail } });
        expect([last?.status, last?.balances, last?.financialTransactions]).toEqual([
          truth.status,
          truth.balances,
          truth.financialTransactions,
        ]);
      },
    ),
    { numRuns: 150 },
  );
  expect(finished).toBeGreaterThan(10);
});
