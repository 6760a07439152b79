/** The server process: `npm run server`, or `node dist/src/server.js`. */
import { readServerConfig } from './config/config';
import { createLogger } from './lib/logger';
import { endWithin, runProcess, STOP_WITHIN_MS, stopSignal, type Main } from './lib/process';
import { checkRecords } from './records/start';
import { startServer } from './start-server';
import { clientAtStart } from './temporal/start';

export const main: Main = async (environment, logger) => {
  const config = readServerConfig(environment);
  // Connects on its first call: the server starts, and reports "not ready", while Temporal is unavailable.
  const client = clientAtStart({ environment });
  try {
    await checkRecords(config.databaseUrl, logger);
    const server = await startServer(config, client, logger);
    logger.info({ url: server.url, webhookPath: config.http.webhookPath }, 'server is listening');
    logger.info({ signal: await stopSignal() }, 'server is stopping');
    await endWithin(STOP_WITHIN_MS, logger, () => server.stop({ drainMs: config.http.drainMs ?? 0 }));
  } finally {
    await client.connection.close();
  }
};

if (require.main === module) void runProcess(createLogger('server'), main);
