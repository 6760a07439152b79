/** The worker process: `npm run worker`, or `node dist/src/worker.js`. */
import { readWorkerConfig } from './config';
import { createLogger } from './logger';
import { runProcess, stopSignal, type Main } from './process';
import { StartFailure } from './start-failure';
import { installRuntime } from './telemetry';
import { workflowBundlePath } from './temporal/bundle';
import { checkNamespace } from './temporal/namespace';
import { clientAtStart, reachingTemporal } from './temporal/start';
import { connectWorker } from './temporal/worker-connection';
import { startWorker } from './worker-process';

export const main: Main = async (environment, logger) => {
  const config = readWorkerConfig(environment);
  installRuntime(logger);
  const temporal = { environment };
  const client = clientAtStart(temporal);
  const { connection, namespace } = await reachingTemporal(temporal, () => connectWorker(temporal));
  try {
    const warn = (line: string): void => {
      logger.warn(line);
    };
    const problems = await reachingTemporal(temporal, () =>
      checkNamespace(client.connection, namespace, warn),
    );
    if (problems.length > 0) throw new StartFailure('The namespace is not fit for the workflows', problems);

    const worker = await startWorker(config, {
      client,
      connection,
      namespace,
      bundlePath: workflowBundlePath(),
    });
    logger.info(
      { orderTaskQueue: config.orderTaskQueue, brokerTaskQueue: config.order.brokerTaskQueue },
      'worker runs',
    );
    const signal = await Promise.race([stopSignal(), worker.finished]);
    logger.info({ signal }, 'worker stops');
    await worker.stop();
  } finally {
    await connection.close();
    await client.connection.close();
  }
};

if (require.main === module) void runProcess(createLogger('worker'), main);
