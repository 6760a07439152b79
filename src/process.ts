/** How a process of this project starts, fails and stops. */
import type { Logger } from 'pino';
import { describeEnvFile, readEnvFile } from './env-file';
import { StartFailure } from './start-failure';

/** Where a failure is shown to people. */
export interface Terminal {
  isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Runs the main function of a process, with the variables of `.env` in its environment. A failure ends the process with 1;
 * see {@link reportFailure}.
 */
export function runProcess(logger: Logger, main: () => Promise<void>): void {
  start(logger, main).catch((error: unknown) => {
    reportFailure(error, logger, process.stderr);
    process.exitCode = 1;
  });
}

async function start(logger: Logger, main: () => Promise<void>): Promise<void> {
  const envFile = readEnvFile(process.env);
  if (envFile) logger.info(envFile, describeEnvFile(envFile));
  await main();
}

/**
 * Says why a process failed: as lines for people where stderr is a terminal, else as one line of JSON in the log. Only an
 * error that nobody expects has a stack trace.
 */
export function reportFailure(error: unknown, logger: Logger, stderr: Terminal): void {
  const isExpected = error instanceof StartFailure;
  if (stderr.isTTY === true) {
    const lines = isExpected ? [error.message, error.remedy] : [stackOf(error)];
    stderr.write(lines.map((line) => (line === undefined ? '' : `${line}\n`)).join(''));
  } else if (isExpected) {
    const { title, problems, remedy } = error;
    logger.fatal({ problems, ...(remedy !== undefined && { remedy }) }, title);
  } else {
    logger.fatal({ err: error }, 'the process failed');
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Resolves when the process is asked to stop by SIGINT or SIGTERM. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}
