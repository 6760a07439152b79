/**
 * Measures the load of request signing on the event loop at the client's rate limit: `npm run bench:signing`. Prints one
 * line for signing on the loop, for comparison, and one for `signRequest`.
 */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { signRequest } from '../src/upvest/client/request-signature';
import { createRateLimiter } from '../src/upvest/client/rate-limiter';

const PER_SECOND = 250;
const SECONDS = 4;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
const request = {
  method: 'POST',
  target: '/portfolios/orders',
  headers: {
    accept: 'application/json',
    authorization: `Bearer ${randomUUID()}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
    'upvest-api-version': '1',
    'upvest-client-id': randomUUID(),
  },
  body: Buffer.from(
    JSON.stringify({ user_id: randomUUID(), account_id: randomUUID(), cash_amount: '250.00' }),
  ),
};
const options = { keyId: randomUUID(), privateKey, now: Date.now, nonce: randomUUID };
const base = Buffer.alloc(718);

async function measure(name: string, work: () => unknown): Promise<void> {
  const turn = createRateLimiter(PER_SECOND);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const latencies: number[] = [];
  delay.enable();
  const before = performance.eventLoopUtilization();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: PER_SECOND * SECONDS }, async () => {
      await turn(undefined);
      const signingAt = performance.now();
      await work();
      latencies.push(performance.now() - signingAt);
    }),
  );
  const perSecond = latencies.length / ((performance.now() - startedAt) / 1000);
  const { utilization } = performance.eventLoopUtilization(before);
  delay.disable();
  latencies.sort((one, other) => one - other);
  const median = latencies[Math.floor(latencies.length / 2)] ?? 0;
  const figures = [
    `${perSecond.toFixed(0)} signatures/s`,
    `event loop busy ${(utilization * 100).toFixed(0)} %`,
    `loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`,
    `signing takes ${median.toFixed(1)} ms (median)`,
  ];
  process.stdout.write(`${name.padEnd(13)} ${figures.join(', ')}\n`);
}

async function main(): Promise<void> {
  await measure('on the loop', () => sign('sha512', base, privateKey));
  await measure('signRequest', () => signRequest(request, options));
}

void main();
