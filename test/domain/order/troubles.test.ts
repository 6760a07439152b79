/** What a partner that fails does to an order: it is shown, flagged when it lasts, and never holds the order up for ever. */
import { attentionsOf } from '../../../src/domain/operator/attentions';
import { acknowledge, reconcile, release } from '../../../src/domain/operator/operator-commands';
import { dispatchPlan, withBatch, withoutAnswer, withResults } from '../../../src/domain/order/emission';
import { isOver, withObservations } from '../../../src/domain/order/transitions';
import { nextTimer, step as stepOf } from '../../../src/domain/order/step';
import { withReconciliation, type ReconciliationResult } from '../../../src/domain/order/reconciliation';
import { viewOf } from '../../../src/domain/views/order-view';
import { childId, executionId, facts, frozen, order, portfolioOrder } from '../samples';
import { allAccepted, MINUTE, placedState, policies, SECOND, T } from './waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const P = portfolioOrder;
const ada = { actor: 'ada', reason: 'Upvest’s support was asked' };
const step = (state: OrderState, now: number): OrderState => frozen(stepOf(state, now, policies));
const codes = (state: OrderState): string[] => attentionsOf(state).map(({ code }) => code);
const ready = (state: OrderState, now: number): string[] =>
  dispatchPlan(state, now, policies).ready.map(({ status }) => status);
const filled = (n: number) =>
  order('FILLED', { id: childId(n), executions: [facts('SETTLED', { id: executionId(n) })] });

function answered(state: OrderState, answer: ReconciliationResult, now: number): OrderState {
  const time = { askedAt: now, now: now + SECOND };
  return step(withReconciliation(state, answer, time, policies), now + SECOND);
}
const failed = (state: OrderState, now: number): OrderState =>
  answered(state, { kind: 'failed', why: 'Upvest answered 503.' }, now);

describe('Upvest cannot be read (14.3)', () => {
  const start = T + 30 * SECOND;
  /** PROCESSING was lost; FILLED waits for a confirmation. */
  const waiting = (): OrderState =>
    step(withObservations(allAccepted(placedState()), [P('FILLED'), filled(1)]), T);

  test('and events wait for it: for 15 minutes, then they go as observed', () => {
    const first = failed(waiting(), start);
    expect(viewOf(first).waitingFor).toMatch(
      /Upvest could not be read since .*: Upvest answered 503; next attempt/,
    );
    const young = step(first, start + 15 * MINUTE - 1);
    expect([codes(young), ready(young, start + 15 * MINUTE - 1)]).toEqual([[], []]);
    const overdue = step(young, start + 15 * MINUTE);
    expect(codes(overdue)).toEqual(['BROKER_UNREADABLE']);
    expect(ready(overdue, start + 15 * MINUTE)).toEqual(['FILLED']);
  });

  test('and the workflow wakes up for the next attempt, and for the attention', () => {
    const first = failed(waiting(), start);
    const { nextTryAt = 0 } = first.troubles?.[0] ?? {};
    expect(nextTryAt - start).toBeGreaterThanOrEqual(MINUTE);
    const timer = (busy: boolean) => nextTimer(first, start + SECOND, policies, { reconciling: busy });
    expect(timer(false)).toMatchObject({ at: nextTryAt });
    expect(timer(true)).toEqual({ at: start + 15 * MINUTE, why: 'upvest, attention' });
  });

  test('an event whose amounts would be incomplete waits on, until an operator releases it', () => {
    const open = step(
      withObservations(allAccepted(placedState()), [P('PROCESSING'), P('FILLED'), order('PROCESSING')]),
      T,
    );
    const sent = allAccepted({ ...open, emission: { ...open.emission, outbox: [] } });
    const state = {
      ...sent,
      emission: { ...sent.emission, outbox: [{ status: 'FILLED' as const, seenAt: T }] },
    };
    const now = start + 15 * MINUTE;
    expect(release.forbidden(step(state, start), ada)).toMatch(/^operator:release: /);
    const overdue = step(failed(step(state, start), start), now);
    expect([codes(overdue), ready(overdue, now)]).toEqual([['BROKER_UNREADABLE'], []]);
    expect(attentionsOf(overdue)[0]?.advice).toContain('Release');
    expect(release.forbidden(overdue, ada)).toBeUndefined();
    expect(ready(release.apply(overdue, ada, now).state, now)).toEqual(['FILLED']);
  });

  test('the next answer ends it, and so does having nothing to ask', () => {
    const first = failed(waiting(), start);
    expect(answered(first, { kind: 'read', observations: [] }, start + MINUTE)).not.toHaveProperty(
      'troubles',
    );
    expect(step({ ...first, record: { ...first.record, status: 'SETTLED' } }, start)).toHaveProperty(
      'troubles',
    );
    const done = allAccepted(placedState(P('PROCESSING'), P('FILLED'), P('SETTLED'), filled(1)));
    expect(step({ ...done, troubles: first.troubles ?? [] }, start)).not.toHaveProperty('troubles');
  });

  test('after a child could not be read: the next read waits, though no deadline does (14.3)', () => {
    const partly: ReconciliationResult = {
      kind: 'read',
      observations: [P('SETTLED'), filled(1)],
      failed: [{ orderId: childId(2), why: 'price: null' }],
    };
    const settled = allAccepted(answered(waiting(), partly, start));
    const again = start + 20 * MINUTE;
    const state = failed({ ...settled, waits: [] }, again);
    expect(state.waits).toEqual([]);
    expect(nextTimer(state, again, policies, { reconciling: false })?.at).toBeGreaterThan(again + MINUTE / 2);
  });

  test('a child that is final after all: what was to go without it waits for the next read (14.3)', () => {
    const open = order('PROCESSING', { id: childId(2) });
    const partly: ReconciliationResult = {
      kind: 'read',
      observations: [],
      failed: [{ orderId: childId(2), why: 'price: null' }],
    };
    const sent = answered(step(withObservations(waiting(), [open, P('SETTLED')]), T), partly, start);
    const overdue = step(sent, start + 15 * MINUTE);
    expect(codes(overdue)).toContain('BROKER_UNREADABLE');
    const now = start + 16 * MINUTE;
    const known = step(withObservations(overdue, [filled(2)]), now);
    expect(known).not.toHaveProperty('troubles');
    expect(ready(known, now)).toEqual([]);
    expect(known.waits.map(({ rule }) => rule)).toContain('deadline:predecessor');
  });

  test('an operator who reconciles is answered with the cause (14.57)', () => {
    const { decided } = reconcile.apply(failed(waiting(), start), ada, start + MINUTE);
    expect(decided).toMatch(/^Reconciling with Upvest now; it could not be read since .*503/);
  });
});

describe('ESW does not answer (14.57)', () => {
  const sending = withBatch(placedState(), [{ status: 'NEW', id: 'e-1', body: '{}' }], 'R');
  const silent = (state: OrderState, began: number): OrderState =>
    step(
      withoutAnswer(state, 'connect ECONNREFUSED', { began, now: began + SECOND }, policies),
      began + SECOND,
    );

  test('cause, beginning, attempts and next attempt are in the view', () => {
    const twice = silent(silent(sending, T), T + 2 * MINUTE);
    expect(viewOf(twice).troubles).toEqual([
      {
        kind: 'esw',
        since: new Date(T).toISOString(),
        attempts: 2,
        cause: 'connect ECONNREFUSED',
        nextTryAt: expect.stringMatching(/^2026-03-02T09:0[4-5]/) as string,
        overdue: false,
        text: expect.stringContaining('ESW has taken no event since') as string,
      },
    ]);
  });

  test('it is an attention after 15 minutes, and an answer ends it', () => {
    const first = silent(sending, T);
    expect(codes(step(first, T + 15 * MINUTE - 1))).toEqual([]);
    const delayed = step(first, T + 15 * MINUTE);
    expect(codes(delayed)).toEqual(['EMISSION_DELAYED']);
    const accepted = withResults(delayed, [{ id: 'e-1', outcome: 'accepted' }], T + 16 * MINUTE);
    expect(accepted).not.toHaveProperty('troubles');
    expect(codes(accepted)).toEqual([]);
  });
});

describe('a child order that Upvest does not know any more (14.16)', () => {
  const settled = (): OrderState =>
    step(
      allAccepted(
        placedState(
          P('PROCESSING'),
          P('FILLED'),
          P('SETTLED'),
          filled(1),
          order('PROCESSING', { id: childId(2) }),
        ),
      ),
      T,
    );
  const unknown = { kind: 'read' as const, observations: [], unknown: [childId(2)] };
  const now = T + 5 * MINUTE;

  test('is named, in the attention and in that of the overdue deadline', () => {
    const state = step(answered(settled(), unknown, now), now + 15 * MINUTE);
    expect(attentionsOf(state)).toMatchObject([
      { code: 'CHILD_UNKNOWN_TO_BROKER', message: expect.stringContaining(childId(2)) as string },
    ]);
    const overdue = attentionsOf(step(state, T + 4 * 24 * 60 * MINUTE)).find(
      ({ code }) => code === 'PARTS_OVERDUE',
    );
    expect(overdue?.message).toContain(`open: order ${childId(2)} (PROCESSING)`);
  });

  test('no longer keeps the order open once an operator has acknowledged that', () => {
    const flagged = step(answered(settled(), unknown, now), now + 15 * MINUTE);
    expect(isOver(flagged)).toBe(false);
    expect(isOver(acknowledge.apply(flagged, ada, now + 16 * MINUTE).state)).toBe(true);
  });

  test('is no trouble any more once Upvest shows it, or it is final', () => {
    const known = answered(settled(), unknown, now);
    expect(answered(known, { kind: 'read', observations: [] }, now + MINUTE)).not.toHaveProperty('troubles');
    expect(step(withObservations(known, [filled(2)]), now + MINUTE)).not.toHaveProperty('troubles');
  });
});

describe('a child order that cannot be read (14.51)', () => {
  const partial = {
    kind: 'read' as const,
    observations: [filled(1)],
    failed: [{ orderId: childId(2), why: 'executions.0.price is not a decimal string' }],
  };
  const waiting = (): OrderState =>
    step(
      withObservations(allAccepted(placedState()), [P('FILLED'), order('PROCESSING', { id: childId(2) })]),
      T,
    );
  const now = T + 30 * SECOND;

  test('does not withhold what was read of the others, and is named with the cause', () => {
    const state = answered(waiting(), partial, now);
    expect(state.record.orders.map(({ id, status }) => [id, status])).toContainEqual([childId(1), 'FILLED']);
    expect(viewOf(state).troubles).toMatchObject([
      { kind: 'child-unreadable', orderId: childId(2), cause: 'executions.0.price is not a decimal string' },
    ]);
    expect(state.auditLog.at(-1)?.text).toContain(`Reconciled, except order ${childId(2)}, found`);
  });

  test('keeps the portfolio order’s event back, whose amounts would lack it', () => {
    const state = answered(waiting(), partial, now);
    expect(ready(state, now + MINUTE)).toEqual([]);
    expect(
      ready(answered(state, { kind: 'read', observations: [] }, now + MINUTE), now + 2 * MINUTE),
    ).toEqual(['FILLED']);
  });

  test('many of them are one trouble', () => {
    const failures = Array.from({ length: 30 }, (_, n) => ({ orderId: childId(n), why: '503' }));
    const state = answered(waiting(), { ...partial, failed: failures }, now);
    expect(state.troubles).toMatchObject([{ kind: 'upvest', cause: '30 child orders: 503' }]);
  });
});

test('an order of an earlier release records no troubles and keeps its deadlines', () => {
  const { troubles: _none, ...earlier } = policies;
  const state = stepOf(allAccepted(placedState()), T, earlier);
  const now = T + 15 * MINUTE;
  const after = withReconciliation(state, { kind: 'failed', why: '503' }, { askedAt: now, now }, earlier);
  expect(after).not.toHaveProperty('troubles');
  expect(after.waits[0]).toMatchObject({ asked: 1, dueAt: now + 15 * MINUTE });
});
