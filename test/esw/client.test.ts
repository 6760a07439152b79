/**
 * What ESW gets, and what its answers mean: every row of references/esw.md#authentication and #answers that is ours.
 */
import type { SinkOutcome } from '../../src/app/ports/fulfillment-sink';
import type { Reply } from '../upvest/client/http-stub';
import { json, reset, silence, text } from '../upvest/client/http-stub';
import { CLIENT_SECRET, inTurn, numberedTokens, startEsw, type EswStub } from './esw-stub';
import { childEvent, outgoing } from './order-event-fixture';

let esw: EswStub | undefined;
afterEach(async () => {
  await esw?.close();
  esw = undefined;
});

async function start(...args: Parameters<typeof startEsw>): Promise<EswStub> {
  return (esw = await startEsw(...args));
}

const ok = text(200, '');

describe('an event', () => {
  test('goes out byte for byte, with the headers of references/esw.md#limits and a token asked for by form', async () => {
    const { client, stub, events, tokens } = await start(ok);
    await expect(client.deliver(outgoing)).resolves.toEqual({ outcome: 'accepted' });
    const [sent] = events();
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
    const [token] = tokens();
    expect(token?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(token?.body.toString()))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'pfolio.coordinator',
      client_secret: CLIENT_SECRET,
      scope: 'logistics.fulfillment.api.all',
    });
  });

  test('of a child goes out, too', async () => {
    const { client, events } = await start(ok);
    const body = JSON.stringify(childEvent);
    await expect(client.deliver({ ...outgoing, id: childEvent.id, body })).resolves.toEqual({
      outcome: 'accepted',
    });
    expect(events()).toHaveLength(1);
  });

  test('goes out under a correlation id that no header could carry', async () => {
    const { client, events } = await start(ok);
    await client.deliver({ ...outgoing, correlationId: 'portfolio-order/Ä€\n1' });
    expect(events()[0]?.headers['x-correlation-id']).toBe('portfolio-order/???1');
  });
});

describe('the token', () => {
  test('is fetched once for 50 events at a time', async () => {
    const { client, events, tokens } = await start(ok);
    const deliveries = await Promise.all(Array.from({ length: 50 }, () => client.deliver(outgoing)));
    expect(deliveries).toEqual(Array.from({ length: 50 }, () => ({ outcome: 'accepted' })));
    expect(tokens()).toHaveLength(1);
    expect(events()).toHaveLength(50);
  });

  test.each([
    ['of an hour', 3600, 3540],
    ['of half a minute', 30, 15],
    ['of a second: not more often than every 10 s', 1, 10],
    ['that has ended: not more often than every 10 s', 0, 10],
  ])('%s (%i s) is renewed after %i s', async (_what, expiresIn, renewedAfter) => {
    const start0 = Date.parse('2026-01-02T09:00:00Z');
    let now = start0;
    const { client, tokens } = await start(ok, {
      token: numberedTokens(expiresIn),
      clock: { now: () => now },
    });
    await client.deliver(outgoing);
    now = start0 + renewedAfter * 1000 - 1;
    await client.deliver(outgoing);
    expect(tokens()).toHaveLength(1);
    now = start0 + renewedAfter * 1000;
    await client.deliver(outgoing);
    expect(tokens()).toHaveLength(2);
  });

  test('is renewed once when 20 events at a time get 401', async () => {
    const stale: Reply = (response, request) => {
      text(request.headers.authorization === 'Bearer jwt-1' ? 401 : 200, '')(response, request);
    };
    const { client, events, tokens } = await start(stale, { maxInFlight: 20 });
    const deliveries = await Promise.all(Array.from({ length: 20 }, () => client.deliver(outgoing)));
    expect(new Set(deliveries.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
    expect(tokens()).toHaveLength(2);
    expect(events().filter(({ headers }) => headers.authorization === 'Bearer jwt-2')).toHaveLength(20);
  });

  test.each<[string, unknown, number]>([
    ['as text', '3600', 3540],
    ['absent: 300 s', undefined, 240],
    ['null: 300 s', null, 240],
    ['no number: 300 s', 'soon', 240],
  ])('whose lifetime is %s is used and renewed in time (14.41)', async (_what, expires_in, renewedAfter) => {
    const start0 = Date.parse('2026-01-02T09:00:00Z');
    let now = start0;
    const { client, tokens } = await start(ok, {
      token: json(200, { access_token: 'jwt-1', expires_in, token_type: 'Bearer' }),
      clock: { now: () => now },
    });
    await expect(client.deliver(outgoing)).resolves.toEqual({ outcome: 'accepted' });
    now = start0 + renewedAfter * 1000 - 1;
    await client.deliver(outgoing);
    expect(tokens()).toHaveLength(1);
    now += 1;
    await client.deliver(outgoing);
    expect(tokens()).toHaveLength(2);
  });

  test('after 401 is another one, for the same bytes under the same key', async () => {
    const { client, events } = await start(inTurn(text(401, ''), ok));
    await expect(client.deliver(outgoing)).resolves.toEqual({ outcome: 'accepted' });
    const [first, second, ...more] = events();
    expect(more).toEqual([]);
    expect(second?.headers).toEqual({ ...first?.headers, authorization: 'Bearer jwt-2' });
    expect(second?.body).toEqual(first?.body);
  });

  test('is not asked for a third time when the second one gets 401, too', async () => {
    const { client, events, tokens } = await start(text(401, ''));
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'unauthorised',
      refusal: { status: 401, message: `ESW answered 401 to ${outgoing.id}: no body` },
    });
    expect([events().length, tokens().length]).toEqual([2, 2]);
  });

  test('that cannot be had after 401 decides', async () => {
    const { client, events } = await start(text(401, ''), { token: inTurn(numberedTokens(), text(503, '')) });
    await expect(client.deliver(outgoing)).resolves.toMatchObject({
      outcome: 'retry',
      refusal: { status: 503 },
    });
    expect(events()).toHaveLength(1);
  });
});

/** A 200 whose body ends before it should. */
const cutOff: Reply = (response) => {
  response.writeHead(200, { 'content-length': '500' });
  response.write('{', () => response.socket?.destroy());
};
const notJson = text(200, 'maintenance', { 'content-type': 'application/json' });
const large = text(200, 'x'.repeat(3 * 1024 * 1024));

/** Shape 1. */
const problem = { title: 'Invalid.', status: 400, errors: { Status: ['It is unknown.'] } };

describe('what an answer means (references/esw.md#answers)', () => {
  test.each<[what: string, outcome: SinkOutcome['outcome'], reply: Reply]>([
    ['200 with an empty object', 'accepted', json(200, {})],
    ['200 in HTML (14.39)', 'unauthorised', text(200, '<html>')],
    ['200 in text that calls itself JSON (14.39)', 'unauthorised', notJson],
    ['200 with any JSON', 'accepted', json(200, { eventId: 1 })],
    ['200 with a body that is cut off', 'accepted', cutOff],
    ['200 with 3 MiB of HTML (14.39)', 'unauthorised', large],
    ['202', 'accepted', json(202, {})],
    ['204', 'accepted', text(204, '')],
    ['301 (14.40)', 'unauthorised', text(301, '', { location: '/x' })],
    ['302 (14.40)', 'unauthorised', text(302, '', { location: '/x' })],
    ['307 (14.40)', 'unauthorised', text(307, '', { location: '/x' })],
    ['308 (14.40)', 'unauthorised', text(308, '', { location: '/x' })],
    ['400', 'refused', json(400, problem)],
    ['400 in HTML (14.40)', 'unauthorised', text(400, '<html>')],
    ['400 in JSON of no form of ESW’s (14.40)', 'unauthorised', json(400, { error: 'bad' })],
    ['400 without a body (14.40)', 'unauthorised', text(400, '')],
    ['403', 'unauthorised', text(403, '')],
    ['404', 'unauthorised', text(404, '')],
    ['405', 'unauthorised', text(405, '')],
    ['407 (14.40)', 'unauthorised', text(407, '')],
    ['408', 'retry', text(408, '')],
    ['409', 'accepted', json(409, {})],
    ['409 in HTML (14.40)', 'unauthorised', text(409, '<html>')],
    ['410 (14.40)', 'unauthorised', json(410, problem)],
    ['413', 'refused', json(413, problem)],
    ['413 by a proxy (14.40)', 'unauthorised', text(413, '<html>')],
    ['415 (14.40)', 'unauthorised', text(415, '')],
    ['422', 'refused', json(422, problem)],
    ['425 (14.40)', 'retry', text(425, '')],
    ['429', 'retry', text(429, '')],
    ['500', 'retry', json(500, { Message: 'Sorry' })],
    ['502', 'retry', text(502, '<html>')],
    ['503', 'retry', text(503, '')],
    ['504', 'retry', text(504, '')],
    ['511', 'retry', text(511, '')],
    ['reset', 'retry', reset],
  ])('%s: %s', async (what, outcome, reply) => {
    const { client, events } = await start(reply);
    const delivery = await client.deliver(outgoing);
    expect(delivery.outcome).toBe(outcome);
    expect(events()).toHaveLength(1);
    const status = /^\d+/.exec(what)?.[0];
    if (delivery.outcome === 'accepted') return;
    expect(delivery.refusal.status).toBe(status === undefined ? undefined : Number(status));
    expect(delivery.refusal.message).toContain(outgoing.id);
  });

  test('a success other than 200 is reported once', async () => {
    const reported: number[] = [];
    const { client } = await start(inTurn(ok, json(202, {}), json(202, {}), text(204, ''), json(202, {})), {
      onUndocumentedSuccess: (status) => reported.push(status),
    });
    for (let count = 0; count < 5; count += 1) await client.deliver(outgoing);
    expect(reported).toEqual([202, 204]);
  });

  test.each([
    ['redirects', text(307, '', { location: '/x' }), 'no body'],
    [
      'is a firewall',
      text(403, '<h1>Denied</h1><script>x()</script>by <b>rule\u0007 7</b>'),
      'Denied by rule 7',
    ],
  ])('what %s says is shown, and that it is not ESW’s answer (14.40)', async (_who, reply, words) => {
    const { client } = await start(reply);
    const delivery = await client.deliver(outgoing);
    expect(delivery).toMatchObject({ outcome: 'unauthorised' });
    expect('refusal' in delivery && delivery.refusal.message).toMatch(
      new RegExp(`^ESW’s address answered \\d{3} to ${outgoing.id}, not as ESW does: ${words}$`),
    );
  });

  test('409 says that ESW has the event, unexpectedly if no delivery is known (14.4)', async () => {
    const { client } = await start(json(409, {}));
    await expect(client.deliver({ ...outgoing, sentBefore: true })).resolves.toEqual({ outcome: 'accepted' });
    await expect(client.deliver(outgoing)).resolves.toEqual({ outcome: 'accepted', isUnexpected: true });
  });

  test('no connection: retry', async () => {
    const { client, stub } = await start(ok);
    await client.deliver(outgoing);
    await stub.close();
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'retry',
      refusal: { message: expect.stringContaining(`No answer from ESW to ${outgoing.id}: `) as string },
    });
    esw = await startEsw(ok);
  });

  test.each([
    ['5', 5_000],
    ['0', 0],
    ['Fri, 02 Jan 2026 09:00:30 GMT', 30_000],
    ['Fri, 02 Jan 2026 08:00:00 GMT', 0],
    ['9'.repeat(400), 86_400_000],
  ])('Retry-After: %s', async (value, expected) => {
    const clock = { now: () => Date.parse('2026-01-02T09:00:00Z') };
    const { client } = await start(text(429, '', { 'retry-after': value }), { clock });
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'retry',
      refusal: { status: 429, message: `ESW answered 429 to ${outgoing.id}: no body` },
      retryAfterMs: expected,
    });
  });

  test('an unreadable Retry-After says nothing', async () => {
    const { client } = await start(text(503, '', { 'retry-after': 'later' }));
    expect(await client.deliver(outgoing)).not.toHaveProperty('retryAfterMs');
  });
});

describe('a refusal carries ESW’s answer', () => {
  test.each<[what: string, reply: Reply, said: string]>([
    [
      'shape 1',
      json(400, { title: 'Invalid.', status: 400, errors: { TenantCode: ['It is required.'] } }),
      'Invalid. TenantCode: It is required.',
    ],
    [
      'shape 2',
      json(400, { Caller: null, Parameters: [{ Name: 'x', Description: 'y' }], Message: 'Bad' }),
      'Bad. x: y',
    ],
    ['shape 3', json(400, { Message: 'Sorry' }), 'Sorry'],
    ['shape 4', json(400, [{ code: 800, message: 'Duplicate' }]), '800 Duplicate'],
  ])('%s', async (_what, reply, said) => {
    const { client } = await start(reply);
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'refused',
      refusal: { status: 400, message: `ESW answered 400 to ${outgoing.id}: ${said}` },
    });
  });

  test('but no more than history should keep', async () => {
    const { client } = await start(json(400, { title: 'x'.repeat(500_000), traceId: 'y'.repeat(500_000) }));
    const delivery = await client.deliver(outgoing);
    expect(JSON.stringify(delivery).length).toBeLessThan(1_500);
  });

  const traced = { title: 'Invalid.', traceId: '00-4bf9-00' };
  test.each<[what: string, reply: Reply, id: string | undefined]>([
    ['traceId', json(400, traced, { 'x-correlation-id': 'c-1' }), '00-4bf9-00'],
    ['X-Correlation-ID', text(400, '', { 'x-correlation-id': 'c-1', traceparent: 't-1' }), 'c-1'],
    ['Request-Id', text(400, '', { 'request-id': 'r-1' }), 'r-1'],
    ['X-Request-Id', text(400, '', { 'x-request-id': 'r-2' }), 'r-2'],
    ['traceparent', text(400, '', { traceparent: 't-1' }), 't-1'],
    ['nothing but our own id', text(400, '', { 'x-correlation-id': outgoing.correlationId }), undefined],
  ])('found again by %s', async (_what, reply, id) => {
    const { client } = await start(reply);
    const delivery = await client.deliver(outgoing);
    const refusal = 'refusal' in delivery ? delivery.refusal : undefined;
    expect([refusal?.status, refusal?.correlationId]).toEqual([400, id]);
  });
});

describe('while no token can be had, no event is sent', () => {
  test.each<[what: string, outcome: SinkOutcome['outcome'], token: Reply]>([
    ['400 invalid_client', 'unauthorised', json(400, { error: 'invalid_client' })],
    ['400 invalid_scope', 'unauthorised', json(400, { error: 'invalid_scope' })],
    ['401', 'unauthorised', text(401, '')],
    ['403', 'unauthorised', text(403, '')],
    ['404', 'unauthorised', text(404, '')],
    ['302', 'unauthorised', text(302, '', { location: '/login' })],
    ['408', 'retry', text(408, '')],
    ['429', 'retry', text(429, '', { 'retry-after': '7' })],
    ['503', 'retry', text(503, '')],
    ['reset', 'retry', reset],
    ['200 in HTML (14.41)', 'unauthorised', text(200, '<html>')],
    ['200 without a token (14.41)', 'unauthorised', json(200, { expires_in: 9 })],
    [
      '200 with a token that no header can carry (14.41)',
      'unauthorised',
      json(200, { access_token: 'jwt\n1', expires_in: 9 }),
    ],
  ])('%s: %s', async (what, outcome, token) => {
    const { client, events, tokens } = await start(ok, { token });
    const delivery = await client.deliver(outgoing);
    expect(delivery.outcome).toBe(outcome);
    expect(delivery).toHaveProperty('refusal.message', expect.stringContaining('No token from ESW'));
    if (what === '429') expect(delivery).toHaveProperty('retryAfterMs', 7_000);
    expect(events()).toEqual([]);
    expect(tokens()).toHaveLength(1);
  });

  test('the refusal says why', async () => {
    const { client } = await start(ok, { token: json(400, { error: 'invalid_scope' }) });
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'unauthorised',
      refusal: { status: 400, message: 'No token from ESW: 400: {"error":"invalid_scope"}' },
    });
  });

  test('no answer in time: retry', async () => {
    const { client } = await start(ok, { token: silence, timeoutMs: 100 });
    await expect(client.deliver(outgoing)).resolves.toEqual({
      outcome: 'retry',
      refusal: { message: 'No token from ESW, no answer: none within 100 ms' },
    });
  });
});
