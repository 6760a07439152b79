/**
 * ESW answers nothing for a while: other work goes on at its own pace, and everything is delivered afterwards.
 * `HANGING_ORDERS=2000 npm run test:soak -- hanging-esw` has as many orders owe events as the promise says.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../demo/stack';
import { summarize } from '../../bench/statistics';
import { FAR_DEADLINES } from '../support/orders';
import { useRealPostgres } from '../support/real-postgresql';
import { startMigratedDatabase } from '../support/records';
import { call, newRequest, startTestStack, submit, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { placementWorkflowId } from '../../contracts/placement';

const OWING = Number(process.env.HANGING_ORDERS ?? '100');
/** ESW's time limit is 30 s: the first requests of all have failed, and the probes follow. */
const HANGS_MS = 45_000;
const PLACED = 20;
const LIMIT_MS = 300_000 + OWING * 300;

/** Milliseconds. The promises are 5 s and 250 ms; an order of magnitude more is a fault on any machine. */
const BOUNDS = { handoff: 50_000, cancel: 50_000, webhook: 2_500 };

// As in production: PGlite has one session, which a thousand saves would hold up.
const postgres = useRealPostgres();
let stack: Stack;
beforeAll(async () => {
  const { url: databaseUrl } = await startMigratedDatabase(postgres.startDatabase);
  stack = await startTestStack({ deadlines: FAR_DEADLINES, eventDetail: 'portfolio', databaseUrl });
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** How long it takes until the order's workflow has the placement. */
async function placeOne(): Promise<{ reference: string; tookMs: number }> {
  const request = newRequest();
  stack.upvest.control.configureAccount(request.accountId, { children: 1, scenario: 'WAITS_IN_NEW' });
  const startedAt = performance.now();
  const reference = await submit(stack, request);
  await testClient().workflow.getHandle(placementWorkflowId(reference)).result();
  return { reference, tookMs: performance.now() - startedAt };
}

/** How long it takes until Upvest has the cancel. */
async function cancelOne(reference: string): Promise<number> {
  const { control } = stack.upvest;
  const cancels = (): number => control.requests().filter(({ method }) => method === 'DELETE').length;
  const before = cancels();
  const startedAt = performance.now();
  const { status } = await call(stack, 'POST', `/portfolio-orders/${reference}/cancel`, {
    token: stack.tokens.operate,
    json: { reason: 'the client called' },
  });
  expect(status).toBe(200);
  await until('the DELETE', () => cancels() > before, 120_000);
  return performance.now() - startedAt;
}

it(
  `with ${OWING} orders that owe events, nothing but these events waits for an ESW that hangs`,
  async () => {
    const { control } = stack.upvest;
    stack.esw.control.setOutage('hang', 'events');
    const hangsSince = Date.now();
    for (let order = 0; order < OWING; order += 1) {
      const accountId = randomUUID();
      control.configureAccount(accountId, { children: 1, scenario: 'WAITS_IN_NEW' });
      control.initiate({ userId: randomUUID(), accountId, cashAmount: '500.00' });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('every order to be delivered', isAllDelivered, LIMIT_MS);
    // What a burst of new orders costs is another matter.
    const underWay = (): number => stack.esw.control.counts().faulted;
    await until(
      'ESW to hold as many requests as a process sends',
      () => underWay() >= Math.min(OWING, 64),
      LIMIT_MS,
    );
    const beganAfter = Date.now() - hangsSince;

    const handoffs: number[] = [];
    const cancels: number[] = [];
    while (handoffs.length < PLACED || Date.now() < hangsSince + HANGS_MS) {
      const { reference, tookMs } = await placeOne();
      handoffs.push(tookMs);
      cancels.push(await cancelOne(reference));
      await sleep(500);
    }
    const orders = control.portfolioOrders().length;
    const requests = underWay();
    const webhooks = control.deliveries().map(({ tookMs }) => tookMs);
    expect(stack.esw.control.events()).toEqual([]);

    stack.esw.control.setOutage(undefined);
    const backAt = Date.now();
    // NEW of each, and CANCELLED of those that were cancelled.
    const events = (): number => stack.esw.control.counts().accepted;
    await until('all events', () => events() === orders + handoffs.length, LIMIT_MS);
    const deliveredAfter = Date.now() - backAt;

    const [handoff, cancel, webhook] = [summarize(handoffs), summarize(cancels), summarize(webhooks)];
    print(
      `${OWING} orders with pending events after ${seconds(beganAfter)}; ESW hung for ${seconds(backAt - hangsSince)}`,
    );
    print(`handoff: p50 ${seconds(handoff.p50)}, p99 ${seconds(handoff.p99)} of ${handoffs.length}`);
    print(`cancel: p50 ${seconds(cancel.p50)}, p99 ${seconds(cancel.p99)}`);
    print(`webhooks: p50 ${seconds(webhook.p50)}, p99 ${seconds(webhook.p99)} of ${webhooks.length}`);
    print(
      `requests to ESW while it hung: ${requests}; everything delivered ${seconds(deliveredAfter)} after`,
    );

    expect(handoff.p99).toBeLessThan(BOUNDS.handoff);
    expect(cancel.p99).toBeLessThan(BOUNDS.cancel);
    expect(webhook.p99).toBeLessThan(BOUNDS.webhook);
    // At most what one process has under way, and some probes; without the circuit each order would send one every half a minute.
    expect(requests).toBeLessThanOrEqual(64 + 10 + 5);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0, replayed: 0 });
    expect(stack.esw.control.audit()).toEqual([]);
  },
  LIMIT_MS * 2,
);

/** True if the server has taken every event that Upvest has made. */
function isAllDelivered(): boolean {
  const { control } = stack.upvest;
  const taken = control.deliveries().filter(({ status }) => status === 200);
  const made = control.portfolioOrders().flatMap(({ events }) => events);
  return made.length >= OWING && new Set(taken.flatMap(({ eventIds }) => eventIds)).size === made.length;
}
