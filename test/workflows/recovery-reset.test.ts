/**
 * An order's workflow that was reset recovers like one that was terminated: what the terminated run knew and sent counts,
 * not what the new run makes of its signals. On a real server, with the real search for the terminated run.
 */
import { awayStore } from '../support/order-stores';
import { createRecoveryActivities } from '../../activities/tracking/recover-predecessor-run';
import { stages, whole, processedToSettled, orderAtBroker } from '../support/observations';
import { newOrder } from '../support/order-under-test';
import { reset, type ResetPoint } from '../support/reset';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { expectSettled, placeOrder, showing, type TrackedOrder } from '../support/tracked-order';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import { releaseUpdate } from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const POINTS: ResetPoint[] = ['first', 'middle', 'last'];

function remembers({ order }: Pick<TrackedOrder, 'order'>): void {
  const real = createRecoveryActivities(worker.client, awayStore);
  order.script('findPredecessorRun', (input) => real.findPredecessorRun(input));
}

const recovered = ({ order }: Pick<TrackedOrder, 'order'>, run: number) =>
  order.viewWhen(`run ${run}`, (view) => view.run === run && view.questions.nothingNew > 0);

/**
 * Ids with bytes that ESW received. The server runs an activity again that was under way at the point of the reset, so
 * repetitions of the same bytes are normal.
 */
const eventsAtEsw = ({ order }: TrackedOrder) =>
  new Set(order.sent().map(({ id, bytes }) => `${id} ${bytes}`));

/** An order that is FILLED; its events went to ESW one batch after another. */
async function filled(): Promise<TrackedOrder> {
  const tracked = await placeOrder(worker);
  const { order, broker } = tracked;
  remembers(tracked);
  const sent = (count: number) => until(`${count} events`, () => order.sent().length >= count);
  await sent(1);
  await order.deliver(...stages(broker).PROCESSING);
  await sent(2);
  showing(tracked, 'FILLED');
  await order.deliver(...stages(broker).FILLED);
  await order.viewWhen('ESW’s answers', ({ fulfillment: { accepted, children } }) => {
    return accepted.length === 3 && children?.pending === 0;
  });
  return tracked;
}

describe.each(POINTS)('reset to its %s task', (point) => {
  it('an open order sends no event with other bytes, and settles (14.4)', async () => {
    const tracked = await filled();
    const { order, broker, reference } = tracked;
    const before = eventsAtEsw(tracked);
    await reset(worker, order.handle, point);
    await recovered(tracked, 2);
    expect(eventsAtEsw(tracked)).toEqual(before);
    await order.deliver(...stages(broker).SETTLED);
    const view = await expectSettled(tracked);
    expect(view).toMatchObject({ origin: 'placed', reference, run: 2, findings: [] });
    expect((await order.timeline()).map(({ rule }) => rule)).toContain('recovery:resumed');
    expectEachOnceSent(order, reference, EVERY_STATE);
  });

  it('a finished order ends again as it was (14.4)', async () => {
    const tracked = await filled();
    const { order, broker, reference } = tracked;
    await order.deliver(...stages(broker).SETTLED);
    await order.handle.result();
    const before = eventsAtEsw(tracked);
    showing(tracked, 'SETTLED');
    await reset(worker, order.handle, point);
    const view = await expectSettled(tracked);
    expect(view).toMatchObject({ status: 'SETTLED', run: 2, reference });
    expect(eventsAtEsw(tracked)).toEqual(before);
  });
});

it('twice: the second run had not recovered yet (14.4)', async () => {
  const tracked = await filled();
  const { order, broker, reference } = tracked;
  await worker.pause();
  try {
    await reset(worker, order.handle, 'middle');
    await order.handle.terminate('by mistake');
    await order.deliver(...stages(broker).SETTLED.slice(0, 1));
  } finally {
    await worker.resume();
  }
  await recovered(tracked, 2);
  await reset(worker, order.handle, 'first');
  await recovered(tracked, 3);
  await order.deliver(...stages(broker).SETTLED);
  expect(await expectSettled(tracked)).toMatchObject({ origin: 'placed', reference });
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it.each(POINTS)('past a release, to its %s task: what was released stays released (14.4)', async (point) => {
  const order = newOrder(worker, { policies: { predecessorGraceMs: 300 } });
  const broker = { ...orderAtBroker(order.id, 2, new Date(Date.now() - 40 * 86_400_000)), isDated: true };
  const tracked = { order, broker, reference: order.id };
  order.script('findPredecessorRun', () => ({ kind: 'none' }));
  showing(tracked, 'SETTLED');
  await order.deliver(whole(broker, 'SETTLED', { initiationFlow: 'SAVINGS_PLAN' }));
  await order.viewWhen('the hold', ({ held }) => held === 'FIRST_SEEN_FINISHED');
  remembers(tracked);
  await order.decide(releaseUpdate);
  await order.deliver(...processedToSettled(broker));
  await order.handle.result();
  const sent = eventsAtEsw(tracked);
  expect(sent.size).toBeGreaterThan(0);
  await reset(worker, order.handle, point);
  await order.handle.result();
  const view = await order.viewWhen('the end', ({ finished }) => finished);
  expect(view).toMatchObject({ status: 'SETTLED', run: 2, attention: [] });
  expect(view.held).toBeUndefined();
  expect(eventsAtEsw(tracked)).toEqual(sent);
});

it('a cancel that Upvest rejected is not requested again (14.4)', async () => {
  const tracked = await placeOrder(worker);
  const { order, broker } = tracked;
  remembers(tracked);
  showing(tracked, 'PROCESSING');
  await order.deliver(...stages(broker).PROCESSING);
  order.script('cancelPortfolioOrder', () => ({ kind: 'refused', problem: { status: 409 } }));
  await order.decide(cancelUpdate);
  await order.viewWhen('the rejection', ({ attention }) => attention.includes('CANCEL_REFUSED'));
  await reset(worker, order.handle, 'middle');
  await recovered(tracked, 2);
  expect((await order.view()).cancel).toMatchObject({ outcome: 'refused' });
  const requests = order.calls('cancelPortfolioOrder').map(({ input }) => input.askedAt);
  expect(new Set(requests).size).toBe(1);
  await order.handle.terminate('the end of the test');
});

it('while the terminated run cannot be read, nothing is emitted until an operator releases the order (14.4)', async () => {
  const tracked = await filled();
  const { order } = tracked;
  const sent = eventsAtEsw(tracked);
  order.script('findPredecessorRun', () => ({ kind: 'unreadable', why: 'Its code was wrong' }));
  await reset(worker, order.handle, 'middle');
  const held = await order.viewWhen('the hold', ({ held }) => held === 'HEALED_WITHOUT_LEDGER');
  expect(held.origin).toBe('placed');
  expect(eventsAtEsw(tracked)).toEqual(sent);
  await order.handle.terminate('the end of the test');
});
