/** Placing with `wait`, while Temporal or the worker does not answer: the client waits, and nothing is busy. */
import Fastify from 'fastify';
import { randomUUID } from 'node:crypto';
import { portfolioOrderRoutes } from '../../../src/http/routes/portfolio-orders';
import { IndexTooSlow } from '../../../src/temporal/visibility';

it('a placement whose order cannot be read is read again after a pause, until the wait is over (14.22)', async () => {
  let reads = 0;
  const token = { name: 'one', role: 'submit' as const, sha256: '' };
  const app = Fastify();
  app.setValidatorCompiler(() => (value: unknown) => ({ value }));
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  await app.register(
    portfolioOrderRoutes({
      guard: {
        needs: () => () => Promise.resolve(),
        callerOf: () => token,
        knownCallerOf: () => token,
        isStillValid: () => true,
      },
      submissions: {
        submit: (name) => Promise.resolve({ outcome: 'started', name }),
        submitterOf: () => Promise.resolve(undefined),
        awaitPlacement: () => Promise.resolve(),
      },
      orders: {
        read() {
          reads += 1;
          return Promise.reject(new IndexTooSlow('no answer'));
        },
        timeline: () => Promise.resolve(undefined),
      },
      withDeadline: (work) => work(),
    }),
  );
  const reference = randomUUID();
  const query = { wait: 1 } as unknown as Record<string, string>;
  const answer = await app.inject({
    method: 'POST',
    url: '/portfolio-orders',
    query,
    payload: { reference },
  });
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toEqual({ reference });
  expect(reads).toBeGreaterThan(1);
  expect(reads).toBeLessThan(10);
  await app.close();
});
