/** How long a placement repeats its POST, and how it searches for the order afterwards, in workflow time. */
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

/** A placement that was requested this long ago, and whose POSTs get no answer. */
async function unanswered(askedBeforeMs = 0): Promise<PlacementUnderTest> {
  const placement = newPlacement(time.worker, { requestedAt: new Date((await time.now()) - askedBeforeMs) });
  placement.script('placeAtBroker', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', () => undefined);
  await placement.start();
  await until('the first POST', () => placement.calls('placeAtBroker').length > 0);
  return placement;
}

const posts = (placement: PlacementUnderTest) => placement.calls('placeAtBroker');
const looks = (placement: PlacementUnderTest) => placement.calls('findPlacedOrder').length;

/** Durations of the workflow's timers, in seconds, oldest first. */
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

it('the hour begins with the client’s request, not with the workflow', async () => {
  const placement = await unanswered(50 * MINUTE);
  await time.pass('8m');
  expect((await placement.view()).phase).toBe('PLACING');
  await time.pass('3m');
  await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN');
});

it('an answer within the hour ends the repetition', async () => {
  const placement = await unanswered();
  await time.pass('55m');
  placement.script('placeAtBroker', () => placement.answered());
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
  expect(looks(placement)).toBe(0);
});

it('searches for the order in growing intervals, from 30 seconds to one hour, until it is found', async () => {
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

it('a handoff that fails is repeated until it succeeds, without another POST', async () => {
  const placement = newPlacement(time.worker, { requestedAt: new Date(await time.now()) });
  placement.script('placeAtBroker', () => ({ observation: placement.asNew }));
  let isAway = true;
  placement.script('handOff', () => {
    if (isAway) throw new Error('Temporal is unavailable');
    return 'handed-off';
  });
  await placement.start();
  await time.pass('2h');
  expect((await placement.view()).phase).toBe('HANDING_OVER');
  isAway = false;
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
  expect(posts(placement)).toHaveLength(1);
});
