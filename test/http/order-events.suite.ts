/** Following an order by server-sent events. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { OrderStatusView } from '../../src/app/orders/read';
import type { RunningServer } from '../../src/start-server';
import { idAtBroker } from '../support/orders';
import { call, finished, newRequest, show, submit, until } from '../support/stack';
import { openStream, type OpenStream, type ReceivedEvent } from './event-stream-client';
import { furtherServer, tokenEntry } from './further-server';
import { heldOrder, operate, placeUnanswered } from './operations';
import { expectProblem } from './problem';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FAST = { pollEveryMs: 50, heartbeatMs: 60 };
export function orderEventsSuite(running: () => Stack): void {
  let stack: Stack;
  /** Looks at orders often. */
  let server: RunningServer;
  const undo: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    stack = running();
    server = await furtherServer(stack, {}, { streams: FAST });
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(async () => {
    await server.stop();
  });

  async function follow(
    name: string,
    headers?: Record<string, string>,
    url = server.url,
  ): Promise<OpenStream> {
    const stream = await openStream(url, name, stack.tokens.read, headers);
    undo.push(() => {
      stream.leave();
      return Promise.resolve();
    });
    return stream;
  }

  async function further(
    ...args: [Parameters<typeof furtherServer>[1], Parameters<typeof furtherServer>[2]?]
  ) {
    const more = await furtherServer(stack, args[0], { streams: FAST, ...args[1] });
    undo.push(() => more.stop());
    return more;
  }

  const phasesOf = (events: ReceivedEvent[]) => events.map(({ data }) => (data as OrderStatusView).phase);

  it('tells each change once, with the tag of its view, from placing to the end, and closes', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
    const reference = await submit(stack, newRequest({ accountId }));
    const stream = await follow(reference);
    expect(stream).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
    await stream.eventsOf(1);
    stack.upvest.control.proceed(await idAtBroker(stack, accountId));
    await stream.ended();
    const events = stream.events.slice(0, -1);
    expect(events.length).toBeGreaterThan(1);
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['view']));
    expect(events.map(({ data }) => JSON.stringify(data))).toEqual([
      ...new Set(events.map(({ data }) => JSON.stringify(data))),
    ]);
    expect(stream.events.at(-1)).toEqual({ event: 'end', id: undefined, data: { phase: 'FINISHED' } });
    const { body, headers } = await call(stack, 'GET', `/portfolio-orders/${reference}`, {
      token: stack.tokens.read,
    });
    expect(events.at(-1)).toEqual({ event: 'view', id: headers.etag, data: body });
    expect(phasesOf(events).slice(0, -1)).not.toContain('FINISHED');
  });

  it('is shown a decision while it is open, and comments in between', async () => {
    const id = await heldOrder(stack);
    const stream = await follow(id);
    await stream.eventsOf(1);
    await until('a heartbeat', () => stream.comments.length > 1);
    expect(stream.events).toHaveLength(1);
    expect((await operate(stack, id, 'acknowledge')).status).toBe(200);
    const events = await stream.eventsOf(2);
    expect(phasesOf(events)).toEqual(['TRACKED', 'TRACKED']);
    expect(events[1]?.id).not.toBe(events[0]?.id);
    expect(stream.closed).toBe(false);
  });

  describe('a client that comes back', () => {
    it('does not get again what it has seen', async () => {
      const id = await heldOrder(stack);
      const { headers } = await call(stack, 'GET', `/portfolio-orders/${id}`, { token: stack.tokens.read });
      const again = await follow(id, { 'last-event-id': String(headers.etag) });
      await until('looks to have passed', () => again.comments.length > 3);
      expect(again.events).toEqual([]);
      await operate(stack, id, 'acknowledge');
      expect(phasesOf(await again.eventsOf(1))).toEqual(['TRACKED']);
    });

    it('gets what it has not seen', async () => {
      const id = await heldOrder(stack);
      expect(await (await follow(id, { 'last-event-id': '"older"' })).eventsOf(1)).toHaveLength(1);
    });

    it('gets only the end of a finished order', async () => {
      const reference = await submit(stack);
      await finished(stack, reference);
      const { headers } = await call(stack, 'GET', `/portfolio-orders/${reference}`, {
        token: stack.tokens.read,
      });
      const stream = await follow(reference, { 'last-event-id': String(headers.etag) });
      await stream.ended();
      expect(stream.events).toEqual([{ event: 'end', id: undefined, data: { phase: 'FINISHED' } }]);
    });
  });

  it('ends with an operator’s word that there is no order', async () => {
    const reference = await placeUnanswered(stack);
    const stream = await follow(reference);
    await stream.eventsOf(1);
    await operate(stack, reference, 'identify');
    await stream.ended();
    expect(stream.events.at(-1)).toMatchObject({ event: 'end', data: { phase: 'NOT_PLACED' } });
  });

  it('is a problem like any other before it has begun', async () => {
    const token = stack.tokens.read;
    const path = (name: string) => `/portfolio-orders/${name}/events`;
    expectProblem(await call(server, 'GET', path('unknown'), { token }), 404, 'NOT_FOUND');
    expectProblem(await call(server, 'GET', path('unknown')), 401, 'UNAUTHENTICATED');
    await stack.stopWorker();
    try {
      expectProblem(await call(server, 'GET', path(await submit(stack)), { token }), 503, 'UNAVAILABLE');
    } finally {
      await stack.startWorker();
    }
  });

  describe('the number of streams', () => {
    it('is bounded; one that ends makes room', async () => {
      const limits = { requestsPerMinute: 1_000, failuresPerMinute: 10, eventStreams: 2 };
      const small = await further({ limits });
      const id = await heldOrder(stack);
      const [first] = [await follow(id, {}, small.url), await follow(id, {}, small.url)];
      const third = () => call(small, 'GET', `/portfolio-orders/${id}/events`, { token: stack.tokens.read });
      const refused = await third();
      expectProblem(refused, 503, 'TOO_MANY_STREAMS');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      // What is refused, or is not there, takes no room.
      expectProblem(
        await call(small, 'GET', '/portfolio-orders/unknown/events', { token: stack.tokens.read }),
        503,
        'TOO_MANY_STREAMS',
      );
      first.leave();
      const next = await until('room', async () => {
        const stream = await follow(id, {}, small.url);
        return stream.status === 200 && stream;
      });
      await next.eventsOf(1);
    });
  });

  it('ends, without saying that the order has ended, when the server stops', async () => {
    const stopping = await further({});
    const stream = await follow(await heldOrder(stack), {}, stopping.url);
    await stream.eventsOf(1);
    const startedAt = performance.now();
    await stopping.stop();
    await stream.ended();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(stream.events.map(({ event }) => event)).toEqual(['view']);
  });

  it('ends when its token is taken away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
    const tokensFile = join(folder, 'tokens.json');
    const [mine, other] = [tokenEntry('mine', 'read'), tokenEntry('other', 'read', 'other')];
    writeFileSync(tokensFile, JSON.stringify([mine, other]));
    const more = await further({ tokens: [mine, other], tokensFile }, { reloadEveryMs: 50 });
    const id = await heldOrder(stack);
    const streams = [await openStream(more.url, id, 'mine'), await openStream(more.url, id, 'other')];
    writeFileSync(tokensFile, JSON.stringify([other]));
    await streams[0]?.ended();
    expect(streams[1]?.closed).toBe(false);
    expect((await openStream(more.url, id, 'mine')).status).toBe(401);
    streams[1]?.leave();
    rmSync(folder, { recursive: true });
  });

  it('goes on when a worker was away for a while', async () => {
    const id = await heldOrder(stack);
    const stream = await follow(id);
    await stream.eventsOf(1);
    await stack.stopWorker();
    await stack.startWorker();
    await operate(stack, id, 'acknowledge');
    await stream.eventsOf(2);
    expect((await show(stack, id)).order?.attention).toEqual([]);
  });
}
