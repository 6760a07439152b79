/** Whose event is it? (references/upvest.md#correlation, docs/architecture.md) */
import { UpvestRefused, UpvestRetry } from '../../../src/upvest/client/errors';
import {
  createEventRouter,
  type EventRouterOptions,
  type RoutedEvent,
} from '../../../src/upvest/webhooks/event-router';
import type {
  UpvestOrder,
  UpvestPortfolioOrder,
  UpvestRebalancingOrder,
} from '../../../src/upvest/model/schemas';
import {
  event,
  execution,
  order,
  orderId,
  portfolioOrder,
  portfolioOrderId,
  receivedAt,
} from './event-fixture';

const OTHER = '0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11';
const notFound = (): UpvestRefused => new UpvestRefused('not found', { status: 404 });

/** An Upvest stub with the orders that a test gives it; counts the lookups. */
class Broker {
  readonly asked: string[] = [];
  orders = new Map<string, Partial<UpvestOrder>>();
  portfolioOrders = new Set<string>();
  rebalancings = new Map<string, Partial<UpvestRebalancingOrder>[]>();
  failure: Error | undefined;

  readOrder = (id: string): Promise<UpvestOrder> =>
    this.answer(`order ${id}`, () => this.orders.get(id) as UpvestOrder | undefined);
  readPortfolioOrder = (id: string): Promise<UpvestPortfolioOrder> =>
    this.answer(`portfolio order ${id}`, () =>
      this.portfolioOrders.has(id) ? ({ id } as UpvestPortfolioOrder) : undefined,
    );
  listRebalancingOrders = async (id: string) => ({
    orders: await this.answer(
      `rebalancing ${id}`,
      () => this.rebalancings.get(id) as UpvestRebalancingOrder[] | undefined,
    ),
  });

  private async answer<T>(question: string, find: () => T | undefined): Promise<T> {
    this.asked.push(question);
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    const found = find();
    if (found === undefined) throw notFound();
    return found;
  }
}

const NOW = Date.parse('2026-01-02T10:00:00Z');
const LONG_AGO = '2026-01-01T09:00:00Z';

function setUp(options: Partial<EventRouterOptions> = {}) {
  const broker = new Broker();
  const router = createEventRouter({
    upvest: broker,
    lookupTimeLimitMs: 5_000,
    looksUpRebalancings: false,
    now: () => NOW,
    ...options,
  });
  const route = (...raws: unknown[]): Promise<RoutedEvent[]> =>
    router.route(
      raws.map((json) => ({ json, text: JSON.stringify(json) })),
      receivedAt,
    );
  return { broker, route };
}

const child = (more: object = {}) => event('ORDER.NEW', { ...order, created_at: LONG_AGO, ...more });
const fill = () => event('EXECUTION.FILLED', execution);
const toOrder = (id = portfolioOrderId) => ({ kind: 'order', portfolioOrderId: id });
const unrouted = (detail: string) => ({
  kind: 'parked',
  reason: 'UNROUTED',
  detail: expect.stringContaining(detail) as string,
});

describe('without asking', () => {
  it.each([
    ['a portfolio order by its own id', [event('PORTFOLIO_ORDER.NEW', portfolioOrder)]],
    ['a child of flow PORTFOLIO by its reference', [child()]],
    ['an execution by the ORDER event beside it', [fill(), child()]],
    [
      'an execution by the snapshot that lists its order',
      [event('PORTFOLIO_ORDER.NEW', portfolioOrder), fill()],
    ],
    [
      'a child of a rebalancing by the snapshot that lists it',
      [event('PORTFOLIO_ORDER.NEW', portfolioOrder), child({ initiation_flow: 'PORTFOLIO_REBALANCING' })],
    ],
    [
      'a child by the snapshot that lists it, whatever its flow and reference',
      [
        event('PORTFOLIO_ORDER.NEW', portfolioOrder),
        child({ initiation_flow: 'NEW_FLOW', client_reference: OTHER }),
      ],
    ],
    [
      'a refused cancellation by the ORDER event beside it',
      [child(), event('ORDER_CANCELLATION.REJECTED', { order_id: orderId, status: 'REJECTED' })],
    ],
  ])('routes %s', async (_what, raws) => {
    const { broker, route } = setUp();
    expect(await route(...raws)).toMatchObject(raws.map(() => toOrder()));
    expect(broker.asked).toEqual([]);
  });

  it.each([
    ['without a reference', {}],
    ['with a reference that is no UUID', { client_reference: 'customer-7' }],
  ])('leaves an order of another flow alone %s', async (_what, more) => {
    const { broker, route } = setUp();
    const foreign = child({ initiation_flow: 'SELL_TO_COVER_FEES', client_reference: undefined, ...more });
    expect(await route(foreign)).toEqual([{ kind: 'foreign', flow: 'SELL_TO_COVER_FEES' }]);
    expect(broker.asked).toEqual([]);
  });

  it('treats an order without a flow like one of the API', async () => {
    const { route } = setUp();
    expect(await route(child({ initiation_flow: undefined, client_reference: '' }))).toEqual([
      { kind: 'foreign', flow: 'API' },
    ]);
  });

  it('keeps order ids and portfolio order ids apart', async () => {
    const { route } = setUp();
    const same = { ...portfolioOrder, orders: [{ id: portfolioOrderId, side: 'BUY', status: 'NEW' }] };
    const ofChild = event('EXECUTION.FILLED', { ...execution, order_id: portfolioOrderId });
    expect(await route(event('PORTFOLIO_ORDER.NEW', same), ofChild)).toMatchObject([toOrder(), toOrder()]);
  });
});

describe('by asking Upvest once', () => {
  it('for the order of executions, however many wait, and remembers the answer', async () => {
    const { broker, route } = setUp();
    broker.orders.set(orderId, { initiation_flow: 'PORTFOLIO', client_reference: portfolioOrderId });
    expect(await route(fill(), fill(), fill())).toMatchObject([toOrder(), toOrder(), toOrder()]);
    expect(await route(fill())).toMatchObject([toOrder()]);
    expect(broker.asked).toEqual([`order ${orderId}`]);
  });

  it.each(['SAVINGS_PLAN', 'API', 'PORTFOLIO_REBALANCING', 'NEW_FLOW'])(
    'for the portfolio order that a child of flow %s may mean',
    async (flow) => {
      const { broker, route } = setUp();
      broker.portfolioOrders.add(portfolioOrderId);
      expect(await route(child({ initiation_flow: flow }), fill())).toMatchObject([toOrder(), toOrder()]);
      expect(broker.asked).toEqual([`portfolio order ${portfolioOrderId}`]);
    },
  );

  it('and counts an old order whose UUID is no portfolio order as foreign, for good', async () => {
    const { broker, route } = setUp();
    const foreign = child({ initiation_flow: 'API' });
    expect(await route(foreign)).toEqual([{ kind: 'foreign', flow: 'API' }]);
    expect(await route(foreign, fill())).toEqual([
      { kind: 'foreign', flow: 'API' },
      { kind: 'foreign', flow: 'API' },
    ]);
    expect(broker.asked).toHaveLength(1);
  });

  it('and takes an event for more than an answer: a snapshot corrects it', async () => {
    const { route } = setUp();
    await route(child({ initiation_flow: 'API' }));
    expect(await route(event('PORTFOLIO_ORDER.NEW', portfolioOrder), fill())).toMatchObject([
      toOrder(),
      toOrder(),
    ]);
  });
});

describe('parks, to be tried again,', () => {
  it('a fresh order whose UUID is no portfolio order yet', async () => {
    const { broker, route } = setUp();
    const fresh = child({ initiation_flow: 'SAVINGS_PLAN', created_at: '2026-01-02T09:59:00Z' });
    expect(await route(fresh)).toMatchObject([unrouted('no portfolio order')]);
    broker.portfolioOrders.add(portfolioOrderId);
    expect(await route(fresh)).toMatchObject([toOrder()]);
  });

  it.each([
    [
      'names a portfolio order that Upvest does not know',
      { initiation_flow: 'PORTFOLIO_REBALANCING' },
      'no portfolio order',
    ],
    ['names something that is no UUID', { client_reference: 'p@1' }, 'no portfolio order p@1'],
    ['names nothing', { client_reference: '' }, 'without the id of its portfolio order'],
  ])('a child that %s, however old', async (_what, more, detail) => {
    const { route } = setUp();
    expect(await route(child(more))).toMatchObject([unrouted(detail)]);
  });

  it('an execution of an order that Upvest does not know', async () => {
    const { route } = setUp();
    expect(await route(fill())).toMatchObject([unrouted('does not know its order')]);
  });

  it('and asks anew, when Upvest could not answer', async () => {
    const { broker, route } = setUp();
    broker.failure = new UpvestRetry('503');
    expect(await route(fill())).toMatchObject([unrouted('the lookup of its order at Upvest failed')]);
    broker.failure = undefined;
    broker.orders.set(orderId, { initiation_flow: 'PORTFOLIO', client_reference: portfolioOrderId });
    expect(await route(fill())).toMatchObject([toOrder()]);
  });

  it('what exceeds the number of orders that may be asked for at once', async () => {
    const { broker, route } = setUp();
    const many = Array.from({ length: 30 }, (_, index) =>
      event('EXECUTION.FILLED', { ...execution, order_id: `o-${index}` }),
    );
    const routed = await route(...many);
    expect(broker.asked).toHaveLength(20);
    expect(routed.slice(20)).toMatchObject(many.slice(20).map(() => unrouted('too many')));
    await route(...many.slice(20));
    expect(broker.asked).toHaveLength(30);
  });

  it('what Upvest does not answer in time, and uses the late answer for the next', async () => {
    const { broker, route } = setUp({ lookupTimeLimitMs: 20 });
    let answer: (order: UpvestOrder) => void = () => undefined;
    broker.readOrder = () => new Promise((resolve) => (answer = resolve));
    expect(await route(fill(), child({ id: 'another' }))).toMatchObject([unrouted('in time'), toOrder()]);
    answer({ initiation_flow: 'PORTFOLIO', client_reference: portfolioOrderId } as UpvestOrder);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await route(fill())).toMatchObject([toOrder()]);
  });
});

describe('a rebalancing execution order', () => {
  const step = (more: object) =>
    event('REBALANCING_EXECUTION_ORDER.NEW', {
      id: 'r-1',
      execution_id: 'x-1',
      status: 'NEW',
      portfolio_order_id: null,
      ...more,
    });

  it('goes to the portfolio order that it names, and so do its siblings that name none', async () => {
    const { route } = setUp();
    const named = step({ status: 'PROCESSING', portfolio_order_id: portfolioOrderId });
    expect(await route(step({}), named)).toMatchObject([toOrder(), toOrder()]);
  });

  it('is parked until its portfolio order is known', async () => {
    const { broker, route } = setUp();
    expect(await route(step({}))).toMatchObject([unrouted('no portfolio order yet')]);
    expect(broker.asked).toEqual([]);
  });

  it('is none of our business when it ended without one', async () => {
    const { route } = setUp();
    expect(await route(step({ status: 'CANCELLED' }))).toEqual([{ kind: 'foreign', flow: 'REBALANCING' }]);
  });

  it('is asked for by those who have time, one list for many', async () => {
    const { broker, route } = setUp({ looksUpRebalancings: true });
    broker.rebalancings.set('x-1', [
      { id: 'r-1', status: 'PROCESSING', portfolio_order_id: portfolioOrderId },
      { id: 'r-2', status: 'CANCELLED', portfolio_order_id: undefined },
      { id: 'r-3', status: 'NEW', portfolio_order_id: undefined },
    ]);
    expect(
      await route(step({}), step({ id: 'r-2' }), step({ id: 'r-3' }), step({ id: 'r-4' })),
    ).toMatchObject([
      toOrder(),
      { kind: 'foreign', flow: 'REBALANCING' },
      unrouted('no portfolio order yet'),
      unrouted('no portfolio order yet'),
    ]);
    expect(broker.asked).toEqual(['rebalancing x-1']);
  });
});

it('forgets the oldest orders when there are too many, and asks for them again', async () => {
  const { broker, route } = setUp({ cacheSize: 2 });
  await route(child({ id: 'o-1' }), child({ id: 'o-2' }), child({ id: 'o-3' }));
  await route(event('EXECUTION.FILLED', { ...execution, order_id: 'o-1' }));
  await route(event('EXECUTION.FILLED', { ...execution, order_id: 'o-3' }));
  expect(broker.asked).toEqual(['order o-1']);
});

it('waits for thousands of events with one listener, since a signal searches all that it has (14.29)', async () => {
  const { route } = setUp();
  const added = jest.spyOn(AbortSignal.prototype, 'addEventListener');
  const many = Array.from({ length: 5_000 }, (_, index) =>
    event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, id: `order-${index}` }),
  );
  const routed = await route(...many);
  expect(routed.every(({ kind }) => kind === 'order')).toBe(true);
  expect(added.mock.calls.length).toBeLessThan(5);
  added.mockRestore();
});
