/** The lists while Temporal is away: they say so soon, and take up work again. */
import { pino } from 'pino';
import type { Stack } from '../../demo/stack';
import { startServer, type RunningServer } from '../../src/start-server';
import { connectClient } from '../../src/temporal/client';
import { call, until } from '../support/stack';
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
    'are unavailable while it is %s, and there when it is back',
    async (state) => {
      const token = stack.tokens.read;
      gate.set(state);
      try {
        const ask = async (path: string): Promise<void> => {
          const startedAt = performance.now();
          const answer = await call(server, 'GET', path, { token });
          expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
          expectProblem(answer, 503, 'UNAVAILABLE');
          expect(answer.headers['retry-after']).toBe('1');
        };
        await Promise.all(['/portfolio-orders', '/parked-events'].map(ask));
      } finally {
        gate.set('open');
      }
      await until('the list to be back', async () => {
        const { status } = await call(server, 'GET', '/portfolio-orders', { token });
        return status === 200;
      });
    },
  );
}
