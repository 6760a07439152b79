/** The API token that a command uses: from the environment or a file, since a command line is seen by others. */
import { readFileSync, statSync } from 'node:fs';
import { CommanderError, Option, type Command } from 'commander';
import type { GlobalOptions } from './program';
import { plain, quoted } from './text';

const OTHERS = 0o077;

export function addTokenOptions(program: Command): void {
  program
    .addOption(
      new Option(
        '--token <token>',
        'API token; other users of the machine see it here, so set the variable instead',
      ).env('PORTFOLIO_ORDERS_TOKEN'),
    )
    .option('--token-file <path>', 'file that holds the API token');
}

/** The token of the options, where they name one, else of the environment; ends with wrong usage for a bad file. */
export function apiTokenOf(program: Command, note: (line: string) => void): string | undefined {
  const { token, tokenFile: file } = program.opts<GlobalOptions>();
  if (file === undefined) return token;
  if (program.getOptionValueSource('token') === 'cli')
    program.error('error: give either --token or --token-file');
  try {
    if (isOpenToOthers(file))
      note(`warning: other users can read ${plain(file)}; run: chmod 600 ${quoted(file)}`);
    const found = readFileSync(file, 'utf8').trim();
    if (found !== '' && !/\s/.test(found)) return found;
    const what = found === '' ? 'is empty' : 'holds more than a token, which is one word';
    return program.error(`error: --token-file ${plain(file)} ${what}`);
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return program.error(`error: --token-file ${plain(file)} cannot be read (${code})`);
  }
}

/** A pipe, as of a password manager, has no permissions that matter. */
function isOpenToOthers(file: string): boolean {
  const status = statSync(file);
  return status.isFile() && (status.mode & OTHERS) !== 0 && process.platform !== 'win32';
}
