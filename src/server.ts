/** The server process: `npm run server`, or `node dist/src/server.js`. */
import { startAdmin } from './admin/server';
import { readServerConfig } from './config/config';
import { createLogger } from './lib/logger';
import { endWithin, runProcess, STOP_WITHIN_MS, stopSignal, type Main } from './lib/process';
import { checkRecords } from './records/start';
import { startServer } from './start-server';
import { createMetrics } from './telemetry/metrics';
import { clientAtStart } from './temporal/start';

export const main: Main = async (environment, logger) => {
  const config = readServerConfig(environment);
  // Connects on its first call: the server starts, and reports "not ready", while Temporal is unavailable.
  const client = clientAtStart({ environment });
  try {
    await checkRecords(config.databaseUrl, logger);
    const metrics = createMetrics({ processName: 'server', hasDefaults: true });
    const server = await startServer(config, client, logger, { metrics });
    const admin = await startAdmin(config.admin, {
      processName: 'server',
      logger,
      ready: () => server.ready(),
      metrics: () => metrics.expose(),
    });
    logger.info(
      { url: server.url, webhookPath: config.http.webhookPath, admin: admin.url },
      'server is listening',
    );
    logger.info({ signal: await stopSignal() }, 'server is stopping');
    await endWithin(STOP_WITHIN_MS, logger, async () => {
      await server.stop({ drainMs: config.http.drainMs ?? 0 });
      await admin.stop();
    });
  } finally {
    await client.connection.close();
  }
};

if (require.main === module) void runProcess(createLogger('server'), main);
