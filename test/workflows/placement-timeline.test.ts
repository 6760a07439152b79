/** The timeline of a placement tells why it takes long: what Upvest does not take, or does not answer. */
import { ApplicationFailure } from '@temporalio/common';
import { PLACEMENT_STOPPED } from '../../src/domain/broker/placement-stop';
import { placementTimeline } from '../../src/domain/views/placement-steps';
import type { TimelineEntry } from '../../src/domain/views/timeline';
import { newPlacement, type PlacementUnderTest } from '../support/placement-under-test';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';

let time: TimeSkipping;
beforeAll(async () => {
  time = await startTimeSkipping();
});
afterAll(async () => {
  await time.stop();
  await closeTemporal();
});

async function linesOf(placement: PlacementUnderTest, rule: string): Promise<TimelineEntry[]> {
  const { reference, steps = [] } = await placement.view();
  return placementTimeline(reference, steps).filter((line) => line.rule === rule);
}

it('has one line for POSTs that Upvest does not take, and one for their end (14.18)', async () => {
  const placement = newPlacement(time.worker, { requestedAt: new Date(await time.now()) });
  placement.script('placeAtBroker', () => {
    throw ApplicationFailure.create({
      type: PLACEMENT_STOPPED,
      nonRetryable: true,
      details: [{ mayHavePlaced: false, why: 'unauthorised', problem: { status: 401, title: 'no' } }],
    });
  });
  await placement.start();
  await placement.viewWhen('several pauses', ({ stopped }) => (stopped?.count ?? 0) === 1);
  await time.pass('10m');
  const { stopped } = await placement.view();
  const since = stopped?.since;
  const line = {
    source: 'coordinator',
    text: 'No attempt to place the order got through: 401 no',
    at: since,
  };
  expect(await linesOf(placement, 'placement:stopped')).toEqual([
    expect.objectContaining({ ...line, times: stopped?.count, lastAt: expect.any(String) as string }),
  ]);
  placement.script('placeAtBroker', () => placement.answered());
  await time.pass('10m');
  await placement.viewWhen('the end', ({ phase }) => phase === 'PLACED');
  expect(await linesOf(placement, 'placement:stopped')).toEqual([
    expect.objectContaining(line),
    expect.objectContaining({
      text: expect.stringMatching(/^The attempts ended, after \d+ pauses since 20/) as string,
    }),
  ]);
});

it('has one line for searches that fail, and one for their end (14.18)', async () => {
  const hour = 60 * 60_000;
  const placement = newPlacement(time.worker, { requestedAt: new Date((await time.now()) - hour) });
  placement.script('placeAtBroker', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', () => {
    throw ApplicationFailure.nonRetryable('Upvest answered 503');
  });
  await placement.start();
  await placement.viewWhen('a search', ({ searchFailure }) => searchFailure !== undefined);
  await time.pass('30m');
  const line = { source: 'coordinator', text: 'Upvest could not be read: Upvest answered 503' };
  const [failed, ...more] = await linesOf(placement, 'placement:search-failed');
  expect(failed).toMatchObject(line);
  expect(failed?.times).toBeGreaterThan(2);
  expect(more).toEqual([]);
  placement.script('findPlacedOrder', () => undefined);
  await time.pass('2h');
  await placement.viewWhen('an answer', ({ searchFailure }) => searchFailure === undefined);
  expect(await linesOf(placement, 'placement:search-failed')).toEqual([
    expect.objectContaining(line),
    expect.objectContaining({
      text: expect.stringMatching(/^Upvest answers again, after \d+ attempts since 20/) as string,
    }),
  ]);
});
