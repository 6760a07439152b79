/** The lists while Temporal is away: that of parked events says so soon, and takes up work again; those of orders and partners go on. */
import { pino } from 'pino';
import type { Stack } from '../../demo/stack';
import { startServer, type RunningServer } from '../../src/start-server';
import { connectClient } from '../../src/temporal/client';
import { call, until, type Answer } from '../support/stack';
import { testTarget } from '../support/temporal';
import { expectProblem } from './problem';
import { startTemporalGate, type TemporalGate } from './temporal-gate';

/** Three seconds, and what a busy machine adds. */
const LIMIT_MS = 5_000;

export function listsAwaySuite(running: () => Stack): void {
  let stack: Stack;
  let gate: TemporalGate;
  let server: RunningServer;
  const client = () => connectClient({ ...testTarget(), address: gate.address });
  let behind: ReturnType<typeof client>;
  beforeAll(async () => {
    stack = running();
    gate = await startTemporalGate('open');
    behind = client();
    server = await startServer(
      { ...stack.config, http: { ...stack.config.http, port: 0 } },
      behind,
      pino({ level: 'silent' }),
    );
  });
  afterAll(async () => {
    await server.stop();
    await behind.connection.close();
    await gate.close();
  });

  it.each(['silent', 'closed', 'exhausted', 'slow'] as const)(
    'of parked events is unavailable while it is %s, and there when it is back; those of orders and partners go on',
    async (state) => {
      const token = stack.tokens.read;
      gate.set(state);
      try {
        const ask = async (path: string): Promise<Answer> => {
          const startedAt = performance.now();
          const answer = await call(server, 'GET', path, { token });
          expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
          return answer;
        };
        const [parked, ...orders] = await Promise.all(
          [
            '/parked-events',
            '/status',
            '/portfolio-orders',
            '/portfolio-orders?attention=any&count=true',
          ].map(ask),
        );
        if (parked === undefined) throw new Error('no answer');
        expectProblem(parked, 503, 'UNAVAILABLE');
        expect(parked.headers['retry-after']).toBe('1');
        expect(orders.map(({ status }) => status)).toEqual([200, 200, 200]);
      } finally {
        gate.set('open');
      }
      await until('the list to be back', async () => {
        const { status } = await call(server, 'GET', '/parked-events', { token });
        return status === 200;
      });
    },
  );
}
