/** The HTTP edge: the webhook endpoint and the API, built from the parts given in. Keeps nothing that cannot be lost. */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { ApiToken } from '../config';
import type { Submissions } from '../temporal/submissions';
import type { OrderReader } from '../temporal/order-reader';
import type { OrderOperations } from '../temporal/order-operations';
import { orderOperationRoutes } from './order-operations';
import { portfolioOrderRoutes } from './portfolio-orders';
import { answerError, answerWithProblems } from './problem';
import type { ServerMetrics } from './metrics';
import { webhookRoute, type WebhookOptions } from './webhook';
import type { Bounded } from './webhook-batch';

export interface HttpServerOptions {
  logger: FastifyBaseLogger;
  tokens: ApiToken[];
  webhook: Omit<WebhookOptions, 'bounded' | 'metrics'>;
  metrics: ServerMetrics;
  /** Bounds everything that is asked of Temporal for one request. */
  bounded: Bounded;
  submissions: Submissions;
  orders: OrderReader;
  operations: OrderOperations;
  /** Resolves when everything that requests need can be reached; rejects with the reason otherwise. */
  ready: () => Promise<void>;
}

/** Bytes; a request for a portfolio order has some 300. */
const API_BODY_LIMIT = 16 * 1024;
const CONNECTION_TIMEOUT_MS = 30_000;

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger,
    // Each handler logs what it did; a line per request beside that says nothing.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: API_BODY_LIMIT,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // Such as a path that cannot be decoded: it gets no further than the router.
    frameworkErrors: (error, request, reply) => {
      void answerError(error, request, reply);
    },
  });
  answerWithProblems(app);
  closeConnectionsWhenStopping(app);
  // Fastify takes it by default; nothing here does.
  app.removeContentTypeParser('text/plain');

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await options.ready();
      return { status: 'ready' };
    } catch (error) {
      return reply
        .code(503)
        .send({ status: 'not ready', reason: error instanceof Error ? error.message : String(error) });
    }
  });

  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await options.metrics.expose();
    return reply.type(contentType).send(text);
  });

  const { webhook, bounded, metrics } = options;
  await app.register(webhookRoute({ ...webhook, bounded, metrics: metrics.webhooks }));
  await app.register(portfolioOrderRoutes(options));
  await app.register(orderOperationRoutes(options));
  return app;
}

/** Idle connections are closed on stopping; one whose request is still running would be kept alive for its client. */
function closeConnectionsWhenStopping(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onResponse', (_request, _reply, done) => {
    if (stopping) app.server.closeIdleConnections();
    done();
  });
}
