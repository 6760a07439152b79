/** The HTTP edge: the webhook endpoint and the API, built from the parts given in. Keeps nothing that cannot be lost. */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serverRoutes } from './server-routes';
import type { HttpLimits } from '../config';
import type { OrderList } from '../temporal/order-list';
import type { OrderOperations } from '../temporal/order-operations';
import type { OrderReader } from '../temporal/order-reader';
import type { ParkedEvents } from '../temporal/parked-events';
import type { Submissions } from '../temporal/submissions';
import { auditWrites } from './audit';
import { createGuard } from './auth';
import { documentationRoutes, documentRoutes } from './openapi';
import { orderEventRoutes, type OrderEventRoutesOptions } from './order-events';
import { orderOperationRoutes } from './order-operations';
import { pageRoutes } from './page';
import { parkedEventRoutes } from './parked-events';
import { portfolioOrderRoutes } from './portfolio-orders';
import { answerError, answerWithProblems } from './problem';
import type { ServerMetrics } from './metrics';
import { MAX_WAIT_SECONDS } from './schemas/orders';
import { EARLY_HEADERS, protect } from './security-headers';
import { timelineRoutes } from './timeline';
import type { TokenStore } from './token-store';
import { validateByZod } from './validation';
import { webhookRoute, type WebhookOptions } from './webhook';
import type { Bounded } from './webhook-batch';
import { whoamiRoute } from './whoami';

export interface HttpServerOptions {
  logger: FastifyBaseLogger;
  tokens: TokenStore;
  /** Absent for none. */
  limits?: HttpLimits;
  /** Whose word on where a request came from is believed; default nobody's. */
  trustedProxies?: string[];
  webhook: Omit<WebhookOptions, 'bounded' | 'metrics'>;
  metrics: ServerMetrics;
  /** Bounds everything that is asked of Temporal for one request. */
  bounded: Bounded;
  submissions: Submissions;
  orders: OrderReader;
  list: OrderList;
  operations: OrderOperations;
  parkedEvents: ParkedEvents;
  /** The pace of event streams; absent for the standard one. */
  streams?: Pick<OrderEventRoutesOptions, 'lookEveryMs' | 'heartbeatMs'>;
  /** Resolves when everything that requests need can be reached; rejects with the reason otherwise. */
  ready: () => Promise<void>;
}

/** Bytes; a request for a portfolio order has some 300. */
const API_BODY_LIMIT = 16 * 1024;
/** A request that takes longer to arrive is given up. */
const REQUEST_TIMEOUT_MS = 30_000;
/** A connection on which nothing moves is closed, but not while an answer is waited for. */
const CONNECTION_TIMEOUT_MS = (MAX_WAIT_SECONDS + 15) * 1000;

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logger, limits, trustedProxies, webhook, bounded, metrics } = options;
  const app = Fastify({
    loggerInstance: logger,
    // Each handler logs what it did; a line per request beside that says nothing.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: API_BODY_LIMIT,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    ...(trustedProxies && { trustProxy: trustedProxies }),
    // Such as a path that cannot be decoded: it gets no further than the router.
    frameworkErrors: (error, request, reply) => {
      void answerError(error, request, reply.headers(EARLY_HEADERS));
    },
  });
  answerWithProblems(app);
  closeConnectionsWhenStopping(app);
  // Fastify takes it by default; nothing here does.
  app.removeContentTypeParser('text/plain');
  validateByZod(app);
  await protect(app);
  await documentRoutes(app);

  await app.register(serverRoutes(options));
  await app.register(webhookRoute({ ...webhook, bounded, metrics: metrics.webhooks }));
  await app.register(async (api) => {
    const guard = await createGuard(api, options.tokens, limits);
    auditWrites(api, guard);
    await api.register(whoamiRoute(guard));
    await api.register(portfolioOrderRoutes({ ...options, guard }));
    await api.register(timelineRoutes({ ...options, guard }));
    await api.register(
      orderEventRoutes({
        ...options,
        ...options.streams,
        guard,
        ...(limits && { maxStreams: limits.eventStreams }),
      }),
    );
    await api.register(orderOperationRoutes({ ...options, guard }));
    await api.register(parkedEventRoutes({ ...options, guard }));
  });
  await documentationRoutes(app);
  await pageRoutes(app);
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
