/** What a look-up does while Upvest puts it off, in workflow time. */
import { ApplicationFailure } from '@temporalio/common';
import { identifyUpdate } from '../../contracts/placement';
import { searchAttributes } from '../../contracts/search-attributes';
import { toRepeatedFailure } from '../../activities/support/to-application-failure';
import { UpvestRetry } from '../../src/upvest/client/errors';
import { PLACEMENT_STOPPED } from '../../src/domain/broker/placement-stop';
import { byPoll } from '../support/observations';
import { newPlacement, type PlacementUnderTest } from '../support/placement-under-test';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';

let time: TimeSkipping;
beforeAll(async () => {
  time = await startTimeSkipping();
});
afterAll(async () => {
  await time.stop();
  await closeTemporal();
});

function tooMany(): never {
  throw toRepeatedFailure(new UpvestRetry('429', { status: 429, retryAfterMs: 3_600_000 }));
}

/** A placement whose hour for POSTs is over, with an unknown outcome. */
async function unknown(look: () => undefined): Promise<PlacementUnderTest> {
  const hour = 60 * 60_000;
  const placement = newPlacement(time.worker, { requestedAt: new Date((await time.now()) - hour) });
  placement.script('placeAtBroker', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', look);
  await placement.start();
  await placement.viewWhen('UNKNOWN', ({ phase }) => phase === 'UNKNOWN');
  return placement;
}

const searches = (placement: PlacementUnderTest): number => placement.calls('findPlacedOrder').length;
const reads = (placement: PlacementUnderTest): number => placement.calls('readPlacedOrder').length;

function ended({ handle }: PlacementUnderTest): Promise<unknown> {
  return until('the end', async () => {
    const { status } = await handle.describe();
    return status.name === 'COMPLETED' && handle.result();
  });
}

it('a search that Upvest puts off for an hour is repeated after that hour (14.5)', async () => {
  const placement = await unknown(tooMany);
  await until('the first search', () => searches(placement) === 1);
  await time.pass('55m');
  expect(searches(placement)).toBe(1);
  await time.pass('6m');
  await until('the second search', () => searches(placement) === 2);
});

it('meanwhile an operator decides at once (14.5)', async () => {
  const placement = await unknown(tooMany);
  await until('the first search', () => searches(placement) === 1);
  await placement.decide(identifyUpdate, { reason: 'the client gave up' });
  expect(await ended(placement)).toMatchObject({ outcome: 'not-placed' });
});

describe('an identified order whose read Upvest puts off for an hour', () => {
  async function putOff(): Promise<PlacementUnderTest> {
    const placement = await unknown(() => undefined);
    placement.script('readPlacedOrder', tooMany);
    await placement.decide(identifyUpdate, { portfolioOrderId: placement.order.id });
    await placement.viewWhen('why', ({ waitingFor }) =>
      waitingFor.startsWith('Upvest to answer the read of'),
    );
    return placement;
  }

  it('is read again after that hour, and not before (14.5)', async () => {
    const placement = await putOff();
    await time.pass('55m');
    expect(reads(placement)).toBe(1);
    placement.script('readPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
    await time.pass('6m');
    expect(await ended(placement)).toMatchObject({ portfolioOrderId: placement.order.id });
    expect(reads(placement)).toBe(2);
  });

  it('says why, in view and index, until it is read (14.57)', async () => {
    const placement = await putOff();
    const failing = await placement.viewWhen('the cause', ({ searchFailure }) => searchFailure !== undefined);
    expect(failing.waitingFor).toMatch(/ Upvest could not be read since \S+, 1 attempt: 429\.$/);
    const indexed = async () =>
      (await placement.handle.describe()).typedSearchAttributes.get(searchAttributes.partnerTrouble);
    expect(await indexed()).toEqual([expect.stringMatching(/^upvest \S+ 429$/)]);
    placement.script('readPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
    await time.pass('62m');
    expect(await ended(placement)).not.toHaveProperty('view.searchFailure');
    expect(await indexed()).toEqual([]);
  });

  it('does not keep the operator from deciding anew (14.5)', async () => {
    const placement = await putOff();
    await placement.decide(identifyUpdate, { reason: 'it was another one' });
    expect(await ended(placement)).toMatchObject({ outcome: 'not-placed' });
    expect(reads(placement)).toBe(1);
  });
});

it('an identified order that cannot be read keeps further POSTs back', async () => {
  const placement = newPlacement(time.worker, { requestedAt: new Date(await time.now()) });
  placement.script('placeAtBroker', () => {
    throw ApplicationFailure.create({
      type: PLACEMENT_STOPPED,
      nonRetryable: true,
      details: [{ mayHavePlaced: false, why: 'unauthorised', problem: { status: 401 } }],
    });
  });
  placement.script('findPlacedOrder', () => undefined);
  placement.script('readPlacedOrder', tooMany);
  await placement.start();
  await placement.viewWhen('a pause', (view) => view.stopped !== undefined);
  await placement.decide(identifyUpdate, { portfolioOrderId: placement.order.id });
  await until('the read', () => reads(placement) > 0);
  const posted = placement.calls('placeAtBroker').length;
  await time.pass('2h');
  expect(placement.calls('placeAtBroker')).toHaveLength(posted);
  placement.script('readPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
  await time.pass('1h');
  expect(await ended(placement)).toMatchObject({ portfolioOrderId: placement.order.id });
});

it('an order that another placement has is not identified, and the operator decides anew (14.2)', async () => {
  const placement = await unknown(() => undefined);
  placement.script('readPlacedOrder', () => 'claimed');
  await placement.decide(identifyUpdate, { portfolioOrderId: placement.order.id });
  const { waitingFor } = await placement.viewWhen('the reason', ({ identified }) => identified === undefined);
  expect(waitingFor).toContain(`${placement.order.id} is the order of another placement`);
  expect(placement.calls('readPlacedOrder')[0]?.input).toEqual({
    portfolioOrderId: placement.order.id,
    placement: placement.reference,
  });
  await placement.decide(identifyUpdate, { reason: 'Upvest has no other' });
  expect(await ended(placement)).toMatchObject({ outcome: 'not-placed' });
});
