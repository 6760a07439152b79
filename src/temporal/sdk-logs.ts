/** Logs of the SDK's native part. In its own file, since it loads that part, which the server does not need. */
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Sends the logs of worker, workflows and activities to `logger`. Call it once per process, before any worker. */
export function installRuntime(logger: Logger): void {
  Runtime.install({
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
