/** The story of an order: in order, each row with the id of a rule that exists. */
import { assert, property } from 'fast-check';
import { ACTS } from '../../src/domain/acts';
import { advance } from '../../src/domain/advance';
import { withCancel, withCancelAnswer } from '../../src/domain/cancellation';
import { withEarlierRun } from '../../src/domain/first-sight';
import { withAdoption } from '../../src/domain/identity';
import { executionLifecycle, orderLifecycle, portfolioOrderLifecycle } from '../../src/domain/lifecycle';
import * as operators from '../../src/domain/operators';
import { withBatch, withResults, withUnbuildable } from '../../src/domain/order-emission';
import { drainInbox, newLife, withObservations, type OrderLife } from '../../src/domain/order-life';
import { withAnswer } from '../../src/domain/reconciliation';
import { withHold } from '../../src/domain/too-late';
import { timelineOf } from '../../src/domain/timeline';
import { live, lives } from './lives';
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
} from './samples';
import { DAY, MINUTE, placedLife, policies, policiesWith, SECOND, T } from './waiting';

const RULES = new Set<string>([
  ...ACTS.map(({ id }) => id),
  ...[portfolioOrderLifecycle, orderLifecycle, executionLifecycle].flatMap(({ steps }) =>
    (steps as readonly { id: string }[]).map(({ id }) => id),
  ),
]);
const ada = { actor: 'ada', reason: 'why' };

/** A life in which nearly everything happened that can. */
function eventful(): OrderLife {
  const using = policiesWith({ cancelIfNewAfterMs: MINUTE });
  let life: OrderLife = advance(placedLife(), T, policies);
  life = advance(life, T + MINUTE, using);
  life = withCancelAnswer(life, { kind: 'refused', problem: { status: 409 } }, T + MINUTE);
  life = operators.cancel.apply(life, ada, T + 2 * MINUTE).life;
  life = withCancelAnswer(life, { kind: 'accepted' }, T + 2 * MINUTE);
  life = withObservations(life, [
    portfolioOrder('PROCESSING', { at: at(180) }),
    order('NEW', { at: at(180) }),
  ]);
  life = advance(life, T + 3 * MINUTE, policies);
  const read = [
    portfolioOrder('FILLED', { source: poll, at: at(200) }),
    order('FILLED', {
      source: poll,
      at: at(199),
      executions: [facts('FILLED', { transactionTime: at(198) })],
    }),
  ];
  const asked = { askedAt: T + DAY, now: T + DAY };
  life = withAnswer(life, { kind: 'read', observations: read }, asked, policies);
  life = withAnswer(life, { kind: 'failed', why: '503' }, asked, policies);
  life = withAnswer(
    { ...life, reconcile: { at: T + DAY, ...ada } },
    { kind: 'unknown-order' },
    asked,
    policies,
  );
  life = withBatch(
    life,
    [
      { status: 'NEW', id: 'e1', body: '{}' },
      { status: 'PROCESSING', id: 'e2', body: '{}' },
    ],
    'SP-1',
  );
  life = withResults(
    life,
    [
      { id: 'e1', outcome: 'accepted' },
      { id: 'e2', outcome: 'refused', refusal: { status: 400, message: 'no' } },
    ],
    T + DAY,
  );
  life = withUnbuildable(life, { status: 'FILLED', seenAt: T }, 'too many digits', T + DAY);
  life = operators.retryEmission.apply(life, ada, T + DAY).life;
  life = operators.acknowledge.apply({ ...life, isUnknownToBroker: true }, ada, T + DAY).life;
  life = operators.release.apply(withHold(life, T + DAY), ada, T + DAY).life;
  life = withEarlierRun(life, { kind: 'unreadable', why: 'gone' }, T + DAY);
  life = withEarlierRun({ ...life, past: 'unknown' }, { kind: 'found', life }, T + DAY);
  life = operators.close.apply(withAdoption(life, T + DAY), { ...ada, evidence: 'ticket' }, T + 2 * DAY).life;
  return operators.reopened(life, ada, T + 3 * DAY);
}

test('each row of an eventful life carries the id of a rule that exists, and a sentence', () => {
  const entries = timelineOf(eventful());
  for (const { rule, text } of entries) {
    expect(RULES).toContain(rule);
    expect(text).not.toMatch(/undefined|null|\[object/);
  }
  const told = new Set(entries.map(({ rule }) => rule));
  expect([...told].filter((rule) => !rule.includes('>')).sort()).toEqual(
    [
      'deadline:cancel',
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

test('a status told by a webhook names its event; one of a snapshot does not', () => {
  const life = placedLife(
    portfolioOrder('PROCESSING', {
      source: webhook(7),
      at: at(2),
      orders: [{ id: childId(1), side: 'BUY', status: 'PROCESSING' }],
    }),
  );
  expect(timelineOf(life)).toMatchObject([
    { at: at(0), source: 'placement', rule: 'portfolio-order:START>NEW', id: PORTFOLIO_ORDER, status: 'NEW' },
    {
      at: at(2),
      source: 'webhook',
      rule: 'portfolio-order:NEW>PROCESSING',
      eventId: expect.any(String) as string,
    },
    { source: 'snapshot', rule: 'order:START>PROCESSING', id: childId(1), subject: 'order' },
  ]);
  expect(timelineOf(life).at(-1)).not.toHaveProperty('eventId');
});

test('a settlement that only a read told does not stand before the trade’s own order was filled', () => {
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
  const rules = timelineOf(placedLife(...filled, settled)).map(({ rule }) => rule);
  expect(rules.indexOf('execution:FILLED>SETTLED')).toBeGreaterThan(rules.indexOf('order:START>FILLED'));
});

test('each row of any life carries the id of a rule that exists', () => {
  assert(
    property(lives, (plan) => {
      const { told, answers } = live(plan);
      const life = drainInbox(withObservations(newLife(PORTFOLIO_ORDER, T, policies), told), T);
      const asked = { askedAt: T + SECOND, now: T + SECOND };
      const after = withAnswer(life, { kind: 'read', observations: answers }, asked, policies);
      const entries = timelineOf(after);
      const unknown = entries.filter(({ rule }) => !RULES.has(rule));
      const isOrdered = entries.every((entry, index) => (entries[index - 1]?.at ?? '') <= entry.at);
      return unknown.length === 0 && isOrdered;
    }),
    { numRuns: 200 },
  );
});

test('a wish without an answer is told once', () => {
  const life = withCancel(placedLife(), ada, 'operator:cancel', T);
  expect(timelineOf(life).filter(({ rule }) => rule === 'operator:cancel')).toHaveLength(1);
});
