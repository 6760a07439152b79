/** The activity that places, when the records database knows more of its POSTs than its workflow. Upvest forgets every key. */
import { randomUUID } from 'node:crypto';
import type { Info } from '@temporalio/activity';
import { createPlacementActivities } from '../../../activities/placement/place-and-hand-off';
import { createPlacementSearch } from '../../../activities/placement/placement-search';
import { LOOK_UP_FIRST } from '../../../src/domain/broker/placement';
import { claimOf } from '../../../src/app/placements/claim';
import type { Registry } from '../../../src/app/ports/registry';
import { standardPolicies } from '../../../src/config/policies';
import { createRegistry } from '../../../src/records/registry/registry';
import type { PlaceAtBrokerInput } from '../../../contracts/placement';
import { attempt } from '../../support/activity-attempts';
import { newInputOf } from '../../support/claims';
import { useRecords } from '../../support/records';
import { awayRegistry } from '../../support/registry';
import { closeTemporal, installTestRuntime, testClient } from '../../support/temporal';
import { startUpvest, type UpvestUnderTest } from '../../support/upvest-under-test';

const POSTS = { method: 'POST', path: '/portfolios/orders' };

const records = useRecords();
let upvest: UpvestUnderTest;
beforeAll(async () => {
  installTestRuntime();
  upvest = await startUpvest();
});
afterEach(() => {
  upvest.control.clearFaults();
});
afterAll(async () => {
  await upvest.stop();
  await closeTemporal();
});

function newPlacement(): PlaceAtBrokerInput {
  return {
    ...newInputOf(),
    order: {
      policies: standardPolicies(),
      emission: { tenantCode: 'T', actor: 'a', deliveryCountryIso: 'DE', detail: 'orders' },
      brokerTaskQueue: 'upvest',
    },
  };
}

/** Orders that were handed off, by reference. */
const handedOff: { reference: string; id: string }[] = [];

const activitiesWith = (registry: Registry) =>
  createPlacementActivities({
    upvest: upvest.client,
    inbox: {
      deliver: () => Promise.reject(new Error('Placing delivers nothing')),
      handOff({ reference, observation: { id } }) {
        handedOff.push({ reference, id });
        return Promise.resolve('handed-off');
      },
    },
    placements: createPlacementSearch(testClient(), 'another-queue', registry),
    registry,
  });

/** One attempt of an activity of a run. Upvest has forgotten all keys. */
async function place(
  input: PlaceAtBrokerInput,
  { runId = 'run', activityId = '1', ...info }: Partial<Info> & { runId?: string } = {},
  registry: Registry = createRegistry(records()),
) {
  upvest.control.forgetPlacementKeys();
  const workflowExecution = { workflowId: 'placement', runId };
  const activities = activitiesWith(registry);
  const { result } = await attempt((one: PlaceAtBrokerInput) => activities.placeAtBroker(one), input, {
    ...{ workflowExecution, activityId, attempt: 1 },
    ...info,
  });
  return result;
}

async function find(input: PlaceAtBrokerInput) {
  const activities = activitiesWith(createRegistry(records()));
  return (await attempt((one: PlaceAtBrokerInput) => activities.findPlacedOrder(one), input)).result;
}

const ordersOf = ({ request }: PlaceAtBrokerInput) =>
  upvest.control.portfolioOrderCounts()[request.accountId] ?? 0;
const LOOKED_UP = { status: 'rejected', reason: { type: LOOK_UP_FIRST, nonRetryable: true } };

it('hands off the order that it is known to have made, after a reset or a second start (15.5)', async () => {
  const input = newPlacement();
  const first = await place(input);
  expect(first).toMatchObject({ status: 'fulfilled', value: { savedAt: expect.any(Number) as number } });
  const again = await place(input, { runId: 'reset' });
  expect(again).toMatchObject({ status: 'fulfilled', value: { handedOff: 'handed-off' } });
  expect(ordersOf(input)).toBe(1);
  const ids = handedOff.filter(({ reference }) => reference === input.reference).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

describe('a POST without an answer', () => {
  /** A POST that took effect, whose answer was lost. */
  async function unanswered(): Promise<PlaceAtBrokerInput> {
    const input = newPlacement();
    upvest.control.failCalls({ ...POSTS, mode: 'after', outcome: 'reset' });
    expect(await place(input)).toMatchObject({ status: 'rejected' });
    expect(ordersOf(input)).toBe(1);
    return input;
  }

  it.each([
    ['a run that was reset', { runId: 'reset' }],
    ['a run of a second start', { runId: 'second' }],
    ['the same attempt of a Temporal that was restored', {}],
  ])('is looked up first by %s (15.5)', async (_by, info) => {
    const input = await unanswered();
    expect(await place(input, info)).toMatchObject(LOOKED_UP);
    expect(ordersOf(input)).toBe(1);
    expect(await find(input)).toMatchObject({ status: 'fulfilled', value: { subject: 'portfolio-order' } });
  });

  it('is looked up again where the search began before it (15.5)', async () => {
    const input = await unanswered();
    const searched = { ...input, mayHavePlaced: true as const, searchedAt: Date.now() - 5 * 60_000 };
    expect(await place(searched, { runId: 'reset' })).toMatchObject(LOOKED_UP);
    expect(ordersOf(input)).toBe(1);
  });

  it('is repeated as before by the next attempt of the same activity', async () => {
    const input = await unanswered();
    const result = await place(input, { attempt: 2, heartbeatDetails: { maybePlaced: true } });
    expect(result).toMatchObject({ status: 'fulfilled' });
  });
});

it('places while the records database is away, and says that it is not stored (15.2)', async () => {
  const input = newPlacement();
  const result = await place(input, {}, awayRegistry);
  expect(result).toMatchObject({ status: 'fulfilled', value: { handedOff: 'handed-off' } });
  expect(result).not.toHaveProperty('value.savedAt');
});

it('stores Upvest’s rejection with the user id taken out (15.3)', async () => {
  const input = newPlacement();
  upvest.control.failCalls({ ...POSTS, outcome: 422 });
  expect(await place(input)).toMatchObject({
    status: 'rejected',
    reason: { details: [{ status: 422 }, { savedAt: expect.any(Number) as number }] },
  });
  const row = await records()
    .selectFrom('orders')
    .selectAll()
    .where('reference', '=', input.reference)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ phase: 'REFUSED', version: 0 });
  expect(JSON.stringify(row)).not.toContain(input.request.userId);
});

it('an order that another reference has made is not found, also when Temporal has forgotten it (15.3)', async () => {
  const [input, other] = [newPlacement(), newPlacement()];
  const same = { ...other, request: input.request };
  await place(input);
  expect(await find(same)).toEqual({ status: 'fulfilled', value: undefined });
  expect(await find(input)).toMatchObject({ value: { subject: 'portfolio-order' } });
});

it('open placements are found by the registry, and only while Temporal runs them (15.3)', async () => {
  const registry = createRegistry(records());
  const input = newPlacement();
  const { accountId, cashAmount } = input.request;
  await registry.claim(claimOf(input));
  const asked = jest.spyOn(registry, 'placementOf');
  const search = createPlacementSearch(testClient(), 'another-queue', registry);
  // Its submit is about to start it.
  expect(await search.underWay({ accountId, cashAmount })).toEqual([`placement/${input.reference}`]);
  expect(await search.underWay({ accountId, cashAmount: '1.00' })).toEqual([]);
  expect(await search.underWay({ accountId: randomUUID(), cashAmount })).toEqual([]);
  const result = await place(input);
  if (result.status === 'rejected') throw result.reason;
  const { id } = result.value.observation;
  // Of this very order Temporal has lost the placement, and no other order can be its.
  expect(await search.underWay({ accountId, cashAmount, portfolioOrderId: id })).toHaveLength(1);
  // Its row already says whose order it is.
  expect(asked).not.toHaveBeenCalled();
  expect(await search.underWay({ accountId, cashAmount, portfolioOrderId: randomUUID() })).toEqual([]);
});

it('a placement that made the order is found until it ends, although the order has been saved (15.3)', async () => {
  const registry = createRegistry(records());
  const input = newPlacement();
  const { accountId, cashAmount } = input.request;
  await registry.claim(claimOf(input));
  const search = createPlacementSearch(testClient(), 'another-queue', registry);
  const handle = await testClient().workflow.start('placePortfolioOrder', {
    workflowId: `placement/${input.reference}`,
    taskQueue: `without-a-worker-${input.reference}`,
    args: [input],
  });
  // A webhook started the order, which took over the row, while the worker died before the placement could hand over.
  const portfolioOrderId = randomUUID();
  await records()
    .updateTable('orders')
    .set({ portfolio_order_id: portfolioOrderId, version: 7, phase: 'TRACKED' })
    .where('reference', '=', input.reference)
    .execute();
  const order = { accountId, cashAmount, portfolioOrderId };
  expect(await search.underWay(order)).toEqual([`placement/${input.reference}`]);
  await handle.terminate('the end of the test');
  expect(await search.underWay(order)).toEqual([]);
});
