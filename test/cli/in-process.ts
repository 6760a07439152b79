/** The command line in this process: as `processes.ts` runs it, without the third of a second that a process takes. */
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine, type Connect } from '../../src/cli/command-line';
import type { Ended } from './processes';

/** Commands load these when they need them, by the names that Node has for them; Jest knows those of the sources. */
const LOADED_LATE = [
  'config/api-tokens-file',
  'cli/client/api-client',
  'cli/client/direct-client',
  'config/config',
  'config/records',
  'config/sweep',
  'app/sweep/run-sweep',
  'doctor/index',
  'upvest/client/leased-rate',
  'records/archive/export',
  'records/archive/holds',
  'records/archive/retention',
  'records/chain/verify',
  'records/connect',
  'records/migrate',
  'records/rights',
  'records/start',
  'records/sweeps/break-report',
  'temporal/client',
  'upvest/client/client',
];
for (const name of LOADED_LATE) {
  jest.mock(`../../src/${name}.js`, () => jest.requireActual<object>(`../../src/${name}`), { virtual: true });
}

export interface InProcess {
  /** Stdout is a terminal, and what it is sent is kept as it came. */
  isTerminal?: boolean;
  /** In place of what the options say. */
  connect?: Connect;
  /** The folder whose `.env` is read; default: none is. */
  folder?: string | undefined;
}

/** Runs a command with nothing but this environment. */
export async function runInProcess(
  args: string[],
  environment: Record<string, string> = {},
  { isTerminal = false, connect, folder }: InProcess = {},
): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  const host = {
    env: { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...environment },
    stdout: { isTTY: isTerminal, write: (part: string) => (text.stdout += part) },
    stderr: { write: (part: string) => (text.stderr += part) },
    ...(folder !== undefined && { cwd: () => folder }),
  };
  const code = await runCommandLine(args, host, connect);
  // Colours are Node's choice, by the terminal of the test run.
  const shown = isTerminal ? (kept: string): string => kept : stripVTControlCharacters;
  return { code, stdout: shown(text.stdout), stderr: shown(text.stderr) };
}
