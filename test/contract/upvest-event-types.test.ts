/** All event types, each sent once and signed to the real endpoint. */
import { ensureSubscription } from '../../src/upvest/webhooks/subscription';
import { json } from '../upvest/client/http-stub';
import { startUpvest } from '../upvest/client/upvest-stub';
import {
  EVENT_AT,
  newEvent,
  newExecution,
  newOrder,
  newPortfolioOrder,
  newRebalancingOrder,
  type BrokerEventFields,
} from './broker-objects';
import { startEdge, type Edge } from './webhook-edge';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.reset();
});

/** Common members of observations of an event. */
const ofEvent = ({ id, webhook_id: webhookId, type }: BrokerEventFields) => ({
  source: { kind: 'webhook', eventId: id, webhookId },
  at: EVENT_AT,
  announced: type.split('.')[1],
});
const reason = { cancellation_reason: 'CANCELLED_BY_UPVEST', cancellation_details: 'a market is closed' };

describe('references/upvest.md#event-types', () => {
  it.each(['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'])(
    '`PORTFOLIO_ORDER`: `PORTFOLIO_ORDER.%s` carries the full portfolio order of references/upvest.md#portfolio-order',
    async (status) => {
      const child = { id: 'c-1', side: 'BUY', status: 'NEW' };
      const isCancelled = status === 'CANCELLED';
      const order = newPortfolioOrder({
        status,
        orders: [child],
        client_reference: 'plan-7',
        initiation_flow: 'SAVINGS_PLAN',
        post_tax: true,
        ...(isCancelled && reason),
      });
      const event = newEvent(`PORTFOLIO_ORDER.${status}`, order);
      const { portfolioOrderId, observation } = await edge.observe(event);
      expect(portfolioOrderId).toBe(order.id);
      expect(observation).toStrictEqual({
        ...ofEvent(event),
        subject: 'portfolio-order',
        status,
        id: order.id,
        accountId: order.account_id,
        allocationId: 'e2a7d0c3-94b1-4c58-8a6e-1f0b3d5c7e92',
        cashAmount: '250.00',
        currency: 'EUR',
        type: 'BUY',
        postTax: true,
        initiationFlow: 'SAVINGS_PLAN',
        clientReference: 'plan-7',
        createdAt: '2026-01-02T09:00:00.000Z',
        updatedAt: '2026-01-02T09:00:01.200Z',
        ...(isCancelled && {
          cancellationReason: 'CANCELLED_BY_UPVEST',
          cancellationDetails: 'a market is closed',
        }),
        orders: [child],
      });
      expect(edge.record(order.id)).toMatchObject({ status, reached: { [status]: { at: EVENT_AT } } });
    },
  );

  it.each(['NEW', 'PROCESSING', 'FILLED', 'CANCELLED'])(
    '`ORDER`: `ORDER.%s` carries the full order of references/upvest.md#order incl. `executions[]`',
    async (status) => {
      const parentId = newPortfolioOrder({}).id;
      const fill = newExecution('', { status: 'FILLED' });
      const isCancelled = status === 'CANCELLED';
      const order = newOrder(parentId, {
        status,
        executions: [fill],
        ...(isCancelled && { cancellation_reason: 'CANCELLED_BY_TRADING_PARTNER' }),
      });
      const event = newEvent(`ORDER.${status}`, order);
      const { portfolioOrderId, observation } = await edge.observe(event);
      expect(portfolioOrderId).toBe(parentId);
      expect(observation).toStrictEqual({
        ...ofEvent(event),
        subject: 'order',
        status,
        id: order.id,
        side: 'BUY',
        instrumentId: 'IE00B3XXRP09',
        cashAmount: '150.00',
        currency: 'EUR',
        fee: '0.0',
        createdAt: '2026-01-02T09:00:00.000Z',
        updatedAt: '2026-01-02T09:00:01.000Z',
        ...(isCancelled && { cancellationReason: 'CANCELLED_BY_TRADING_PARTNER' }),
        executions: [factsOf(fill.id, 'FILLED')],
      });
      expect(edge.record(parentId).orders).toMatchObject([
        { id: order.id, status, executions: [{ status: 'FILLED' }] },
      ]);
    },
  );

  it('`ORDER`: SETTLED does not exist; it is kept as an unknown status', async () => {
    const parentId = newPortfolioOrder({}).id;
    const order = newOrder(parentId, { status: 'FILLED' });
    await edge.observe(newEvent('ORDER.FILLED', order));
    await edge.observe(newEvent('ORDER.SETTLED', { ...order, status: 'SETTLED' }));
    expect(edge.record(parentId).orders).toMatchObject([
      { status: 'FILLED', unknownStatuses: ['SETTLED'], executions: [] },
    ]);
    expect(edge.findings(parentId)).toContain(`UNKNOWN_STATUS order ${order.id}`);
  });

  it.each(['FILLED', 'SETTLED', 'CANCELLED'])(
    '`EXECUTION`: `EXECUTION.%s` carries the execution of references/upvest.md#execution',
    async (status) => {
      const parentId = newPortfolioOrder({}).id;
      const order = newOrder(parentId, { status: 'FILLED' });
      await edge.post([newEvent('ORDER.FILLED', order)]);
      const execution = newExecution(order.id, { status });
      const event = newEvent(`EXECUTION.${status}`, execution);
      const { portfolioOrderId, observation } = await edge.observe(event);
      expect(portfolioOrderId).toBe(parentId);
      expect(observation).toStrictEqual({
        ...ofEvent(event),
        subject: 'execution',
        status,
        orderId: order.id,
        execution: factsOf(execution.id, status),
      });
      expect(edge.record(parentId).orders).toMatchObject([{ executions: [{ id: execution.id, status }] }]);
    },
  );

  it.each([
    ['with a reason', { reason: 'The order is executed already' }],
    ['without one', {}],
  ])('`ORDER_CANCELLATION`: `ORDER_CANCELLATION.REJECTED`, without an id, %s', async (_what, given) => {
    const parentId = newPortfolioOrder({}).id;
    const order = newOrder(parentId, { status: 'PROCESSING' });
    await edge.post([newEvent('ORDER.PROCESSING', order)]);
    const event = newEvent('ORDER_CANCELLATION.REJECTED', {
      order_id: order.id,
      status: 'REJECTED',
      ...given,
    });
    const { portfolioOrderId, observation } = await edge.observe(event);
    expect(portfolioOrderId).toBe(parentId);
    expect(observation).toStrictEqual({
      ...ofEvent(event),
      subject: 'order-cancellation',
      status: 'REJECTED',
      orderId: order.id,
      ...given,
    });
    expect(edge.record(parentId).orders).toMatchObject([{ id: order.id, status: 'PROCESSING' }]);
    expect(edge.findings(parentId)).toEqual([`CANCELLATION_REFUSED order ${order.id}`]);
  });

  it('`ORDER_CANCELLATION`: only REJECTED counts as a refusal', async () => {
    const event = newEvent('ORDER_CANCELLATION.ACCEPTED', { order_id: 'o', status: 'ACCEPTED' });
    expect((await edge.post([event])).status).toBe(200);
    expect(edge.delivered).toEqual([]);
    expect(edge.parked).toMatchObject([{ reason: 'UNKNOWN_TYPE', raw: JSON.stringify(event) }]);
  });

  it.each(['NEW', 'PROCESSING', 'FILLED', 'CANCELLED'])(
    '`REBALANCING_EXECUTION_ORDER`: `REBALANCING_EXECUTION_ORDER.%s` with the portfolio order that it created',
    async (status) => {
      const parentId = newPortfolioOrder({}).id;
      const isCancelled = status === 'CANCELLED';
      const step = newRebalancingOrder({
        status,
        portfolio_order_id: parentId,
        ...(isCancelled && reason),
      });
      const event = newEvent(`REBALANCING_EXECUTION_ORDER.${status}`, step);
      const { portfolioOrderId, observation } = await edge.observe(event);
      expect(portfolioOrderId).toBe(parentId);
      expect(observation).toStrictEqual({
        ...ofEvent(event),
        subject: 'rebalancing-execution-order',
        status,
        id: step.id,
        executionId: step.execution_id,
        ...(isCancelled && {
          cancellationReason: 'CANCELLED_BY_UPVEST',
          cancellationDetails: 'a market is closed',
        }),
      });
      // A rebalancing order has no effect on the portfolio order's status.
      expect(edge.record(parentId)).toMatchObject({ reached: {}, rebalancing: [{ statuses: [status] }] });
    },
  );

  it.each(['NEW', 'PROCESSING', 'FILLED'])(
    '`REBALANCING_EXECUTION_ORDER`: `.%s` without a portfolio order is parked until there is one',
    async (status) => {
      const event = newEvent(`REBALANCING_EXECUTION_ORDER.${status}`, newRebalancingOrder({ status }));
      expect((await edge.post([event])).status).toBe(200);
      expect(edge.parked).toMatchObject([{ reason: 'UNROUTED', raw: JSON.stringify(event) }]);
    },
  );

  it('`REBALANCING_EXECUTION_ORDER`: `.CANCELLED` without a portfolio order is acknowledged and dropped', async () => {
    const labels = 'fate="foreign",detail="REBALANCING"';
    const before = await edge.counted('webhook_events_total', labels);
    const step = newRebalancingOrder({ status: 'CANCELLED', cancellation_reason: 'ACCOUNT_NOT_FOUND' });
    expect((await edge.post([newEvent('REBALANCING_EXECUTION_ORDER.CANCELLED', step)])).status).toBe(200);
    expect([edge.delivered, edge.parked]).toEqual([[], []]);
    expect(await edge.counted('webhook_events_total', labels)).toBe(before + 1);
  });

  it('`ALL`: other event types are acknowledged and parked unchanged', async () => {
    const types = ['CASH_TRANSFER.SETTLED', 'USER.CREATED', 'Portfolio_order.NEW', 'Individual_order.NEW'];
    const others = types.map((type) => newEvent(type, newPortfolioOrder({ status: 'NEW' })));
    expect((await edge.post(others)).status).toBe(200);
    expect(edge.delivered).toEqual([]);
    expect(edge.parked.map(({ reason, raw }) => [reason, raw])).toEqual(
      others.map((event) => ['UNKNOWN_TYPE', JSON.stringify(event)]),
    );
  });

  it('`ALL`: a subscription to it includes all types, so no other is requested', async () => {
    const webhook = { id: 'w', title: 't', url: 'https://h.example/x', enabled: true, type: ['ALL'] };
    const upvest = await startUpvest(json(200, { data: [webhook] }));
    await ensureSubscription(upvest.client, webhook.url);
    await upvest.close();
    expect(upvest.on('/webhooks').map(({ method }) => method)).toEqual(['GET']);
    expect(upvest.on('/webhooks/w')).toEqual([]);
  });

  it.each(['PORTFOLIO_ORDER', 'ORDER', 'EXECUTION', 'ORDER_CANCELLATION', 'REBALANCING_EXECUTION_ORDER'])(
    '`%s`: is subscribed to, and added to a subscription that lacks it',
    async (category) => {
      const webhook = { id: 'w', title: 't', url: 'https://h.example/x', enabled: true, type: ['ACCOUNT'] };
      let there: unknown[] = [];
      const upvest = await startUpvest((response, arrived) => {
        const body = arrived.method === 'GET' ? { data: there } : webhook;
        json(200, body)(response, arrived);
      });
      await ensureSubscription(upvest.client, webhook.url);
      there = [webhook];
      await ensureSubscription(upvest.client, webhook.url);
      await upvest.close();
      const asked = upvest.arrived.filter(({ url, body }) => url.startsWith('/webhooks') && body.length > 0);
      const types = asked.map(({ body }) => (JSON.parse(body.toString()) as { type: string[] }).type);
      expect(types[0]).toContain(category);
      expect(types.at(-1)).toEqual(expect.arrayContaining(['ACCOUNT', category]));
    },
  );
});

/** The expected reading of a `newExecution`. */
function factsOf(id: string, status: string): object {
  return {
    id,
    status,
    side: 'BUY',
    cashAmount: '150.00',
    currency: 'EUR',
    shareQuantity: '1.3271',
    price: '113.03',
    taxes: '0.12',
    transactionTime: '2026-01-02T09:00:01.380Z',
    settlementDate: '2026-01-06',
  };
}
