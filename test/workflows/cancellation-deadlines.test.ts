/** Cancels and their deadlines under the standard policies, in workflow time. */
import { ApplicationFailure } from '@temporalio/common';
import type { DeadlinePolicies } from '../../src/domain/order-state/policies';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import {
  byPoll,
  child,
  executionOf,
  listed,
  processedToSettled,
  stages,
  whole,
} from '../support/observations';
import { endedAs, newlyPlaced, deliverUntil } from '../support/placed-order';
import { timelineTexts } from '../support/tracked-order';
import { closeTemporal } from '../support/temporal';
import { ATTENTION_APART, startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import type { CancelAnswer } from '../../src/domain/order-state/state';

const accepted: CancelAnswer = { kind: 'accepted' };
const byClient = { orders: [], cancellationReason: 'CANCELLED_BY_CLIENT' };

let time: TimeSkipping;
beforeAll(async () => {
  time = await startTimeSkipping();
});
afterAll(async () => {
  await time.stop();
  await closeTemporal();
});

const placedNow = async (deadlines: Partial<DeadlinePolicies> = {}) =>
  newlyPlaced(time.worker, {
    clock: time.clock,
    policies: ATTENTION_APART,
    deadlines: { spreadMs: 0, ...deadlines },
  });
const waitFor = ({ waits }: PortfolioOrderView) => waits.find(({ rule }) => rule === 'deadline:cancel');
const minutes = (from = '', to = '') => (Date.parse(to) - Date.parse(from)) / 60_000;

it('reconciliation finds a cancel that was carried out without webhooks, after two minutes', async () => {
  const { order, broker, reference } = await placedNow();
  order.script('cancelPortfolioOrder', () => accepted);
  const cancelled = whole(broker, 'CANCELLED', { ...byClient, source: byPoll() });
  order.script('readPortfolioOrder', () => ({ kind: 'read', observations: [cancelled], left: [] }));
  await order.decide(cancelUpdate);
  const wait = waitFor(await order.viewWhen('the wait', (view) => waitFor(view) !== undefined));
  expect(minutes(wait?.since, wait?.asksAt)).toBe(2);
  await time.pass('90s');
  expect(order.calls('readPortfolioOrder')).toEqual([]);
  await time.pass('30s');
  const view = await endedAs(order, [cancelled]);
  expect(view.status).toBe('CANCELLED');
  expect((await timelineTexts({ order }, 'deadline:cancel')).join()).toMatch(
    /no webhook had reported: .*CANCELLED/,
  );
  expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
});

it('a cancel without any result is reconciled, raises CANCEL_SILENT after five minutes, and may be repeated', async () => {
  const { order, broker, reference } = await placedNow();
  const { PROCESSING, FILLED, SETTLED } = stages(broker);
  await deliverUntil(order, 'PROCESSING', ...PROCESSING);
  order.script('cancelPortfolioOrder', () => accepted);
  order.script('readPortfolioOrder', () => ({ kind: 'read', observations: [], left: [] }));
  await order.decide(cancelUpdate);
  const wait = waitFor(await order.viewWhen('the wait', (view) => waitFor(view) !== undefined));
  expect(minutes(wait?.since, wait?.attentionAt)).toBe(5);
  await time.pass('4m');
  expect((await order.view()).attention).toEqual([]);
  await time.pass('1m');
  const silent = await order.viewWhen('CANCEL_SILENT', ({ attention }) => attention.length > 0);
  expect(silent.attention).toEqual(['CANCEL_SILENT']);
  expect(silent.status).toBe('PROCESSING');
  expect(await timelineTexts({ order }, 'deadline:cancel')).toEqual(['Reconciled: no change']);

  await order.decide(cancelUpdate);
  await until('the second DELETE', () => order.calls('cancelPortfolioOrder').length === 2);
  // The order is executed all the same: that answers the question, before the settlement (14.17).
  await order.deliver(...FILLED);
  const filled = await order.viewWhen('FILLED', ({ status }) => status === 'FILLED');
  expect({ waits: waitFor(filled), attention: filled.attention }).toEqual({
    waits: undefined,
    attention: [],
  });
  await order.deliver(...SETTLED);
  expect(await endedAs(order, [...PROCESSING, ...FILLED, ...SETTLED])).toMatchObject({
    status: 'SETTLED',
    attention: [],
  });
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it('a cancel is retried while Upvest is unavailable, and goes through once Upvest is back', async () => {
  const { order, broker } = await placedNow();
  let isAway = true;
  order.script('readPortfolioOrder', () => {
    throw new Error('Upvest is unavailable');
  });
  order.script('cancelPortfolioOrder', () => {
    if (isAway) throw new Error('Upvest is unavailable');
    return accepted;
  });
  await order.decide(cancelUpdate);
  await until('a DELETE without an answer', () => order.calls('cancelPortfolioOrder').length > 0);
  await time.pass('1h');
  // One call gives up after five attempts, and the next one continues.
  const calls = order.calls('cancelPortfolioOrder');
  expect(calls.filter(({ attempt }) => attempt === 1).length).toBeGreaterThanOrEqual(5);
  expect(new Set(calls.map(({ input }) => input.askedAt)).size).toBe(1);
  expect((await order.view()).cancel).not.toHaveProperty('answer');

  isAway = false;
  // The pauses between calls have grown to five minutes, and a quarter more.
  await time.pass('7m');
  await order.viewWhen('the answer', ({ cancel }) => cancel?.answer?.kind === 'accepted');
  const cancelled = whole(broker, 'CANCELLED', byClient);
  await order.deliver(cancelled);
  expect(await endedAs(order, [cancelled])).toMatchObject({ status: 'CANCELLED', attention: [] });
});

it('a cancel right after placing is retried while Upvest does not know the order yet', async () => {
  const { order, broker } = await placedNow();
  const answers = [false, false, true];
  order.script('cancelPortfolioOrder', () => {
    if (answers.shift() === true) return accepted;
    throw ApplicationFailure.retryable('404', 'NotKnownYet');
  });
  await order.decide(cancelUpdate);
  await time.pass('10s');
  await order.viewWhen('the answer', ({ cancel }) => cancel?.answer?.kind === 'accepted');
  expect(order.calls('cancelPortfolioOrder').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  const cancelled = whole(broker, 'CANCELLED', byClient);
  await order.deliver(cancelled);
  expect(await endedAs(order, [cancelled])).toMatchObject({ status: 'CANCELLED', attention: [] });
});

it('a cancelled order that lists its children before their executions are reported is read completely', async () => {
  const { order, broker } = await placedNow();
  const cancelled = whole(broker, 'CANCELLED', { orders: listed(broker, 'FILLED', 'CANCELLED') });
  const half = { cashAmount: '250.00', shareQuantity: '5.0000000000' };
  const read = [
    { ...cancelled, source: byPoll() },
    child(broker, 0, 'FILLED', { source: byPoll(), executions: [executionOf(broker, 0, 'SETTLED')] }),
    child(broker, 1, 'CANCELLED', {
      source: byPoll(),
      executions: [executionOf(broker, 1, 'SETTLED', half)],
    }),
  ];
  order.script('readPortfolioOrder', () => ({ kind: 'read', observations: read, left: [] }));
  await deliverUntil(order, 'CANCELLED', whole(broker, 'PROCESSING'), cancelled);
  expect((await order.view()).finished).toBe(false);
  await time.pass('7m');
  const view = await endedAs(order, read);
  expect(view.attention).toEqual(['CANCELLED_BY_BROKER', 'MIXED_OUTCOME']);
  expect(order.calls('readPortfolioOrder').map(({ input }) => input.known.open.sort())).toEqual([
    broker.children.map(({ id }) => id).sort(),
  ]);
});

describe('an order that stays NEW for longer than the policy allows', () => {
  const HOUR = 3_600_000;
  const nothingNew = () => ({ kind: 'read' as const, observations: [], left: [] });
  const policy: Partial<DeadlinePolicies> = {
    cancelIfNewAfterMs: 3 * HOUR,
    resubmit: { reasons: ['CANCELLED_BY_TRADING_PARTNER', 'CANCELLED_BY_CLIENT'], maxAttempts: 2 },
  };

  it('is cancelled then, not before, and not placed again', async () => {
    const { order, broker, reference } = await placedNow(policy);
    order.script('readPortfolioOrder', nothingNew);
    order.script('cancelPortfolioOrder', () => accepted);
    await time.pass('170m');
    expect(order.calls('cancelPortfolioOrder')).toEqual([]);
    await time.pass('11m');
    await order.viewWhen('the answer', ({ cancel }) => cancel?.answer !== undefined);
    const cancelled = whole(broker, 'CANCELLED', byClient);
    await order.deliver(cancelled);
    const view = await endedAs(order, [cancelled]);
    expect(view).toMatchObject({
      status: 'CANCELLED',
      cancel: { rule: 'policy:cancel-if-new', actor: 'policy', answer: { kind: 'accepted' } },
    });
    expect(view).not.toHaveProperty('resubmittedAs');
    expect(await timelineTexts({ order }, 'policy:cancel-if-new')).toHaveLength(2);
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
  });

  it('is not cancelled repeatedly when Upvest rejects the cancel', async () => {
    const { order, broker } = await placedNow(policy);
    order.script('readPortfolioOrder', nothingNew);
    order.script('cancelPortfolioOrder', () => ({ kind: 'refused', problem: { status: 409 } }));
    await time.pass('181m');
    const refused = await order.viewWhen('the rejection', ({ attention }) => attention.length > 0);
    expect(refused.attention).toEqual(['CANCEL_REFUSED']);
    await time.pass('6h');
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED' });
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
  });
});
