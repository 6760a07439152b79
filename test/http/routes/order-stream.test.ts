/** A client that leaves: whatever its stream took is given back, at whatever moment. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { OrderStatusView } from '../../../src/app/orders/read';
import { orderEventRoutes } from '../../../src/http/routes/order-stream';
import { until } from '../../support/until';

const VIEW: OrderStatusView = { phase: 'TRACKED', reference: 'one' };

/** A server with room for one stream, whose guard, reads and answers can be held up. */
async function start() {
  const held = { guard: Promise.resolve(), read: Promise.resolve(), answer: Promise.resolve() };
  const seen = { guard: 0, read: 0, answer: 0 };
  const app: FastifyInstance = Fastify();
  app.setErrorHandler((error, _request, reply) => reply.code(503).send(error));
  app.addHook('onSend', async () => {
    seen.answer += 1;
    await held.answer;
  });
  app.setValidatorCompiler(() => (value: unknown) => ({ value }));
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  const token = { name: 'one', role: 'read' as const, sha256: '' };
  await app.register(
    orderEventRoutes({
      guard: {
        needs: () => async () => {
          seen.guard += 1;
          await held.guard;
        },
        callerOf: () => token,
        knownCallerOf: () => token,
        isStillValid: () => true,
      },
      orders: {
        async read() {
          seen.read += 1;
          await held.read;
          return VIEW;
        },
        timeline: () => Promise.resolve(undefined),
      },
      withDeadline: (work) => work(),
      maxStreams: 1,
      pollEveryMs: 10,
      heartbeatMs: 10,
    }),
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { app, held, seen, port };
}

function ask(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /portfolio-orders/one/events HTTP/1.1\r\nhost: x\r\n\r\n');
  return socket.setEncoding('utf8');
}

/** The first bytes of an answer. */
async function answerTo(port: number): Promise<string> {
  const socket = ask(port);
  const [text] = (await once(socket, 'data')) as [string];
  socket.destroy();
  return text;
}

const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;

test.each(['guard', 'read', 'answer'] as const)(
  'a client that leaves while its %s is awaited leaves no slot, timer or poller behind (14.24)',
  async (step) => {
    const server = await start();
    let go = (): void => undefined;
    server.held[step] = new Promise((resolve) => (go = resolve));
    const before = timers();
    const closed = new Promise<void>((resolve) => {
      server.app.server.once('connection', (socket) => {
        socket.once('close', () => {
          resolve();
        });
      });
    });
    const socket = ask(server.port);
    await until(`the ${step}`, () => server.seen[step] > 0);
    socket.destroy();
    await closed;
    server.held[step] = Promise.resolve();
    go();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const reads = server.seen.read;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(server.seen.read).toBe(reads);
    expect(timers()).toBeLessThanOrEqual(before + 1);
    expect(await answerTo(server.port)).toContain('200 OK');
    await server.app.close();
  },
);

test('a client that leaves an open stream makes room, as do 200 that leave at once (14.24)', async () => {
  const server = await start();
  expect(await answerTo(server.port)).toContain('200 OK');
  for (let client = 0; client < 200; client += 1) {
    const socket = ask(server.port);
    await once(socket, 'connect');
    if (client % 2 === 1) await new Promise(setImmediate);
    socket.destroy();
  }
  await until('room', async () => (await answerTo(server.port)).includes('200 OK'));
  const reads = server.seen.read;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(server.seen.read).toBeLessThanOrEqual(reads + 1);
  await server.app.close();
});
