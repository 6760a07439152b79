/** `portfolio-orders completion`, and the hidden command that shells call for candidates. */
import type { Command, Option } from 'commander';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from './completion-scripts';
import { withHelp } from '../command-context';

export interface Candidate {
  value: string;
  description: string;
}

export function addCompletionCommands(program: Command, out: (line: string) => void): void {
  const completion = program
    .command('completion')
    .addArgument(program.createArgument('<shell>').choices(SHELLS))
    .description('Print the completion script for a shell.')
    .action((shell: Shell) => {
      out(COMPLETION_SCRIPTS[shell]);
    });
  withHelp(completion, {
    needs: 'portfolio-orders on the PATH of the shell',
    examples: [
      ['completion bash >> ~/.bashrc', 'For every new bash'],
      ['completion zsh > ~/.zsh/_portfolio-orders', 'For zsh, in a folder of fpath'],
      ['completion fish > ~/.config/fish/completions/portfolio-orders.fish', 'For fish'],
    ],
  });

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .description('Print the candidates for the last word, one per line.')
    .action((words: string[]) => {
      for (const { value, description } of candidates(program, words)) out(`${value}\t${description}`);
    });
}

/**
 * Candidates for the last word.
 *
 * @param words after the program's name, up to the cursor; the last one may be empty
 */
export function candidates(program: Command, words: string[]): Candidate[] {
  const before = words.slice(0, -1);
  const word = words.at(-1) ?? '';
  const { command, isOver, awaited } = positionAfter(program, before);
  if (awaited !== undefined) return startingWith(word, choicesOf(awaited));
  if (word.startsWith('-') && !isOver) return startingWith(word, optionsOf(command));
  return startingWith(word, [...subcommandsOf(command), ...argumentsOf(command)]);
}

interface Position {
  command: Command;
  /** True after `--`, which ends the options. */
  isOver: boolean;
  /** The option whose value comes next. */
  awaited?: Option;
}

function positionAfter(program: Command, words: string[]): Position {
  let command = program;
  let awaited: Option | undefined;
  for (const word of words) {
    if (awaited !== undefined) {
      awaited = undefined;
    } else if (word === '--') {
      return { command, isOver: true };
    } else if (word.startsWith('-')) {
      const option = known(command).find(({ short, long }) => word === short || word === long);
      awaited = option?.required === true || option?.optional === true ? option : undefined;
    } else {
      command = command.commands.find((one) => one.name() === word) ?? command;
    }
  }
  return { command, isOver: false, ...(awaited && { awaited }) };
}

/** The command's own options, then the program's. */
function known(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function optionsOf(command: Command): Candidate[] {
  return known(command).flatMap(({ long, description }) =>
    typeof long === 'string' ? [{ value: long, description }] : [],
  );
}

function choicesOf({ argChoices }: Option): Candidate[] {
  return (argChoices ?? []).map((value) => ({ value, description: '' }));
}

function subcommandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }));
}

function argumentsOf(command: Command): Candidate[] {
  return command.registeredArguments.flatMap(({ argChoices }) =>
    (argChoices ?? []).map((value) => ({ value, description: '' })),
  );
}

function startingWith(word: string, all: Candidate[]): Candidate[] {
  return all.filter(({ value }) => value.startsWith(word));
}
