/** The server process: `npm run server`, or `node dist/src/server.js`. */
import { readServerConfig } from './config';
import { createLogger } from './logger';
import { runProcess, stopSignal, type Main } from './process';
import { startServer } from './server-process';
import { clientAtStart } from './temporal/start';

export const main: Main = async (environment, logger) => {
  const config = readServerConfig(environment);
  // Connects with its first call: the server starts, and says "not ready", while Temporal is away.
  const client = clientAtStart({ environment });
  try {
    const server = await startServer(config, client, logger);
    logger.info({ url: server.url, webhookPath: config.http.webhookPath }, 'server listens');
    logger.info({ signal: await stopSignal() }, 'server stops');
    await server.stop();
  } finally {
    await client.connection.close();
  }
};

if (require.main === module) void runProcess(createLogger('server'), main);
