/** The HTTP server without Temporal, or without Upvest: it says so soon, says nothing false, and resumes work. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Client } from '@temporalio/client';
import type { Stack } from '../../demo/stack';
import { startServer, type RunningServer, type ServerTimeLimits } from '../../src/start-server';
import { connectClient } from '../../src/temporal/client';
import { freePort } from '../../src/lib/free-port';
import { call, finished, newRequest, statusesAtEsw, until } from '../support/stack';
import { testTarget } from '../support/temporal';
import { recordOf, truthOf } from '../support/truth';
import { portfolioOrder } from '../upvest/webhooks/event-fixture';
import { expectProblem } from './problem';
import { startTemporalGate, type GateState, type TemporalGate } from './temporal-gate';
import {
  deliver,
  exists,
  newEvent,
  startInterceptor,
  subscribe,
  unsubscribe,
  type Interceptor,
} from './webhooks';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** Everything is answered within three seconds, whatever is away; the rest is for a busy machine. */
const LIMIT_MS = 5_000;
/** For servers whose Temporal never answers: they miss nothing by giving up sooner. */
const IMPATIENT: Partial<ServerTimeLimits> = { temporalMs: 200, operationMs: 500 };

export function temporalAwaySuite(running: () => Stack): void {
  let stack: Stack;
  let interceptor: Interceptor;
  /** Stops what a test started. */
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    stack = running();
    interceptor = await startInterceptor(stack);
  });
  afterEach(async () => {
    stack.upvest.control.clearFaults();
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(async () => {
    await interceptor.close();
  });

  /** A further server of the stack, whose Temporal is at `address`. */
  async function serverWith(
    address: string,
    { port = 0, timeLimits = {} }: { port?: number; timeLimits?: Partial<ServerTimeLimits> } = {},
  ): Promise<RunningServer & { webhookUrl: string }> {
    const client: Client = connectClient({ ...testTarget(), address });
    const config = { ...stack.config, http: { ...stack.config.http, port } };
    const server = await startServer(config, client, pino({ level: 'silent' }), { timeLimits });
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => (stopped ??= server.stop().then(() => client.connection.close()));
    return { ...server, stop, webhookUrl: `${server.url}${config.http.webhookPath}` };
  }

  async function gate(state: GateState): Promise<TemporalGate> {
    const started = await startTemporalGate(state);
    undo.push(() => started.close());
    return started;
  }

  async function inTime<T>(work: () => Promise<T>, limitMs = LIMIT_MS): Promise<T> {
    const startedAt = performance.now();
    const answer = await work();
    expect(performance.now() - startedAt).toBeLessThan(limitMs);
    return answer;
  }

  function freshOrder(): { id: string; event: object } {
    const id = randomUUID();
    return {
      id,
      event: newEvent('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, id, status: 'NEW', orders: [] }),
    };
  }

  const newDraft = () => ({ userId: randomUUID(), accountId: randomUUID(), cashAmount: '500.00' });

  describe.each<[what: string, addressOf: () => Promise<string>, timeLimits?: Partial<ServerTimeLimits>]>([
    ['is at a dead address', async () => `127.0.0.1:${await freePort()}`],
    ['drops connections', async () => (await gate('closed')).address],
    ['accepts connections and never answers', async () => (await gate('silent')).address, IMPATIENT],
    ['is overloaded and refuses (RESOURCE_EXHAUSTED)', async () => (await gate('exhausted')).address],
  ])('while Temporal %s', (what, addressOf, timeLimits = {}) => {
    let server: Awaited<ReturnType<typeof serverWith>>;
    beforeEach(async () => {
      server = await serverWith(await addressOf(), { timeLimits });
      undo.push(() => server.stop());
    });

    it('a genuine webhook is answered 503 in time, again and again, so that Upvest keeps it', async () => {
      const { id, event } = freshOrder();
      const sealed = await interceptor.seal([event, newEvent('NOBODY.KNOWS', {})]);
      for (let attempt = 1; attempt <= 2; attempt++) {
        const answer = await inTime(() => deliver(server.webhookUrl, sealed));
        expectProblem(answer, 503, 'UNAVAILABLE');
        expect(answer.headers['retry-after']).toBe('1');
      }
      expect(await exists(portfolioOrderWorkflowId(id))).toBe(false);
    });

    it('a forged webhook is still refused as forged', async () => {
      const { headers, body } = await interceptor.seal([freshOrder().event]);
      const forged = { headers: { ...headers, signature: 'sig1=:AAAA:' }, body };
      expectProblem(await inTime(() => deliver(server.webhookUrl, forged)), 401, 'SIGNATURE_INVALID');
    });

    it('nothing can be placed or read, and both are said in time', async () => {
      const request = newRequest();
      const { submit, read } = stack.tokens;
      const answers = await Promise.all([
        inTime(() => call(server, 'POST', '/portfolio-orders', { token: submit, json: request })),
        inTime(() => call(server, 'GET', `/portfolio-orders/${request.reference}`, { token: read })),
        inTime(() => call(server, 'GET', `/portfolio-orders/${randomUUID()}`, { token: read })),
      ]);
      for (const answer of answers) {
        const { detail } = expectProblem(answer, 503, 'UNAVAILABLE');
        expect(detail).toContain('Temporal');
      }
      expect(await exists(placementWorkflowId(request.reference))).toBe(false);
    });

    it('operators’ decisions fail, and none was sent', async () => {
      const path = `/portfolio-orders/${randomUUID()}/cancel`;
      const json = { reason: 'the client called' };
      const answer = await inTime(
        () => call(server, 'POST', path, { token: stack.tokens.operate, json }),
        8_000,
      );
      // The order is looked up first, and that failed: no decision was sent.
      expectProblem(answer, 503, 'UNAVAILABLE');
    });

    it('invalid requests are rejected as such', async () => {
      const { submit, read } = stack.tokens;
      const post = (token: string, json: unknown) =>
        call(server, 'POST', '/portfolio-orders', { token, json });
      expectProblem(await inTime(() => post(submit, {})), 400, 'INVALID_REQUEST');
      expectProblem(await inTime(() => post(read, newRequest())), 403, 'FORBIDDEN');
    });

    it('the server is live but not ready, and says why', async () => {
      const [live] = await Promise.all([
        inTime(() => call(server, 'GET', '/openapi.json')),
        inTime(() => expect(server.ready()).rejects.toThrow(/\w{5}/)),
      ]);
      expect(live).toMatchObject({ status: 200 });
    });
  });

  describe('when Temporal is back', () => {
    it.each(['closed', 'silent', 'exhausted', 'slow'] as const)(
      '(it was %s) every redelivery is accepted and applied once',
      async (away) => {
        const between = await gate('closed');
        between.set('open');
        const server = await serverWith(between.address);
        undo.push(() => server.stop());
        await until('the server to be ready', () =>
          server.ready().then(
            () => true,
            () => false,
          ),
        );
        const { control } = stack.upvest;

        // Held back, so that the stack's own server gets nothing.
        control.holdWebhooks();
        const { id } = control.initiate(newDraft()).portfolioOrder;
        await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
        const { events } = control.portfolioOrder(id);
        const half = events.length / 2;
        const webhooks = [
          await interceptor.seal(events.slice(0, half)),
          await interceptor.seal(events.slice(half)),
        ];

        between.set(away);
        const refused = await Promise.all(
          webhooks.map((webhook) => inTime(() => deliver(server.webhookUrl, webhook))),
        );
        for (const answer of refused) expectProblem(answer, 503, 'UNAVAILABLE');
        between.set('open');
        for (const webhook of webhooks) {
          await until(
            'the redelivery',
            async () => (await deliver(server.webhookUrl, webhook)).status === 200,
          );
          expect(await deliver(server.webhookUrl, webhook)).toMatchObject({ status: 200 });
        }
        const { order } = await finished(stack, id);
        expect(recordOf(order)).toEqual(truthOf(stack, id));
        expect(order.findings).toEqual([]);
        expect(statusesAtEsw(stack, id)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
        await server.ready();
        await control.releaseWebhooks();
      },
    );

    it('Upvest delivers by itself what was refused, in order, to a server that came back in its place', async () => {
      const port = await freePort();
      const away = await serverWith(`127.0.0.1:${await freePort()}`, { port });
      undo.push(() => away.stop());
      const webhookId = await subscribe(stack, away.webhookUrl);
      undo.push(() => unsubscribe(stack, webhookId));
      const { control } = stack.upvest;
      const statuses = () =>
        control.deliveries().flatMap((one) => (one.webhookId === webhookId ? [one.status] : []));
      const { id } = control.initiate(newDraft()).portfolioOrder;
      await until('refusals', () => statuses().length >= 2);
      expect(new Set(statuses())).toEqual(new Set([503]));
      await away.stop();

      const back = await serverWith(testTarget().address, { port });
      undo.push(() => back.stop());
      await control.whenDelivered();
      expect(statuses()).toContain(200);
      const { order } = await finished(stack, id);
      expect(recordOf(order)).toEqual(truthOf(stack, id));
      expect(order.findings).toEqual([]);
    });
  });

  describe('while Upvest is away', () => {
    it.each(['unavailable', 'silent'] as const)(
      '(%s) a webhook with an unknown key is neither good nor bad',
      async (how) => {
        const timeLimits = how === 'silent' ? { keysMs: 250 } : {};
        const server = await serverWith(testTarget().address, { timeLimits });
        undo.push(() => server.stop());
        const { id, event } = freshOrder();
        const sealed = await interceptor.seal([event]);
        if (how === 'unavailable') stack.upvest.control.setOutage(true);
        else stack.upvest.control.failCalls({ path: '/auth/verify_keys', outcome: 'hang' });
        const { detail } = expectProblem(
          await inTime(() => deliver(server.webhookUrl, sealed)),
          503,
          'UNAVAILABLE',
        );
        expect(detail).toContain('keys');
        expect(await exists(portfolioOrderWorkflowId(id))).toBe(false);
        await server.ready();
      },
    );

    it('and Temporal too, an event whose order must be asked for is answered in time', async () => {
      const between = await gate('closed');
      between.set('open');
      const server = await serverWith(between.address);
      undo.push(() => server.stop());
      const first = await interceptor.seal([newEvent('NOBODY.KNOWS', {})]);
      expect(await deliver(server.webhookUrl, first)).toMatchObject({ status: 200 });

      between.set('silent');
      stack.upvest.control.failCalls({ path: '/orders', outcome: 'hang', count: 5 });
      const execution = newEvent('EXECUTION.FILLED', {
        id: randomUUID(),
        order_id: randomUUID(),
        status: 'FILLED',
        cash_amount: '5.00',
        currency: 'EUR',
        share_quantity: '1',
        price: '5.00',
      });
      const sealed = await interceptor.seal([execution]);
      expectProblem(await inTime(() => deliver(server.webhookUrl, sealed)), 503, 'UNAVAILABLE');
    });
  });
}
