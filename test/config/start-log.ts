/** What a process logs at its start. */
import { pino } from 'pino';
import { runProcess, type Host, type Main } from '../../src/lib/process';
import type { Environment } from './environment';

export interface LogLine {
  level: number;
  msg: string;
  problems?: string[];
  remedy?: string;
  taken?: string[];
  overridden?: string[];
}

export interface Outcome {
  code: Host['exitCode'];
  /** All that was logged, as it was written. */
  log: string;
  failure: LogLine;
}

/** Runs the main function of a process in a folder until it has failed. */
export async function failedStart(main: Main, environment: Environment, folder: string): Promise<Outcome> {
  let log = '';
  const logger = pino({}, { write: (line: string) => void (log += line) });
  const host: Host = {
    env: { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...environment },
    cwd: () => folder,
    stderr: { write: (text) => void (log += text) },
  };
  await runProcess(logger, main, host);
  return { code: host.exitCode, log, failure: failureIn(log) };
}

const FATAL = 60;

export const logOf = (text: string): LogLine[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);

/** The one line that says why a process could not start; it has no stack trace. */
export function failureIn(text: string): LogLine {
  const [failure, ...others] = logOf(text).filter(({ level }) => level === FATAL);
  expect(others).toEqual([]);
  expect(text).not.toMatch(/\n? {4}at |"stack"/);
  return failure ?? { level: 0, msg: 'no failure' };
}

/** The variables that are named, one in each problem. */
export const named = (problems: string[] = []): string[] =>
  problems.map((problem) => /^(\w+) ./.exec(problem)?.[1] ?? problem).sort();
