/** `design.md` 3: whatever the order, the repetition and the batches of observations, the end is the same. */
import { isDeepStrictEqual } from 'node:util';
import { array, assert, integer, property } from 'fast-check';
import { isFinishedAtBroker } from '../../src/domain/aggregate';
import { executedSums } from '../../src/domain/amounts';
import { changeRecord } from '../../src/domain/apply-observation';
import { factsToldAt } from '../../src/domain/executions';
import { findingsOf } from '../../src/domain/findings';
import type { ExecutionFacts, Observation } from '../../src/domain/observation';
import { emissionPlan, withBatch, withResults } from '../../src/domain/order-emission';
import { drainInbox, newLife, withObservations, type OrderLife } from '../../src/domain/order-life';
import { emptyRecord, type PortfolioOrderRecord, type SnapshotRow } from '../../src/domain/record';
import { decimal } from './decimals';
import { consistentLives, live, lives, seeds, type Life } from './lives';
import { apply, frozen, PORTFOLIO_ORDER } from './samples';
import { otherwise, withLosses } from './schedules';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200 };

/**
 * What has to converge: statuses, amounts, all other facts, the set of children, and the findings word for word.
 * Provenance (first proofs, causes) and numbers belong to the first to tell.
 */
function essence(record: PortfolioOrderRecord): unknown {
  const row = <S extends string>({
    unknownSeen,
    unreadableSeen,
    regression,
    ...one
  }: SnapshotRow<S>): object => ({
    ...one,
    reached: Object.keys(one.reached).sort(),
    regression: regression?.from,
  });
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  const { youngestOrder, ...whole } = record;
  return {
    ...row(whole),
    youngestOrder: [youngestOrder?.id, youngestOrder?.createdAt],
    orders: [...record.orders].sort(byId).map(({ number, ...order }) => ({
      ...row(order),
      executions: order.executions.map((one) => ({ ...row(one), toldAt: factsToldAt(one) })),
    })),
    findings: findingsOf(record)
      .map(({ code, subject, id, message }) => `${code} ${subject} ${id} ${message}`)
      .sort(),
    isFinished: isFinishedAtBroker(record),
  };
}

const recordOf = (
  observations: readonly Observation[],
  start = emptyRecord(PORTFOLIO_ORDER),
): PortfolioOrderRecord =>
  observations.reduce((record, observation) => changeRecord(record, observation).record, start);

function lifeOf(batches: readonly Observation[][]): OrderLife {
  return batches.reduce(
    (life, batch, index) => drainInbox(withObservations(life, batch), index),
    newLife(PORTFOLIO_ORDER, 0, policies),
  );
}

/** Statuses and amounts, which are what a reconcile is for. */
function statusesAndAmounts(record: PortfolioOrderRecord): unknown {
  const { status, cashAmount, currency, orders } = record;
  const ordersById = orders.map((order) => [
    order.id,
    [order.status, order.side, order.cashAmount, order.quantity, order.currency],
    order.executions.map((one) => [one.id, one.status, ...amountsOf(one)]),
  ]);
  return [status, cashAmount, currency, ordersById.sort()];
}

/** The same of the broker's own objects. */
function truthOf({ truth: { portfolioOrder, orders } }: Life): unknown {
  const { status, cashAmount, currency } = portfolioOrder;
  const ordersById = orders.map((order) => [
    order.id,
    [order.status, order.side, order.cashAmount, order.quantity, order.currency],
    order.executions.map((one) => [one.id, one.status, ...amountsOf(one)]),
  ]);
  return [status, cashAmount, currency, ordersById.sort()];
}

function amountsOf(one: Omit<ExecutionFacts, 'id' | 'status'>): unknown[] {
  return [
    one.side,
    one.cashAmount,
    one.currency,
    one.shareQuantity,
    one.price,
    one.taxes,
    one.settlementDate,
  ];
}

/** Per currency and side, in cents. */
function centsOf({ truth: { orders } }: Life): Record<string, bigint[]> {
  const sums: Record<string, bigint[]> = {};
  for (const { status, cashAmount, taxes = '0.00', side = '', currency } of orders.flatMap(
    (one) => one.executions,
  )) {
    if (status !== 'FILLED' && status !== 'SETTLED') continue;
    const [executed = 0n, settled = 0n, taxed = 0n] = sums[`${currency} ${side}`] ?? [];
    const cents = BigInt(cashAmount.replace('.', ''));
    const settledCents = status === 'SETTLED' ? cents : 0n;
    sums[`${currency} ${side}`] = [
      executed + cents,
      settled + settledCents,
      taxed + BigInt(taxes.replace('.', '')),
    ];
  }
  return sums;
}

/** As `toStrictEqual`, which takes most of the time of a run where there is nothing to show. */
function expectSame(one: unknown, other: unknown): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toStrictEqual(other);
}

function byId(record: PortfolioOrderRecord): PortfolioOrderRecord {
  return { ...record, orders: [...record.orders].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** So that each rule sees children, losses, duplicates and pauses also in a small run. */
const FEWEST_RUNS = 10;

/**
 * Declares the tests. Lives differ from run to run; a failure names its seed.
 *
 * @param share of 2,110 generated lives
 */
export function convergence(share: number): void {
  const runs = (full: number): number => Math.max(FEWEST_RUNS, Math.round(full * share));

  test('shuffled, repeated and in other batches, a life ends in the same record and findings', () => {
    assert(
      property(lives, seeds, (plan, seed) => {
        const { told } = live(plan);
        expectSame(essence(lifeOf(otherwise(told, seed)).record), essence(recordOf(told)));
      }),
      { numRuns: runs(700) },
    );
  });

  test('with losses, one reconcile makes statuses and amounts those of the broker, whatever still comes after it', () => {
    assert(
      property(consistentLives, seeds, (plan, seed) => {
        const life = live(plan);
        const kept = otherwise(withLosses(life.told, seed), seed).flat();
        const reconciled = recordOf(life.answers, recordOf(kept));
        expectSame(statusesAndAmounts(byId(reconciled)), truthOf(life));
        const late = recordOf(otherwise(life.told, seed + 1).flat(), reconciled);
        expectSame(statusesAndAmounts(byId(late)), truthOf(life));
      }),
      { numRuns: runs(600) },
    );
  });

  test('sums of executions per currency and side are those of the broker, to the cent', () => {
    assert(
      property(consistentLives, seeds, (plan, seed) => {
        const life = live(plan);
        const sums = executedSums(recordOf(otherwise(life.told, seed).flat()));
        const cents = (amount: string): bigint =>
          BigInt((amount.includes('.') ? amount : `${amount}.00`).replace('.', ''));
        const told = sums.map(({ currency, side = '', executed, settled, taxes }) => [
          `${currency} ${side}`,
          [cents(executed), cents(settled), cents(taxes)],
        ]);
        expect(Object.fromEntries(told)).toEqual(centsOf(life));
        for (const { executed } of sums) expect(executed).toBe(decimal(cents(executed), 2));
      }),
      { numRuns: runs(300) },
    );
  });

  test('told a second time, in whichever order, a life changes nothing at all', () => {
    assert(
      property(lives, seeds, (plan, seed) => {
        const { told } = live(plan);
        const record = frozen(recordOf(told));
        let again = record;
        const news: unknown[] = [];
        for (const observation of frozen(otherwise(told, seed)).flat()) {
          const applied = changeRecord(again, observation);
          news.push(...applied.transitions);
          again = frozen(applied.record);
        }
        expect(news).toEqual([]);
        expectSame(again, record);
        expect(findingsOf(again)).toStrictEqual(findingsOf(record));
      }),
      { numRuns: runs(100) },
    );
  });

  test('every status reached is told once as a transition, by its row; and every finding that stays was told', () => {
    assert(
      property(lives, seeds, (plan, seed) => {
        let record = emptyRecord(PORTFOLIO_ORDER);
        const told: string[] = [];
        const found = new Set<string>();
        for (const observation of otherwise(live(plan).told.slice(0, 60), seed).flat()) {
          const applied = apply(record, observation);
          record = applied.record;
          told.push(...applied.transitions.map((one) => `${one.subject} ${one.id} ${one.status}`));
          for (const { status, step } of applied.transitions) expect(step.to).toBe(status);
          applied.findings.forEach((one) => found.add(`${one.code} ${one.id} ${one.message}`));
        }
        const orders = record.orders.flatMap((one) => [one, ...one.executions]);
        const reached = [record, ...orders].flatMap((one) => Object.keys(one.reached));
        expect(told).toHaveLength(reached.length);
        expect(new Set(told).size).toBe(told.length);
        for (const one of findingsOf(record)) expect(found).toContain(`${one.code} ${one.id} ${one.message}`);
      }),
      { numRuns: runs(60) },
    );
  });

  test('a life survives JSON on the way: nothing is lost in the engine', () => {
    assert(
      property(lives, seeds, (plan, seed) => {
        let life = newLife(PORTFOLIO_ORDER, 0, policies);
        for (const [index, batch] of otherwise(live(plan).told, seed).entries()) {
          const full = withObservations(life, batch);
          life = drainInbox(full, index);
          if (index % 8 === 0) expectSame(JSON.parse(JSON.stringify(full)), full);
        }
        expectSame(JSON.parse(JSON.stringify(life)), life);
      }),
      { numRuns: runs(50) },
    );
  });

  test('ESW is told rising statuses only, each at most once, and in the end the one of the record', () => {
    const ranks = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'];
    assert(
      property(
        lives,
        seeds,
        array(integer({ min: 0, max: 45_000 }), { minLength: 1 }),
        (plan, seed, pauses) => {
          const batches = otherwise(live(plan).told, seed);
          let life: OrderLife = { ...newLife(PORTFOLIO_ORDER, 0, policies), adoptedAt: 0 };
          let now = 0;
          for (const [index, batch] of [...batches, []].entries()) {
            now += index < batches.length ? (pauses[index % pauses.length] ?? 0) : 30_000;
            life = drainInbox(withObservations(life, batch), now);
            const due = emissionPlan(life, now, policies).due.map(({ status }) => ({
              status,
              id: status,
              body: '',
            }));
            const results = due.map(({ id }) => ({ id, outcome: 'accepted' as const }));
            life = withResults(withBatch(life, due, 'R'), results, now);
          }
          const told = life.emission.accepted.map((event) => event.status);
          expect(told).toEqual(ranks.filter((status) => told.includes(status as (typeof told)[number])));
          expect(told.at(-1)).toBe(life.record.status);
          expect(life.emission).toMatchObject({ outbox: [], inFlight: [] });
          expect(told.filter((status) => !(status in life.record.reached))).toEqual([]);
        },
      ),
      { numRuns: runs(300) },
    );
  });
}
