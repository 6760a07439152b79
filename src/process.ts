/** How a process of this project starts, fails and stops. */
import type { Logger } from 'pino';
import { ConfigurationError } from './config';

/**
 * Runs the main function of a process. A configuration that is unusable is printed as the list of its problems; any
 * other failure is logged. Both end the process with 1.
 */
export function runProcess(logger: Logger, main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
    else logger.fatal({ err: error }, 'the process failed');
    process.exitCode = 1;
  });
}

/** Resolves when the process is asked to stop by SIGINT or SIGTERM. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}
