/** The command line in this process: as `processes.ts` runs it, without the third of a second that a process takes. */
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from '../../src/cli/command-line';
import type { Ended } from './processes';

/** Commands load these when they need them, by the names that Node has for them; Jest knows those of the sources. */
const LOADED_LATE = ['cli/api-client', 'cli/direct-client', 'config', 'doctor/index', 'upvest/client'];
for (const name of LOADED_LATE) {
  jest.mock(`../../src/${name}.js`, () => jest.requireActual<object>(`../../src/${name}`), { virtual: true });
}

/** Runs a command with nothing but this environment. Nothing that it prints is in colour. */
export async function runInProcess(args: string[], environment: Record<string, string> = {}): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  const env = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', ...environment };
  const code = await runCommandLine(args, {
    env,
    stdout: { write: (part) => (text.stdout += part) },
    stderr: { write: (part) => (text.stderr += part) },
  });
  return {
    code,
    stdout: stripVTControlCharacters(text.stdout),
    stderr: stripVTControlCharacters(text.stderr),
  };
}
