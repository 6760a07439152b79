/** The real webhook intake on a real socket, with Temporal and Upvest replaced, for benchmarks and fuzzing. */
import type { FastifyBaseLogger } from 'fastify';
import { createMetrics, type Metrics } from '../src/telemetry/metrics';
import { createHttpServer } from '../src/http/server';
import type { OrderSignals } from '../src/app/orders/deliver';
import type { DeadLetterQueue } from '../src/app/parked-events/park';
import { createEventRouter, type EventRouterOptions } from '../src/upvest/webhooks/event-router';
import { createBatchProgress } from '../src/app/webhooks/batch-progress';
import { SERVER_TIME_LIMITS } from '../src/start-server';
import { createReplayGuard } from '../src/upvest/webhooks/replay-guard';
import type { UpvestVerifyKey } from '../src/upvest/model/schemas';
import { createVerifyKeys } from '../src/upvest/webhooks/verify-keys';

export const WEBHOOK_PATH = '/webhooks/upvest';

export interface WebhookServerParts {
  logger: FastifyBaseLogger;
  /** Upvest's webhook keys. */
  verifyKeys: UpvestVerifyKey[];
  upvest: Pick<EventRouterOptions['upvest'], 'readOrder' | 'readPortfolioOrder'>;
  deliver: OrderSignals['deliver'];
  park: DeadLetterQueue['park'];
  /** Default: {@link WEBHOOK_PATH}. */
  signedPath?: string;
}

export interface WebhookServer {
  port: number;
  metrics: Metrics;
  stop(): Promise<void>;
}

/** The only place that assembles the HTTP server for benchmarks and fuzzing. */
export async function startWebhookServer(parts: WebhookServerParts): Promise<WebhookServer> {
  const unused = (): never => {
    throw new Error('Not used here.');
  };
  const keys = createVerifyKeys({ read: () => Promise.resolve(parts.verifyKeys), now: Date.now });
  const metrics = createMetrics({ processName: 'server' });
  const app = await createHttpServer({
    logger: parts.logger,
    tokens: { find: unused, isStillValid: unused },
    webhook: {
      path: WEBHOOK_PATH,
      signedPath: parts.signedPath ?? WEBHOOK_PATH,
      // The fixtures were signed long ago.
      signature: { keys, policy: { expiry: 'warn', maxAheadMs: 300_000, maxAgeMs: Infinity } },
      replayGuard: createReplayGuard(),
      router: createEventRouter({
        upvest: { ...parts.upvest, listRebalancingOrders: unused },
        lookupTimeLimitMs: 1_000,
        looksUpRebalancings: false,
        now: Date.now,
      }),
      inbox: { deliver: parts.deliver, handOff: unused },
      deadLetterQueue: { park: parts.park },
      progress: createBatchProgress(),
      deliveryMs: SERVER_TIME_LIMITS.deliveryMs,
    },
    metrics: metrics.webhooks,
    submissions: { submit: unused, submitterOf: unused, awaitPlacement: unused },
    orders: { read: unused, timeline: unused },
    list: { page: unused, count: unused, all: unused },
    reports: { settled: unused },
    decisions: { page: unused },
    partners: unused,
    clock: unused,
    parkedEvents: { page: unused, read: unused, perform: unused },
    breaks: { page: unused, imported: unused },
    operations: { perform: unused },
    withDeadline: (work) => work(),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(url).port), metrics, stop: () => app.close() };
}
