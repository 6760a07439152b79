/** The story of an order: in order, each row with the id of a rule that exists. */
import { assert, property } from 'fast-check';
import { ACTIONS } from '../../../src/domain/order-state/actions';
import { step } from '../../../src/domain/order/step';
import { withCancel, withCancelAnswer } from '../../../src/domain/order/cancellation';
import { withPredecessor } from '../../../src/domain/order/recovery';
import { withAdoption } from '../../../src/domain/order/origin';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
} from '../../../src/domain/broker/status-tables';
import * as operators from '../../../src/domain/operator/operator-commands';
import { withBatch, withResults, withUnbuildable } from '../../../src/domain/order/emission';
import { drainInbox, initialState, withObservations } from '../../../src/domain/order/transitions';
import { withReconciliation } from '../../../src/domain/order/reconciliation';
import { withEmissionHold } from '../../../src/domain/order/too-late';
import { timelineOf } from '../../../src/domain/views/timeline';
import { generateOrder, orderPlans } from '../generated-orders';
import {
  at,
  childId,
  execution,
  facts,
  order,
  poll,
  PORTFOLIO_ORDER,
  portfolioOrder,
  webhook,
} from '../samples';
import { DAY, MINUTE, placedState, policies, policiesWith, SECOND, T } from '../order/waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

const RULES = new Set<string>([
  ...ACTIONS.map(({ id }) => id),
  ...[portfolioOrderLifecycle, orderLifecycle, executionLifecycle].flatMap(({ rules }) =>
    (rules as readonly { id: string }[]).map(({ id }) => id),
  ),
]);
const ada = { actor: 'ada', reason: 'why' };

/** An order that went through nearly every kind of timeline entry. */
function eventful(): OrderState {
  const using = policiesWith({ cancelIfNewAfterMs: MINUTE });
  let state: OrderState = step(placedState(), T, policies);
  state = step(state, T + MINUTE, using);
  state = withCancelAnswer(state, { kind: 'refused', problem: { status: 409 } }, T + MINUTE);
  state = operators.cancel.apply(state, ada, T + 2 * MINUTE).state;
  state = withCancelAnswer(state, { kind: 'accepted' }, T + 2 * MINUTE);
  state = withObservations(state, [
    portfolioOrder('PROCESSING', { at: at(180) }),
    order('NEW', { at: at(180) }),
  ]);
  state = step(state, T + 3 * MINUTE, policies);
  const read = [
    portfolioOrder('FILLED', { source: poll, at: at(200) }),
    order('FILLED', {
      source: poll,
      at: at(199),
      executions: [facts('FILLED', { transactionTime: at(198) })],
    }),
  ];
  const asked = { askedAt: T + DAY, now: T + DAY };
  state = withReconciliation(state, { kind: 'read', observations: read }, asked, policies);
  state = withReconciliation(state, { kind: 'failed', why: '503' }, asked, policies);
  state = withReconciliation(
    { ...state, reconcile: { at: T + DAY, ...ada } },
    { kind: 'unknown-order' },
    asked,
    policies,
  );
  state = withBatch(
    state,
    [
      { status: 'NEW', id: 'e1', body: '{}' },
      { status: 'PROCESSING', id: 'e2', body: '{}' },
    ],
    'SP-1',
  );
  state = withResults(
    state,
    [
      { id: 'e1', outcome: 'accepted' },
      { id: 'e2', outcome: 'refused', refusal: { status: 400, message: 'no' } },
    ],
    T + DAY,
  );
  state = withUnbuildable(state, { status: 'FILLED', seenAt: T }, 'too many digits', T + DAY);
  state = operators.retryEmission.apply(state, ada, T + DAY).state;
  state = operators.acknowledge.apply({ ...state, isUnknownToBroker: true }, ada, T + DAY).state;
  state = operators.release.apply(
    withEmissionHold(state, 'FIRST_SEEN_FINISHED', T + DAY),
    ada,
    T + DAY,
  ).state;
  state = withPredecessor(state, { kind: 'unreadable', why: 'gone' }, T + DAY);
  state = withPredecessor({ ...state, recovery: 'recovering' }, { kind: 'found', state }, T + DAY);
  state = operators.close.apply(
    withAdoption(state, T + DAY),
    { ...ada, evidence: 'ticket' },
    T + 2 * DAY,
  ).state;
  return operators.reopened(state, ada, T + 3 * DAY);
}

test('each timeline entry of an eventful order carries an existing rule id and a sentence', () => {
  const entries = timelineOf(eventful());
  for (const { rule, text } of entries) {
    expect(RULES).toContain(rule);
    expect(text).not.toMatch(/undefined|null|\[object/);
  }
  const listed = new Set(entries.map(({ rule }) => rule));
  expect([...listed].filter((rule) => !rule.includes('>')).sort()).toEqual(
    [
      'deadline:cancel',
      'deadline:retry',
      'emission:accepted',
      'operator:acknowledge',
      'operator:cancel',
      'operator:close',
      'operator:reconcile',
      'operator:release',
      'operator:reopen',
      'operator:retry-emission',
      'placement:adopted',
      'policy:cancel-if-new',
      'recovery:first-seen-finished',
      'recovery:resumed',
      'recovery:without-ledger',
    ].sort(),
  );
});

test('rows are in order of time, and of one moment the broker’s word comes first', () => {
  const entries = timelineOf(eventful());
  const times = entries.map((entry) => entry.at);
  expect(times).toEqual([...times].sort());
  for (const [index, entry] of entries.entries()) {
    const next = entries[index + 1];
    if (next?.at !== entry.at || !['esw', 'operator', 'coordinator'].includes(entry.source)) continue;
    expect(['esw', 'operator', 'coordinator']).toContain(next.source);
  }
});

test('a status reported by a webhook names its event; one from a snapshot does not', () => {
  const state = placedState(
    portfolioOrder('PROCESSING', {
      source: webhook(7),
      at: at(2),
      orders: [{ id: childId(1), side: 'BUY', status: 'PROCESSING' }],
    }),
  );
  expect(timelineOf(state)).toMatchObject([
    { at: at(0), source: 'placement', rule: 'portfolio-order:START>NEW', id: PORTFOLIO_ORDER, status: 'NEW' },
    {
      at: at(2),
      source: 'webhook',
      rule: 'portfolio-order:NEW>PROCESSING',
      eventId: expect.any(String) as string,
    },
    { source: 'snapshot', rule: 'order:START>PROCESSING', id: childId(1), subject: 'order' },
  ]);
  expect(timelineOf(state).at(-1)).not.toHaveProperty('eventId');
});

test('a settlement found only by reconciling is listed after its order was filled', () => {
  const filled = [
    execution('FILLED', { transactionTime: at(3) }, { at: at(3) }),
    order('FILLED', {
      at: at(4),
      updatedAt: at(4),
      executions: [facts('FILLED', { transactionTime: at(3) })],
    }),
  ];
  const settled = order('FILLED', {
    source: { kind: 'poll', readAt: at(900) },
    at: at(800),
    updatedAt: at(800),
    executions: [facts('SETTLED', { transactionTime: at(3) })],
  });
  const rules = timelineOf(placedState(...filled, settled)).map(({ rule }) => rule);
  expect(rules.indexOf('execution:FILLED>SETTLED')).toBeGreaterThan(rules.indexOf('order:START>FILLED'));
});

test('each timeline entry of any order carries an existing rule id', () => {
  assert(
    property(orderPlans, (plan) => {
      const { reported, answers } = generateOrder(plan);
      const state = drainInbox(
        withObservations(initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'), reported),
        T,
      );
      const asked = { askedAt: T + SECOND, now: T + SECOND };
      const after = withReconciliation(state, { kind: 'read', observations: answers }, asked, policies);
      const entries = timelineOf(after);
      const unknown = entries.filter(({ rule }) => !RULES.has(rule));
      const isOrdered = entries.every((entry, index) => (entries[index - 1]?.at ?? '') <= entry.at);
      return unknown.length === 0 && isOrdered;
    }),
    { numRuns: 200 },
  );
});

test('a cancel request without an answer is listed once', () => {
  const state = withCancel(placedState(), ada, 'operator:cancel', T);
  expect(timelineOf(state).filter(({ rule }) => rule === 'operator:cancel')).toHaveLength(1);
});
