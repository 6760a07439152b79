/**
 * What each kind of failure means for a POST that places an order, and for a read (references/upvest.md#errors,
 * #retries).
 */
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { CoordinatorError } from '../../../src/lib/errors';
import {
  UpvestForbidden,
  UpvestForeignAnswer,
  UpvestOutcomeUnknown,
  UpvestRefused,
  UpvestRetry,
  UpvestUnauthorised,
} from '../../../src/upvest/client/errors';
import { holdTimeouts, pass, untilSeen } from '../../support/held-timeouts';
import type { Reply } from './http-stub';
import { json, rejection, reset, silence, text } from './http-stub';
import type { UpvestStub } from './upvest-stub';
import { placedOrder, placeRequest, startUpvest } from './upvest-stub';

const html = '<html><body>502 Bad Gateway</body></html>';
const problem = (status: number) => json(status, { type: 'https://docs.upvest.co/errors/some_code', status });
const cutOff: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"id":"a4b0', () => response.socket?.destroy());
};

const [unknown, retry, refused] = [UpvestOutcomeUnknown, UpvestRetry, UpvestRefused];
const [unauthorised, foreign] = [UpvestUnauthorised, UpvestForeignAnswer];

let stub: UpvestStub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

describe.each([
  ['connection reset after sending', reset, unknown, retry],
  ['an answer cut off', cutOff, unknown, retry],
  ['500', problem(500), unknown, retry],
  ['502 in HTML', text(502, html), unknown, retry],
  ['503', problem(503), unknown, retry],
  ['504 without a body', text(504, ''), unknown, retry],
  ['408', problem(408), unknown, retry],
  ['200 in HTML (14.39)', text(200, html), foreign, foreign],
  ['200 without a body', text(200, ''), unknown, retry],
  ['200 with another object', json(200, { hello: 'world' }), unknown, retry],
  ['301 (14.40)', text(301, '', { location: '/elsewhere' }), foreign, foreign],
  ['307 (14.40)', text(307, '', { location: '/elsewhere' }), foreign, foreign],
  ['407 (14.40)', text(407, html), foreign, foreign],
  ['425 (14.40)', text(425, ''), retry, retry],
  ['409', problem(409), unknown, refused],
  ['429', problem(429), retry, retry],
  ['400', problem(400), refused, refused],
  ['400 in HTML (14.53)', text(400, html), foreign, foreign],
  ['400 in JSON that is no problem (14.53)', json(400, { message: 'no' }), foreign, foreign],
  [
    '400 for a header that a proxy removed (14.40)',
    json(400, { type: 'missing_client_id' }),
    unauthorised,
    unauthorised,
  ],
  ['401', problem(401), unauthorised, unauthorised],
  ['403 in HTML (14.53)', text(403, html), foreign, foreign],
  ['404 in HTML (14.53)', text(404, html), foreign, foreign],
  ['404 without a body (14.53)', text(404, ''), foreign, foreign],
  ['409 in HTML (14.53)', text(409, html), foreign, foreign],
  ['422 in HTML (14.53)', text(422, html), foreign, foreign],
  ['403', problem(403), UpvestForbidden, UpvestForbidden],
  ['404', problem(404), refused, refused],
  ['405 (14.7)', problem(405), unauthorised, unauthorised],
  ['406 (14.7)', problem(406), unauthorised, unauthorised],
  ['422', problem(422), refused, refused],
] as const)('%s', (_what, reply, ofPost, ofRead) => {
  test(`is ${ofPost.name} for a POST, and sent once`, async () => {
    stub = await startUpvest(reply);
    expect(await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'))).toBeInstanceOf(ofPost);
    expect(stub.on('/portfolios/orders')).toHaveLength(_what === '401' ? 2 : 1);
  });

  test(`is ${ofRead.name} for a read`, async () => {
    stub = await startUpvest(reply);
    expect(await rejection(stub.client.readPortfolioOrder('1'))).toBeInstanceOf(ofRead);
  });
});

describe('the time limit', () => {
  holdTimeouts();

  /** What has been written so far of an answer that never ends. */
  let drips = 0;
  const dribble: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => {
      response.write(' ');
      drips += 1;
    }, 20);
    response.on('close', () => {
      clearInterval(timer);
    });
  };
  beforeEach(() => {
    drips = 0;
  });

  /** What the call is rejected with when its time is over, and not before. */
  async function atLimit(ms: number, isUnderWay: () => boolean, work: Promise<unknown>): Promise<unknown> {
    let isOver = false;
    const failure = rejection(work).finally(() => {
      isOver = true;
    });
    await untilSeen(isUnderWay);
    pass(ms - 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    pass(1);
    return failure;
  }

  describe.each([
    ['no answer in time', silence, (path: string) => stub?.on(path).length === 1],
    ['an answer that trickles in for ever', dribble, () => drips > 2],
  ] as const)('%s', (_what, reply, isUnderWay) => {
    test('is UpvestOutcomeUnknown for a POST, and sent once', async () => {
      stub = await startUpvest(reply, { requestTimeoutMs: 2_000 });
      const placing = stub.client.createPortfolioOrder(placeRequest, 'key');
      const error = await atLimit(2_000, () => isUnderWay('/portfolios/orders'), placing);
      expect(error).toBeInstanceOf(UpvestOutcomeUnknown);
      expect((error as Error).message).toBe('POST /portfolios/orders: no answer within 2000 ms');
      expect(stub.on('/portfolios/orders')).toHaveLength(1);
    });

    test('is UpvestRetry for a read', async () => {
      stub = await startUpvest(reply, { requestTimeoutMs: 2_000 });
      const reading = stub.client.readPortfolioOrder('1');
      const error = await atLimit(2_000, () => isUnderWay('/portfolios/orders/1'), reading);
      expect(error).toBeInstanceOf(UpvestRetry);
    });
  });

  test('is 30 s unless another one is given', async () => {
    stub = await startUpvest(silence);
    const reading = stub.client.readPortfolioOrder('1');
    const error = await atLimit(30_000, () => stub?.on('/portfolios/orders/1').length === 1, reading);
    expect((error as Error).message).toBe('GET /portfolios/orders/1: no answer within 30000 ms');
  });

  test('for a token is the same: nothing of the order is sent', async () => {
    stub = await startUpvest(json(200, placedOrder), { requestTimeoutMs: 2_000 }, silence);
    const placing = stub.client.createPortfolioOrder(placeRequest, 'key');
    const error = await atLimit(2_000, () => stub?.on('/auth/token').length === 1, placing);
    expect(error).toBeInstanceOf(UpvestRetry);
    expect(stub.on('/portfolios/orders')).toEqual([]);
    expect(stub.on('/auth/token')).toHaveLength(1);
  });
});

describe('the error’s content', () => {
  test('a refusal: the problem, its code from the last part of the type, and the request id', async () => {
    const type = 'https://docs.upvest.co/errors/Unprocessable_Entity';
    const body = { type, status: 499, title: 'Bad account', details: 'is closed', request_id: 'in-body' };
    stub = await startUpvest(json(422, body, { 'upvest-request-id': 'r-42' }));
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    expect(error).toMatchObject({
      name: 'UpvestRefused',
      code: 'UPVEST_REFUSED',
      next: 'stop',
      status: 422,
      requestId: 'r-42',
      problem: {
        status: 422,
        code: 'unprocessable_entity',
        type,
        title: 'Bad account',
        detail: 'is closed',
        requestId: 'r-42',
      },
    });
    expect((error as Error).message).toBe(
      'POST /portfolios/orders: 422, unprocessable_entity, Bad account, is closed (request r-42)',
    );
  });

  test('an answer that is no problem document: its first words (14.53)', async () => {
    stub = await startUpvest(text(403, `  <p>Blocked by rule 949110</p>${'<p>x</p>'.repeat(400)}`));
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    const excerpt = `Blocked by rule 949110 ${'x '.repeat(400)}`.slice(0, 200);
    expect((error as UpvestForeignAnswer).problem).toEqual({ status: 403, excerpt });
    expect((error as Error).message).toBe(
      `POST /portfolios/orders: this answer is not Upvest’s: 403, ${excerpt}`,
    );
  });

  test.each([
    ['seconds', '7', 7000],
    ['a date', 'Fri, 02 Jan 2026 09:01:00 GMT', 60_000],
    ['a date in the past', 'Fri, 02 Jan 2026 08:00:00 GMT', 0],
    ['nonsense', 'soon', undefined],
    ['nothing', undefined, undefined],
  ])('429 with Retry-After as %s', async (_form, value, expected) => {
    const headers = value === undefined ? {} : { 'retry-after': value };
    const clock = { now: () => Date.parse('2026-01-02T09:00:00Z') };
    stub = await startUpvest(json(429, { type: 'too_many_requests', status: 429 }, headers), { clock });
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    expect(error).toMatchObject({ code: 'UPVEST_RETRY', next: 'retry', status: 429, retryAfterMs: expected });
  });

  test('an unknown outcome: status, pause and request id where there was an answer', async () => {
    stub = await startUpvest(json(503, {}, { 'retry-after': '3', 'upvest-request-id': 'r-1' }));
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    const facts = { next: 'look-up', status: 503, retryAfterMs: 3000, requestId: 'r-1' };
    expect(error).toMatchObject({ code: 'UPVEST_OUTCOME_UNKNOWN', ...facts });
  });

  test('an unreadable body: which field, not its value', async () => {
    stub = await startUpvest(json(200, { ...placedOrder, status: 42 }));
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    expect((error as Error).message).toMatch(/200 with an unreadable body, status: .*string/);
  });
});

test('a POST given up after it was sent has an unknown outcome', async () => {
  stub = await startUpvest(silence);
  const controller = new AbortController();
  const { signal } = controller;
  const placing = rejection(stub.client.createPortfolioOrder(placeRequest, 'key', { signal }));
  while (stub.on('/portfolios/orders').length === 0) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('worker stops'));
  expect(await placing).toBeInstanceOf(UpvestOutcomeUnknown);
});

describe('without a connection nothing was sent, so that also a POST is UpvestRetry', () => {
  /** Gets the token, then cannot connect: every later connection goes to `origin`. */
  class Misled extends Agent {
    constructor(private readonly origin: string) {
      super({ connect: { timeout: 200 } });
    }

    override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const elsewhere = options.path === '/auth/token' ? {} : { origin: this.origin };
      return super.dispatch({ ...options, ...elsewhere }, handler);
    }
  }

  test.each([
    ['connection refused', () => closedPort().then((port) => `http://127.0.0.1:${port}`), 'ECONNREFUSED'],
    // Two addresses, both refused.
    ['by name', () => closedPort().then((port) => `http://localhost:${port}`), 'ECONNREFUSED'],
    ['unknown host', () => Promise.resolve('http://upvest.invalid'), 'upvest.invalid'],
  ])('%s', async (_what, origin, why) => {
    const dispatcher = new Misled(await origin());
    stub = await startUpvest(silence, { dispatcher });
    const error = await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    await dispatcher.close();
    expect(error).toBeInstanceOf(UpvestRetry);
    expect((error as Error).message).toContain(why);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test.each<[string, unknown]>([
  ['as text', '1799'],
  ['absent', undefined],
  ['null', null],
  ['no number', 'soon'],
])('a token whose lifetime is %s is used (14.41)', async (_what, expires_in) => {
  stub = await startUpvest(
    json(200, placedOrder),
    {},
    json(200, { access_token: 'token-1', expires_in, token_type: 'bearer' }),
  );
  const order = await stub.client.createPortfolioOrder(placeRequest, 'key');
  expect(order.id).toBe(placedOrder.id);
});

describe('while the token cannot be had, nothing of the order is sent', () => {
  test.each<[string, Reply, new (...args: never[]) => CoordinatorError]>([
    ['connection reset', reset, UpvestRetry],
    ['500', problem(500), UpvestRetry],
    ['429', problem(429), UpvestRetry],
    ['200 in HTML (14.41)', text(200, html), UpvestUnauthorised],
    ['302 (14.41)', text(302, '', { location: '/login' }), UpvestUnauthorised],
    ['200 without a token (14.41)', json(200, { expires_in: 1799 }), UpvestUnauthorised],
    ['400', problem(400), UpvestUnauthorised],
    ['401', problem(401), UpvestUnauthorised],
    ['403', problem(403), UpvestUnauthorised],
  ])('%s', async (_what, token, expected) => {
    stub = await startUpvest(json(200, placedOrder), {}, token);
    expect(await rejection(stub.client.createPortfolioOrder(placeRequest, 'key'))).toBeInstanceOf(expected);
    expect(stub.on('/portfolios/orders')).toEqual([]);
    expect(stub.on('/auth/token')).toHaveLength(1);
  });
});
