/** Starts and stops a process, and reports its failure. */
import type { Logger } from 'pino';
import { describeEnvFile, readEnvFile } from './env-file';
import { StartFailure } from './start-failure';

/** Stream that shows a failure to people. */
export interface Terminal {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** The main function of a process. */
export type Main = (environment: NodeJS.ProcessEnv, logger: Logger) => Promise<void>;

/** The process as {@link runProcess} uses it. */
export interface Host {
  env: NodeJS.ProcessEnv;
  cwd(): string;
  stderr: Terminal;
  exitCode?: typeof process.exitCode;
}

/**
 * Runs the main function of a process with the variables of `.env`. A failure sets the exit code 1; see
 * {@link reportFailure}.
 */
export async function runProcess(logger: Logger, main: Main, host: Host = process): Promise<void> {
  try {
    const envFile = readEnvFile(host.env, host.cwd());
    if (envFile) logger.info(envFile, describeEnvFile(envFile));
    await main(host.env, logger);
  } catch (error) {
    reportFailure(error, logger, host.stderr);
    host.exitCode = 1;
  }
}

/**
 * Reports a failure: as lines for people if stderr is a terminal, else as one JSON line in the log. Only unexpected errors
 * have a stack trace.
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

/** Resolves on SIGINT or SIGTERM. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}

/** Orchestrators commonly kill a process 30 seconds after SIGTERM. */
export const STOP_WITHIN_MS = 28_000;

/** Runs the last work of a process, and exits with 1 if it is not over in time: a stop that hangs must say so. */
export async function endWithin(ms: number, logger: Logger, stop: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    logger.fatal({ ms }, 'the process did not stop in time and ends now');
    process.exit(1);
  }, ms);
  try {
    await stop();
  } finally {
    clearTimeout(timer);
  }
}
