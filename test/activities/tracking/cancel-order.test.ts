/** The activity that requests a cancel from Upvest, against the simulated Upvest over HTTP. */
import { randomUUID } from 'node:crypto';
import { createCancelActivity } from '../../../activities/tracking/cancel-order';
import type { AccountSettings } from '../../../simulators/upvest';
import { attempt, withRetries } from '../../support/activity-attempts';
import { startUpvest, type UpvestUnderTest } from '../../support/upvest-under-test';
import { until } from '../../support/until';

const DELETES = { method: 'DELETE', path: '/portfolios/orders' };

let upvest: UpvestUnderTest;
beforeAll(async () => {
  upvest = await startUpvest();
});
afterEach(() => {
  upvest.control.clearFaults();
});
afterAll(() => upvest.stop());

/** An order at Upvest that stays NEW, and the request to cancel it. */
function waiting(settings: AccountSettings = {}) {
  const accountId = randomUUID();
  upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW', ...settings });
  const { id } = upvest.control.initiate({
    userId: randomUUID(),
    accountId,
    cashAmount: '50.00',
  }).portfolioOrder;
  return { portfolioOrderId: id, askedAt: new Date().toISOString() };
}

const cancel = (order: ReturnType<typeof waiting>) =>
  createCancelActivity(upvest.client).cancelPortfolioOrder(order);

/** Statuses of the answers to the order's DELETEs. */
const answersTo = ({ portfolioOrderId }: { portfolioOrderId: string }) =>
  upvest.control
    .requests({ method: 'DELETE', path: '/portfolios/orders/{id}' })
    .filter(({ url }) => url.endsWith(portfolioOrderId))
    .map(({ status }) => status);

const statusOf = ({ portfolioOrderId }: { portfolioOrderId: string }) =>
  upvest.control.portfolioOrder(portfolioOrderId).portfolioOrder.status;

it('is one DELETE, which the broker carries out', async () => {
  const order = waiting();
  expect(await withRetries(cancel, order)).toEqual({ value: { kind: 'accepted' }, attempts: 1 });
  await until('the cancel', () => statusOf(order) === 'CANCELLED');
  expect(answersTo(order)).toEqual([202]);
});

it.each([409, 422] as const)('that is answered %i is rejected, with the problem', async (status) => {
  const order = waiting({ cancelAnswer: status });
  const { value, attempts } = await withRetries(cancel, order);
  expect(value).toMatchObject({ kind: 'refused', problem: { status } });
  expect(attempts).toBe(1);
  expect(statusOf(order)).toBe('NEW');
});

it('right after placing, when Upvest does not know the order yet, is retried', async () => {
  const order = waiting({ propagationMs: 600_000 });
  const { result } = await attempt(cancel, order);
  expect(result).toMatchObject({ reason: { type: 'NotKnownYet', nonRetryable: false } });
  expect(answersTo(order)).toEqual([404]);
});

it('that Upvest answers as soon as it knows the order is accepted', async () => {
  const order = waiting();
  upvest.control.failCalls({ ...DELETES, outcome: 404, count: 2 });
  expect(await withRetries(cancel, order)).toEqual({ value: { kind: 'accepted' }, attempts: 3 });
  expect(answersTo(order)).toEqual([404, 404, 202]);
});

it('of an order that Upvest still does not know a minute later is not retried', async () => {
  const order = { portfolioOrderId: randomUUID(), askedAt: new Date(Date.now() - 60_000).toISOString() };
  expect(await withRetries(cancel, order)).toEqual({ value: { kind: 'unknown-order' }, attempts: 1 });
});

it('while Upvest is unavailable fails the attempt, and the next one succeeds', async () => {
  const order = waiting();
  upvest.control.setOutage(true);
  const { result } = await attempt(cancel, order);
  expect(result).toMatchObject({ reason: { code: 'UPVEST_RETRY' } });
  expect(answersTo(order)).toEqual([503]);
  upvest.control.setOutage(false);
  expect(await withRetries(cancel, order)).toEqual({ value: { kind: 'accepted' }, attempts: 1 });
});

it('is retried no sooner than an overloaded Upvest requests', async () => {
  const order = waiting();
  upvest.control.failCalls({ ...DELETES, outcome: 429, headers: { 'retry-after': '7' } });
  const inTime = { scheduledTimestampMs: Date.now(), scheduleToCloseTimeoutMs: 600_000 };
  const { result } = await attempt(cancel, order, inTime);
  expect(result).toMatchObject({ reason: { type: 'UPVEST_RETRY', nextRetryDelay: 7_000 } });
});

describe('a DELETE that does not get through', () => {
  const inTime = () => ({ scheduledTimestampMs: Date.now(), scheduleToCloseTimeoutMs: 600_000 });

  it.each([
    [
      '429 with a pause of 15 minutes',
      429,
      { 'retry-after': '900' },
      'UPVEST_BUSY',
      { retryAfterMs: 900_000 },
    ],
    [
      '503 with a pause of 15 minutes',
      503,
      { 'retry-after': '900' },
      'UPVEST_BUSY',
      { retryAfterMs: 900_000 },
    ],
    ['403', 403, {}, 'UPVEST_STOPPED', {}],
  ])('ends the call after %s: the workflow waits (14.5)', async (_what, outcome, headers, type, details) => {
    upvest.control.failCalls({ ...DELETES, outcome, headers });
    const { result } = await attempt(cancel, waiting(), inTime());
    expect(result).toMatchObject({ reason: { type, nonRetryable: true, details: [details] } });
  });

  it('ends the call after the page of a firewall, which is no rejection (14.53)', async () => {
    upvest.control.failCalls({ ...DELETES, outcome: 409, page: '<h1>Blocked</h1>' });
    const { result } = await attempt(cancel, waiting(), inTime());
    expect(result).toMatchObject({
      reason: { type: 'UPVEST_STOPPED', message: expect.stringContaining('Blocked') as string },
    });
  });

  it('is repeated after a short pause that Upvest requested (14.5)', async () => {
    upvest.control.failCalls({ ...DELETES, outcome: 503, headers: { 'retry-after': '7' } });
    const { result } = await attempt(cancel, waiting(), inTime());
    expect(result).toMatchObject({ reason: { nonRetryable: false, nextRetryDelay: 7_000 } });
  });
});
