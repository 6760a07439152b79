/** The endpoint under Upvest's delivery semantics. Orders: upvest-delivery-orders.suite.ts. */
import { randomUUID } from 'node:crypto';
import { MAX_PARTS } from '../../src/domain/broker/record';
import { request } from 'undici';
import { WEBHOOK_PATH } from '../../bench/webhook-server';
import { ensureSubscription } from '../../src/upvest/webhooks/subscription';
import { json } from '../upvest/client/http-stub';
import { startUpvest } from '../upvest/client/upvest-stub';
import { created, keyId } from '../upvest/webhooks/webhook-fixture';
import { newEvent, newExecution, newOrder, newPortfolioOrder } from './broker-objects';
import { envelope, signedRequest, startEdge, type Edge } from './webhook-edge';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.reset();
});

/** NEW, PROCESSING and FILLED of one portfolio order. */
function eventsOfOrder(id: string = randomUUID()): ReturnType<typeof newEvent>[] {
  return ['NEW', 'PROCESSING', 'FILLED'].map((status, second) =>
    newEvent(`PORTFOLIO_ORDER.${status}`, newPortfolioOrder({ id, status }), {
      created_at: `2026-01-02T09:00:0${second}Z`,
    }),
  );
}
const idsOf = (events: { id: string }[]): string[] => events.map(({ id }) => id);
const deliveredIds = (): string[] =>
  edge.delivered
    .flatMap(({ observations }) => observations)
    .map(({ source }) => ('eventId' in source ? source.eventId : 'none'));

const good = () => newEvent('PORTFOLIO_ORDER.NEW', newPortfolioOrder({ status: 'NEW' }));
const POISON: [string, unknown][] = [
  ['of an unknown type', newEvent('MOON.FULL', {})],
  ['without a status', newEvent('PORTFOLIO_ORDER.NEW', { id: 'p' })],
  ['with an invalid amount', newEvent('ORDER.NEW', newOrder('p', { status: 'NEW', cash_amount: '1e9' }))],
  ['of an unknown order', newEvent('EXECUTION.FILLED', newExecution('?', { status: 'FILLED' }))],
  ['without an object', { id: 'e', type: 'ORDER.NEW' }],
  ['that is not an event', [null, 5, 'text', []]],
];
const BODIES: [string, string][] = [
  ['a batch', envelope(good())],
  ['an empty batch', envelope()],
  ['a bare event', JSON.stringify(good())],
  ['other JSON', '{"hello":"world"}'],
  ['invalid JSON', 'hello'],
  ['an empty body', ''],
  ...POISON.map(([what, event]): [string, string] => [`an event ${what}`, envelope(event)]),
];

describe('references/upvest.md#delivery-semantics', () => {
  it('Ordering inside a request: each order gets its events together, in the order of the request', async () => {
    const [one, other] = [eventsOfOrder(), eventsOfOrder()];
    await edge.post(one.flatMap((event, index) => [event, other[index]]));
    expect(edge.delivered).toHaveLength(2);
    expect(deliveredIds()).toEqual([...idsOf(one), ...idsOf(other)]);
  });

  it('Ordering across requests: the last status of an order may arrive first', async () => {
    const id = randomUUID();
    for (const event of eventsOfOrder(id).reverse()) expect((await edge.post([event])).status).toBe(200);
    expect(edge.record(id).status).toBe('FILLED');
    expect(Object.keys(edge.record(id).reached).sort()).toEqual(['FILLED', 'NEW', 'PROCESSING']);
    expect(edge.findings(id)).toEqual([]);
  });

  it('Ordering across event types: `ORDER.FILLED` may arrive before the `EXECUTION.FILLED` that caused it', async () => {
    const parentId = randomUUID();
    const order = newOrder(parentId, { status: 'FILLED' });
    const execution = newExecution(order.id, { status: 'FILLED' });
    await edge.post([newEvent('ORDER.FILLED', order)]);
    await edge.post([newEvent('EXECUTION.FILLED', execution)]);
    expect(edge.record(parentId).orders).toMatchObject([
      { id: order.id, status: 'FILLED', executions: [{ id: execution.id, status: 'FILLED' }] },
    ]);
    expect(edge.findings(parentId)).toEqual([]);
  });

  it('Duplicates: a repeated event, alone or with others, changes nothing', async () => {
    const id = randomUUID();
    const events = eventsOfOrder(id);
    await edge.post(events);
    const once = edge.record(id);
    await edge.post([...events, ...events]);
    for (const event of events) await edge.post([event]);
    expect(deliveredIds()).toHaveLength(12);
    expect(edge.record(id)).toEqual(once);
  });

  it('Duplicates: two bodies under one event id are two events', async () => {
    const [filled] = eventsOfOrder().reverse();
    if (filled === undefined) throw new Error('There is no event');
    const other = { ...filled, object: { ...filled.object, cancellation_details: 'other text' } };
    await edge.post([filled, other]);
    await edge.post([other]);
    expect(edge.delivered.map(({ observations }) => observations)).toMatchObject([
      [{ status: 'FILLED' }, { status: 'FILLED', cancellationDetails: 'other text' }],
      [{ cancellationDetails: 'other text' }],
    ]);
    expect(edge.record(String(filled.object.id)).cancellationDetails).toBe('other text');
  });

  it.each(BODIES)('Success: exactly 200 for %s', async (_what, body) => {
    expect(await edge.postBody(body)).toMatchObject({ status: 200 });
  });

  it('Success: never for an event that could not be stored, nor for an unknown sender', async () => {
    const event = good();
    edge.unavailable.add(String(event.object.id));
    expect((await edge.post([event])).status).toBeGreaterThanOrEqual(500);
    const { headers, body } = signedRequest(envelope(event));
    expect((await edge.send({ headers: { ...headers, digest: 'SHA-256=AAAA' }, body })).status).toBe(401);
    expect(edge.delivered).toEqual([]);
  });

  it('Failure unit: the whole request is repeated, and events processed before have no second effect', async () => {
    const [one, other] = [eventsOfOrder(), eventsOfOrder()];
    const [id, otherId] = [String(one[0]?.object.id), String(other[0]?.object.id)];
    const batch = signedRequest(envelope(...one, ...other));
    edge.unavailable.add(otherId);
    expect((await edge.send(batch)).status).toBeGreaterThanOrEqual(500);
    const first = edge.record(id);
    expect(first.status).toBe('FILLED');
    edge.unavailable.clear();
    expect((await edge.send(batch)).status).toBe(200);
    expect(edge.record(otherId).status).toBe('FILLED');
    expect(edge.record(id)).toEqual(first);
  });

  it('Backoff: the same bytes are accepted after any number of attempts, with a new or an expired signature', async () => {
    const event = good();
    edge.unavailable.add(String(event.object.id));
    const batch = signedRequest(envelope(event));
    for (let attempt = 0; attempt < 20; attempt += 1)
      expect((await edge.send(batch)).status).toBeGreaterThanOrEqual(500);
    edge.unavailable.clear();
    expect((await edge.send(batch)).status).toBe(200);
    // The 200 response may be lost.
    expect((await edge.send(batch)).status).toBe(200);
    const now = Math.floor(Date.now() / 1000);
    const anew = `;keyid="${keyId}";created=${now};nonce="${randomUUID()}";expires=${now + 60}`;
    expect((await edge.post([event], { params: anew })).status).toBe(200);
    // The same bytes are no work; the same event under a new signature is, and changes nothing.
    expect(deliveredIds()).toEqual(Array(2).fill(event.id));
    // `created` in the fixture is weeks before any delivery of this test.
    expect(created + 60).toBeLessThan(now - 600);
  });

  it.each(POISON)(
    'Head-of-line blocking: an event %s blocks nothing, neither in its request nor after it',
    async (_what, poison) => {
      const [before, after, next] = [good(), good(), good()];
      expect((await edge.post([before, poison, after])).status).toBe(200);
      expect((await edge.post([next])).status).toBe(200);
      expect(deliveredIds()).toEqual(idsOf([before, after, next]));
      expect(edge.parked.map(({ raw }) => raw)).toEqual([JSON.stringify(poison)]);
    },
  );

  it('Response timeout: answers within seconds even if Upvest does not answer the owner lookup', async () => {
    const mute = await startEdge({
      upvest: { readOrder: forever, readPortfolioOrder: forever },
    });
    const startedAt = Date.now();
    const fill = newEvent('EXECUTION.FILLED', newExecution(randomUUID(), { status: 'FILLED' }));
    expect((await mute.post([fill, good()])).status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(mute.parked).toMatchObject([{ reason: 'UNROUTED', raw: JSON.stringify(fill) }]);
    expect(mute.delivered).toHaveLength(1);
    await mute.stop();
  });

  it.each([
    ['the path itself', WEBHOOK_PATH],
    ['a slash at the end', `${WEBHOOK_PATH}/`],
    ['a doubled slash', `/${WEBHOOK_PATH}`],
    ['upper case', WEBHOOK_PATH.toUpperCase()],
    ['a query', `${WEBHOOK_PATH}?a=b`],
    ['the parent path', '/webhooks'],
    ['the root', '/'],
  ])('Redirects: none, for %s, signed or not, by any method', async (_what, path) => {
    const { headers, body } = signedRequest(envelope(good()));
    const post = async () => edge.send({ headers, body }, path);
    const statuses = [(await post()).status, (await edge.send({ headers: {}, body }, path)).status];
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
      const answer = await request(`${edge.url}${path}`, { method });
      await answer.body.dump();
      expect(answer.headers).not.toHaveProperty('location');
      statuses.push(answer.statusCode);
    }
    for (const status of statuses) expect(status < 300 || status >= 400).toBe(true);
    expect(await post()).not.toHaveProperty('headers.location');
  });

  it('Batching: requests packages by `config.delay` and `config.max_package_size` within their limits', async () => {
    const webhook = { id: 'w', title: 't', url: 'https://h.example/x', enabled: false, type: ['ALL'] };
    const upvest = await startUpvest((response, arrived) => {
      json(200, arrived.method === 'GET' ? { data: [] } : webhook)(response, arrived);
    });
    await ensureSubscription(upvest.client, webhook.url);
    await upvest.close();
    const [, creation] = upvest.on('/webhooks');
    expect(JSON.parse(creation?.body.toString() ?? '')).toMatchObject({
      config: { delay: expect.stringMatching(/^([1-9]|[12][0-9]|30)s$/) as string },
    });
    const { config } = JSON.parse(creation?.body.toString() ?? '') as {
      config: { max_package_size: number };
    };
    expect(config.max_package_size).toBeGreaterThanOrEqual(100);
    expect(config.max_package_size).toBeLessThanOrEqual(1_048_576);
  });

  it('Batching: an oversized single event is accepted', async () => {
    const id = randomUUID();
    const orders = Array.from({ length: MAX_PARTS }, () => ({
      id: randomUUID(),
      side: 'BUY',
      status: 'FILLED',
    }));
    // As many children as an order can have, each with a field that we do not know.
    const sent = orders.map((one) => ({ ...one, note: 'n'.repeat(200) }));
    const event = newEvent(
      'PORTFOLIO_ORDER.FILLED',
      newPortfolioOrder({ id, status: 'FILLED', orders: sent }),
    );
    const body = envelope(event);
    expect(body.length).toBeGreaterThan(1_048_576);
    expect((await edge.postBody(body)).status).toBe(200);
    expect(edge.delivered).toMatchObject([{ portfolioOrderId: id }]);
    expect(edge.delivered[0]?.observations).toMatchObject([{ orders }]);
  });

  it('Auto-removal: a removed subscription is created again, and a disabled one is enabled', async () => {
    const webhook = { id: 'w', title: 't', url: 'https://h.example/x', enabled: false, type: ['ALL'] };
    const there: unknown[] = [];
    const upvest = await startUpvest((response, arrived) => {
      const answer = arrived.method === 'PATCH' ? { ...webhook, enabled: true } : webhook;
      json(200, arrived.method === 'GET' ? { data: there } : answer)(response, arrived);
    });
    expect(await ensureSubscription(upvest.client, webhook.url)).toMatchObject({ enabled: true });
    there.push(webhook);
    expect(await ensureSubscription(upvest.client, webhook.url)).toMatchObject({ enabled: true });
    await upvest.close();
    expect(upvest.on('/webhooks').map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(upvest.on('/webhooks/w').map(({ body }) => JSON.parse(body.toString()) as unknown)).toEqual([
      { enabled: true },
      { enabled: true },
    ]);
  });

  it('Replay API / event store: missed events are replaced by a GET', async () => {
    const parentId = randomUUID();
    const order = newOrder(parentId, { status: 'FILLED' });
    const upvest = await startUpvest(json(200, order));
    const callUpvest = await startEdge({ upvest: upvest.client });
    const fill = newEvent('EXECUTION.FILLED', newExecution(order.id, { status: 'FILLED' }));
    expect(await callUpvest.observe(fill)).toMatchObject({ portfolioOrderId: parentId });
    await callUpvest.observe(
      newEvent('ORDER_CANCELLATION.REJECTED', { order_id: order.id, status: 'REJECTED' }),
    );
    expect(upvest.on(`/orders/${order.id}`).map(({ method }) => method)).toEqual(['GET']);
    await callUpvest.stop();
    await upvest.close();
  });

  it.each(['x-forwarded-client-cert', 'x-ssl-client-verify', 'x-client-cert', 'x-arr-clientcert'])(
    'Transport hardening: mTLS comes in addition, `%s` never replaces a signature',
    async (name) => {
      const { headers, body } = signedRequest(envelope(good()));
      const { signature, ...unsigned } = headers;
      expect(signature).toBeDefined();
      expect((await edge.send({ headers: { ...unsigned, [name]: 'SUCCESS' }, body })).status).toBe(401);
      expect(edge.delivered).toEqual([]);
      expect((await edge.send({ headers: { ...headers, [name]: 'SUCCESS' }, body })).status).toBe(200);
      expect(edge.delivered).toHaveLength(1);
    },
  );

  it('Webhooks vs call outcome: an order without a known placement is kept, not dropped', async () => {
    const event = good();
    const { portfolioOrderId, observation } = await edge.observe(event);
    expect(portfolioOrderId).toBe(event.object.id);
    expect(observation.source).toMatchObject({ kind: 'webhook' });
  });
});

/** A call that never completes. */
const forever = () => new Promise<never>(() => undefined);
