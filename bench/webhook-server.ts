/** The real webhook intake behind a real socket, with Temporal and Upvest replaced: for benchmark and fuzzing. */
import type { FastifyBaseLogger } from 'fastify';
import { createServerMetrics } from '../src/http/metrics';
import { createHttpServer } from '../src/http/server';
import type { OrderInbox } from '../src/temporal/order-inbox';
import type { ParkingLot } from '../src/temporal/parking-lot';
import { createEventRouter, type EventRouterOptions } from '../src/upvest/event-router';
import { createNonceMemory } from '../src/upvest/nonces';
import type { UpvestVerifyKey } from '../src/upvest/schemas';
import { createVerifyKeys } from '../src/upvest/verify-keys';

export const WEBHOOK_PATH = '/webhooks/upvest';

export interface WebhookServerParts {
  logger: FastifyBaseLogger;
  /** What Upvest lists as its keys. */
  verifyKeys: UpvestVerifyKey[];
  upvest: Pick<EventRouterOptions['upvest'], 'readOrder' | 'readPortfolioOrder'>;
  deliver: OrderInbox['deliver'];
  park: ParkingLot['park'];
}

export interface WebhookServer {
  port: number;
  stop(): Promise<void>;
}

/** The one place that knows what the HTTP server is made of. */
export async function startWebhookServer(parts: WebhookServerParts): Promise<WebhookServer> {
  const unused = (): never => {
    throw new Error('Nobody asks for this here.');
  };
  const keys = createVerifyKeys({ read: () => Promise.resolve(parts.verifyKeys), now: Date.now });
  const app = await createHttpServer({
    logger: parts.logger,
    tokens: { find: unused, stillHolds: unused },
    webhook: {
      path: WEBHOOK_PATH,
      signature: { keyFor: (keyId) => keys.keyFor(keyId), expiryPolicy: 'warn' },
      nonces: createNonceMemory(),
      router: createEventRouter({
        upvest: { ...parts.upvest, listRebalancingOrders: unused },
        questionBudgetMs: 1_000,
        asksForRebalancings: false,
        now: Date.now,
      }),
      inbox: { deliver: parts.deliver, handOver: unused },
      parkingLot: { park: parts.park },
    },
    metrics: createServerMetrics(),
    submissions: { submit: unused, settled: unused },
    orders: { read: unused, story: unused },
    list: { page: unused },
    parkedEvents: { page: unused, read: unused, perform: unused },
    operations: { perform: unused },
    bounded: (work) => work(),
    ready: () => Promise.resolve(),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(url).port), stop: () => app.close() };
}
