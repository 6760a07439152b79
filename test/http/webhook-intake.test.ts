/** What the webhook endpoint does with requests that are signed well; Temporal is replaced by a list. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { Readable } from 'node:stream';
import { request } from 'undici';
import {
  startWebhookServer,
  WEBHOOK_PATH,
  type WebhookServer,
  type WebhookServerParts,
} from '../../bench/webhook-server';
import type { ParkedEvent } from '../../src/app/parked-events/park';
import { created, keyId, signedWebhook, signer, type Recipe } from '../upvest/webhooks/webhook-fixture';
import { event, order, portfolioOrder } from '../upvest/webhooks/event-fixture';

const delivered: { portfolioOrderId: string; observations: unknown[] }[] = [];
const parked: ParkedEvent[] = [];
const temporal = { failing: false, parks: true, msPerOrder: 0, failsFor: '' };
/** A slow server takes one order after the other. */
let lastOrder = Promise.resolve();
let server: WebhookServer;

function start(parts: Partial<WebhookServerParts> = {}): Promise<WebhookServer> {
  const answer = <T>(take: () => T): Promise<T> =>
    temporal.failing ? Promise.reject(new Error('Temporal is away')) : Promise.resolve(take());
  return startWebhookServer({
    logger: pino({ level: 'silent' }),
    verifyKeys: [{ ...signer.publicKey.export({ format: 'jwk' }), kid: keyId } as never],
    upvest: {
      readOrder: () => Promise.reject(new Error('unexpected request to Upvest')),
      readPortfolioOrder: () => Promise.reject(new Error('unexpected request to Upvest')),
    },
    deliver: async (portfolioOrderId, observations) => {
      if (temporal.failsFor === portfolioOrderId) throw new Error('Temporal is away');
      if (temporal.msPerOrder > 0) await (lastOrder = lastOrder.then(() => sleep(temporal.msPerOrder)));
      return answer(() => {
        delivered.push({ portfolioOrderId, observations });
        return { kind: 'delivered' };
      });
    },
    park: (one) =>
      temporal.parks ? answer(() => void parked.push(one)) : Promise.reject(new Error('There is no time')),
    ...parts,
  });
}
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());
beforeEach(() => {
  delivered.length = 0;
  parked.length = 0;
  Object.assign(temporal, { failing: false, parks: true, msPerOrder: 0, failsFor: '' });
});

const params = (nonce: string) => `;keyid="${keyId}";created=${created};nonce="${nonce}"`;

async function post(body: Buffer | string, changes: Partial<Recipe> = {}): Promise<number> {
  const { headers } = signedWebhook({ body: Buffer.from(body), params: params(randomUUID()), ...changes });
  return send(headers, Buffer.from(body));
}

async function send(headers: ReturnType<typeof signedWebhook>['headers'], body: Buffer): Promise<number> {
  const { host, ...rest } = headers as Record<string, string>;
  const url = `http://127.0.0.1:${server.port}${WEBHOOK_PATH}`;
  const { statusCode, body: answer } = await request(url, { method: 'POST', headers: rest, body });
  await answer.dump();
  return statusCode;
}

async function metrics(): Promise<string> {
  return (await server.metrics.expose()).text;
}

/** The value of one counter; 0 where it was never counted. */
async function counted(name: string, labels: string): Promise<number> {
  const line = (await metrics()).split('\n').find((text) => text.startsWith(`${name}{${labels}}`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const batch = (...events: unknown[]): string => JSON.stringify({ payload: events });
const good = event('PORTFOLIO_ORDER.NEW', portfolioOrder);

describe('a replay', () => {
  const first = () => signedWebhook({ body: Buffer.from(batch(good)), params: params(randomUUID()) });

  it('is answered 200 without work, one at a time and all at once (14.36)', async () => {
    const { headers, body } = first();
    for (let replay = 0; replay < 10; replay += 1) expect(await send(headers, body)).toBe(200);
    const all = await Promise.all(Array.from({ length: 30 }, () => send(headers, body)));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(delivered).toHaveLength(1);
    expect(await counted('webhook_requests_total', 'outcome="repeated",signature="v6"')).toBe(39);
  });

  it('is no other request that happens to have the same nonce (14.36)', async () => {
    const nonce = randomUUID();
    expect(await post(batch(good), { params: params(nonce) })).toBe(200);
    expect(await post(batch(good, good), { params: params(nonce) })).toBe(200);
    expect(delivered).toHaveLength(2);
  });

  it('of a request that could not be made durable is work again', async () => {
    const { headers, body } = first();
    temporal.failing = true;
    expect(await send(headers, body)).toBe(500);
    temporal.failing = false;
    expect(await send(headers, body)).toBe(200);
    expect(delivered).toHaveLength(1);
  });
});

describe('on its way through a proxy, a webhook', () => {
  it('may arrive in chunks, without the length that was signed (14.45)', async () => {
    const { headers, body } = signedWebhook({ body: Buffer.from(batch(good)), params: params(randomUUID()) });
    const { 'content-length': length, host, ...rest } = headers as Record<string, string>;
    expect(length).toBe(String(body.length));
    const url = `http://127.0.0.1:${server.port}${WEBHOOK_PATH}`;
    const answer = await request(url, { method: 'POST', headers: rest, body: Readable.from([body]) });
    await answer.body.dump();
    expect(answer.statusCode).toBe(200);
    expect(delivered).toHaveLength(1);
  });

  it('may be served at another path than the signed one; other paths say what came (14.46)', async () => {
    const behindProxy = await start({ signedPath: '/public/hooks' });
    const base = `http://127.0.0.1:${behindProxy.port}`;
    const send = async (path: string, signedPath: string) => {
      const changes = { body: Buffer.from(batch(good)), params: params(randomUUID()), path: signedPath };
      const { host, ...headers } = signedWebhook(changes).headers as Record<string, string>;
      const answer = await request(`${base}${path}`, { method: 'POST', headers, body: batch(good) });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    expect(await send(WEBHOOK_PATH, '/public/hooks')).toMatchObject({ status: 200 });
    expect(await send(WEBHOOK_PATH, WEBHOOK_PATH)).toMatchObject({ status: 401 });
    const missed = await send('/public/hooks', '/public/hooks');
    expect(missed.status).toBe(404);
    expect(JSON.parse(missed.text)).toMatchObject({
      detail: `No route POST /public/hooks. WEBHOOK_PATH is ${WEBHOOK_PATH}.`,
    });
    await behindProxy.stop();
  });
});

it('is parked with the digits that came, alone and in a list (14.50)', async () => {
  const unknown = (id: number) =>
    `{"id":"e-${id}", "type":"NEWS.PUBLISHED","object":{"a":12345678901234567890,"b":1.00}}`;
  expect(await post(`{"payload" : [ ${unknown(1)} ]}`)).toBe(200);
  expect(parked.map(({ raw }) => raw)).toEqual([unknown(1)]);
  parked.length = 0;
  const many = Array.from({ length: 11 }, (_one, index) => unknown(index));
  expect(await post(`[${many.join(' ,\n')}]`)).toBe(200);
  expect(parked.map(({ raw }) => raw)).toEqual([`[${many.join(',')}]`]);
});

describe('a stranger', () => {
  it.each(['constructor', 'toString', '__proto__'])(
    'who covers a component named %s gets 401, not 500 (14.34)',
    async (name) => {
      expect(await post(batch(good), { covered: ['@method', '@path', 'digest', name] })).toBe(401);
    },
  );

  it('is refused by the headers, before any of the body is read (14.37)', async () => {
    const { headers } = signedWebhook({ body: Buffer.from(batch(good)), params: ';keyid="stranger"' });
    const all = { ...headers, 'content-length': '1400000' } as Record<string, string>;
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    socket.write([`POST ${WEBHOOK_PATH} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1.1 401 .*KEY_UNKNOWN/s);
    socket.destroy();
  });
});

describe('the counters', () => {
  it.each(['v6', 'v15'] as const)('tell that a signature of form %s matched', async (form) => {
    const labels = `outcome="accepted",signature="${form}"`;
    const before = await counted('webhook_requests_total', labels);
    expect(await post(batch(good), { form })).toBe(200);
    expect(await counted('webhook_requests_total', labels)).toBe(before + 1);
  });

  it('tell which flows orders of no portfolio order had, and what was parked and why', async () => {
    const foreign = event('ORDER.NEW', {
      ...order,
      id: randomUUID(),
      initiation_flow: 'SELL_TO_COVER_TAXES',
      client_reference: '',
    });
    const parkedBefore = await counted('webhook_events_total', 'fate="parked",detail="UNKNOWN_TYPE"');
    expect(await post(batch(foreign, foreign, event('NEWS.PUBLISHED', {})))).toBe(200);
    expect(await counted('webhook_events_total', 'fate="foreign",detail="SELL_TO_COVER_TAXES"')).toBe(2);
    expect(await counted('webhook_events_total', 'fate="parked",detail="UNKNOWN_TYPE"')).toBe(
      parkedBefore + 1,
    );
  });

  it('tell of refused requests', async () => {
    const labels = 'outcome="refused",signature="none"';
    const before = await counted('webhook_requests_total', labels);
    expect(
      await post(batch(good), { key: generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey }),
    ).toBe(401);
    expect(await counted('webhook_requests_total', labels)).toBe(before + 1);
  });
});

describe('events that cannot be used', () => {
  const unknown = (index: number) => event('NEWS.PUBLISHED', { index }, { id: `e-${index}` });

  it('are parked singly while they are few', async () => {
    await post(batch(...Array.from({ length: 10 }, (_, index) => unknown(index)), good));
    expect(parked.map(({ eventId }) => eventId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `e-${index}`),
    );
    expect(delivered).toHaveLength(1);
  });

  it('are parked as one list when they are many, since the whole feed waits', async () => {
    const events = Array.from({ length: 200 }, (_, index) => unknown(index));
    await post(batch(...events, good));
    expect(parked).toEqual([
      {
        reason: 'UNKNOWN_TYPE',
        detail: expect.stringMatching(/^200 events, the first: /) as string,
        eventId: 'e-0',
        receivedAt: expect.any(String) as string,
        raw: JSON.stringify(events),
      },
    ]);
    expect(delivered).toHaveLength(1);
  });

  it('are kept to the byte however deeply they are nested (14.50)', async () => {
    const depth = 50_000;
    const deep = `{"id":"deep","type":"NEWS.PUBLISHED","object":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    const body = `{"payload":[${deep},${JSON.stringify(good)}]}`;
    expect(await post(body)).toBe(200);
    expect(parked).toEqual([expect.objectContaining({ eventId: 'deep', raw: deep })]);
    expect(delivered).toHaveLength(1);
  });

  it('are kept to the byte when they are no text', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(await post(body)).toBe(200);
    expect(parked).toEqual([expect.objectContaining({ reason: 'UNREADABLE', raw: body })]);
  });

  it('with the same id and another body are two', async () => {
    const changed = event('NEWS.PUBLISHED', { index: 'other' }, { id: 'e-1' });
    await post(batch(unknown(1), changed));
    expect(parked.map(({ raw }) => raw)).toEqual([JSON.stringify(unknown(1)), JSON.stringify(changed)]);
  });
});

it('takes two readable events of the same id and different bodies for two events', async () => {
  const changed = event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, status: 'FILLED' });
  await post(batch(good, changed));
  expect(delivered).toMatchObject([{ observations: [{ status: 'PROCESSING' }, { status: 'FILLED' }] }]);
});

describe('a batch of 1,000 new orders on a slow Temporal server', () => {
  const newOrders = () =>
    Array.from({ length: 1000 }, () =>
      event('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, id: randomUUID() }, { id: randomUUID() }),
    );
  const idsOf = (events: unknown[]) => events.map((one) => (one as { object: { id: string } }).object.id);
  const deliveredIds = () => delivered.map(({ portfolioOrderId }) => portfolioOrderId);

  it('does not begin deliveries whose answers would come too late, and hold the parked list up', async () => {
    const orders = newOrders();
    temporal.msPerOrder = 20;
    expect(await post(batch(...orders))).toBe(200);
    const rest = new Set(idsOf(JSON.parse(String(parked[0]?.raw)) as unknown[]));
    await lastOrder;
    await sleep(0);
    // Thirty-two are under way at a time, and all of these would arrive after the request.
    const late = deliveredIds().filter((id) => rest.has(id));
    expect(late.length).toBeLessThan(20);
    expect(delivered.length).toBeGreaterThan(10);
  });

  it('is accepted in the time of a webhook: what was not delivered by then is parked as one list (14.30)', async () => {
    const orders = newOrders();
    temporal.msPerOrder = 20;
    const start = performance.now();
    expect(await post(batch(...orders))).toBe(200);
    expect(performance.now() - start).toBeLessThan(10_000);

    expect(parked).toMatchObject([
      { reason: 'UNROUTED', detail: expect.stringContaining('in time') as string },
    ]);
    const rest = idsOf(JSON.parse(String(parked[0]?.raw)) as unknown[]);
    expect(delivered.length).toBeGreaterThan(10);
    expect(rest.length).toBeGreaterThan(10);
    expect(new Set([...deliveredIds(), ...rest])).toEqual(new Set(idsOf(orders)));
  });

  it('that failed all the same goes on with its next delivery where it was: the rest is parked at once (14.30)', async () => {
    const orders = newOrders();
    const body = batch(...orders);
    const ids = new Set(idsOf(orders));
    // Some of the orders of the test before may arrive only now.
    const arrived = () => deliveredIds().filter((id) => ids.has(id));
    Object.assign(temporal, { msPerOrder: 8, parks: false });
    expect(await post(body)).toBe(500);
    // Those on their way arrive after the answer.
    await lastOrder;
    await sleep(0);
    const before = new Set(arrived());
    expect(before.size).toBeGreaterThan(10);

    Object.assign(temporal, { msPerOrder: 0, parks: true });
    delivered.length = 0;
    expect(await post(body)).toBe(200);
    expect(arrived()).toEqual([]);
    expect(parked).toHaveLength(1);
    const rest = idsOf(JSON.parse(String(parked[0]?.raw)) as unknown[]);
    expect(rest.filter((id) => before.has(id))).toEqual([]);
    expect(new Set([...before, ...rest])).toEqual(ids);
  });

  it('of which one order is left delivers that one', async () => {
    const orders = newOrders().slice(0, 2);
    const [first = '', second = ''] = idsOf(orders);
    // A signal for the second fails once, after the first has arrived.
    temporal.failsFor = second;
    expect(await post(batch(...orders))).toBe(500);
    temporal.failsFor = '';
    expect(await post(batch(...orders))).toBe(200);
    expect(deliveredIds()).toEqual([first, second]);
    expect(parked).toEqual([]);
  });
});
