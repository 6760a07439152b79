/** How long a placement repeats its POST, and how it searches for the order afterwards, in workflow time. */
import { candidateSignal, identifyUpdate } from '../../contracts/placement';
import { LOOK_UP_FIRST } from '../../src/domain/broker/placement';
import { ApplicationFailure } from '@temporalio/common';
import { searchAttributes } from '../../contracts/search-attributes';
import { PLACEMENT_STOPPED, type PostFailure } from '../../src/domain/broker/placement-stop';
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

describe('a POST that may have placed, after its first minute (14.6)', () => {
  /** A placement whose activity leaves every further POST to a look at Upvest. */
  async function doubtful(look: () => undefined | { candidates: string[] }): Promise<PlacementUnderTest> {
    const placement = newPlacement(time.worker, { requestedAt: new Date(await time.now()) });
    placement.script('placeAtBroker', () => {
      throw ApplicationFailure.nonRetryable('a minute is over', LOOK_UP_FIRST);
    });
    placement.script('findPlacedOrder', look);
    await placement.start();
    await until('the first look', () => looks(placement) === 1);
    return placement;
  }

  it('is repeated only when a look shows no such order, in growing intervals, for an hour', async () => {
    const placement = await doubtful(() => undefined);
    expect(posts(placement)).toHaveLength(1);
    await time.pass('50m');
    const tried = posts(placement);
    expect(tried.length).toBeGreaterThan(8);
    expect(tried.length).toBeLessThan(20);
    expect(looks(placement)).toBeGreaterThanOrEqual(tried.length - 1);
    expect(tried.map(({ input }) => 'mayHavePlaced' in input)).toEqual(tried.map((_one, index) => index > 0));
    expect((await placement.view()).phase).toBe('PLACING');
    await time.pass('11m');
    await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN');
  });

  it('is not repeated when the look finds the order', async () => {
    const placement = await doubtful(() => undefined);
    placement.script('findPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
    expect(await placement.handle.result()).toMatchObject({ portfolioOrderId: placement.order.id });
    expect(posts(placement).length).toBeLessThanOrEqual(2);
  });

  it('is not repeated while several orders match, or while Upvest cannot be searched', async () => {
    const ambiguous = await doubtful(() => ({ candidates: ['a', 'b'] }));
    const blind = await doubtful(() => {
      throw new Error('no answer');
    });
    await time.pass('30m');
    for (const placement of [ambiguous, blind]) {
      expect(posts(placement)).toHaveLength(1);
      expect(looks(placement)).toBeGreaterThan(3);
    }
    expect((await ambiguous.view()).candidates).toEqual(['a', 'b']);
  });

  it('ends at once when a webhook reports an order and Upvest has it (14.44)', async () => {
    const placement = await doubtful(() => undefined);
    const { order, asNew } = placement;
    placement.script('findPlacedOrder', () => ({ ...asNew, source: byPoll() }));
    await placement.handle.signal(candidateSignal, order.id);
    expect(await placement.handle.result()).toMatchObject({ portfolioOrderId: order.id });
    expect(posts(placement)).toHaveLength(1);
  });
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

it('says since when and why Upvest cannot be searched, until it can (14.57)', async () => {
  const placement = await unanswered(60 * MINUTE);
  placement.script('findPlacedOrder', () => {
    throw new Error('Upvest answered 503');
  });
  const indexed = async () =>
    (await placement.handle.describe()).typedSearchAttributes.get(searchAttributes.partnerTrouble);
  await time.pass('30m');
  const failing = await placement.viewWhen('the cause', ({ searchFailure }) => searchFailure !== undefined);
  const { since = '', attempts = 0 } = failing.searchFailure ?? {};
  expect(attempts).toBeGreaterThan(2);
  expect(failing.waitingFor).toBe(
    `The order to be found at Upvest, or an operator. Upvest could not be read since ${since}, ${attempts} attempts: Upvest answered 503.`,
  );
  expect(await indexed()).toEqual([`upvest ${since} Upvest answered 503`]);

  placement.script('findPlacedOrder', () => undefined);
  await time.pass('2h');
  const searched = await placement.viewWhen('a search', ({ searchFailure }) => searchFailure === undefined);
  expect(searched.waitingFor).toBe('The order to be found at Upvest, or an operator.');
  expect(await indexed()).toEqual([]);
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

describe('attempts that do not get through', () => {
  const stop = (failure: Omit<PostFailure, 'problem'>, problem: PostFailure['problem'] = { status: 403 }) =>
    ApplicationFailure.create({
      type: PLACEMENT_STOPPED,
      message: '403',
      nonRetryable: true,
      details: [{ ...failure, problem }],
    });

  /** A placement whose POSTs end with this failure until `isFixed` says otherwise. */
  async function stopped(failure: () => Error | undefined): Promise<PlacementUnderTest> {
    const placement = newPlacement(time.worker, { requestedAt: new Date(await time.now()) });
    placement.script('placeAtBroker', () => {
      const error = failure();
      if (error) throw error;
      return placement.answered();
    });
    placement.script('findPlacedOrder', () => undefined);
    await placement.start();
    return placement;
  }

  it('a fault of the deployment pauses with one attention, and goes on when it is fixed (14.7)', async () => {
    let isFixed = false;
    const placement = await stopped(() =>
      isFixed ? undefined : stop({ mayHavePlaced: false, why: 'unauthorised' }),
    );
    const { stopped: pause, phase } = await placement.viewWhen(
      'a pause',
      (view) => view.stopped !== undefined,
    );
    expect([phase, pause?.why, pause?.message, pause?.flagged]).toEqual([
      'PLACING',
      'unauthorised',
      '403',
      true,
    ]);
    const indexed = (await placement.handle.describe()).typedSearchAttributes;
    expect(indexed.get(searchAttributes.partnerTrouble)).toEqual([`upvest ${pause?.since ?? ''} 403`]);
    await time.pass('30m');
    expect((await placement.view()).stopped?.count).toBeGreaterThan(5);
    isFixed = true;
    const result = await placement.handle.result();
    expect(result).toMatchObject({ outcome: 'placed' });
    expect(result.view).not.toHaveProperty('stopped');
    const upserts = (await historyOf(time.worker.client, placement.workflowId)).filter(
      (event) => event.upsertWorkflowSearchAttributesEventAttributes,
    );
    // The attention with its cause, the version of the code that saves rows, their end, and the order's id.
    expect(upserts).toHaveLength(4);
    expect(looks(placement)).toBe(0);
  });

  it('an hour of a certain "no" ends as a rejection that may be repeated (14.5)', async () => {
    const placement = await stopped(() =>
      stop({ mayHavePlaced: false, why: 'unauthorised' }, { status: 401 }),
    );
    expect(await placement.handle.result()).toMatchObject({
      outcome: 'refused',
      problem: { status: 401, retryable: true },
      view: { phase: 'REFUSED' },
    });
    expect(looks(placement)).toBe(0);
  });

  it('so does an hour of attempts that are repeated within the call (14.5)', async () => {
    const placement = await stopped(() =>
      ApplicationFailure.create({
        type: 'PlacementUnanswered',
        message: '429',
        details: [{ mayHavePlaced: false, problem: { status: 429 } }],
      }),
    );
    await time.pass('61m');
    expect(await placement.handle.result()).toMatchObject({
      outcome: 'refused',
      problem: { retryable: true },
    });
  });

  it('a pause that Upvest requested is waited for by a timer, without an attention (14.5)', async () => {
    let isOver = false;
    const placement = await stopped(() =>
      isOver ? undefined : stop({ mayHavePlaced: false, why: 'busy', retryAfterMs: 900_000 }),
    );
    await placement.viewWhen('a pause', (view) => view.stopped?.why === 'busy');
    isOver = true;
    await time.pass('14m');
    expect(posts(placement)).toHaveLength(1);
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    expect(await timersOf(placement)).toEqual([900]);
  });

  it('after an attempt that may have placed the order is looked up before the next POST (14.40)', async () => {
    let isFixed = false;
    const placement = await stopped(() =>
      isFixed ? undefined : stop({ mayHavePlaced: true, why: 'unauthorised' }),
    );
    await placement.viewWhen('a pause', (view) => view.stopped !== undefined);
    isFixed = true;
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    expect(looks(placement)).toBe(1);
    expect(posts(placement).map(({ input }) => input.mayHavePlaced)).toEqual([undefined, true]);
  });

  it('an operator may end the pause: there is no order (14.7)', async () => {
    const placement = await stopped(() => stop({ mayHavePlaced: false, why: 'unauthorised' }));
    await placement.viewWhen('a pause', (view) => view.stopped !== undefined);
    await placement.decide(identifyUpdate, { reason: 'the client gave up' });
    expect(await placement.handle.result()).toMatchObject({ outcome: 'not-placed' });
  });
});
