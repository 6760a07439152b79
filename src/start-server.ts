/** Composes the HTTP server from its configuration and a Temporal client. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerConfig } from './config/config';
import { createOrderMetrics } from './telemetry/order-metrics';
import { createMetrics, type Metrics } from './telemetry/metrics';
import { createSkewWarning, isClockOff } from './partners/clock-skew';
import { createHttpServer, type HttpServerOptions } from './http/server';
import { fixedTokens, reloadedTokens } from './http/plugins/token-store';
import { listenFailure } from './lib/start-failure';
import { withTemporalDeadline } from './temporal/client';
import { checkNamespace } from './temporal/namespace';
import { createOrderSignals } from './app/orders/deliver';
import type { ClockState } from './app/ports/partner-status';
import { createInterruptedOrders } from './app/orders/interrupted-orders';
import { createOrderList } from './app/orders/list';
import { createOrderOperations } from './app/orders/operate';
import { createOrderReader } from './app/orders/read';
import { countParked } from './app/parked-events/parked-counts';
import { createParkedEvents } from './app/parked-events/parked-events';
import { createDeadLetterQueue } from './app/parked-events/park';
import { createSubmissions } from './app/orders/submit';
import { createSharedRate } from './app/upvest-rate';
import { withTimeLimit } from './lib/timeout';
import { openLists } from './records/lists/open';
import { openRecords } from './records/open';
import { createUpvestClient } from './upvest/client/client';
import { createEventRouter } from './upvest/webhooks/event-router';
import { createBatchProgress } from './app/webhooks/batch-progress';
import { createReplayGuard } from './upvest/webhooks/replay-guard';
import { createVerifyKeys } from './upvest/webhooks/verify-keys';

export interface RunningServer {
  /** Base URL. */
  url: string;
  /** Resolves when requests can be served; rejects with the reason otherwise, as while the server stops. */
  ready(): Promise<void>;
  /**
   * Waits for running requests and closes all clients except the given Temporal client.
   *
   * @param options.drainMs for that long the server says that it is not ready, and answers all the same, so that load balancers
   *   send nothing more before it stops listening. Default: 0.
   */
  stop(options?: { drainMs: number }): Promise<void>;
}

/** Time limits of the server's calls, in milliseconds. */
export interface ServerTimeLimits {
  /** All Temporal requests of one HTTP request. */
  temporalMs: number;
  /** The part of it in which a webhook's events are delivered to their orders, before the others are parked. */
  deliveryMs: number;
  /** Lookup of an event's portfolio order at Upvest. */
  ownerLookupMs: number;
  /** An operator's decision. */
  operationMs: number;
  /** A call to the records database. */
  recordsMs: number;
  /** Reading Upvest's webhook keys when a request names an unknown key. */
  keysMs: number;
}

/**
 * Webhooks and requests are answered within three seconds, even while Temporal or Upvest is unavailable: `temporalMs` plus
 * `ownerLookupMs` is less. Decisions may take longer: a worker that has just started reads the order's history first.
 */
export const SERVER_TIME_LIMITS: Readonly<ServerTimeLimits> = {
  temporalMs: 1_800,
  deliveryMs: 1_000,
  ownerLookupMs: 1_000,
  operationMs: 5_000,
  recordsMs: 1_500,
  keysMs: 2_500,
};

/** Intervals and time limits that differ from the defaults. */
export interface ServerTiming extends Pick<HttpServerOptions, 'streams'> {
  /** What the process measures. Default: metrics that nothing reads. */
  metrics?: Metrics;
  /** Interval at which the file of tokens is reloaded, in milliseconds. */
  reloadEveryMs?: number;
  timeLimits?: Partial<ServerTimeLimits>;
}

export async function startServer(
  config: ServerConfig,
  client: Client,
  logger: FastifyBaseLogger,
  {
    streams,
    reloadEveryMs,
    timeLimits,
    metrics = createMetrics({ processName: 'server' }),
  }: ServerTiming = {},
): Promise<RunningServer> {
  const { http, order, orderTaskQueue } = config;
  const { temporalMs, deliveryMs, ownerLookupMs, operationMs, recordsMs, keysMs } = {
    ...SERVER_TIME_LIMITS,
    ...timeLimits,
  };
  const warn = (fields: object, message: string): void => {
    logger.warn(fields, message);
  };
  const lists = openLists(config.databaseUrl, { name: 'portfolio-orders server', warn });
  const parkedEvents = createParkedEvents(client, orderTaskQueue, operationMs);
  metrics.add(
    createOrderMetrics({
      orders: lists.gauges,
      parked: () => countParked(parkedEvents),
      onFailure: (error) => {
        logger.warn({ err: error }, 'metrics of orders could not be read');
      },
    }),
  );
  const measures = metrics.partner('upvest');
  const warnOfSkew = createSkewWarning('Upvest', warn);
  let clock: ClockState | undefined;
  let isStopping = false;
  const upvest = createUpvestClient({
    ...config.upvest,
    requestsPerSecond: createSharedRate(client, { ...config, ...config.upvest, warn }),
    ...measures,
    onClockSkew: (skewMs) => {
      measures.onClockSkew(skewMs);
      clock = { aheadSeconds: Math.round(skewMs / 1000), isOff: isClockOff(skewMs) };
      warnOfSkew(skewMs);
    },
  });
  const records = openRecords(config.databaseUrl, {
    name: 'portfolio-orders server',
    timeLimitMs: recordsMs,
    warn,
  });
  const { registry } = records;
  const keys = createVerifyKeys({
    read: () => withTimeLimit(keysMs, (signal) => upvest.readVerifyKeys({ signal })),
    now: Date.now,
  });
  const reloaded =
    http.tokensFile === undefined
      ? undefined
      : reloadedTokens({
          file: http.tokensFile,
          first: http.tokens,
          logger,
          ...(reloadEveryMs !== undefined && { reloadEveryMs }),
        });
  const app = await createHttpServer({
    logger,
    tokens: reloaded ?? fixedTokens(http.tokens),
    ...(http.limits && { limits: http.limits }),
    ...(http.trustedProxies && { trustedProxies: http.trustedProxies }),
    ...(streams && { streams }),
    webhook: {
      path: http.webhookPath,
      signedPath: http.webhookSignedPath ?? http.webhookPath,
      signature: { keys, policy: http.webhookSignature },
      replayGuard: createReplayGuard(),
      router: createEventRouter({
        upvest,
        lookupTimeLimitMs: ownerLookupMs,
        looksUpRebalancings: false,
        now: Date.now,
        learnt: records.children,
      }),
      inbox: createOrderSignals(client, orderTaskQueue, order),
      deadLetterQueue: createDeadLetterQueue(client, orderTaskQueue),
      progress: createBatchProgress(),
      deliveryMs,
    },
    metrics: metrics.webhooks,
    submissions: createSubmissions(client, orderTaskQueue, order, registry),
    orders: createOrderReader(client, records),
    list: createOrderList(lists.orders, createInterruptedOrders(client, orderTaskQueue)),
    reports: lists.reports,
    decisions: lists.decisions,
    breaks: records.breaks,
    partners: lists.partners,
    clock: () => clock,
    parkedEvents,
    operations: createOrderOperations(client, orderTaskQueue, order, operationMs, records),
    withDeadline: (work) => withTemporalDeadline(client, temporalMs, work),
  });
  const ready: RunningServer['ready'] = async () => {
    if (isStopping) throw new Error('The server is stopping');
    const check = () =>
      checkNamespace(client.connection, client.options.namespace, (line) => {
        logger.warn(line);
      });
    const problems = await withTemporalDeadline(client, temporalMs, check);
    if (problems.length > 0) throw new Error(problems.join(' '));
  };
  const stop: RunningServer['stop'] = async ({ drainMs } = { drainMs: 0 }) => {
    isStopping = true;
    if (drainMs > 0) await sleep(drainMs);
    reloaded?.stop();
    await app.close();
    await Promise.all([upvest.close(), records.close(), lists.close()]);
  };
  try {
    return { url: await app.listen({ host: http.host, port: http.port }), ready, stop };
  } catch (error) {
    await stop();
    throw listenFailure(
      error,
      `The server cannot listen on ${http.host}:${http.port}`,
      'Set HTTP_HOST and HTTP_PORT to a free address.',
    );
  }
}
