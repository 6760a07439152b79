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

/** How long the server waits for others, in milliseconds. */
export interface ServerBudgets {
  /** Everything that one request asks of Temporal. */
  temporalMs: number;
  /** The question to Upvest whose order an event belongs to. */
  questionMs: number;
  /** An operator's decision. */
  operationMs: number;
  /** Upvest's keys, which it is asked for when a request names an unknown one; without an answer it goes no further. */
  keysMs: number;
}

/**
 * A webhook or a request is answered within three seconds, whatever is away: `temporalMs` and `questionMs` together are
 * less. An operator waits longer: a worker that has just started reads the order's history first.
 */
export const SERVER_BUDGETS: Readonly<ServerBudgets> = {
  temporalMs: 1_800,
  questionMs: 1_000,
  operationMs: 5_000,
  keysMs: 2_500,
};

/** How often things are looked at, and how long is waited; absent for the standard ones. */
export interface ServerPace extends Pick<HttpServerOptions, 'streams'> {
  /** The file of tokens, milliseconds. */
  reloadEveryMs?: number;
  budgets?: Partial<ServerBudgets>;
}

export async function startServer(
  config: ServerConfig,
  client: Client,
  logger: FastifyBaseLogger,
  { streams, reloadEveryMs, budgets }: ServerPace = {},
): Promise<RunningServer> {
  const { http, order, orderTaskQueue } = config;
  const { temporalMs, questionMs, operationMs, keysMs } = { ...SERVER_BUDGETS, ...budgets };
  const upvest = createUpvestClient(config.upvest);
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
      signature: { keyFor: (keyId) => keys.keyFor(keyId), expiryPolicy: http.signatureExpiry },
      nonces: createNonceMemory(),
      router: createEventRouter({
        upvest,
        questionBudgetMs: questionMs,
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
    parkedEvents: createParkedEvents(client, orderTaskQueue, operationMs),
    operations: createOrderOperations(client, orderTaskQueue, order, operationMs),
    bounded: (work) => withBudget(client, temporalMs, work),
    ready: async () => {
      const check = () =>
        checkNamespace(client.connection, client.options.namespace, (line) => {
          logger.warn(line);
        });
      const problems = await withBudget(client, temporalMs, check);
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
