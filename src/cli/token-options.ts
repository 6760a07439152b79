/** The API token of a command: from the environment or a file, because other users can see a command line. */
import { readFileSync, statSync } from 'node:fs';
import { CommanderError, Option, type Command } from 'commander';
import { sanitized, quoted } from './output/text';
import type { GlobalOptions } from './command-context';

const GROUP_AND_OTHERS = 0o077;

export function addTokenOptions(program: Command): void {
  program
    .addOption(
      new Option(
        '--token <token>',
        'API token; other users of this machine can see it here, so prefer the variable',
      ).env('PORTFOLIO_ORDERS_TOKEN'),
    )
    .option('--token-file <path>', 'file that holds the API token');
}

/** The token from the options, else from the environment. An unusable file ends the program as invalid usage. */
export function apiTokenOf(program: Command, note: (line: string) => void): string | undefined {
  const { token, tokenFile: file } = program.opts<GlobalOptions>();
  if (file === undefined) return token;
  if (program.getOptionValueSource('token') === 'cli')
    program.error('error: give either --token or --token-file');
  try {
    if (isOpenToOthers(file))
      note(`warning: other users can read ${sanitized(file)}; run: chmod 600 ${quoted(file)}`);
    const found = readFileSync(file, 'utf8').trim();
    if (found !== '' && !/\s/.test(found)) return found;
    const what = found === '' ? 'is empty' : 'must hold one token without blanks';
    return program.error(`error: --token-file ${sanitized(file)} ${what}`);
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return program.error(`error: --token-file ${sanitized(file)} cannot be read (${code})`);
  }
}

/** The permissions of a pipe, such as a password manager's, do not matter. */
function isOpenToOthers(file: string): boolean {
  const status = statSync(file);
  return status.isFile() && (status.mode & GROUP_AND_OTHERS) !== 0 && process.platform !== 'win32';
}
