import { once } from 'node:events';
import { connect } from 'node:net';
import { request } from 'undici';
import {
  errorsOf,
  noCounts,
  orderEvent,
  postEvent,
  postForm,
  smallEvent,
  start,
  stopAll,
  token,
  tokenForm,
  until,
} from './fixtures';

afterEach(stopAll);

const secondId = '6f1b2c88-0a4d-4e57-9d1e-7a1c5b0e2f01';

describe('a fault', () => {
  it('429 sends Retry-After for the configured count, without other counts', async () => {
    const simulator = await start();
    simulator.control.addFault({ kind: '429', count: 2, retryAfterSeconds: 7 });
    for (let times = 0; times < 2; times += 1) {
      const answer = await postEvent(simulator, smallEvent);
      expect([answer.status, answer.headers['retry-after'], answer.body]).toEqual([429, '7', '']);
    }
    expect(simulator.control.counts()).toEqual({ ...noCounts, faulted: 2 });
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
  });

  it.each(['429', '503'] as const)('%s can send Retry-After as a date', async (kind) => {
    const now = Date.parse('2026-03-02T09:00:00.001Z');
    const simulator = await start({ now: () => now });
    simulator.control.addFault({ kind, retryAfterSeconds: 90, retryAfterForm: 'date' });
    const answer = await postEvent(simulator, smallEvent);
    // Rounded up to the whole second, so that a client that retries at that time waits long enough.
    expect(answer.headers['retry-after']).toBe('Mon, 02 Mar 2026 09:01:31 GMT');
  });

  it.each([
    ['maintenance', 200],
    ['301', 301],
    ['307', 307],
    ['407', 407],
    ['gateway-400', 400],
    ['gateway-403', 403],
  ] as const)('%s is a page of HTML, and the event does not arrive (14.40)', async (kind, status) => {
    const simulator = await start();
    simulator.control.addFault({ kind });
    const answer = await postEvent(simulator, smallEvent);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html']);
    expect(simulator.control.events()).toEqual([]);
  });

  it.each([
    ['403', ''],
    ['404', ''],
    ['408', ''],
    ['409', 'Id'],
    ['413', ''],
    ['422', 'Status'],
    ['504', ''],
  ] as const)('%s affects the matching event only', async (kind, member) => {
    const simulator = await start();
    simulator.control.addFault({ kind, match: { id: smallEvent.id } });
    const other = orderEvent('OrderPlaced', 'A');
    expect((await postEvent(simulator, other)).status).toBe(200);
    const answer = await postEvent(simulator, smallEvent);
    expect(answer.status).toBe(Number(kind));
    expect(member === '' ? answer.body : Object.keys(errorsOf(answer)).join()).toBe(member);
    expect(simulator.control.events().map(({ body }) => body.id)).toEqual([other.id]);
    expect(simulator.control.rejections()).toEqual([]);
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
  });

  it('400 has shape 1, 401 names the scheme, 500 has shape 3, 502 an HTML page, 503 no body', async () => {
    const simulator = await start();
    const { control } = simulator;
    control.addFault({ kind: '400' });
    expect(Object.keys(errorsOf(await postEvent(simulator, smallEvent)))).toEqual(['Status']);

    control.addFault({ kind: '401' });
    const unauthorized = await postEvent(simulator, smallEvent);
    expect([unauthorized.status, unauthorized.headers['www-authenticate']]).toEqual([401, 'Bearer']);

    control.addFault({ kind: '500' });
    const internal = await postEvent(simulator, smallEvent);
    expect([internal.status, JSON.parse(internal.body)]).toEqual([
      500,
      { Message: expect.any(String) as unknown },
    ]);

    control.addFault({ kind: '502' });
    const gateway = await postEvent(simulator, smallEvent);
    expect([gateway.status, gateway.headers['content-type']]).toEqual([502, 'text/html']);
    expect(gateway.body).toMatch(/^<html>/);

    control.addFault({ kind: '503' });
    const away = await postEvent(simulator, smallEvent);
    expect([away.status, away.body, away.headers['retry-after']]).toEqual([503, '', undefined]);
    expect(control.counts()).toEqual({ ...noCounts, faulted: 5 });
  });

  it('reset breaks the connection before the event is accepted', async () => {
    const simulator = await start();
    simulator.control.addFault({ kind: 'reset' });
    await expect(postEvent(simulator, smallEvent)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.control.counts()).toEqual({ ...noCounts, faulted: 1 });
  });

  it('accept-then-drop accepts the event without a response; sending it again is a replay', async () => {
    const simulator = await start();
    simulator.control.addFault({ kind: 'accept-then-drop' });
    await expect(postEvent(simulator, smallEvent)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1, dropped: 1 });
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
    expect(simulator.control.counts()).toEqual({ ...noCounts, accepted: 1, replayed: 1, dropped: 1 });
  });

  it('delay accepts the event immediately and responds late', async () => {
    const simulator = await start();
    simulator.control.addFault({ kind: 'delay', delayMs: 300 });
    const started = performance.now();
    let answered = false;
    const answer = postEvent(simulator, smallEvent).finally(() => (answered = true));
    await until(() => simulator.control.counts().accepted === 1);
    expect(answered).toBe(false);
    expect((await answer).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
  });

  it.each([
    ['status', { status: 'Confirmed' }],
    ['reference', { reference: 'B' }],
    ['id', { id: secondId.toUpperCase() }],
    ['parent', { parent: 'P' }],
    ['transaction type', { transactionType: 'OrderConfirmed' }],
    ['everything at once', { status: 'Confirmed', reference: 'B', parent: 'P', id: secondId }],
  ])('affects only events with its %s', async (_case, match) => {
    const simulator = await start();
    simulator.control.addFault({ kind: '503', match });
    expect((await postEvent(simulator, { ...smallEvent, brandOrderReference: 'A' })).status).toBe(200);
    const other = orderEvent('OrderConfirmed', 'B', { id: secondId, parentBrandOrderReference: 'P' });
    expect((await postEvent(simulator, other)).status).toBe(503);
    expect((await postEvent(simulator, other)).status).toBe(200);
  });

  it('matches member names case-insensitively, like the service', async () => {
    const simulator = await start();
    simulator.control.addFault({ kind: '503', match: { status: 'Created', transactionType: 'OrderPlaced' } });
    const { status, lastTransaction, ...rest } = orderEvent('OrderPlaced', 'A');
    const event = { ...rest, Status: status, LASTTRANSACTION: { Type: 'OrderPlaced' } };
    expect(lastTransaction).toMatchObject({ type: 'OrderPlaced' });
    expect((await postEvent(simulator, event)).status).toBe(503);
  });

  it('is used after the faults armed before it', async () => {
    const simulator = await start();
    simulator.control.addFault({ kind: '500', match: { status: 'Created' } });
    simulator.control.addFault({ kind: '502' });
    expect(simulator.control.faults()).toMatchObject([{ kind: '500', count: 1 }, { kind: '502' }]);
    expect((await postEvent(simulator, smallEvent)).status).toBe(500);
    expect((await postEvent(simulator, smallEvent)).status).toBe(502);
    expect(simulator.control.faults()).toEqual([]);
  });

  it.each([
    ['no count', { kind: '500', count: 0 }],
    ['a delay beyond what timers take', { kind: 'delay', delayMs: 2 ** 31 }],
  ] as const)('with %s is rejected', async (_case, fault) => {
    const { control } = await start();
    expect(() => {
      control.addFault(fault);
    }).toThrow();
    expect(control.faults()).toEqual([]);
  });
});

describe('an outage', () => {
  it('unavailable responds with 503 without a body everywhere until it is cleared', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    simulator.control.setOutage('unavailable');
    const answer = await postEvent(simulator, smallEvent, { authorization });
    expect([answer.status, answer.body]).toEqual([503, '']);
    expect((await postForm(simulator, tokenForm)).status).toBe(503);
    expect((await request(`${simulator.url}/probe`)).statusCode).toBe(503);
    simulator.control.setOutage(undefined);
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(200);
  });

  it('refuse resets every connection and uses no faults', async () => {
    const simulator = await start();
    simulator.control.setOutage('refuse');
    simulator.control.addFault({ kind: '500' });
    const authorization = 'Bearer any';
    await expect(postEvent(simulator, smallEvent, { authorization })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(simulator.control.faults()).toHaveLength(1);
    expect(simulator.control.counts()).toEqual({ ...noCounts, faulted: 1 });
  });

  it('hang answers nothing, and what came before it ends stays unanswered', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    simulator.control.setOutage('hang', 'events');
    let isOver = false;
    const held = postEvent(simulator, smallEvent, { authorization })
      .catch(() => undefined)
      .finally(() => {
        isOver = true;
      });
    await until(() => simulator.control.counts().faulted === 1);
    simulator.control.setOutage(undefined);
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(200);
    expect(isOver).toBe(false);
    await simulator.close();
    await held;
  });

  it('can be limited to the events or to the token endpoint', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    simulator.control.setOutage('unavailable', 'token');
    expect((await postForm(simulator, tokenForm)).status).toBe(503);
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(200);
    simulator.control.setOutage('unavailable', 'events');
    expect((await postForm(simulator, tokenForm)).status).toBe(200);
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(503);
  });
});

describe('close', () => {
  it('does not wait for delayed responses, incomplete requests or idle connections', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    const { port } = new URL(simulator.url);
    const [silent, half] = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')];
    await Promise.all([once(silent, 'connect'), once(half, 'connect')]);
    half.write(
      'POST /v1/Events/OrderEvent HTTP/1.1\r\nHost: esw\r\nContent-Type: application/json\r\n' +
        `Authorization: ${authorization}\r\nContent-Length: 100\r\n\r\n{`,
    );
    const closed = [silent, half].map(
      (socket) => new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve)),
    );

    simulator.control.addFault({ kind: 'delay', delayMs: 60_000, match: { id: smallEvent.id } });
    const delayed = expect(postEvent(simulator, smallEvent)).rejects.toMatchObject({
      code: 'UND_ERR_SOCKET',
    });
    await until(() => simulator.control.counts().accepted === 1);
    const started = performance.now();
    await simulator.close();
    await Promise.all([delayed, ...closed]);
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect(request(`${simulator.url}/probe`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
