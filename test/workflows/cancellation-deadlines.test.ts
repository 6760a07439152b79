/** Cancels and their deadlines under the standard policies, in workflow time. */
import { ApplicationFailure } from '@temporalio/common';
import type { CancelAnswer } from '../../src/domain/cancellation';
import type { DeadlinePolicies } from '../../src/domain/policies';
import type { PortfolioOrderView } from '../../src/domain/view';
import { cancelUpdate } from '../../workflows/messages';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import {
  byPoll,
  child,
  executionOf,
  listed,
  processedToFilled,
  processedToSettled,
  stages,
  whole,
} from '../support/observations';
import { endedAs, newlyPlaced, told } from '../support/placed-order';
import { toldBy } from '../support/tracked-order';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';

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
    deadlines: { spreadMs: 0, ...deadlines },
  });
const waitFor = ({ waits }: PortfolioOrderView) => waits.find(({ rule }) => rule === 'deadline:cancel');
const minutes = (from = '', to = '') => (Date.parse(to) - Date.parse(from)) / 60_000;

it('a cancel that was carried out in silence is found by a question after two minutes', async () => {
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
  expect((await toldBy({ order }, 'deadline:cancel')).join()).toMatch(/no webhook had: .* CANCELLED/);
  expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
});

it('a cancel of which nothing comes is asked about, raises CANCEL_SILENT after five minutes, and may be repeated', async () => {
  const { order, broker, reference } = await placedNow();
  const filled = processedToFilled(broker);
  await told(order, 'FILLED', ...filled);
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
  expect(silent.status).toBe('FILLED');
  expect(await toldBy({ order }, 'deadline:cancel')).toEqual(['Upvest was asked, and had nothing new']);

  await order.decide(cancelUpdate);
  await until('the second DELETE', () => order.calls('cancelPortfolioOrder').length === 2);
  const settled = stages(broker).SETTLED;
  await order.deliver(...settled);
  expect(await endedAs(order, [...filled, ...settled])).toMatchObject({ status: 'SETTLED', attention: [] });
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it('a cancel while Upvest is away is tried for as long as that takes, and goes through once it is back', async () => {
  const { order, broker } = await placedNow();
  let isAway = true;
  order.script('readPortfolioOrder', () => {
    throw new Error('Upvest is away');
  });
  order.script('cancelPortfolioOrder', () => {
    if (isAway) throw new Error('Upvest is away');
    return accepted;
  });
  await order.decide(cancelUpdate);
  await until('a DELETE without an answer', () => order.calls('cancelPortfolioOrder').length > 0);
  await time.pass('1h');
  // One call gives up after ten minutes, and the next one takes over.
  const calls = order.calls('cancelPortfolioOrder');
  expect(calls.filter(({ attempt }) => attempt === 1).length).toBeGreaterThanOrEqual(5);
  expect(new Set(calls.map(({ input }) => input.askedAt)).size).toBe(1);
  expect((await order.view()).cancel).not.toHaveProperty('answer');

  isAway = false;
  await time.pass('2m');
  await order.viewWhen('the answer', ({ cancel }) => cancel?.answer?.kind === 'accepted');
  const cancelled = whole(broker, 'CANCELLED', byClient);
  await order.deliver(cancelled);
  expect(await endedAs(order, [cancelled])).toMatchObject({ status: 'CANCELLED', attention: [] });
});

it('a cancel right after placing, when Upvest does not know the order yet, is tried again', async () => {
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

it('a cancelled whole that names its children before they tell of their executions is read to the end', async () => {
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
  await told(order, 'CANCELLED', whole(broker, 'PROCESSING'), cancelled);
  expect((await order.view()).finished).toBe(false);
  await time.pass('7m');
  const view = await endedAs(order, read);
  expect(view.attention).toEqual(['MIXED_OUTCOME']);
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
    expect(await toldBy({ order }, 'policy:cancel-if-new')).toHaveLength(2);
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
  });

  it('and whose cancel is refused is not cancelled again and again', async () => {
    const { order, broker } = await placedNow(policy);
    order.script('readPortfolioOrder', nothingNew);
    order.script('cancelPortfolioOrder', () => ({ kind: 'refused', problem: { status: 409 } }));
    await time.pass('181m');
    const refused = await order.viewWhen('the refusal', ({ attention }) => attention.length > 0);
    expect(refused.attention).toEqual(['CANCEL_REFUSED']);
    await time.pass('6h');
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED' });
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
  });
});
