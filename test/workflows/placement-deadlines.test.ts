/** How long a placement POSTs, and how it looks for the order afterwards, in workflow time. */
import { byPoll, processedToSettled } from '../support/observations';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import { historyOf } from '../support/history';
import { newPlacement, type PlacementUnderTest } from '../support/placement-under-test';
import { endedAs } from '../support/placed-order';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';

const MINUTE = 60_000;

let time: TimeSkipping;
beforeAll(async () => {
  time = await startTimeSkipping();
});
afterAll(async () => {
  await time.stop();
  await closeTemporal();
});

/** A placement that was asked for so long ago, and whose POSTs get no answer. */
async function unanswered(askedBeforeMs = 0): Promise<PlacementUnderTest> {
  const placement = newPlacement(time.worker, { requestedAt: new Date((await time.now()) - askedBeforeMs) });
  placement.script('placePortfolioOrder', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', () => undefined);
  await placement.start();
  await until('the first POST', () => placement.calls('placePortfolioOrder').length > 0);
  return placement;
}

const posts = (placement: PlacementUnderTest) => placement.calls('placePortfolioOrder');
const looks = (placement: PlacementUnderTest) => placement.calls('findPlacedOrder').length;

/** What the workflow's timers were set to, in seconds, oldest first. */
async function timersOf({ workflowId }: PlacementUnderTest): Promise<number[]> {
  const history = await historyOf(time.worker.client, workflowId);
  return history.flatMap(({ timerStartedEventAttributes: timer }) =>
    timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
  );
}

it('a POST that gets no answer is repeated for one hour, as the same request, and never after that', async () => {
  const placement = await unanswered();
  await time.pass('58m');
  expect((await placement.view()).phase).toBe('PLACING');
  expect(looks(placement)).toBe(0);
  // Pauses double from one second, and are no longer than a minute.
  expect(posts(placement).length).toBeGreaterThanOrEqual(58);
  await time.pass('3m');
  await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN');
  const tried = posts(placement);
  expect(new Set(tried.map(({ input }) => JSON.stringify(input))).size).toBe(1);
  await time.pass('1d');
  expect((await placement.view()).phase).toBe('UNKNOWN');
  expect(posts(placement)).toHaveLength(tried.length);
});

it('the hour begins when the client asked, not when the workflow began', async () => {
  const placement = await unanswered(50 * MINUTE);
  await time.pass('8m');
  expect((await placement.view()).phase).toBe('PLACING');
  await time.pass('3m');
  await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN');
});

it('an answer within the hour is the end of it', async () => {
  const placement = await unanswered();
  await time.pass('55m');
  placement.script('placePortfolioOrder', () => placement.answered());
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
  expect(looks(placement)).toBe(0);
});

it('the order is looked for ever more slowly, from 30 seconds to one hour, until it is found', async () => {
  const placement = await unanswered(60 * MINUTE);
  const { order, broker, reference } = placement;
  await until('the first look', () => looks(placement) === 1);
  await time.pass('4h');
  await until('more looks', () => looks(placement) >= 10);
  expect((await timersOf(placement)).slice(0, 10)).toEqual([
    30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600,
  ]);
  expect((await placement.view()).waitingFor).toContain('operator');

  placement.script('findPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed', portfolioOrderId: order.id });
  const settled = processedToSettled(broker);
  await order.deliver(...settled);
  expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED', origin: 'placed', reference });
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it('a hand-over that fails is repeated for as long as that takes, without another POST', async () => {
  const placement = newPlacement(time.worker, { requestedAt: new Date(await time.now()) });
  placement.script('placePortfolioOrder', () => ({ observation: placement.asNew }));
  let isAway = true;
  placement.script('handOver', () => {
    if (isAway) throw new Error('Temporal is away');
    return 'handed-over';
  });
  await placement.start();
  await time.pass('2h');
  expect((await placement.view()).phase).toBe('HANDING_OVER');
  isAway = false;
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
  expect(posts(placement)).toHaveLength(1);
});
