/** `design.md` 3: whatever the order, the repetition and the batches of observations, the end is the same. */
import { array, assert, integer, property } from 'fast-check';
import { isFinishedAtBroker } from '../../src/domain/aggregate';
import { findingsOf } from '../../src/domain/findings';
import {
  drainInbox,
  emissionPlan,
  newLife,
  withBatch,
  withObservations,
  withResults,
  type OrderLife,
} from '../../src/domain/order-life';
import type { PortfolioOrderRecord, Row } from '../../src/domain/record';
import { RUNS, twiceTold } from './lives';
import { apply, frozen, PORTFOLIO_ORDER, recordOf } from './samples';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200 };

/** What has to converge: statuses, amounts and the set of children; provenance and numbers belong to the first to tell. */
function essence(record: PortfolioOrderRecord): unknown {
  const row = <S extends string>(one: Row<S>): object => ({
    ...one,
    reached: Object.keys(one.reached).sort(),
  });
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  return {
    ...row(record),
    orders: [...record.orders]
      .sort(byId)
      .map(({ number, ...order }) => ({ ...row(order), executions: order.executions.map(row) })),
    findings: findingsOf(record)
      .map((finding) => `${finding.code} ${finding.subject} ${finding.id}`)
      .sort(),
    isFinished: isFinishedAtBroker(record),
  };
}

function lifeOf(batches: readonly unknown[][]): OrderLife {
  return batches.reduce<OrderLife>(
    (life, batch, index) => drainInbox(withObservations(frozen(life), frozen(batch)), index),
    newLife(PORTFOLIO_ORDER, 0, policies),
  );
}

test('shuffled, repeated and in other batches, a life ends in the same statuses, amounts, children and findings', () => {
  assert(
    property(twiceTold, ({ inOrder, otherwise }) => {
      expect(essence(lifeOf(otherwise).record)).toStrictEqual(essence(recordOf(...inOrder)));
    }),
    RUNS,
  );
});

test('told a second time, in whichever order, a life changes nothing at all', () => {
  assert(
    property(twiceTold, ({ inOrder, otherwise }) => {
      const record = recordOf(...inOrder);
      let again = record;
      const news: unknown[] = [];
      for (const observation of otherwise.flat()) {
        const applied = apply(again, observation);
        news.push(...applied.transitions, ...applied.findings);
        again = applied.record;
      }
      expect(news).toEqual([]);
      expect(again).toStrictEqual(record);
    }),
    { numRuns: 100 },
  );
});

test('every status reached is told once as a transition, and every finding that stays was told', () => {
  assert(
    property(twiceTold, ({ otherwise }) => {
      let record = recordOf();
      const told: string[] = [];
      const found = new Set<string>();
      for (const observation of otherwise.flat()) {
        const applied = apply(record, observation);
        record = applied.record;
        told.push(...applied.transitions.map((one) => `${one.subject} ${one.id} ${one.status}`));
        applied.findings.forEach((one) => found.add(`${one.code} ${one.id}`));
      }
      const orders = record.orders.flatMap((one) => [one, ...one.executions]);
      const reached = [record, ...orders].flatMap((one) => Object.keys(one.reached));
      expect(told).toHaveLength(reached.length);
      expect(new Set(told).size).toBe(told.length);
      for (const one of findingsOf(record)) expect(found).toContain(`${one.code} ${one.id}`);
    }),
    { numRuns: 100 },
  );
});

test('a life survives JSON on the way: nothing is lost in the engine', () => {
  assert(
    property(twiceTold, ({ otherwise }) => {
      let life = newLife(PORTFOLIO_ORDER, 0, policies);
      for (const [index, batch] of otherwise.entries()) {
        const full = withObservations(life, batch);
        life = drainInbox(full, index);
        if (index % 4 === 0) expect(JSON.parse(JSON.stringify(full))).toStrictEqual(full);
      }
      expect(JSON.parse(JSON.stringify(life))).toStrictEqual(life);
    }),
    { numRuns: 50 },
  );
});

test('ESW is told rising statuses only, each at most once, and in the end the one of the record', () => {
  const ranks = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'];
  assert(
    property(
      twiceTold,
      array(integer({ min: 0, max: 45_000 }), { minLength: 1 }),
      ({ otherwise }, pauses) => {
        let life: OrderLife = { ...newLife(PORTFOLIO_ORDER, 0, policies), adoptedAt: 0 };
        let now = 0;
        for (const [index, batch] of [...otherwise, []].entries()) {
          now += index < otherwise.length ? (pauses[index % pauses.length] ?? 0) : 30_000;
          life = drainInbox(withObservations(life, batch), now);
          const due = emissionPlan(life, now, policies).due.map(({ status }) => ({
            status,
            id: status,
            body: '',
          }));
          const results = due.map(({ id }) => ({ id, outcome: 'accepted' as const }));
          life = withResults(withBatch(life, due, 'R'), results);
        }
        const told = life.emission.accepted.map((event) => event.status);
        expect(told).toEqual(ranks.filter((status) => told.includes(status as (typeof told)[number])));
        expect(told.at(-1)).toBe(life.record.status);
        expect(life.emission).toMatchObject({ outbox: [], inFlight: [] });
        expect(told.filter((status) => life.record.reached[status] === undefined)).toEqual([]);
      },
    ),
    RUNS,
  );
});
