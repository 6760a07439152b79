/** The activities that place an order and search for it, against the simulated Upvest over HTTP. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { createPlacementActivities } from '../../../activities/placement/place-and-hand-off';
import { createPlacementSearch } from '../../../activities/placement/placement-search';
import type { PlacementResult } from '../../../src/domain/broker/placement';
import { standardPolicies } from '../../../src/config/policies';
import { attempt, withRetries } from '../../support/activity-attempts';
import { closeTemporal, installTestRuntime, testClient } from '../../support/temporal';
import { awayRegistry } from '../../support/registry';
import { startUpvest, type UpvestUnderTest } from '../../support/upvest-under-test';
import type { PlacePortfolioOrderInput } from '../../../contracts/placement';

const POSTS = { method: 'POST', path: '/portfolios/orders' };

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

function newInput(requestedAt = new Date()): PlacePortfolioOrderInput {
  return {
    reference: `order-${randomUUID()}`,
    request: {
      userId: randomUUID(),
      accountId: randomUUID(),
      cashAmount: '77.70',
      currency: 'EUR',
      side: 'BUY',
      postTax: false,
    },
    requestedAt: requestedAt.toISOString(),
    attempt: 1,
    order: {
      policies: standardPolicies(),
      emission: {
        tenantCode: 'PFOLIO',
        actor: 'portfolio-order-coordinator',
        deliveryCountryIso: 'DE',
        detail: 'orders',
      },
      brokerTaskQueue: 'upvest',
    },
  };
}

/** The activities, and the orders that they handed off. */
function setUp(handOff = (): Promise<'handed-off' | 'finished'> => Promise.resolve('handed-off')) {
  const handedOff: PlacementResult[] = [];
  const activities = createPlacementActivities({
    upvest: upvest.client,
    inbox: {
      deliver: () => Promise.reject(new Error('Placing delivers nothing')),
      handOff(placed) {
        handedOff.push(placed);
        return handOff();
      },
    },
    placements: createPlacementSearch(testClient(), 'another-queue', awayRegistry),
    registry: awayRegistry,
  });
  return {
    placeOnce: (input: PlacePortfolioOrderInput) => activities.placeAtBroker(input),
    find: async (input: PlacePortfolioOrderInput) =>
      (await withRetries((one: PlacePortfolioOrderInput) => activities.findPlacedOrder(one), input)).value,
    read: (portfolioOrderId: string) => activities.readPlacedOrder({ portfolioOrderId }),
    handedOff,
  };
}

const ordersOf = ({ request }: PlacePortfolioOrderInput) =>
  upvest.control
    .portfolioOrders()
    .map(({ portfolioOrder }) => portfolioOrder)
    .filter((one) => one.account_id === request.accountId);

/** Result of the attempts to place; `placementRequests` counts them by idempotency key. */
async function place(input = newInput()) {
  const { placeOnce, handedOff } = setUp();
  const before = upvest.control.placementRequests();
  const outcome = await withRetries(placeOnce, input).catch((error: unknown) => ({ error }));
  const after = Object.entries(upvest.control.placementRequests());
  const posts = after.filter(([key]) => !(key in before)).map(([, count]) => count);
  return { input, outcome, handedOff, posts };
}

describe('a POST', () => {
  it.each([
    ['the connection breaks before it has an effect', { mode: 'before', outcome: 'reset' }],
    ['the connection breaks after it took effect', { mode: 'after', outcome: 'reset' }],
    ['a gateway answers 502 after it took effect', { mode: 'after', outcome: 502 }],
    ['Upvest is overloaded (429)', { mode: 'before', outcome: 429 }],
    ['Upvest answers 409 to the key after it took effect', { mode: 'after', outcome: 409 }],
  ] as const)('places once, under one key, when %s', async (_what, fault) => {
    upvest.control.failCalls({ ...POSTS, ...fault });
    const { input, outcome, handedOff, posts } = await place();
    const [order, ...others] = ordersOf(input);
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({
      attempts: 2,
      value: { observation: { id: order?.id, source: { kind: 'placement' } }, handedOff: 'handed-off' },
    });
    expect(posts).toEqual([2]);
    const { userId, ...requested } = input.request;
    expect(handedOff).toMatchObject([
      { reference: input.reference, requested, observation: { id: order?.id } },
    ]);
    expect(JSON.stringify(handedOff)).not.toContain(userId);
  });

  it('ends with the problem when Upvest rejects the order', async () => {
    upvest.control.failCalls({ ...POSTS, outcome: 422 });
    const { input, outcome, handedOff, posts } = await place();
    expect(outcome).toEqual({ error: expect.any(ApplicationFailure) as unknown });
    expect(outcome).toMatchObject({
      error: {
        type: 'PlacementRefused',
        nonRetryable: true,
        details: [{ status: 422, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }],
      },
    });
    expect(posts).toEqual([1]);
    expect(ordersOf(input)).toEqual([]);
    expect(handedOff).toEqual([]);
  });

  it('that is answered 4xx is not rejected if an earlier attempt may have placed', async () => {
    const input = newInput();
    const { placeOnce } = setUp();
    upvest.control.failCalls({ ...POSTS, mode: 'after', outcome: 'reset' });
    const first = await attempt(placeOnce, input);
    expect(first.result).toMatchObject({
      reason: { type: 'PlacementUnanswered', details: [{ mayHavePlaced: true }] },
    });
    upvest.control.failCalls({ ...POSTS, mode: 'before', outcome: 400 });
    const second = await attempt(placeOnce, input, { attempt: 2, heartbeatDetails: first.heartbeat });
    expect(second.result).toMatchObject({ reason: { type: 'PlacementUnanswered' } });
    expect(second.result).toMatchObject({ reason: { nonRetryable: false } });
    const third = await attempt(placeOnce, input, { attempt: 3, heartbeatDetails: second.heartbeat });
    expect(third.result).toMatchObject({ value: { observation: { id: ordersOf(input)[0]?.id } } });
    expect(ordersOf(input)).toHaveLength(1);
  });

  it('that may have placed is repeated for a minute, and later only after a look at Upvest (14.6)', async () => {
    const input = newInput();
    const { placeOnce } = setUp();
    upvest.control.failCalls({ ...POSTS, mode: 'after', outcome: 'reset' });
    const { heartbeat: heartbeatDetails } = await attempt(placeOnce, input);
    const posts = upvest.control.requests(POSTS).length;
    const scheduledTimestampMs = Date.now() - 60_001;
    const late = await attempt(placeOnce, input, { attempt: 2, heartbeatDetails, scheduledTimestampMs });
    expect(late.result).toMatchObject({ reason: { nonRetryable: true, type: 'LookUpFirst' } });
    expect(upvest.control.requests(POSTS)).toHaveLength(posts);

    upvest.control.failCalls({ ...POSTS, mode: 'before', outcome: 400 });
    const looked = { ...input, mayHavePlaced: true } as const;
    const rejected = await attempt(placeOnce, looked);
    expect(rejected.result).toMatchObject({ reason: { type: 'PlacementUnanswered', nonRetryable: false } });
    const { result } = await attempt(placeOnce, looked);
    expect(result).toMatchObject({ value: { observation: { id: ordersOf(input)[0]?.id } } });
    expect(ordersOf(input)).toHaveLength(1);
  });

  it('that certainly did not place needs no look before it is repeated, however late (14.6)', async () => {
    const input = newInput();
    const { placeOnce } = setUp();
    upvest.control.failCalls({ ...POSTS, mode: 'before', outcome: 429 });
    const { heartbeat: heartbeatDetails } = await attempt(placeOnce, input);
    const scheduledTimestampMs = Date.now() - 600_000;
    const { result } = await attempt(placeOnce, input, {
      attempt: 2,
      heartbeatDetails,
      scheduledTimestampMs,
    });
    expect(result).toMatchObject({ status: 'fulfilled' });
  });

  it('that is answered 4xx is rejected when all earlier attempts certainly had no effect', async () => {
    upvest.control.failCalls({ ...POSTS, mode: 'before', outcome: 429 });
    upvest.control.failCalls({ ...POSTS, mode: 'before', outcome: 400 });
    const { input, outcome } = await place();
    expect(outcome).toMatchObject({ error: { type: 'PlacementRefused', details: [{ status: 400 }] } });
    expect(ordersOf(input)).toEqual([]);
  });

  it('that is answered 4xx is not rejected when nothing is known of an earlier attempt', async () => {
    const { placeOnce } = setUp();
    upvest.control.failCalls({ ...POSTS, mode: 'before', outcome: 400 });
    const { result } = await attempt(placeOnce, newInput(), { attempt: 2 });
    expect(result).toMatchObject({ status: 'rejected', reason: { type: 'PlacementUnanswered' } });
  });

  it('for a reference that another deployment used before makes an order of its own (14.2)', async () => {
    const { placeOnce } = setUp();
    const input = newInput();
    const ids: (string | undefined)[] = [];
    for (const deployment of ['one', 'two', 'one', undefined]) {
      const placement = { ...input, ...(deployment && { deployment }) };
      const { value } = await withRetries(placeOnce, placement);
      ids.push(value.observation.id);
    }
    expect(ids[2]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
    expect(ordersOf(input)).toHaveLength(3);
  });

  it('that was answered is not sent again by the attempt after a crash, which hands off', async () => {
    const input = newInput();
    const { placeOnce, handedOff } = setUp();
    const { heartbeat: heartbeatDetails } = await attempt(placeOnce, input);
    const calls = upvest.control.requests(POSTS).length;
    const { result } = await attempt(placeOnce, input, { attempt: 2, heartbeatDetails });
    expect(result).toMatchObject({ status: 'fulfilled', value: { handedOff: 'handed-off' } });
    expect(upvest.control.requests(POSTS)).toHaveLength(calls);
    expect(handedOff.map(({ observation }) => observation.id)).toEqual(
      [1, 2].map(() => ordersOf(input)[0]?.id),
    );
  });

  it('whose handoff fails is not lost: the workflow hands off', async () => {
    const input = newInput();
    const { placeOnce } = setUp(() => Promise.reject(new Error('Temporal is unavailable')));
    const { value } = await withRetries(placeOnce, input);
    expect(value).toEqual({
      observation: expect.objectContaining({ id: ordersOf(input)[0]?.id }) as unknown,
    });
  });
});

describe('an attempt that does not get through', () => {
  /** An attempt with an hour left. */
  const inTime = () => ({ scheduledTimestampMs: Date.now(), scheduleToCloseTimeoutMs: 3_600_000 });

  const PAGE = '<html><title>403 Forbidden</title><p>Blocked by rule 7</p></html>';

  it.each([
    ['Upvest rejects the credentials (14.7)', { outcome: 401, count: 2 }, false, { status: 401 }],
    ['Upvest requires another scope (14.7)', { outcome: 403 }, false, { status: 403 }],
    [
      'a firewall answers (14.53)',
      { outcome: 403, page: PAGE },
      true,
      { status: 403, excerpt: '403 Forbidden Blocked by rule 7' },
    ],
    ['a proxy redirects (14.40)', { outcome: 307, page: '' }, true, { status: 307 }],
  ] as const)('ends the call, with the reason, when %s', async (_what, fault, mayHavePlaced, problem) => {
    upvest.control.failCalls({ ...POSTS, ...fault });
    const { result, heartbeat } = await attempt(setUp().placeOnce, newInput());
    expect(result).toMatchObject({
      reason: {
        type: 'PlacementStopped',
        nonRetryable: true,
        details: [{ mayHavePlaced, why: 'unauthorised', problem }],
      },
    });
    expect(heartbeat).toEqual({ maybePlaced: mayHavePlaced });
  });

  it('ends the call with the pause that Upvest requested, if that is long (14.5)', async () => {
    upvest.control.failCalls({ ...POSTS, outcome: 429, headers: { 'retry-after': '3600' } });
    const { result } = await attempt(setUp().placeOnce, newInput(), inTime());
    expect(result).toMatchObject({
      reason: {
        nonRetryable: true,
        details: [{ mayHavePlaced: false, why: 'busy', retryAfterMs: 3_600_000 }],
      },
    });
  });

  it('is repeated after a short pause that Upvest requested, also by 503 (14.5)', async () => {
    upvest.control.failCalls({ ...POSTS, outcome: 503, headers: { 'retry-after': '7' } });
    const { result } = await attempt(setUp().placeOnce, newInput(), inTime());
    expect(result).toMatchObject({
      reason: { nonRetryable: false, nextRetryDelay: 7_000, details: [{ mayHavePlaced: true }] },
    });
  });

  it('shows why from the fifth attempt on (14.41)', async () => {
    upvest.control.failCalls({ ...POSTS, outcome: 429, count: 2 });
    const { placeOnce } = setUp();
    const heartbeatDetails = { maybePlaced: false };
    const fourth = await attempt(placeOnce, newInput(), { attempt: 4, heartbeatDetails });
    expect(fourth.result).toMatchObject({ reason: { nonRetryable: false } });
    const fifth = await attempt(placeOnce, newInput(), { attempt: 5, heartbeatDetails });
    expect(fifth.result).toMatchObject({
      reason: { nonRetryable: true, details: [{ why: 'unavailable', mayHavePlaced: false }] },
    });
  });

  /** Each with a client of its own, which has no token yet. */
  const own: UpvestUnderTest[] = [];
  const startOwn = async (...options: Parameters<typeof startUpvest>): Promise<UpvestUnderTest> => {
    const started = await startUpvest(...options);
    own.push(started);
    return started;
  };
  afterEach(() => Promise.all(own.splice(0).map((one) => one.stop())));
  const firstCallOf =
    ({ client }: UpvestUnderTest) =>
    (input: PlacePortfolioOrderInput) =>
      createPlacementActivities({
        upvest: client,
        inbox: { deliver: () => Promise.reject(new Error()), handOff: () => Promise.resolve('handed-off') },
        placements: createPlacementSearch(testClient(), 'another-queue', awayRegistry),
        registry: awayRegistry,
      }).placeAtBroker(input);

  it('notes that it may have placed when bytes go out, and not before (14.10)', async () => {
    const fresh = await startOwn();
    const recorded: unknown[] = [];
    fresh.control.delayAnswers({ ...POSTS, ms: 50 });
    const sent = (path: string): number => fresh.control.requests({ method: 'POST', path }).length;
    await attempt(firstCallOf(fresh), newInput(), {}, (details) => {
      recorded.push([details, { tokens: sent('/auth/token'), posts: sent(POSTS.path) }]);
    });
    expect(recorded[0]).toEqual([{ maybePlaced: true }, { tokens: 1, posts: 0 }]);
    expect(recorded).toHaveLength(2);
  });

  it('that waits for its turn in vain has certainly not placed (14.10)', async () => {
    const slow = await startOwn({}, { requestsPerSecond: 0.1 });
    // The token takes the first turn, and the next one is ten seconds away.
    const { result, heartbeat } = await attempt(firstCallOf(slow), newInput(), inTime());
    expect(result).toMatchObject({ reason: { nonRetryable: false, details: [{ mayHavePlaced: false }] } });
    expect((result as PromiseRejectedResult).reason).toHaveProperty('nextRetryDelay', expect.any(Number));
    expect(heartbeat).toEqual({ maybePlaced: false });
    expect(slow.control.requests(POSTS)).toEqual([]);
  });
});

describe('a search at Upvest', () => {
  /** A placement that took effect, and whose answer was lost. */
  async function unanswered(): Promise<PlacePortfolioOrderInput> {
    const input = newInput();
    upvest.control.failCalls({ ...POSTS, mode: 'after', outcome: 'reset' });
    const { result } = await attempt(setUp().placeOnce, input);
    expect(result.status).toBe('rejected');
    return input;
  }

  const initiate = (
    { request }: PlacePortfolioOrderInput,
    more: Partial<Parameters<UpvestUnderTest['control']['initiate']>[0]> = {},
  ) => {
    const { userId, accountId, cashAmount } = request;
    upvest.control.initiate({ userId, accountId, cashAmount, initiationFlow: 'API', ...more });
  };

  it('finds the one matching order', async () => {
    const input = await unanswered();
    const [order] = ordersOf(input);
    expect(await setUp().find(input)).toMatchObject({ id: order?.id, source: { kind: 'poll' } });
  });

  it.each([
    ['another amount', { cashAmount: '77.71' }],
    ['another currency', { currency: 'GBP' }],
    ['the other side', { type: 'SELL' }],
    ['another flow', { initiationFlow: 'SAVINGS_PLAN' }],
  ] as const)('ignores an order of %s', async (_what, draft) => {
    const input = newInput();
    initiate(input, draft);
    expect(ordersOf(input)).toHaveLength(1);
    expect(await setUp().find(input)).toBeUndefined();
  });

  it.each([
    ['before the client’s request', 2],
    ['after the hour of POSTs', -2],
  ])('ignores an order created %s', async (_what, hours) => {
    const input = newInput(new Date(Date.now() + hours * 3_600_000));
    initiate(input);
    expect(await setUp().find(input)).toBeUndefined();
  });

  it('finds an order whose currency Upvest spells in small letters (14.56)', async () => {
    const input = newInput();
    initiate(input, { currency: 'eur' } as object);
    expect(await setUp().find(input)).toMatchObject({ id: ordersOf(input)[0]?.id, currency: 'eur' });
  });

  it('chooses none of two matching orders, and names both', async () => {
    const input = await unanswered();
    initiate(input);
    const found = await setUp().find(input);
    const ids = ordersOf(input).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(found).toEqual({ candidates: expect.arrayContaining(ids) as string[] });
  });

  it('reads the order that an operator names, and finds none if Upvest does not know it', async () => {
    const input = await unanswered();
    const [order] = ordersOf(input);
    const { read } = setUp();
    expect(await read(order?.id ?? '')).toMatchObject({
      id: order?.id,
      accountId: input.request.accountId,
      source: { kind: 'poll' },
    });
    expect(await read(randomUUID())).toBeUndefined();
  });
});
