/** The reference and the exit codes in `docs/cli.md`, from the commands. A test fails when the two differ. */
import type { Command } from 'commander';
import { EXIT_MEANINGS } from '../../src/cli/client/problem';
import { createProgram } from '../../src/cli/program';
import { table } from './markdown';

const BEGIN = '<!-- The rest of this section is made from the help of the commands. -->';
const END = '<!-- End of what is made. -->';
const EXIT_CODES = /(<!-- exit codes: .* -->\n\n)[^]*?(\n\n<!-- \/exit codes -->)/;

/**
 * The page with a new reference.
 *
 * @throws Error if the page lacks the marks
 */
export function withReference(page: string): string {
  const [before, rest = ''] = page
    .replace(EXIT_CODES, (_all, begin: string, end: string) => begin + exitCodes() + end)
    .split(BEGIN);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error('The page lacks the marks around the reference');
  return `${before}${BEGIN}\n\n${reference()}\n\n${END}${after}`;
}

function exitCodes(): string {
  return table(
    ['Exit code', 'Meaning'],
    EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
  );
}

function reference(): string {
  const program = createProgram({
    out: () => undefined,
    connect: () => Promise.reject(new Error('The help needs no connection')),
  });
  return commandsOf(program)
    .map(({ name, command }) => `### \`${name}\`\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
    .join('\n\n');
}

/** Every command that does something, with the words that lead to it. */
export function commandsOf(parent: Command, path = ''): { name: string; command: Command }[] {
  return parent
    .createHelp()
    .visibleCommands(parent)
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => {
      const name = `${path}${command.name()}`;
      return command.commands.length === 0 ? [{ name, command }] : commandsOf(command, `${name} `);
    });
}

/** The help with its examples and notes; the program's own options are listed only once, in the program's help. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureHelp({ ...command.configureHelp(), showGlobalOptions: false });
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHasColors: () => false });
  command.outputHelp();
  return text.trim();
}
