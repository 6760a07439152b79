/** docs/rules.md: the result does not depend on order, repetition and batching of observations. */
import { isDeepStrictEqual } from 'node:util';
import { array, assert, integer, property } from 'fast-check';
import { isFinishedAtBroker } from '../../../src/domain/broker/completion';
import { executedSums } from '../../../src/domain/findings/amounts';
import { applyObservation } from '../../../src/domain/broker/apply-observation';
import { fieldsReportedAt } from '../../../src/domain/broker/execution-merge';
import { isCorrection } from '../../../src/domain/order-event/correction';
import { findingKey, findingsOf } from '../../../src/domain/findings/findings';
import type { ExecutionFacts, Observation } from '../../../src/domain/broker/observation';
import { dispatchPlan, withBatch, withResults } from '../../../src/domain/order/emission';
import { drainInbox, initialState, withObservations } from '../../../src/domain/order/transitions';
import {
  emptyRecord,
  type PortfolioOrderRecord,
  type SnapshotEntity,
} from '../../../src/domain/broker/record';
import { decimal } from '../values/decimals';
import { consistentPlans, generateOrder, orderPlans, seeds, type GeneratedOrder } from '../generated-orders';
import { apply, frozen, PORTFOLIO_ORDER } from '../samples';
import { reorderedBatches, withLosses } from '../calendar/schedules';
import type { OrderState } from '../../../src/domain/order-state/state';
import { asked, deadlines } from '../order/waiting';

const policies = { placedGraceMs: 60_000, predecessorGraceMs: 30_000, historyEventsPerRun: 1200, deadlines };

/**
 * The part that must converge: statuses, amounts, all other facts, the set of children, and the texts of findings.
 * Evidence, causes and numbers depend on the order of arrival.
 */
function convergentPart(record: PortfolioOrderRecord): unknown {
  const row = <S extends string>({
    unknownSeen,
    unreadableSeen,
    statusRegression,
    ...one
  }: SnapshotEntity<S>): object => ({
    ...one,
    reached: Object.keys(one.reached).sort(),
    statusRegression: statusRegression?.from,
  });
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  const { youngestOrder, ...whole } = record;
  return {
    ...row(whole),
    youngestOrder: [youngestOrder?.id, youngestOrder?.createdAt],
    orders: [...record.orders].sort(byId).map(({ number, ...order }) => ({
      ...row(order),
      executions: order.executions.map((one) => ({ ...row(one), reportedAt: fieldsReportedAt(one) })),
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
  observations.reduce((record, observation) => applyObservation(record, observation).record, start);

function stateOf(batches: readonly Observation[][]): OrderState {
  return batches.reduce(
    (state, batch, index) => drainInbox(withObservations(state, batch), index),
    initialState(PORTFOLIO_ORDER, 0, policies, 'portfolio'),
  );
}

/** Statuses and amounts, which reconciliation restores. */
function statusesAndAmounts(record: PortfolioOrderRecord): unknown {
  const { status, cashAmount, currency, orders } = record;
  const ordersById = orders.map((order) => [
    order.id,
    [order.status, order.side, order.cashAmount, order.quantity, order.currency, order.fee],
    order.executions.map((one) => [one.id, one.status, ...amountsOf(one)]),
  ]);
  return [status, cashAmount, currency, ordersById.sort()];
}

/** The same part of the broker's objects. */
function truthOf({ truth: { portfolioOrder, orders } }: GeneratedOrder): unknown {
  const { status, cashAmount, currency } = portfolioOrder;
  const ordersById = orders.map((order) => [
    order.id,
    [order.status, order.side, order.cashAmount, order.quantity, order.currency, order.fee],
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

/** Executed, settled, taxes and fees per currency and side, in cents. */
function centsOf({ truth: { orders } }: GeneratedOrder): Record<string, bigint[]> {
  const sums: Record<string, bigint[]> = {};
  const add = (group: string, amounts: bigint[]): void => {
    sums[group] = amounts.map((amount, index) => amount + (sums[group]?.[index] ?? 0n));
  };
  const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));
  for (const { executions, fee = '0.00', currency = '', side = '' } of orders) {
    if (cents(fee) > 0n) add(`${currency} ${side}`, [0n, 0n, 0n, cents(fee)]);
    for (const one of executions) {
      if (one.status !== 'FILLED' && one.status !== 'SETTLED') continue;
      const executed = cents(one.cashAmount);
      const settled = one.status === 'SETTLED' ? executed : 0n;
      add(`${one.currency} ${one.side ?? ''}`, [executed, settled, cents(one.taxes ?? '0.00'), 0n]);
    }
  }
  return sums;
}

/** Faster than `toStrictEqual` where both are equal. */
function expectSame(one: unknown, other: unknown): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toStrictEqual(other);
}

function byId(record: PortfolioOrderRecord): PortfolioOrderRecord {
  return { ...record, orders: [...record.orders].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Enough for children, losses, duplicates and pauses to occur in a small run. */
const FEWEST_RUNS = 10;

/**
 * Declares the tests. Generated orders differ from run to run; a failure prints its seed.
 *
 * @param share of 2,110 generated orders
 */
export function convergence(share: number): void {
  const runs = (full: number): number => Math.max(FEWEST_RUNS, Math.round(full * share));

  test('shuffled, repeated and in other batches, observations give the same record and findings', () => {
    assert(
      property(orderPlans, seeds, (plan, seed) => {
        const { reported } = generateOrder(plan);
        expectSame(
          convergentPart(stateOf(reorderedBatches(reported, seed)).record),
          convergentPart(recordOf(reported)),
        );
      }),
      { numRuns: runs(700) },
    );
  });

  test('after losses, one reconciliation restores statuses and amounts, and late events do not change them', () => {
    assert(
      property(consistentPlans, seeds, (plan, seed) => {
        const order = generateOrder(plan);
        const kept = reorderedBatches(withLosses(order.reported, seed), seed).flat();
        const reconciled = recordOf(order.answers, recordOf(kept));
        expectSame(statusesAndAmounts(byId(reconciled)), truthOf(order));
        const late = recordOf(reorderedBatches(order.reported, seed + 1).flat(), reconciled);
        expectSame(statusesAndAmounts(byId(late)), truthOf(order));
      }),
      { numRuns: runs(600) },
    );
  });

  test('sums per currency and side equal those of the broker, to the cent', () => {
    assert(
      property(consistentPlans, seeds, (plan, seed) => {
        const order = generateOrder(plan);
        const sums = executedSums(recordOf(reorderedBatches(order.reported, seed).flat()));
        const cents = (amount: string): bigint =>
          BigInt((amount.includes('.') ? amount : `${amount}.00`).replace('.', ''));
        const actual = sums.map(({ currency, side = '', executed, settled, taxes, fees }) => [
          `${currency} ${side}`,
          [cents(executed), cents(settled), cents(taxes), cents(fees)],
        ]);
        expect(Object.fromEntries(actual)).toEqual(centsOf(order));
        for (const { executed } of sums.filter((one) => one.executed !== '0'))
          expect(executed).toBe(decimal(cents(executed), 2));
      }),
      { numRuns: runs(300) },
    );
  });

  test('observations applied a second time, in any order, change nothing', () => {
    assert(
      property(orderPlans, seeds, (plan, seed) => {
        const { reported } = generateOrder(plan);
        const record = frozen(recordOf(reported));
        let again = record;
        const transitions: unknown[] = [];
        for (const observation of frozen(reorderedBatches(reported, seed)).flat()) {
          const applied = applyObservation(again, observation);
          transitions.push(...applied.transitions);
          again = frozen(applied.record);
        }
        expect(transitions).toEqual([]);
        expectSame(again, record);
        expect(findingsOf(again)).toStrictEqual(findingsOf(record));
      }),
      { numRuns: runs(100) },
    );
  });

  test('every reached status is returned once as a transition, and every lasting finding was returned', () => {
    assert(
      property(orderPlans, seeds, (plan, seed) => {
        let record = emptyRecord(PORTFOLIO_ORDER);
        const returned: string[] = [];
        const found = new Set<string>();
        for (const observation of reorderedBatches(generateOrder(plan).reported.slice(0, 60), seed).flat()) {
          const applied = apply(record, observation);
          record = applied.record;
          returned.push(
            ...applied.transitions.map((one) => `${one.orderId} ${one.executionId} ${one.status}`),
          );
          for (const { status, rule } of applied.transitions) expect(rule.to).toBe(status);
          applied.findings.forEach((one) => found.add(findingKey(one)));
        }
        const orders = record.orders.flatMap((one) => [one, ...one.executions]);
        const reached = [record, ...orders].flatMap((one) => Object.keys(one.reached));
        expect(returned).toHaveLength(reached.length);
        expect(new Set(returned).size).toBe(returned.length);
        for (const one of findingsOf(record)) expect(found).toContain(findingKey(one));
      }),
      { numRuns: runs(60) },
    );
  });

  test('the state survives JSON at every step', () => {
    assert(
      property(orderPlans, seeds, (plan, seed) => {
        let state = initialState(PORTFOLIO_ORDER, 0, policies, 'portfolio');
        for (const [index, batch] of reorderedBatches(generateOrder(plan).reported, seed).entries()) {
          const full = withObservations(state, batch);
          state = drainInbox(full, index);
          if (index % 8 === 0) expectSame(JSON.parse(JSON.stringify(full)), full);
        }
        expectSame(JSON.parse(JSON.stringify(state)), state);
      }),
      { numRuns: runs(50) },
    );
  });

  test('ESW gets statuses in rising rank, each at most once, the last one being that of the record', () => {
    const ranks = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED', 'CLOSED'];
    assert(
      property(
        orderPlans,
        seeds,
        array(integer({ min: 0, max: 45_000 }), { minLength: 1 }),
        (plan, seed, pauses) => {
          const batches = reorderedBatches(generateOrder(plan).reported, seed);
          let state: OrderState = {
            ...initialState(PORTFOLIO_ORDER, 0, policies, 'portfolio'),
            adoptedAt: 0,
          };
          let now = 0;
          for (const [index, batch] of [...batches, []].entries()) {
            now += index < batches.length ? (pauses[index % pauses.length] ?? 0) : 30_000;
            state = drainInbox(withObservations(state, batch), now);
            if (index === batches.length) state = asked(state);
            const ready = dispatchPlan(state, now, policies).ready.map(({ status }) => ({
              status,
              id: status,
              body: '',
            }));
            const results = ready.map(({ id }) => ({ id, outcome: 'accepted' as const }));
            state = withResults(withBatch(state, ready, 'R'), results, now);
          }
          const sent = state.emission.accepted.map((event) => event.status);
          const statuses: string[] = sent.filter((status) => !isCorrection(status));
          const corrections = sent.filter(isCorrection).map((_status, index) => `CORRECTED-${index + 1}`);
          expect(sent).toEqual([...ranks.filter((status) => statuses.includes(status)), ...corrections]);
          // Whatever follows the final settlement event of a cancelled order is a correction: test/domain/outbox/last-word.
          if (!sent.includes('CLOSED')) expect(statuses.at(-1)).toBe(state.record.status);
          expect(state.emission).toMatchObject({ outbox: [], inFlight: [] });
          expect(
            statuses.filter((status) => status !== 'CLOSED' && !(status in state.record.reached)),
          ).toEqual([]);
        },
      ),
      { numRuns: runs(300) },
    );
  });
}
