/** Lenient parsing of webhooks. Calls and orders: upvest-inconsistencies-calls and -orders. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { originOf } from '../../src/domain/order/origin';
import { drainInbox, initialState, withObservations } from '../../src/domain/order/transitions';
import { signer } from '../upvest/webhooks/webhook-fixture';
import {
  EVENT_AT,
  newEvent,
  newExecution,
  newOrder,
  newPortfolioOrder,
  newRebalancingOrder,
} from './broker-objects';
import { TIME_WITHOUT_T, printedOrder } from './misprinted-samples';
import { aPortfolioOrder, readChild, readExecution, readParent } from './reading';
import { envelope, startEdge, type Edge } from './webhook-edge';
import { deadlines } from '../domain/order/waiting';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.reset();
});

describe('references/upvest.md#known-inconsistencies', () => {
  it('no. 1: a child’s `state` is its `status`, where there is no `status`', async () => {
    const orders = [
      { id: 'a', side: 'BUY', state: 'NEW' },
      { id: 'b', side: 'BUY', status: 'FILLED', state: 'NEW' },
      { id: 'c', side: 'BUY', status: '', state: 'PROCESSING' },
    ];
    expect(await readParent(edge, { orders })).toMatchObject({
      orders: [
        { id: 'a', status: 'NEW' },
        { id: 'b', status: 'FILLED' },
        { id: 'c', status: 'PROCESSING' },
      ],
    });
    expect(await readChild(edge, { status: undefined, state: 'FILLED' })).toMatchObject({ status: 'FILLED' });
    expect(await readExecution(edge, { status: undefined, state: 'SETTLED' })).toMatchObject({
      status: 'SETTLED',
    });
  });

  it('no. 2: a `PORTFOLIO_ORDER.NEW` whose object is PROCESSING with three children', async () => {
    const orders = [1, 2, 3].map(() => ({ id: randomUUID(), side: 'BUY', status: 'PROCESSING' }));
    const event = aPortfolioOrder({ status: 'PROCESSING', orders });
    const id = String(event.object.id);
    expect((await edge.observe(event)).observation).toMatchObject({
      announced: 'NEW',
      status: 'PROCESSING',
      orders,
    });
    expect(edge.record(id)).toMatchObject({
      status: 'PROCESSING',
      reached: { NEW: { at: EVENT_AT, by: 'webhook' }, PROCESSING: { by: 'snapshot' } },
    });
    expect(edge.record(id).orders).toHaveLength(3);
    expect(edge.findings(id)).toEqual([]);
  });

  it.each([
    ['NEW', 'FILLED', 'FILLED'],
    ['FILLED', 'PROCESSING', 'FILLED'],
    ['SETTLED', 'FILLED', 'SETTLED'],
    ['PROCESSING', 'CANCELLED', 'CANCELLED'],
  ])('no. 2: type %s and object %s: the status is %s', async (announced, status, expected) => {
    const order = newPortfolioOrder({ status });
    await edge.observe(newEvent(`PORTFOLIO_ORDER.${announced}`, order));
    expect(edge.record(order.id).status).toBe(expected);
  });

  it('no. 2: of orders and executions, too', async () => {
    const parentId = randomUUID();
    const order = newOrder(parentId, { status: 'FILLED' });
    const execution = newExecution(order.id, { status: 'SETTLED' });
    await edge.post([newEvent('ORDER.PROCESSING', order), newEvent('EXECUTION.FILLED', execution)]);
    expect(edge.record(parentId).orders).toMatchObject([
      { status: 'FILLED', executions: [{ status: 'SETTLED' }] },
    ]);
  });

  it.each([
    ['CANCELLED', 'PROCESSING'],
    ['PROCESSING', 'CANCELLED'],
    // The guide has this object for the cancelled row (no. 21).
    ['CANCELLED', 'COMPLETED'],
  ])(
    'no. 2: a rebalancing order of type %s and object %s, and without portfolio order, is final',
    async (announced, status) => {
      const event = newEvent(`REBALANCING_EXECUTION_ORDER.${announced}`, newRebalancingOrder({ status }));
      expect((await edge.post([event])).status).toBe(200);
      expect([edge.delivered, edge.parked]).toEqual([[], []]);
    },
  );

  it('no. 3: `created at` and `account id` are read where there is no `created_at` and no `account_id`', async () => {
    const misprinted = {
      created_at: undefined,
      account_id: undefined,
      'created at': '2026-01-02T08:00:00Z',
      'account id': 'a-1',
    };
    expect(await readParent(edge, misprinted)).toMatchObject({
      createdAt: '2026-01-02T08:00:00.000Z',
      accountId: 'a-1',
    });
    const both = { 'created at': '2020-01-01T00:00:00Z', 'account id': 'another' };
    const order = newPortfolioOrder({ status: 'NEW', ...both });
    const { observation } = await edge.observe(newEvent('PORTFOLIO_ORDER.NEW', order));
    expect(observation).toMatchObject({ createdAt: '2026-01-02T09:00:00.000Z', accountId: order.account_id });
    const envelopeToo = newEvent('PORTFOLIO_ORDER.NEW', order, {
      created_at: undefined,
      'created at': '2026-01-02T09:30:00Z',
    });
    expect((await edge.observe(envelopeToo)).observation.at).toBe('2026-01-02T09:30:00.000Z');
  });

  it('no. 3: ids with letters and `@` are opaque, and reported', async () => {
    const { id, childIds, events } = printedOrder();
    expect((await edge.post(events)).status).toBe(200);
    expect(edge.parked).toEqual([]);
    expect(edge.delivered.map(({ portfolioOrderId }) => portfolioOrderId)).toEqual([id]);
    const record = edge.record(id);
    expect(record).toMatchObject({ status: 'SETTLED', cashAmount: '90', currency: 'EUR', type: 'BUY' });
    expect(record.orders.map((order) => [order.id, order.status])).toEqual(
      childIds.map((childId) => [childId, 'FILLED']),
    );
    expect(record.orders.flatMap(({ executions }) => executions)).toMatchObject(
      childIds.map((childId) => ({ id: `ex@c-${childId}`, status: 'SETTLED', cashAmount: '30.00' })),
    );
    expect(edge.findings(id)).toEqual(
      expect.arrayContaining([
        `IRREGULAR_ID portfolio-order ${id}`,
        ...childIds.map((childId) => `IRREGULAR_ID order ${childId}`),
        ...childIds.map((childId) => `IRREGULAR_ID execution ex@c-${childId}`),
      ]),
    );
  });

  it('no. 3: a time without its `T` counts as absent, and is reported', async () => {
    const order = newPortfolioOrder({
      status: 'NEW',
      created_at: TIME_WITHOUT_T,
      updated_at: TIME_WITHOUT_T,
    });
    const { observation } = await edge.observe(newEvent('PORTFOLIO_ORDER.NEW', order));
    expect(observation).toMatchObject({ at: EVENT_AT, unreadableTimes: ['created_at', 'updated_at'] });
    expect(observation).not.toHaveProperty('createdAt');
    expect(observation).not.toHaveProperty('updatedAt');
    expect(edge.findings(order.id)).toEqual([`UNREADABLE_TIME portfolio-order ${order.id}`]);
    expect(JSON.stringify(edge.record(order.id))).not.toContain('2021-07-21');

    const execution = await readExecution(edge, {
      transaction_time: TIME_WITHOUT_T,
      settlement_date: '2021-07-2',
    });
    expect(execution).toMatchObject({ unreadableTimes: ['transaction_time', 'settlement_date'] });
    expect(execution).not.toHaveProperty('transactionTime');
    expect(execution).not.toHaveProperty('settlementDate');
  });

  it('no. 3: an event with a time without its `T` has the time of the last change of its object', async () => {
    const order = newPortfolioOrder({ status: 'NEW' });
    const event = newEvent('PORTFOLIO_ORDER.NEW', order, { created_at: TIME_WITHOUT_T });
    const { observation } = await edge.observe(event);
    expect(observation).toMatchObject({
      at: '2026-01-02T09:00:01.200Z',
      unreadableTimes: ['event created_at'],
    });
    expect(edge.findings(order.id)).toEqual([`UNREADABLE_TIME portfolio-order ${order.id}`]);
  });

  it('no. 3: a child with the id of its parent is accepted as its child', async () => {
    const id = randomUUID();
    const parent = newPortfolioOrder({ id, status: 'PROCESSING', orders: [{ id, status: 'PROCESSING' }] });
    await edge.post([newEvent('PORTFOLIO_ORDER.PROCESSING', parent)]);
    await edge.post([newEvent('ORDER.FILLED', newOrder(id, { id, status: 'FILLED' }))]);
    await edge.post([newEvent('EXECUTION.SETTLED', newExecution(id, { id, status: 'SETTLED' }))]);
    expect(edge.parked).toEqual([]);
    const { status, orders } = edge.record(id);
    expect(status).toBe('PROCESSING');
    expect(orders).toMatchObject([{ id, status: 'FILLED', executions: [{ id, status: 'SETTLED' }] }]);
  });

  it('no. 7: webhooks have the `type` of a portfolio order and the `side` of its children', async () => {
    const orders = [{ id: 'a', side: 'BUY', status: 'NEW' }];
    const mapped = await readParent(edge, { type: 'REBALANCING', side: 'SELL', orders });
    expect(mapped).toMatchObject({ type: 'REBALANCING', orders: [{ side: 'BUY' }] });
    expect(mapped).not.toHaveProperty('side');
    expect(await readChild(edge, { side: 'SELL', type: 'BUY' })).toMatchObject({ side: 'SELL' });
  });

  it('no. 9: the answer is 200, neither 204 nor another 2xx', async () => {
    const answer = await edge.post([aPortfolioOrder()]);
    expect(answer).toMatchObject({ status: 200, text: '{}' });
  });

  it.each([
    ['{ payload: […] }', (event: unknown) => envelope(event)],
    ['{ payload: […] } with more members', (event: unknown) => JSON.stringify({ payload: [event], v: 2 })],
    ['an array', (event: unknown) => JSON.stringify([event])],
    ['a bare event', (event: unknown) => JSON.stringify(event)],
  ])('no. 10: %s', async (_what, form) => {
    const event = aPortfolioOrder();
    expect((await edge.postBody(form(event))).status).toBe(200);
    expect(edge.delivered).toMatchObject([
      { portfolioOrderId: event.object.id, observations: [{ source: { eventId: event.id } }] },
    ]);
  });

  it('no. 10: any other body is parked unchanged', async () => {
    expect((await edge.postBody('{"events":[]}')).status).toBe(200);
    expect(edge.parked).toMatchObject([{ reason: 'UNREADABLE', raw: Buffer.from('{"events":[]}') }]);
  });

  it('no. 11: an event is identified by its `id`, not by an `event_id`', async () => {
    const event = { ...aPortfolioOrder(), event_id: randomUUID() };
    expect((await edge.observe(event)).observation.source).toMatchObject({ eventId: event.id });
    const { id, ...without } = event;
    expect((await edge.post([without])).status).toBe(200);
    expect(id).toBe(event.id);
    expect(edge.parked).toMatchObject([{ reason: 'UNREADABLE', raw: JSON.stringify(without) }]);
  });

  it.each([
    ['before', 3],
    ['among', 1],
    ['after', 0],
  ])('no. 12: the parent’s PROCESSING %s its children, and `orders[]` that grows', async (_what, place) => {
    const id = randomUUID();
    const children = [1, 2, 3].map(() => newOrder(id, { status: 'PROCESSING' }));
    const listing = (count: number) =>
      newPortfolioOrder({
        id,
        status: 'PROCESSING',
        updated_at: `2026-01-02T09:00:0${count}Z`,
        orders: children.slice(0, count).map((child) => ({ id: child.id, side: 'BUY', status: 'NEW' })),
      });
    const events = [0, 1, 3].map((count) => newEvent('PORTFOLIO_ORDER.PROCESSING', listing(count)));
    events.splice(place, 0, ...children.map((child) => newEvent('ORDER.PROCESSING', child)));
    for (const event of events) expect((await edge.post([event])).status).toBe(200);
    const { status, orders } = edge.record(id);
    expect(status).toBe('PROCESSING');
    expect(orders.map((one) => [one.id, one.status]).sort()).toEqual(
      children.map((child) => [child.id, 'PROCESSING']).sort(),
    );
    expect(edge.findings(id)).toEqual([`SKIPPED_STATE portfolio-order ${id}`]);
  });

  it('no. 13: webhooks are accepted in v6 and in v15, and counted separately', async () => {
    for (const form of ['v6', 'v15'] as const) {
      const labels = `outcome="accepted",signature="${form}"`;
      const before = await edge.counted('webhook_requests_total', labels);
      expect((await edge.post([aPortfolioOrder()], { form })).status).toBe(200);
      expect(await edge.counted('webhook_requests_total', labels)).toBe(before + 1);
    }
  });

  it('no. 13: a signature of one version is never accepted as the other', async () => {
    // Signed as v6 and declared as v15: trying both versions would accept it.
    const declared = { headers: { 'upvest-signature-version': '15' } };
    expect((await edge.post([aPortfolioOrder()], declared)).status).toBe(401);
    expect((await edge.post([aPortfolioOrder()], { form: 'v15', ...declared })).status).toBe(200);
  });

  it('no. 14: webhooks are signed on P-521; signatures of a listed P-256 key are rejected', async () => {
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = (key: typeof p256.publicKey, kid: string) =>
      ({ ...key.export({ format: 'jwk' }), kid }) as never;
    const both = await startEdge({
      verifyKeys: [
        jwk(p256.publicKey, 'small'),
        jwk(signer.publicKey, '11111111-2222-4333-8444-555555555555'),
      ],
    });
    const params = `;keyid="small";created=1767344401;nonce="${randomUUID()}"`;
    expect((await both.post([aPortfolioOrder()], { params, key: p256.privateKey })).status).toBe(401);
    expect((await both.post([aPortfolioOrder()])).status).toBe(200);
    expect(both.delivered).toHaveLength(1);
    await both.stop();
  });
});

it('a missing `initiation_flow` is treated like API, and missing user, tax and reference are absent', async () => {
  const origin = async (initiation_flow: unknown) => {
    const missing = { user_id: undefined, post_tax: undefined, client_reference: undefined, initiation_flow };
    const order = newPortfolioOrder({ status: 'NEW', ...missing });
    const { observation } = await edge.observe(newEvent('PORTFOLIO_ORDER.NEW', order));
    expect(observation).not.toHaveProperty('postTax');
    expect(observation).not.toHaveProperty('clientReference');
    const policies = { placedGraceMs: 1000, predecessorGraceMs: 1000, historyEventsPerRun: 1000, deadlines };
    const state = withObservations(initialState(order.id, 0, policies, 'portfolio'), [observation]);
    return originOf(drainInbox(state, 0));
  };
  // Flow API: perhaps placed by us, so the placement is looked up. Other flows are never ours.
  expect([await origin(undefined), await origin(''), await origin('API')]).toEqual(['open', 'open', 'open']);
  expect([await origin('SAVINGS_PLAN'), await origin('AUTO_INVESTMENT')]).toEqual(['adopted', 'adopted']);

  const foreign = newOrder('', { status: 'NEW', initiation_flow: undefined, client_reference: undefined });
  edge.reset();
  const foreignCount = () => edge.counted('webhook_events_total', 'fate="foreign",detail="API"');
  const before = await foreignCount();
  expect((await edge.post([newEvent('ORDER.NEW', foreign)])).status).toBe(200);
  expect([edge.delivered, edge.parked]).toEqual([[], []]);
  expect(await foreignCount()).toBe(before + 1);
});
