/** The reference in `docs/cli.md`, from the help of the commands. A test fails when the two differ. */
import type { Command } from 'commander';
import { createProgram } from './program';

const BEGIN = '<!-- The rest of this section is made from the help of the commands. -->';
const END = '<!-- End of what is made. -->';

/**
 * The page with its reference made anew.
 *
 * @throws Error where the page does not say where it goes
 */
export function withReference(page: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('The page has no place for the reference');
  return `${before}${BEGIN}\n\n${reference()}\n\n${END}${after}`;
}

function reference(): string {
  const program = createProgram({
    out: () => undefined,
    connect: () => Promise.reject(new Error('Nobody is asked')),
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

/** With what follows the options; those of the program are told once. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureHelp({ ...command.configureHelp(), showGlobalOptions: false });
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHasColors: () => false });
  command.outputHelp();
  return text.trim();
}
