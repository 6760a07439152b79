/** The HTTP server on its own: how it stops. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { createBatchProgress } from '../../src/app/webhooks/batch-progress';
import { pino } from 'pino';
import { Agent, request } from 'undici';
import { createMetrics } from '../../src/telemetry/metrics';
import type { PartnersStatus } from '../../src/app/ports/partner-status';
import { createHttpServer } from '../../src/http/server';
import { SERVER_TIME_LIMITS } from '../../src/start-server';
import { until } from '../support/until';

describe('stopping', () => {
  // Kept alive, the connection would hold up the stop until its client gives it up: after 72 s.
  it('lets a running request end, and its connection with it', async () => {
    const work = latch();
    const begun = latch();
    const server = await startServer(() => {
      begun.open();
      return work.opened;
    });
    const answer = request(`${server.url}/status`, { headers: { authorization: 'Bearer one' } });
    await begun.opened;

    const startedAt = Date.now();
    const stopped = server.stop();
    await until('new connections to be refused', () => isRefused(server.url));
    work.open();
    expect(await (await answer).body.json()).toEqual(BOTH_ANSWER);
    await stopped;
    expect(Date.now() - startedAt).toBeLessThan(7_000);
  });
});

test('a request is answered within three seconds whatever is away, and a decision within five', () => {
  const { temporalMs, ownerLookupMs, operationMs, keysMs } = SERVER_TIME_LIMITS;
  expect({ temporalMs, ownerLookupMs, operationMs, keysMs }).toEqual({
    temporalMs: 1_800,
    ownerLookupMs: 1_000,
    operationMs: 5_000,
    keysMs: 2_500,
  });
  expect(temporalMs + ownerLookupMs).toBeLessThan(3_000);
});

test('no connection is closed while the longest wait lasts, and while a stream is silent between heartbeats', async () => {
  const server = await startServer(() => Promise.resolve());
  await server.stop();
  expect(server.timeoutMs).toBeGreaterThan(32_000);
  expect(server.timeoutMs).toBeLessThan(60_000);
});

test('a body that comes too slowly is cut after the stated limit, not a minute later (14.37)', async () => {
  const server = await startServer(() => Promise.resolve(), 300);
  const { port } = new URL(server.url);
  const startedAt = Date.now();
  const socket = connect(Number(port), '127.0.0.1');
  const head = ['POST /portfolio-orders HTTP/1.1', 'host: x', 'authorization: Bearer one'];
  socket.write([...head, 'content-type: application/json', 'content-length: 99', '', '{'].join('\r\n'));
  const dripping = setInterval(() => socket.write(' '), 100);
  await once(socket.resume(), 'close');
  clearInterval(dripping);
  await server.stop();
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(290);
  expect(Date.now() - startedAt).toBeLessThan(3_000);
});

function latch(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    opened,
    open: () => {
      open();
    },
  };
}

async function isRefused(url: string): Promise<boolean> {
  const dispatcher = new Agent();
  try {
    await request(`${url}/openapi.json`, { dispatcher });
    return false;
  } catch {
    return true;
  } finally {
    await dispatcher.destroy();
  }
}

const BOTH_ANSWER: PartnersStatus = { esw: { state: 'ok' }, upvest: { state: 'ok' } };

/** A server of which only the status of the partners is asked. */
async function startServer(
  looked: () => Promise<void>,
  requestTimeoutMs = 30_000,
): Promise<{ url: string; timeoutMs: number; stop(): Promise<void> }> {
  const unused = (): never => {
    throw new Error('unexpected call in this test');
  };
  const app = await createHttpServer({
    logger: pino({ level: 'silent' }),
    tokens: { find: () => ({ name: 'one', role: 'submit', sha256: '' }), isStillValid: unused },
    requestTimeoutMs,
    withDeadline: unused,
    webhook: {
      path: '/webhooks/upvest',
      signedPath: '/webhooks/upvest',
      signature: {
        keys: { keyFor: unused, knows: unused },
        policy: { expiry: 'warn', maxAheadMs: 0, maxAgeMs: 0 },
      },
      router: { route: unused },
      inbox: { deliver: unused, handOff: unused },
      deadLetterQueue: { park: unused },
      progress: createBatchProgress(),
      deliveryMs: 1_000,
      replayGuard: { once: unused },
    },
    metrics: createMetrics({ processName: 'server' }).webhooks,
    submissions: { submit: unused, submitterOf: unused, awaitPlacement: unused },
    orders: { read: unused, timeline: unused },
    list: { page: unused, count: unused, all: unused },
    reports: { settled: unused },
    decisions: { page: unused },
    partners: () => looked().then(() => BOTH_ANSWER),
    clock: () => undefined,
    parkedEvents: { page: unused, read: unused, perform: unused },
    breaks: { page: unused, imported: unused },
    operations: { perform: unused },
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, timeoutMs: app.server.timeout, stop: () => app.close() };
}
