/** A placement that looks for its order for months: its history stays short, and no run loses what the ones before it knew. */
import { randomUUID } from 'node:crypto';
import { searchAttributes } from '../../contracts/search-attributes';
import { candidateSignal, identifyUpdate } from '../../contracts/placement';
import { cancelUpdate } from '../../contracts/decisions';
import { untilTaken } from '../../src/temporal/until-taken';
import { historyOf } from '../support/history';
import { byPoll } from '../support/observations';
import { OPERATOR } from '../support/order-under-test';
import { newPlacement, type PlacementUnderTest } from '../support/placement-under-test';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';

let worker: StubWorker;
let time: TimeSkipping;
beforeAll(async () => {
  [worker, time] = await Promise.all([startStubWorker(), startTimeSkipping()]);
});
afterAll(async () => {
  await Promise.all([worker.stop(), time.stop()]);
  await closeTemporal();
});

const LIMIT = 60;
const candidates = [randomUUID(), randomUUID()];
const looks = (placement: PlacementUnderTest) => placement.calls('findPlacedOrder').length;
const runOf = async ({ handle }: PlacementUnderTest) => (await handle.describe()).runId;

/** A placement of an hour ago whose POSTs got no answer, and which two orders at Upvest match. */
async function unknown(on: StubWorker, requestedAt: number): Promise<PlacementUnderTest> {
  const placement = newPlacement(on, {
    requestedAt: new Date(requestedAt - 3_600_000),
    policies: { historyEventsPerRun: LIMIT },
  });
  placement.script('placeAtBroker', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', () => ({ candidates }));
  await placement.start();
  await until('the first look', () => looks(placement) > 0);
  return placement;
}

/** Lets webhooks wake the look-up until the workflow is in another run. */
async function intoNextRun(placement: PlacementUnderTest): Promise<void> {
  const run = await runOf(placement);
  await until('the next run', async () => {
    await untilTaken(() => placement.handle.signal(candidateSignal, randomUUID()));
    return (await runOf(placement)) !== run;
  });
  await placement.viewWhen('the view', ({ phase }) => phase === 'UNKNOWN');
}

it('keeps request, times, candidates, attention and a cancel over its runs, and an operator may identify it (14.22)', async () => {
  const placement = await unknown(worker, Date.now());
  const { order, asNew } = placement;
  await placement.viewWhen('the candidates', (view) => view.candidates !== undefined);
  const decide = () => placement.handle.executeUpdate(cancelUpdate, { args: [OPERATOR], updateId: 'a-key' });
  const cancelled = await decide();
  const before = await placement.view();
  expect(before).toMatchObject({ phase: 'UNKNOWN', candidates, cancel: OPERATOR });
  const { memo } = await placement.handle.describe();

  await intoNextRun(placement);
  await intoNextRun(placement);
  expect(await placement.view()).toEqual(before);
  const described = await placement.handle.describe();
  expect(described.memo).toEqual({ ...memo, openedAt: placement.input.requestedAt });
  expect(described.typedSearchAttributes.get(searchAttributes.attention)).toEqual(['PLACEMENT_UNKNOWN']);
  expect(described.typedSearchAttributes.get(searchAttributes.orderReference)).toBe(placement.reference);
  // The same key is the same decision, which leaves no second line.
  expect(await untilTaken(decide)).toEqual(cancelled);
  expect((await placement.view()).steps).toEqual(before.steps);

  placement.script('readPlacedOrder', () => ({ ...asNew, source: byPoll() }));
  order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
  await untilTaken(() => placement.decide(identifyUpdate, { portfolioOrderId: order.id }));
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed', portfolioOrderId: order.id });
  await until('the DELETE', () => order.calls('cancelPortfolioOrder').length === 1);
  expect(placement.calls('handOff')[0]?.input).toMatchObject({
    cancel: OPERATOR,
    identified: { portfolioOrderId: order.id },
  });
  await order.handle.terminate('the end of the test');
});

it('searches once an hour for months, in runs of bounded length, and POSTs no more (14.22)', async () => {
  const placement = await unknown(time.worker, await time.now());
  const posts = placement.calls('placeAtBroker').length;
  const run = await runOf(placement);
  await time.pass('30d');
  const searched = looks(placement);
  expect(searched).toBeGreaterThan(700);
  expect(searched).toBeLessThan(740);
  expect(await runOf(placement)).not.toBe(run);
  for (const runId of [run, await runOf(placement)])
    expect((await historyOf(time.worker.client, placement.workflowId, runId)).length).toBeLessThan(
      LIMIT + 30,
    );
  expect(placement.calls('placeAtBroker')).toHaveLength(posts);
  await placement.decide(identifyUpdate);
  await placement.viewWhen('the end', ({ phase }) => phase === 'NOT_PLACED');
});
