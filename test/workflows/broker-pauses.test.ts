/** A pause that Upvest requests: the view names the moment of the next call, and an operator may ask before it. */
import { ApplicationFailure } from '@temporalio/activity';
import { cancelUpdate } from '../../contracts/decisions';
import { reconcileUpdate } from '../../contracts/portfolio-order';
import { BROKER_BUSY } from '../../src/domain/order/broker-failure';
import type { TroubleKind } from '../../src/domain/order-state/state';
import { historyOf } from '../support/history';
import type { ActivityName } from '../support/stub-activities';
import { expectSettled, placeOrder, showing, waitOf, type TrackedOrder } from '../support/tracked-order';
import { ATTENTION_APART } from '../support/time-skipping';
import { until } from '../support/until';
import { useTimeSkipping } from '../support/use-time-skipping';

const PAUSE_MS = 20 * 60_000;
const time = useTimeSkipping();

function busy(): never {
  throw ApplicationFailure.create({
    type: BROKER_BUSY,
    message: 'Upvest answered 429',
    nonRetryable: true,
    details: [{ retryAfterMs: PAUSE_MS }],
  });
}

const placed = (): Promise<TrackedOrder> =>
  placeOrder(time().worker, {
    clock: time().clock,
    policies: ATTENTION_APART,
    deadlines: { spreadMs: 0 },
  });

/** When the workflow made its calls of an activity, in its own time. */
async function callsOf({ order }: TrackedOrder, name: ActivityName): Promise<number[]> {
  const history = await historyOf(time().worker.client, order.workflowId);
  return history.flatMap(({ eventTime, activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === name
      ? [Number(eventTime?.seconds) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1e6)]
      : [],
  );
}

/** The next attempt that the view names, after so many. */
const nextTry = ({ order }: TrackedOrder, kind: TroubleKind, attempts: number): Promise<number> =>
  until(`attempt ${attempts}`, async () => {
    const { troubles = [] } = await order.view();
    const { nextTryAt = '' } = troubles.find((one) => one.kind === kind && one.attempts === attempts) ?? {};
    return nextTryAt !== '' && Date.parse(nextTryAt);
  });

/** Lets time pass to the next attempt, which comes then and not before. */
async function expectNextCallAt(tracked: TrackedOrder, name: ActivityName, at: number): Promise<void> {
  const before = tracked.order.calls(name).length;
  await time().passUntil(at - 5_000);
  expect(tracked.order.calls(name)).toHaveLength(before);
  await time().passUntil(at);
  await until('the call', () => tracked.order.calls(name).length > before);
  const last = (await callsOf(tracked, name)).at(-1) ?? 0;
  expect(last - at).toBeGreaterThanOrEqual(0);
  expect(last - at).toBeLessThan(2_000);
}

it('of reads: the next one is made when the view says, or at once for an operator (14.5)', async () => {
  const tracked = await placed();
  const { order } = tracked;
  const name = 'readPortfolioOrder';
  order.script(name, busy);
  await time().passUntil((await waitOf(tracked, 'deadline:new')).asksAt);
  const first = await nextTry(tracked, 'upvest', 1);
  const [call = 0] = await callsOf(tracked, name);
  expect(Math.abs(first - call - PAUSE_MS)).toBeLessThan(2_000);
  expect((await waitOf(tracked, 'deadline:new')).asksAt).toBe(first);
  await expectNextCallAt(tracked, name, first);

  // An operator does not wait for it, and the pause begins anew.
  const second = await nextTry(tracked, 'upvest', 2);
  await time().pass('5m');
  const { decided } = await order.decide(reconcileUpdate);
  expect(decided).toMatch(
    /^Reconciling with Upvest now; it could not be read since .*: Upvest answered 429$/,
  );
  const third = await nextTry(tracked, 'upvest', 3);
  expect(Math.abs(third - second - 300_000)).toBeLessThan(5_000);
  expect(order.calls(name)).toHaveLength(3);
  showing(tracked, 'SETTLED');
  await expectNextCallAt(tracked, name, third);
  await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
  await time().pass('1m');
  await expectSettled(tracked);
});

it('of the DELETE: the next one is sent when the view says, whatever is read meanwhile (14.5)', async () => {
  const tracked = await placed();
  const { order } = tracked;
  showing(tracked, 'NEW');
  order.script('cancelPortfolioOrder', busy);
  await order.decide(cancelUpdate);
  const first = await nextTry(tracked, 'cancel', 1);
  await order.decide(reconcileUpdate);
  await order.viewWhen('a read', ({ questions }) => questions.nothingNew > 0);
  expect(await nextTry(tracked, 'cancel', 1)).toBe(first);
  order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
  await expectNextCallAt(tracked, 'cancelPortfolioOrder', first);
  showing(tracked, 'SETTLED');
  await order.decide(reconcileUpdate);
  await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
  await time().pass('1m');
  await expectSettled(tracked);
});
