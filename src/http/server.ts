/** The HTTP server: webhook endpoint, API and operators' page. Holds no state that must survive. */
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { HttpLimits } from '../config/config';
import type { OrderList } from '../app/orders/list';
import type { ClockState, ReadPartners } from '../app/ports/partner-status';
import type { DecisionLog, Reports } from '../app/ports/reports';
import type { OrderOperations } from '../app/orders/operate';
import type { OrderReader } from '../app/orders/read';
import type { ParkedEvents } from '../app/parked-events/parked-events';
import type { BreakReport } from '../app/ports/sweeps';
import type { Submissions } from '../app/orders/submit';
import { auditWrites } from './plugins/audit';
import { createGuard } from './plugins/auth';
import { documentationRoutes, documentRoutes } from './openapi/document';
import { orderEventRoutes, type OrderEventRoutesOptions } from './routes/order-stream';
import { orderOperationRoutes } from './routes/operations';
import { breakRoute } from './routes/breaks';
import { pageRoutes } from './routes/operators-page';
import { parkedEventRoutes } from './routes/parked-events';
import { orderListRoute } from './routes/order-list';
import { portfolioOrderRoutes } from './routes/portfolio-orders';
import { answerError, answerWithProblems } from './plugins/problem';
import type { WebhookMetrics } from '../telemetry/webhook-metrics';
import { EARLY_HEADERS, protect } from './plugins/security-headers';
import { reportRoutes } from './routes/reports';
import { statusRoute } from './routes/status';
import { timelineRoutes } from './routes/timeline';
import type { TokenStore } from './plugins/token-store';
import { validateByZod } from './plugins/validation';
import { webhookRoute, type WebhookOptions } from './routes/upvest-webhook';
import type { WithDeadline } from '../app/webhooks/accept-batch';
import { whoamiRoute } from './routes/whoami';
import { MAX_WAIT_SECONDS } from '../app/schemas/order-queries';

export interface HttpServerOptions {
  logger: FastifyBaseLogger;
  tokens: TokenStore;
  /** Default: unlimited. */
  limits?: HttpLimits;
  /** Proxies whose forwarding headers are trusted. Default: none. */
  trustedProxies?: string[];
  webhook: Omit<WebhookOptions, 'withDeadline' | 'metrics'>;
  metrics: WebhookMetrics;
  /** Sets the deadline of all Temporal requests of one HTTP request. */
  withDeadline: WithDeadline;
  submissions: Submissions;
  orders: OrderReader;
  list: OrderList;
  reports: Reports;
  decisions: DecisionLog;
  partners: ReadPartners;
  clock: () => ClockState | undefined;
  operations: OrderOperations;
  parkedEvents: ParkedEvents;
  breaks: BreakReport;
  /** Milliseconds for a request to arrive. Default 30,000. */
  requestTimeoutMs?: number;
  /** Intervals of event streams. */
  streams?: Pick<OrderEventRoutesOptions, 'pollEveryMs' | 'heartbeatMs'>;
}

/** Bytes; a typical submission has 300. */
const API_BODY_LIMIT = 16 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Milliseconds until an idle connection is closed; longer than any response may take. */
const CONNECTION_TIMEOUT_MS = (MAX_WAIT_SECONDS + 15) * 1000;

/** Schemas limit ids in paths; the router's own limit would answer that there is no such path. */
const MAX_PARAM_LENGTH = 1000;

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logger, limits, trustedProxies, webhook, withDeadline, metrics } = options;
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const app = Fastify({
    loggerInstance: logger,
    // Handlers log what they did; a line per request would add nothing.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: API_BODY_LIMIT,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    http: requestTiming(requestTimeoutMs),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    ...(trustedProxies && { trustProxy: trustedProxies }),
    // For errors before routing, such as a path that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      void answerError(error, request, reply.headers(EARLY_HEADERS));
    },
  });
  answerWithProblems(app, webhook.path);
  closeConnectionsWhenStopping(app);
  // Fastify accepts it by default; no route here does.
  app.removeContentTypeParser('text/plain');
  validateByZod(app);
  await protect(app);
  await documentRoutes(app);

  await app.register(webhookRoute({ ...webhook, withDeadline, metrics }));
  await app.register(async (api) => {
    const guard = await createGuard(api, options.tokens, limits);
    auditWrites(api, guard);
    await api.register(whoamiRoute(guard));
    await api.register(statusRoute({ guard, partners: options.partners, clock: options.clock }));
    await api.register(portfolioOrderRoutes({ ...options, guard }));
    await api.register(orderListRoute({ ...options, guard }));
    await api.register(reportRoutes({ ...options, guard }));
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
    await api.register(breakRoute({ ...options, guard }));
  });
  await documentationRoutes(app);
  await pageRoutes(app);
  return app;
}

/**
 * Makes Node keep to the limit. It looks for late requests at intervals only, by default every 30 s; and of the limits of
 * headers (by default 60 s) and of whole requests it applies the longer one to whole requests.
 */
function requestTiming(limitMs: number): { headersTimeout: number; connectionsCheckingInterval: number } {
  return { headersTimeout: limitMs, connectionsCheckingInterval: limitMs / 30 };
}

/** On stopping, also closes connections that become idle later: they would be kept alive otherwise. */
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
