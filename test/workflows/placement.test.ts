/** One order at the broker, whatever happens to the POST, and no guesses. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { searchAttributes } from '../../contracts/search-attributes';
import { createHandoffActivities } from '../../activities/placement/hand-off';
import { createPlacementSearch } from '../../activities/placement/placement-search';
import { createOrderSignals } from '../../src/app/orders/deliver';
import { LOOK_UP_FIRST } from '../../src/domain/broker/placement';
import { EVERY_STATE, expectEachOnceSent } from '../support/stub-esw';
import { eventTypes, historyOf } from '../support/history';
import { byPoll, processedToSettled, whole } from '../support/observations';
import { newPlacement, type PlacementUnderTest } from '../support/placement-under-test';
import { endedAs, refusal, deliverUntil } from '../support/placed-order';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { held } from '../support/stub-activities';
import { closeTemporal } from '../support/temporal';
import { awayRegistry } from '../support/registry';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import { identifyUpdate } from '../../contracts/placement';
import { releaseUpdate } from '../../contracts/portfolio-order';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const attentionOf = async ({ handle }: PlacementUnderTest) =>
  (await handle.describe()).typedSearchAttributes.get(searchAttributes.attention) ?? [];

/** A placement whose answer is held back until the test releases it. */
async function underWay() {
  const placement = newPlacement(worker);
  let letGo = (): void => undefined;
  const free = new Promise<void>((resolve) => (letGo = resolve));
  placement.script('placeAtBroker', async () => {
    await free;
    return placement.answered();
  });
  await placement.start();
  await until('the POST', () => placement.calls('placeAtBroker').length === 1);
  return { placement, letGo };
}

/** A placement of an hour ago whose time for POSTs is over, and whose POSTs got no answer. */
async function unanswered(look: () => undefined | { candidates: string[] }): Promise<PlacementUnderTest> {
  const placement = newPlacement(worker, { requestedAt: new Date(Date.now() - 3_600_000) });
  placement.script('placeAtBroker', () => {
    throw new Error('no answer');
  });
  placement.script('findPlacedOrder', look);
  await placement.start();
  // It searched, chose no order, and waits for its next search.
  await until('the first look', async () =>
    eventTypes(await historyOf(worker.client, placement.workflowId)).includes('TIMER_STARTED'),
  );
  return placement;
}

/** Checks that the order of the placement is tracked to its end, as one placed here. */
async function isFollowed({ order, broker, reference }: PlacementUnderTest): Promise<void> {
  const settled = processedToSettled(broker);
  await order.deliver(...settled);
  expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED', origin: 'placed', reference });
  expectEachOnceSent(order, reference, EVERY_STATE);
}

describe('placing', () => {
  it('POSTs once, and hands off to the order’s own workflow', async () => {
    const placement = newPlacement(worker);
    await placement.start();
    expect(await placement.handle.result()).toMatchObject({
      outcome: 'placed',
      portfolioOrderId: placement.order.id,
      view: { phase: 'PLACED' },
    });
    const { typedSearchAttributes } = await placement.handle.describe();
    expect(typedSearchAttributes.get(searchAttributes.portfolioOrderId)).toBe(placement.order.id);
    await isFollowed(placement);
    expect(placement.calls('placeAtBroker')).toHaveLength(1);
    expect(placement.calls('handOff')).toEqual([]);
  });

  it('names its deployment in the idempotency key: the configured one, or the Temporal namespace (14.2)', async () => {
    const { namespaceInfo } = await worker.client.workflowService.describeNamespace({
      namespace: worker.client.options.namespace,
    });
    const byDefault = newPlacement(worker);
    const configured = newPlacement(worker);
    configured.input.order = { ...configured.input.order, deployment: 'prod-eu' };
    for (const placement of [byDefault, configured]) {
      await placement.start();
      await placement.handle.result();
    }
    const deployments = [byDefault, configured].map((one) => one.calls('placeAtBroker')[0]?.input.deployment);
    expect(deployments).toEqual([namespaceInfo?.id, 'prod-eu']);
  });

  it('ends with the problem when Upvest rejects the order, and does not search for it', async () => {
    const problem = { status: 403, requestId: randomUUID() };
    const placement = newPlacement(worker);
    placement.script('placeAtBroker', () => {
      throw ApplicationFailure.nonRetryable('Forbidden', 'PlacementRefused', problem);
    });
    await placement.start();
    const result = await placement.handle.result();
    expect(result).toMatchObject({ outcome: 'refused', problem, view: { phase: 'REFUSED', problem } });
    expect(placement.calls('placeAtBroker')).toHaveLength(1);
    expect(placement.calls('findPlacedOrder')).toEqual([]);
  });

  it('hands off from the workflow if the activity could not, and POSTs no second time', async () => {
    const placement = newPlacement(worker);
    placement.script('placeAtBroker', () => ({ observation: placement.asNew }));
    await placement.start();
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    await isFollowed(placement);
    expect(placement.calls('placeAtBroker')).toHaveLength(1);
    expect(placement.calls('handOff')).toHaveLength(1);
  });

  it('that Upvest answers with another order sends ESW nothing until an operator releases it (14.1)', async () => {
    const placement = newPlacement(worker);
    const { order, input, asNew, reference } = placement;
    // Such as the order of an earlier request, which the idempotency key repeats.
    const createdAt = new Date(Date.parse(input.requestedAt) - 3_600_000).toISOString();
    const other = { ...asNew, cashAmount: '100000.00', type: 'SELL', createdAt };
    placement.script('placeAtBroker', () => ({ observation: other }));
    await placement.start();
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    const view = await order.viewWhen('the hold', ({ held }) => held !== undefined);
    expect(view).toMatchObject({ held: 'ANSWER_MISMATCH', attention: ['ANSWER_MISMATCH'], reference });
    expect(view.attentions[0]?.message).toMatch(
      /cashAmount 100000 instead of 1000; type SELL instead of BUY; created at .* before the request/,
    );
    expect(order.sent()).toEqual([]);
    await order.decide(releaseUpdate);
    await until('the first event', () => order.sent().length > 0);
    expect((await order.view()).attention).toEqual([]);
  });
});

describe('a cancel', () => {
  it('is remembered, and handed off with the order', async () => {
    const { placement, letGo } = await underWay();
    const { order, reference } = placement;
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await placement.decide(cancelUpdate, { reason: 'too early' });
    letGo();
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    const cancelled = whole(placement.broker, 'CANCELLED', { orders: [] });
    await order.deliver(cancelled);
    expect(await endedAs(order, [cancelled])).toMatchObject({
      status: 'CANCELLED',
      cancel: { actor: 'ada', reason: 'too early' },
    });
    expect(order.calls('cancelPortfolioOrder')).toHaveLength(1);
    expectEachOnceSent(order, reference, ['Created', 'Cancelled']);
  });

  it('that arrives during the handoff is handed off in a second one', async () => {
    const placement = newPlacement(worker);
    placement.script('placeAtBroker', () => ({ observation: placement.asNew }));
    const { script, release } = held(() => 'handed-off' as const);
    placement.script('handOff', script);
    await placement.start();
    await until('the handoff', () => placement.calls('handOff').length === 1);
    await placement.decide(cancelUpdate);
    release();
    await placement.handle.result();
    expect(placement.calls('handOff').map(({ input }) => input.cancel)).toEqual([
      undefined,
      { actor: 'ada', reason: 'the client called' },
    ]);
  });

  it('from the Temporal UI is the same request', async () => {
    const { placement, letGo } = await underWay();
    const { order } = placement;
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await placement.handle.cancel();
    letGo();
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    const cancelled = whole(placement.broker, 'CANCELLED', { orders: [] });
    await order.deliver(cancelled);
    expect(await endedAs(order, [cancelled])).toMatchObject({
      status: 'CANCELLED',
      cancel: { actor: 'temporal' },
    });
    expect((await placement.handle.describe()).status.name).toBe('COMPLETED');
  });

  it('from the Temporal UI of an order that settles meanwhile ends neither the placement nor the order', async () => {
    const { placement, letGo } = await underWay();
    const { order, broker, reference } = placement;
    await placement.handle.cancel();
    const settled = [whole(broker, 'NEW'), ...processedToSettled(broker)];
    await deliverUntil(order, 'SETTLED', ...settled);
    letGo();
    expect(await endedAs(order, settled)).toMatchObject({ status: 'SETTLED', origin: 'placed', reference });
    expect(order.calls('cancelPortfolioOrder')).toEqual([]);
    expect(await placement.handle.result()).toMatchObject({ outcome: 'placed' });
    expectEachOnceSent(order, reference, EVERY_STATE);
  });
});

describe('when the hour of POSTs is over and the outcome is still unknown', () => {
  it('continues with the one matching order at Upvest', async () => {
    const placement = newPlacement(worker, { requestedAt: new Date(Date.now() - 3_600_000) });
    placement.script('placeAtBroker', () => {
      throw new Error('no answer');
    });
    placement.script('findPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
    await placement.start();
    expect(await placement.handle.result()).toMatchObject({ portfolioOrderId: placement.order.id });
    await isFollowed(placement);
    expect(await attentionOf(placement)).toEqual([]);
  });

  it('chooses none of two matching orders, and raises an attention', async () => {
    const candidates = [randomUUID(), randomUUID()];
    const placement = await unanswered(() => ({ candidates }));
    const view = await placement.view();
    expect(view).toMatchObject({ phase: 'UNKNOWN', candidates });
    expect(view.waitingFor).toContain('operator');
    const { currentDetails } = await placement.handle.query<{ currentDetails?: string }>(
      '__temporal_workflow_metadata',
    );
    expect(currentDetails).toMatch(/BUY 1000\.00 EUR.* is \*\*UNKNOWN\*\*/);
    for (const id of candidates) expect(currentDetails).toContain(`- ${id}`);
    const query = `Attention = 'PLACEMENT_UNKNOWN' AND OrderReference = '${placement.reference}'`;
    await until('visibility', async () => (await worker.client.workflow.count(query)).count === 1);
    expect(placement.calls('handOff')).toEqual([]);
    expect(placement.order.sent()).toEqual([]);
    await placement.decide(identifyUpdate);
    await placement.handle.result();
  });

  it('takes the order that an operator names after reading it, and no order of another account', async () => {
    const placement = await unanswered(() => undefined);
    const { order, broker } = placement;
    const asRead = { ...placement.asNew, source: byPoll() };
    const elsewhere = { ...asRead, accountId: randomUUID() };
    placement.script('readPlacedOrder', ({ portfolioOrderId }) =>
      portfolioOrderId === broker.id ? asRead : portfolioOrderId === 'other' ? elsewhere : undefined,
    );
    for (const [portfolioOrderId, why] of [
      ['other', 'other belongs to another account'],
      ['unknown', 'unknown is not known to Upvest'],
    ] as const) {
      await placement.decide(identifyUpdate, { portfolioOrderId });
      await placement.viewWhen(why, ({ waitingFor }) => waitingFor.includes(why));
    }
    expect(placement.calls('handOff')).toEqual([]);
    await placement.decide(identifyUpdate, { portfolioOrderId: order.id });
    expect(await placement.handle.result()).toMatchObject({ portfolioOrderId: order.id });
    expect(placement.calls('handOff').map(({ input }) => input.identified)).toMatchObject([
      { actor: 'ada', portfolioOrderId: order.id },
    ]);
    await isFollowed(placement);
  });

  it('ends without an order when an operator confirms that there is none', async () => {
    const placement = await unanswered(() => undefined);
    await placement.decide(identifyUpdate);
    expect(await placement.handle.result()).toMatchObject({
      outcome: 'not-placed',
      view: { phase: 'NOT_PLACED', identified: { actor: 'ada' } },
    });
    expect(await attentionOf(placement)).toEqual([]);
  });
});

describe('an operator may identify the order at any time (14.44)', () => {
  it('while its POST is repeated: the order is read, and becomes the placed one', async () => {
    const placement = newPlacement(worker);
    const { order } = placement;
    placement.script('placeAtBroker', () => {
      throw ApplicationFailure.nonRetryable('a minute is over', LOOK_UP_FIRST);
    });
    placement.script('findPlacedOrder', () => undefined);
    placement.script('readPlacedOrder', () => ({ ...placement.asNew, source: byPoll() }));
    await placement.start();
    await until('the search', () => placement.calls('findPlacedOrder').length === 1);
    expect((await placement.view()).phase).toBe('PLACING');
    await placement.decide(identifyUpdate, { portfolioOrderId: order.id });
    expect(await placement.handle.result()).toMatchObject({ portfolioOrderId: order.id });
    expect(placement.calls('placeAtBroker')).toHaveLength(1);
    await isFollowed(placement);
  });

  it('while a POST is out: its answer counts, whatever was decided', async () => {
    const { placement, letGo } = await underWay();
    await placement.decide(identifyUpdate);
    await expect(placement.decide(identifyUpdate)).rejects.toEqual(
      refusal('FORBIDDEN_BY_RULE', /^placement:identified: an earlier decision is being carried out$/),
    );
    letGo();
    const result = await placement.handle.result();
    expect(result).toMatchObject({ outcome: 'placed', portfolioOrderId: placement.order.id });
    expect(result.view).not.toHaveProperty('identified');
    await expect(placement.decide(identifyUpdate)).rejects.toThrow();
  });
});

it('a webhook that arrives while the outcome is unknown makes its placement look at Upvest at once (14.44)', async () => {
  const placement = newPlacement(worker, { policies: { placedGraceMs: 500 } });
  const { order, broker, reference, asNew, input } = placement;
  const search = createPlacementSearch(worker.client, worker.taskQueue, awayRegistry);
  const handoff = createHandoffActivities({
    inbox: createOrderSignals(worker.client, worker.taskQueue, order.settings),
    placements: search,
  });
  order.script('findOpenPlacement', (given) => handoff.findOpenPlacement(given));
  placement.script('placeAtBroker', () => {
    throw ApplicationFailure.nonRetryable('a minute is over', LOOK_UP_FIRST);
  });
  placement.script('findPlacedOrder', () => undefined);
  await placement.start();
  await until('the search', () => placement.calls('findPlacedOrder').length === 1);
  const { accountId, cashAmount } = input.request;
  await until('visibility', async () => (await search.underWay({ accountId, cashAmount })).length === 1);

  placement.script('findPlacedOrder', () => ({ ...asNew, source: byPoll() }));
  const settled = [whole(broker, 'NEW'), ...processedToSettled(broker)];
  await order.deliver(...settled);
  expect(await placement.handle.result()).toMatchObject({ outcome: 'placed', portfolioOrderId: order.id });
  expect(await endedAs(order, settled)).toMatchObject({ origin: 'placed', reference });
  expectEachOnceSent(order, reference, EVERY_STATE);
});

it('an open placement of another deployment in the namespace does not hold up the adoption of an order (14.22)', async () => {
  const elsewhere = await startStubWorker();
  try {
    const theirs = newPlacement(elsewhere);
    const answer = held(() => ({ observation: theirs.asNew }));
    theirs.script('placeAtBroker', answer.script);
    await theirs.start();
    const { accountId, cashAmount } = theirs.input.request;
    const theirSearch = createPlacementSearch(worker.client, elsewhere.taskQueue, awayRegistry);
    await until(
      'visibility',
      async () => (await theirSearch.underWay({ accountId, cashAmount })).length === 1,
    );

    const { order, broker } = newPlacement(worker, { accountId, policies: { placedGraceMs: 500 } });
    const handoff = createHandoffActivities({
      inbox: createOrderSignals(worker.client, worker.taskQueue, order.settings),
      placements: createPlacementSearch(worker.client, worker.taskQueue, awayRegistry),
    });
    order.script('findOpenPlacement', (given) => handoff.findOpenPlacement(given));
    const settled = [whole(broker, 'NEW'), ...processedToSettled(broker)];
    await order.deliver(...settled);
    expect(await endedAs(order, settled)).toMatchObject({ origin: 'adopted', status: 'SETTLED' });
    expect(order.calls('findOpenPlacement')).toHaveLength(1);
    // Nor is the other deployment notified of it.
    const history = await historyOf(worker.client, theirs.workflowId);
    expect(eventTypes(history)).not.toContain('WORKFLOW_EXECUTION_SIGNALED');
    await theirs.handle.terminate('the end of the test');
    answer.release();
  } finally {
    await elsewhere.stop();
  }
});
