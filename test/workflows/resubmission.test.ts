/** Orders that the broker cancels are placed again where a policy says so, which is off by default. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { createPlacingAgainActivities } from '../../activities/placing-again';
import type { Observation } from '../../src/domain/observation';
import { placementIdempotencyKey } from '../../src/domain/placement';
import type { PortfolioOrderView } from '../../src/domain/view';
import { cancelUpdate, placementWorkflowId } from '../../workflows/messages';
import { FAR_DEADLINES } from '../support/far-deadlines';
import {
  byPoll,
  child,
  execution,
  executionOf,
  listed,
  orderAtBroker,
  processedToSettled,
  whole,
  type OrderAtBroker,
} from '../support/observations';
import { newOrder, type OrderUnderTest } from '../support/order-under-test';
import { endedAs, told } from '../support/placed-order';
import {
  newPlacement,
  type PlacementOptions,
  type PlacementUnderTest,
} from '../support/placement-under-test';
import { EVERY_STATE, expectEachOnceSent, statusesSent } from '../support/stub-esw';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { toldBy } from '../support/tracked-order';
import { until } from '../support/until';

const PARTNER = { cancellationReason: 'CANCELLED_BY_TRADING_PARTNER' };
const deadlines = {
  ...FAR_DEADLINES,
  parts: { askAfterMs: 200, attentionAfter: { ms: 600_000 } },
  resubmit: { reasons: ['CANCELLED_BY_TRADING_PARTNER', 'CANCELLED_BY_UPVEST_OPERATIONS'], maxAttempts: 2 },
};

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

/** Has the order's workflow start its next placement for real. */
function placesAgain(order: OrderUnderTest): void {
  const activities = createPlacingAgainActivities(worker.client, worker.taskQueue);
  order.script('placeAgain', (input) => activities.placeAgain(input));
}

function newAttempt(options: PlacementOptions = {}): PlacementUnderTest {
  const placement = newPlacement(worker, { deadlines, policies: { predecessorGraceMs: 200 }, ...options });
  placesAgain(placement.order);
  return placement;
}

/** An order that is placed, and NEW. */
async function placed(): Promise<PlacementUnderTest> {
  const placement = newAttempt();
  await placement.start();
  await placement.handle.result();
  return placement;
}

/** What the broker tells of an order all of whose parts its trading partner cancels. */
function cancelledByPartner(broker: OrderAtBroker): Observation[] {
  return [
    whole(broker, 'PROCESSING'),
    ...['NEW', 'PROCESSING'].flatMap((status) => [0, 1].map((index) => child(broker, index, status))),
    ...[0, 1].map((index) => child(broker, index, 'CANCELLED', PARTNER)),
    whole(broker, 'CANCELLED'),
  ];
}

/** From here on a read shows the parts like this. */
function shows(order: OrderUnderTest, observations: Observation[]): void {
  const read = observations.map((one): Observation => ({ ...one, source: byPoll() }));
  order.script('readPortfolioOrder', () => ({ kind: 'read', observations: read, left: [] }));
}

/** The trading partner cancels the order, and reads show it. */
async function isCancelled({ order, broker }: PlacementUnderTest): Promise<PortfolioOrderView> {
  const words = cancelledByPartner(broker);
  shows(order, words.slice(-3));
  await order.deliver(...words);
  return endedAs(order, words);
}

async function isNotPlacedAgain(
  { order, reference }: Pick<PlacementUnderTest, 'order' | 'reference'>,
  view: PortfolioOrderView,
  next = `${reference}~2`,
): Promise<void> {
  expect(view.status).toBe('CANCELLED');
  expect(view).not.toHaveProperty('resubmittedAs');
  expect(order.calls('placeAgain')).toEqual([]);
  await expect(worker.client.workflow.getHandle(placementWorkflowId(next)).describe()).rejects.toThrow(
    WorkflowNotFoundError,
  );
}

describe('an order that the broker cancels', () => {
  it('for a listed reason is placed again, under a name of its own; the two name each other', async () => {
    const first = await placed();
    const { reference, order, broker } = first;
    const again = `${reference}~2`;
    const second = newAttempt({ reference: again, accountId: broker.accountId });
    const view = await isCancelled(first);
    expect(view).toMatchObject({ status: 'CANCELLED', resubmittedAs: again });
    expect(await toldBy({ order }, 'policy:resubmit')).toContain(`Placed again as ${again}`);

    expect(await second.handle.result()).toMatchObject({ outcome: 'placed' });
    const settled = processedToSettled(second.broker);
    await second.order.deliver(...settled);
    const next = await endedAs(second.order, settled);
    expect(next).toMatchObject({
      status: 'SETTLED',
      reference: again,
      previous: order.id,
      accountId: broker.accountId,
    });
    expect(next).not.toHaveProperty('resubmittedAs');
    expectEachOnceSent(order, reference, ['Created', 'Confirmed', 'Cancelled']);
    expectEachOnceSent(second.order, again, EVERY_STATE);
    expect(await second.view()).toMatchObject({ attempt: 2, previous: order.id });

    const posts = [first, second]
      .flatMap((one) => one.calls('placePortfolioOrder'))
      .map(({ input }) => input);
    expect(posts.map(({ request }) => request)).toEqual([first.input.request, first.input.request]);
    // Under two keys, so that neither attempt is taken for the other.
    const keys = posts.map((input) => placementIdempotencyKey(input.reference, input.attempt));
    expect(new Set(keys).size).toBe(2);
  });

  it('again and again is placed as often as the policy allows, and no more', async () => {
    const first = await placed();
    const second = newAttempt({
      reference: `${first.reference}~2`,
      accountId: first.broker.accountId,
    });
    await isCancelled(first);
    await second.handle.result();
    const view = await isCancelled(second);
    await isNotPlacedAgain(second, view, `${first.reference}~3`);
  });

  it('is placed again once, however often the attempt to do so is repeated', async () => {
    const first = await placed();
    const { order, reference } = first;
    const second = newAttempt({ reference: `${reference}~2`, accountId: first.broker.accountId });
    const activities = createPlacingAgainActivities(worker.client, worker.taskQueue);
    let failures = 1;
    order.script('placeAgain', async (input) => {
      const name = await activities.placeAgain(input);
      if (failures-- > 0) throw new Error('The answer was lost');
      return name;
    });
    expect(await isCancelled(first)).toMatchObject({ resubmittedAs: `${reference}~2` });
    await second.handle.result();
    expect(order.calls('placeAgain')).toHaveLength(2);
    expect(second.calls('placePortfolioOrder')).toHaveLength(1);
  });

  it('is not placed again when some of it was executed', async () => {
    const placement = await placed();
    const { order, broker } = placement;
    const words = [
      whole(broker, 'PROCESSING'),
      ...['NEW', 'PROCESSING'].flatMap((status) => [0, 1].map((index) => child(broker, index, status))),
      child(broker, 0, 'FILLED'),
      child(broker, 1, 'CANCELLED', PARTNER),
      whole(broker, 'CANCELLED', { orders: listed(broker, 'FILLED', 'CANCELLED') }),
      execution(broker, 0, 'SETTLED'),
    ];
    shows(order, []);
    await order.deliver(...words);
    const view = await endedAs(order, words);
    expect(view.attention).toEqual(['MIXED_OUTCOME']);
    await isNotPlacedAgain(placement, view);
  });

  it('is not placed again when the question finds executions that no webhook told of', async () => {
    const placement = await placed();
    const { order, broker } = placement;
    const half = { cashAmount: '250.00', shareQuantity: '5.0000000000' };
    const read = [
      whole(broker, 'CANCELLED'),
      ...[0, 1].map((index) =>
        child(broker, index, 'CANCELLED', {
          ...PARTNER,
          executions: [executionOf(broker, index, 'SETTLED', half)],
        }),
      ),
    ];
    shows(order, read);
    // It names its children as CANCELLED, and says nothing of executions.
    await order.deliver(whole(broker, 'PROCESSING'), whole(broker, 'CANCELLED'));
    const view = await endedAs(order, read);
    expect(order.calls('readPortfolioOrder').length).toBeGreaterThan(0);
    await isNotPlacedAgain(placement, view);
  });

  it('for a reason of its own that is not listed is not placed again', async () => {
    const placement = await placed();
    const { order, broker } = placement;
    const rejected = whole(broker, 'CANCELLED', { orders: [], cancellationReason: 'ACCOUNT_IS_EMPTY' });
    await order.deliver(rejected);
    const view = await endedAs(order, [rejected]);
    expect(view.cancellationReason).toBe('ACCOUNT_IS_EMPTY');
    await isNotPlacedAgain(placement, view);
  });

  it('on a client’s word is not placed again', async () => {
    const placement = await placed();
    const { order } = placement;
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await order.decide(cancelUpdate);
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    await isNotPlacedAgain(placement, await isCancelled(placement));
  });

  it('and that nobody placed here is not placed again', async () => {
    const order = newOrder(worker, { deadlines });
    placesAgain(order);
    const broker = orderAtBroker(order.id);
    const flow = { initiationFlow: 'SAVINGS_PLAN' };
    await told(order, 'NEW', whole(broker, 'NEW', flow));
    const words = cancelledByPartner(broker);
    shows(order, words.slice(-3));
    await order.deliver(...words);
    const view = await endedAs(order, words);
    expect(view.origin).toBe('adopted');
    expect(statusesSent(order, order.id)).toEqual(['Created', 'Confirmed', 'Cancelled']);
    expect(await toldBy({ order }, 'policy:resubmit')).toEqual([]);
    await isNotPlacedAgain({ order, reference: order.id }, view);
  });

  it('is not placed again, and ends, when its placement is no longer kept', async () => {
    const placement = newAttempt();
    const { order, broker } = placement;
    await placement.answered();
    const words = cancelledByPartner(broker);
    shows(order, words.slice(-3));
    await order.deliver(...words);
    expect(await endedAs(order, words)).not.toHaveProperty('resubmittedAs');
    expect((await toldBy({ order }, 'policy:resubmit')).at(-1)).toMatch(
      /^Not placed again: .*no longer kept$/,
    );
  });
});
