/** Logs and metrics of the SDK's native part. In its own file, since it loads that part, which the server does not need. */
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

/**
 * Sends the logs of worker, workflows and activities to `logger`. Call it once per process, before any worker.
 *
 * @param metricsAddress where the SDK serves its own metrics, such as `127.0.0.1:40123`. Default: it measures nothing
 */
export function installRuntime(logger: Logger, metricsAddress?: string): void {
  Runtime.install({
    ...(metricsAddress !== undefined && {
      telemetryOptions: {
        // What Prometheus expects of names: https://prometheus.io/docs/practices/naming/
        metrics: {
          prometheus: {
            bindAddress: metricsAddress,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      },
    }),
    logger: new DefaultLogger('INFO', ({ level, message, meta }: LogEntry) => {
      logger[levelOf(level)]({ ...meta }, message);
    }),
    // The process handles signals itself: it closes more than workers.
    shutdownSignals: [],
  });
}

function levelOf(level: string): 'debug' | 'info' | 'warn' | 'error' {
  switch (level) {
    case 'ERROR':
      return 'error';
    case 'WARN':
      return 'warn';
    case 'INFO':
      return 'info';
    default:
      return 'debug';
  }
}
