/** Orders that the broker cancels are placed again if a policy allows it, which is off by default. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { createResubmissionActivities } from '../../activities/placement/resubmit';
import type { Observation } from '../../src/domain/broker/observation';
import { placementIdempotencyKey } from '../../src/domain/broker/placement';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
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
import { endedAs, deliverUntil } from '../support/placed-order';
import {
  newPlacement,
  type PlacementOptions,
  type PlacementUnderTest,
} from '../support/placement-under-test';
import { awayRegistry } from '../support/registry';
import { EVERY_STATE, expectEachOnceSent, statusesSent } from '../support/stub-esw';
import { held } from '../support/stub-activities';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping } from '../support/time-skipping';
import { timelineTexts } from '../support/tracked-order';
import { until } from '../support/until';
import { cancelUpdate } from '../../contracts/decisions';
import { placementWorkflowId } from '../../contracts/placement';
import { reconcileUpdate } from '../../contracts/portfolio-order';

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

/** Lets the order's workflow start its next placement for real. */
function placesAgain(order: OrderUnderTest): void {
  const activities = createResubmissionActivities(worker.client, worker.taskQueue, awayRegistry);
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

/** The broker's reports of an order whose trading partner cancels all children. */
function cancelledByPartner(broker: OrderAtBroker): Observation[] {
  return [
    whole(broker, 'PROCESSING'),
    ...['NEW', 'PROCESSING'].flatMap((status) => [0, 1].map((index) => child(broker, index, status))),
    ...[0, 1].map((index) => child(broker, index, 'CANCELLED', PARTNER)),
    whole(broker, 'CANCELLED'),
  ];
}

/** From here on, reads show the children like this. */
function shows(order: OrderUnderTest, observations: Observation[]): void {
  const read = observations.map((one): Observation => ({ ...one, source: byPoll() }));
  order.script('readPortfolioOrder', () => ({ kind: 'read', observations: read, left: [] }));
}

/** The trading partner cancels the order, and reads show it. */
async function isCancelled({ order, broker }: PlacementUnderTest): Promise<PortfolioOrderView> {
  const reports = cancelledByPartner(broker);
  shows(order, reports.slice(-3));
  await order.deliver(...reports);
  return endedAs(order, reports);
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
  it('for a listed reason is placed again, under its own reference; the two orders link to each other', async () => {
    const first = await placed();
    const { reference, order, broker } = first;
    const again = `${reference}~2`;
    const second = newAttempt({ reference: again, accountId: broker.accountId });
    const view = await isCancelled(first);
    expect(view).toMatchObject({ status: 'CANCELLED', resubmittedAs: again });
    expect(await timelineTexts({ order }, 'policy:resubmit')).toContain(`Resubmitted as ${again}`);

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

    const posts = [first, second].flatMap((one) => one.calls('placeAtBroker')).map(({ input }) => input);
    expect(posts.map(({ request }) => request)).toEqual([first.input.request, first.input.request]);
    // With two idempotency keys, so that Upvest does not take one attempt for the other.
    const keys = posts.map((input) => placementIdempotencyKey(input));
    expect(new Set(keys).size).toBe(2);
  });

  it('repeatedly is placed as often as the policy allows, and no more', async () => {
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
    const activities = createResubmissionActivities(worker.client, worker.taskQueue, awayRegistry);
    let failures = 1;
    order.script('placeAgain', async (input) => {
      const name = await activities.placeAgain(input);
      if (failures-- > 0) throw new Error('The answer was lost');
      return name;
    });
    expect(await isCancelled(first)).toMatchObject({ resubmittedAs: `${reference}~2` });
    await second.handle.result();
    expect(order.calls('placeAgain')).toHaveLength(2);
    expect(second.calls('placeAtBroker')).toHaveLength(1);
  });

  it('is not placed again when it was partly executed', async () => {
    const placement = await placed();
    const { order, broker } = placement;
    const reports = [
      whole(broker, 'PROCESSING'),
      ...['NEW', 'PROCESSING'].flatMap((status) => [0, 1].map((index) => child(broker, index, status))),
      child(broker, 0, 'FILLED'),
      child(broker, 1, 'CANCELLED', PARTNER),
      whole(broker, 'CANCELLED', { orders: listed(broker, 'FILLED', 'CANCELLED') }),
      execution(broker, 0, 'SETTLED'),
    ];
    shows(order, []);
    await order.deliver(...reports);
    const view = await endedAs(order, reports);
    expect(view.attention).toEqual(['CANCELLED_BY_BROKER', 'MIXED_OUTCOME']);
    await isNotPlacedAgain(placement, view);
  });

  it('is not placed again when the reconciliation finds executions that no webhook reported', async () => {
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
    // It lists its children as CANCELLED, without executions.
    await order.deliver(whole(broker, 'PROCESSING'), whole(broker, 'CANCELLED'));
    const view = await endedAs(order, read);
    expect(order.calls('readPortfolioOrder').length).toBeGreaterThan(0);
    await isNotPlacedAgain(placement, view);
  });

  it('for a reason that is not listed is not placed again', async () => {
    const placement = await placed();
    const { order, broker } = placement;
    const rejected = whole(broker, 'CANCELLED', { orders: [], cancellationReason: 'ACCOUNT_IS_EMPTY' });
    await order.deliver(rejected);
    const view = await endedAs(order, [rejected]);
    expect(view.cancellationReason).toBe('ACCOUNT_IS_EMPTY');
    await isNotPlacedAgain(placement, view);
  });

  it('at a client’s request is not placed again', async () => {
    const placement = await placed();
    const { order } = placement;
    order.script('cancelPortfolioOrder', () => ({ kind: 'accepted' }));
    await order.decide(cancelUpdate);
    await until('the DELETE', () => order.calls('cancelPortfolioOrder').length > 0);
    await isNotPlacedAgain(placement, await isCancelled(placement));
  });

  it('and that was not placed here is not placed again', async () => {
    const order = newOrder(worker, { deadlines });
    placesAgain(order);
    const broker = orderAtBroker(order.id);
    const flow = { initiationFlow: 'SAVINGS_PLAN' };
    await deliverUntil(order, 'NEW', whole(broker, 'NEW', flow));
    const reports = cancelledByPartner(broker);
    shows(order, reports.slice(-3));
    await order.deliver(...reports);
    const view = await endedAs(order, reports);
    expect(view.origin).toBe('adopted');
    expect(statusesSent(order, order.id)).toEqual(['Created', 'Confirmed', 'Cancelled']);
    expect(await timelineTexts({ order }, 'policy:resubmit')).toEqual([]);
    await isNotPlacedAgain({ order, reference: order.id }, view);
  });

  it('is not placed again, and ends, when its placement is past its retention', async () => {
    const placement = newAttempt();
    const { order, broker } = placement;
    await placement.answered();
    const reports = cancelledByPartner(broker);
    shows(order, reports.slice(-3));
    await order.deliver(...reports);
    expect(await endedAs(order, reports)).not.toHaveProperty('resubmittedAs');
    expect((await timelineTexts({ order }, 'policy:resubmit')).at(-1)).toMatch(
      /^Not resubmitted: .*no longer kept$/,
    );
  });
});

describe('while Temporal does not start the next placement', () => {
  it('the order is tracked, and operators are answered (14.22)', async () => {
    const placement = await placed();
    const { order, broker, reference } = placement;
    const { script, release } = held(() => `${reference}~2`);
    order.script('placeAgain', script);
    const reports = cancelledByPartner(broker);
    shows(order, reports.slice(-3));
    await order.deliver(...reports);
    await until('the resubmission', () => order.calls('placeAgain').length === 1);
    await order.deliver(whole(broker, 'CANCELLED', { cancellationReason: 'NEWS' }));
    const view = await order.viewWhen('the news', ({ cancellationReason }) => cancellationReason === 'NEWS');
    expect(view).not.toHaveProperty('resubmittedAs');
    const reads = order.calls('readPortfolioOrder').length;
    await order.decide(reconcileUpdate);
    await until('the reconciliation', () => order.calls('readPortfolioOrder').length > reads);
    release();
    expect(await endedAs(order, reports)).toMatchObject({ resubmittedAs: `${reference}~2` });
    expect(order.calls('placeAgain')).toHaveLength(1);
  });

  it('it is tried for a day, and then the order ends and says so (14.22)', async () => {
    const time = await startTimeSkipping();
    try {
      const requestedAt = new Date(await time.now());
      const placement = newPlacement(time.worker, { deadlines, requestedAt });
      const { order, broker } = placement;
      order.script('placeAgain', () => {
        throw new Error('Temporal is away');
      });
      await placement.answered();
      const reports = cancelledByPartner(broker);
      shows(order, reports.slice(-3));
      await order.deliver(...reports);
      await until('the resubmission', () => order.calls('placeAgain').length > 0);
      await time.pass('23h');
      expect(await order.view()).toMatchObject({ finished: false });
      await time.pass('2h');
      expect(await endedAs(order, reports)).not.toHaveProperty('resubmittedAs');
      expect((await timelineTexts({ order }, 'policy:resubmit')).at(-1)).toBe(
        'Not resubmitted: Temporal is away',
      );
    } finally {
      await time.stop();
    }
  });
});
