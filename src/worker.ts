/** The worker process: `node dist/src/worker.js`. */
import { readWorkerConfig } from './config';
import { runProcess, stopSignal } from './process';
import { createLogger, installRuntime } from './telemetry';
import { workflowBundlePath } from './temporal/bundle';
import { connectClient } from './temporal/connection';
import { checkNamespace } from './temporal/namespace';
import { connectWorker } from './temporal/worker-connection';
import { startWorker } from './worker-process';

const logger = createLogger('worker');

runProcess(logger, async () => {
  const config = readWorkerConfig(process.env);
  installRuntime(logger);
  const client = connectClient();
  const { connection, namespace } = await connectWorker();
  try {
    const problems = await checkNamespace(client.connection, namespace, (line) => {
      logger.warn(line);
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));

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
});
