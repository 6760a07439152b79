/** The HTTP server of this project, composed from configuration and a Temporal client. */
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerConfig } from './config';
import { createServerMetrics } from './http/metrics';
import { createHttpServer, type HttpServerOptions } from './http/server';
import { fixedTokens, reloadedTokens } from './http/token-store';
import { StartFailure } from './start-failure';
import { withBudget } from './temporal/connection';
import { checkNamespace } from './temporal/namespace';
import { createOrderInbox } from './temporal/order-inbox';
import { createOrderList } from './temporal/order-list';
import { createOrderOperations } from './temporal/order-operations';
import { createOrderReader } from './temporal/order-reader';
import { createParkedEvents } from './temporal/parked-events';
import { createParkingLot } from './temporal/parking-lot';
import { createSubmissions } from './temporal/submissions';
import { withTimeLimit } from './time-limit';
import { createUpvestClient } from './upvest/client';
import { createEventRouter } from './upvest/event-router';
import { createNonceMemory } from './upvest/nonces';
import { createVerifyKeys } from './upvest/verify-keys';

export interface RunningServer {
  /** Where it listens. */
  url: string;
  /** Lets running requests end and closes the clients; the Temporal client is the caller's. */
  stop(): Promise<void>;
}

/** A webhook or a request is answered within three seconds, whatever is away: these two budgets together are less. */
const TEMPORAL_BUDGET_MS = 1_800;
const QUESTION_BUDGET_MS = 1_000;
/** An operator waits longer: a worker that has just started reads the order's history first. */
const OPERATION_BUDGET_MS = 5_000;
/** Upvest is asked for its keys when a request names an unknown one; without an answer it goes no further. */
const KEYS_BUDGET_MS = 2_500;

/** How often things are looked at; absent for the standard ones. */
export interface ServerPace extends Pick<HttpServerOptions, 'streams'> {
  /** The file of tokens, milliseconds. */
  reloadEveryMs?: number;
}

export async function startServer(
  config: ServerConfig,
  client: Client,
  logger: FastifyBaseLogger,
  { streams, reloadEveryMs }: ServerPace = {},
): Promise<RunningServer> {
  const { http, order, orderTaskQueue } = config;
  const upvest = createUpvestClient(config.upvest);
  const keys = createVerifyKeys({
    read: () => withTimeLimit(KEYS_BUDGET_MS, (signal) => upvest.readVerifyKeys({ signal })),
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
      signature: { keyFor: (keyId) => keys.keyFor(keyId), expiryPolicy: http.signatureExpiry },
      nonces: createNonceMemory(),
      router: createEventRouter({
        upvest,
        questionBudgetMs: QUESTION_BUDGET_MS,
        asksForRebalancings: false,
        now: Date.now,
      }),
      inbox: createOrderInbox(client, orderTaskQueue, order),
      parkingLot: createParkingLot(client, orderTaskQueue),
    },
    metrics: createServerMetrics(),
    submissions: createSubmissions(client, orderTaskQueue, order),
    orders: createOrderReader(client),
    list: createOrderList(client, orderTaskQueue),
    parkedEvents: createParkedEvents(client, orderTaskQueue, OPERATION_BUDGET_MS),
    operations: createOrderOperations(client, orderTaskQueue, order, OPERATION_BUDGET_MS),
    bounded: (work) => withBudget(client, TEMPORAL_BUDGET_MS, work),
    ready: async () => {
      const check = () =>
        checkNamespace(client.connection, client.options.namespace, (line) => {
          logger.warn(line);
        });
      const problems = await withBudget(client, TEMPORAL_BUDGET_MS, check);
      if (problems.length > 0) throw new Error(problems.join(' '));
    },
  });
  const stop = async (): Promise<void> => {
    reloaded?.stop();
    await app.close();
    await upvest.close();
  };
  try {
    return { url: await app.listen({ host: http.host, port: http.port }), stop };
  } catch (error) {
    await stop();
    throw listenFailure(error, http);
  }
}

/** The errors of an address that cannot be listened on, as Node names them. */
const LISTEN_PROBLEMS: Partial<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** A {@link StartFailure} for an error of `listen`; any other error as it is. */
function listenFailure(error: unknown, { host, port }: ServerConfig['http']): unknown {
  const problem = LISTEN_PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
  if (problem === undefined) return error;
  const title = `The server cannot listen on ${host}, port ${port}`;
  return new StartFailure(title, [problem], 'Set HTTP_PORT and HTTP_HOST to a free address.', {
    cause: error,
  });
}
