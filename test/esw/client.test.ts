import type { CoordinatorError } from '../../src/errors';
import type { EswClient } from '../../src/esw/client';
import { createEswClient } from '../../src/esw/client';
import { EswRefused, EswRetry, EswUnauthorised } from '../../src/esw/errors';
import type { HttpStub, Reply } from '../upvest/http-stub';
import { json, rejection, reset, silence, startStub, text } from '../upvest/http-stub';
import { orderEvent, outgoing } from './order-event-fixture';

const EVENTS = '/v1/Events/OrderEvent';
const TOKENS = '/connect/token';
let stub: HttpStub;
let client: EswClient;
afterEach(async () => {
  await stub.close();
  await client.close();
});

/** `reply` answers the events; tokens are `jwt-1`, `jwt-2`, … */
async function start(reply: Reply, token?: Reply, clock: { now(): number } = Date): Promise<void> {
  let issued = 0;
  const issue: Reply = (response, request) => {
    issued += 1;
    json(200, { access_token: `jwt-${issued}`, expires_in: 3600, token_type: 'Bearer' })(response, request);
  };
  stub = await startStub((response, request) => {
    (request.url === TOKENS ? (token ?? issue) : reply)(response, request);
  });
  client = createEswClient({
    baseUrl: `${stub.url}/`,
    tokenUrl: `${stub.url}${TOKENS}`,
    clientId: 'pfolio.coordinator',
    clientSecret: 's3cret & more',
    scope: 'logistics.fulfillment.api.all',
    timeoutMs: 150,
    clock,
  });
}

describe('an event', () => {
  test('goes out byte for byte, with the headers of section 5 and a token asked for by form', async () => {
    await start(text(200, ''));
    await expect(client.postOrderEvent(outgoing)).resolves.toBe('accepted');
    const [sent] = stub.on(EVENTS);
    expect(sent?.method).toBe('POST');
    expect(sent?.body.toString()).toBe(outgoing.body);
    expect(sent?.headers).toEqual({
      host: stub.url.slice('http://'.length),
      connection: 'keep-alive',
      accept: 'application/json',
      authorization: 'Bearer jwt-1',
      'content-length': String(Buffer.byteLength(outgoing.body)),
      'content-type': 'application/json',
      'idempotency-key': outgoing.id,
      'x-correlation-id': outgoing.correlationId,
    });
    const [token] = stub.on(TOKENS);
    expect(token?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(token?.body.toString()))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'pfolio.coordinator',
      client_secret: 's3cret & more',
      scope: 'logistics.fulfillment.api.all',
    });
  });

  test('the token serves many events', async () => {
    await start(json(200, { ok: true }));
    await Promise.all([1, 2, 3, 4].map(() => client.postOrderEvent(outgoing)));
    expect(stub.on(TOKENS)).toHaveLength(1);
    expect(stub.on(EVENTS)).toHaveLength(4);
  });

  const cutOff: Reply = (response) => {
    response.writeHead(200, { 'content-length': '500' });
    response.write('{', () => response.socket?.destroy());
  };
  test.each([
    ['200 in HTML', text(200, '<html>')],
    ['202', json(202, {})],
    ['204', text(204, '')],
    ['200 with a body that is cut off', cutOff],
  ])('%s is accepted', async (_what, reply) => {
    await start(reply);
    await expect(client.postOrderEvent(outgoing)).resolves.toBe('accepted');
  });

  test('409 is a duplicate only for an event that was sent before', async () => {
    await start(json(409, {}));
    await expect(client.postOrderEvent({ ...outgoing, sentBefore: true })).resolves.toBe('duplicate');
    expect(await rejection(client.postOrderEvent({ ...outgoing, sentBefore: false }))).toBeInstanceOf(
      EswRefused,
    );
    expect(await rejection(client.postOrderEvent(outgoing))).toBeInstanceOf(EswRefused);
  });
});

describe('401', () => {
  test('is tried again once, with a new token and the same bytes', async () => {
    await start((response, request) => {
      text(request.headers.authorization === 'Bearer jwt-2' ? 200 : 401, '')(response, request);
    });
    await expect(client.postOrderEvent(outgoing)).resolves.toBe('accepted');
    const [first, second, ...more] = stub.on(EVENTS);
    expect(more).toEqual([]);
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  });

  test('to a fresh token is for a human', async () => {
    await start(text(401, ''));
    const error = await rejection(client.postOrderEvent(outgoing));
    expect(error).toBeInstanceOf(EswUnauthorised);
    expect(error).toMatchObject({ code: 'ESW_UNAUTHORISED', next: 'ask-a-human', status: 401 });
    expect(stub.on(EVENTS)).toHaveLength(2);
  });
});

type ErrorClass = new (...args: never[]) => CoordinatorError;

describe('what an answer means (section 4)', () => {
  test.each<[what: string, reply: Reply, expected: ErrorClass]>([
    ['400', json(400, {}), EswRefused],
    ['403', text(403, ''), EswUnauthorised],
    ['404', text(404, ''), EswRefused],
    ['405', text(405, ''), EswRefused],
    ['413', text(413, ''), EswRefused],
    ['415', text(415, ''), EswRefused],
    ['302', text(302, '', { location: '/x' }), EswRefused],
    ['408', text(408, ''), EswRetry],
    ['429', text(429, ''), EswRetry],
    ['500', json(500, { Message: 'Sorry' }), EswRetry],
    ['502', text(502, '<html>'), EswRetry],
    ['503', text(503, ''), EswRetry],
    ['504', text(504, ''), EswRetry],
    ['511', text(511, ''), EswRetry],
    ['no answer in time', silence, EswRetry],
    ['reset', reset, EswRetry],
  ])('%s', async (_what, reply, expected) => {
    await start(reply);
    expect(await rejection(client.postOrderEvent(outgoing))).toBeInstanceOf(expected);
    expect(stub.on(EVENTS)).toHaveLength(1);
  });

  test('no connection is EswRetry', async () => {
    await start(text(200, ''));
    await client.postOrderEvent(outgoing);
    await stub.close();
    expect(await rejection(client.postOrderEvent(outgoing))).toBeInstanceOf(EswRetry);
    await start(text(200, ''));
  });

  test.each([
    ['5', 5000],
    ['Fri, 02 Jan 2026 09:00:30 GMT', 30_000],
    ['later', undefined],
  ])('Retry-After %s', async (value, expected) => {
    const clock = { now: () => Date.parse('2026-01-02T09:00:00Z') };
    await start(text(503, '', { 'retry-after': value }), undefined, clock);
    const error = await rejection(client.postOrderEvent(outgoing));
    expect(error).toMatchObject({ code: 'ESW_RETRY', next: 'retry', status: 503, retryAfterMs: expected });
  });

  test('a refusal tells what ESW said and how to find it again', async () => {
    const errors = { TenantCode: ['The TenantCode field is required.'] };
    await start(json(400, { title: 'Invalid.', status: 400, errors, traceId: '00-4bf9-00' }));
    expect(await rejection(client.postOrderEvent(outgoing))).toMatchObject({
      name: 'EswRefused',
      code: 'ESW_REFUSED',
      next: 'stop',
      status: 400,
      message: `ESW answered 400 to ${outgoing.id}: Invalid. TenantCode: The TenantCode field is required.`,
      body: { shape: 'problem', errors },
      correlation: { eventId: outgoing.id, correlationId: outgoing.correlationId, traceId: '00-4bf9-00' },
    });
  });
});

describe('while no token can be had, no event is sent', () => {
  test.each<[what: string, token: Reply, expected: ErrorClass]>([
    ['400', json(400, { error: 'invalid_scope' }), EswUnauthorised],
    ['401', text(401, ''), EswUnauthorised],
    ['429', text(429, ''), EswRetry],
    ['503', text(503, ''), EswRetry],
    ['no answer in time', silence, EswRetry],
    ['reset', reset, EswRetry],
    ['200 in HTML', text(200, '<html>'), EswRetry],
  ])('%s', async (_what, token, expected) => {
    await start(text(200, ''), token);
    expect(await rejection(client.postOrderEvent(outgoing))).toBeInstanceOf(expected);
    expect(stub.on(EVENTS)).toEqual([]);
  });
});

const AMOUNT_AS_TEXT = JSON.stringify(orderEvent).replace('"amount":1000', '"amount":"1000"');

describe('what we must not send is refused before anything is sent', () => {
  test.each([
    ['no JSON', 'hello'],
    ['an amount as text', AMOUNT_AS_TEXT],
    ['a word of another domain', JSON.stringify({ ...orderEvent, holdStatus: 'None' })],
    ['a member that we never send', JSON.stringify({ ...orderEvent, monolithId: '1' })],
    ['another event’s id', JSON.stringify({ ...orderEvent, id: '82417957-65b6-5668-8aa3-a8041ece8f12' })],
  ])('%s', async (_what, body) => {
    await start(text(200, ''));
    const error = await rejection(client.postOrderEvent({ ...outgoing, body }));
    expect(error).toBeInstanceOf(EswRefused);
    expect(error).toMatchObject({ status: undefined, correlation: { eventId: outgoing.id } });
    expect(stub.arrived).toEqual([]);
  });
});

test('the caller’s signal ends the call with its reason', async () => {
  await start(silence);
  const controller = new AbortController();
  const posting = rejection(client.postOrderEvent(outgoing, { signal: controller.signal }));
  while (stub.on(EVENTS).length === 0) await new Promise((resolve) => setImmediate(resolve));
  const reason = new Error('worker stops');
  controller.abort(reason);
  expect(await posting).toBe(reason);
  const again = client.postOrderEvent(outgoing, { signal: controller.signal });
  expect(await rejection(again)).toBe(reason);
  expect(stub.on(EVENTS)).toHaveLength(1);
});
