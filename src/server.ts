/** The server process: `npm run server`, or `node dist/src/server.js`. */
import { readServerConfig } from './config';
import { runProcess, stopSignal } from './process';
import { startServer } from './server-process';
import { createLogger } from './telemetry';
import { clientAtStart } from './temporal/start';

const logger = createLogger('server');

runProcess(logger, async () => {
  const config = readServerConfig(process.env);
  // Connects with its first call: the server starts, and says "not ready", while Temporal is away.
  const client = clientAtStart();
  try {
    const server = await startServer(config, client, logger);
    logger.info({ url: server.url, webhookPath: config.http.webhookPath }, 'server listens');
    logger.info({ signal: await stopSignal() }, 'server stops');
    await server.stop();
  } finally {
    await client.connection.close();
  }
});
