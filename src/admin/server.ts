/** The admin address of a process: health, metrics and version, for probes and Prometheus. No tokens; not for the public. */
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import type { AdminConfig } from '../config/admin';
import { listenFailure } from '../lib/start-failure';
import { version } from '../lib/package-root';

export interface AdminParts {
  /** What runs here, such as `worker`. */
  processName: string;
  logger: FastifyBaseLogger;
  /** Resolves when the process can work; rejects with the reason otherwise. */
  ready: () => Promise<void>;
  metrics: () => Promise<{ text: string; contentType: string }>;
}

export interface Admin {
  /** Base URL. */
  url: string;
  stop(): Promise<void>;
}

/** @throws StartFailure if the address cannot be listened on */
export async function startAdmin(
  { host, port }: AdminConfig,
  { processName, logger, ready, metrics }: AdminParts,
): Promise<Admin> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await ready();
      return { status: 'ready' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return reply.code(503).send({ status: 'not ready', reason });
    }
  });
  app.get('/version', () => ({
    name: 'portfolio-order-coordinator',
    process: processName,
    version: version(),
    node: process.versions.node,
  }));
  app.get('/metrics', async (_request, reply) => {
    const { text, contentType } = await metrics();
    return reply.type(contentType).send(text);
  });
  try {
    return { url: await app.listen({ host, port }), stop: () => app.close() };
  } catch (error) {
    throw listenFailure(
      error,
      `The admin address of the ${processName} cannot listen on ${host}:${port}`,
      'Set ADMIN_HOST and ADMIN_PORT to a free address; port 0 takes any free one.',
    );
  }
}
