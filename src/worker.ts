/** The worker process: `npm run worker`, or `node dist/src/worker.js`. */
import { startAdmin } from './admin/server';
import { readWorkerConfig } from './config/config';
import { createLogger } from './lib/logger';
import { endWithin, runProcess, STOP_WITHIN_MS, stopSignal, type Main } from './lib/process';
import { StartFailure } from './lib/start-failure';
import { checkRecords } from './records/start';
import { installRuntime } from './temporal/sdk-logs';
import { workflowBundlePath } from './temporal/workflow-bundle';
import { checkNamespace } from './temporal/namespace';
import { clientAtStart, reachingTemporal } from './temporal/start';
import { createMetrics } from './telemetry/metrics';
import { readSdkMetrics, sdkMetricsAddress } from './telemetry/sdk-metrics';
import { connectWorker } from './temporal/worker-client';
import { startWorker } from './start-worker';

export const main: Main = async (environment, logger) => {
  const config = readWorkerConfig(environment);
  const sdkMetrics = await sdkMetricsAddress();
  installRuntime(logger, sdkMetrics);
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
    if (problems.length > 0) throw new StartFailure('The Temporal namespace is not set up', problems);

    await checkRecords(config.databaseUrl, logger);

    const metrics = createMetrics({ processName: 'worker', hasDefaults: true });
    metrics.add(() => readSdkMetrics(sdkMetrics));
    const worker = await startWorker(config, {
      metrics,
      client,
      connection,
      namespace,
      bundlePath: workflowBundlePath(),
    });
    const admin = await startAdmin(config.admin, {
      processName: 'worker',
      logger,
      ready: () => worker.ready(),
      metrics: () => metrics.expose(),
    });
    logger.info(
      {
        admin: admin.url,
        roles: config.roles,
        orderTaskQueue: config.orderTaskQueue,
        brokerTaskQueue: config.order.brokerTaskQueue,
        emissionTaskQueue: config.order.emissionTaskQueue,
      },
      'worker is running',
    );
    const signal = await Promise.race([stopSignal(), worker.finished]);
    logger.info({ signal }, 'worker is stopping');
    await endWithin(STOP_WITHIN_MS, logger, async () => {
      await worker.stop();
      await admin.stop();
    });
  } finally {
    await connection.close();
    await client.connection.close();
  }
};

if (require.main === module) void runProcess(createLogger('worker'), main);
