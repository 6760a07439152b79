/** What commands have in common: where they print, whom they ask, and how their help teaches. */
import type { Command } from 'commander';
import type { Terminal } from './live-block';
import type { OrdersClient } from './orders-client';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandContext {
  /** Prints one line on stdout. */
  out: (line: string) => void;
  /** Stdout, where it is a terminal on which lines can be rewritten. */
  terminal?: Terminal;
  /** Prints one line on stderr, beside what a command is for. */
  note: (line: string) => void;
  /** The token of the options or the environment; undefined where there is none. */
  apiToken: () => string | undefined;
  /** The environment with the configuration of worker and server, that of `.env` included. */
  configuration: () => Environment;
  /** Sets the exit code of a command that does not throw; without it that is 0. */
  endWith: (code: number) => void;
  /** Runs `work` with the client that the options of the program ask for, and closes it. @throws OrdersProblem */
  withClient<T>(work: (client: OrdersClient) => Promise<T>): Promise<T>;
}

/** Prints a value as JSON where that is asked for, else as lines for people. */
export function print(
  { out }: Pick<CommandContext, 'out'>,
  asJson: boolean | undefined,
  value: unknown,
  lines: () => string[],
): void {
  if (asJson === true) out(JSON.stringify(value, undefined, 2));
  else lines().forEach(out);
}

export interface Teaching {
  /** What the caller has to have. */
  needs: string;
  /** Arguments behind the program's name, and what they do. */
  examples: readonly (readonly [args: string, meaning: string])[];
  /** Further paragraphs. */
  notes?: readonly string[];
}

/** Adds to a command's help what it needs, and examples. */
export function teach(command: Command, { needs, examples, notes = [] }: Teaching): Command {
  const shown = examples.flatMap(([args, meaning]) => [`  ${meaning}:`, `    $ portfolio-orders ${args}`]);
  const parts = ['', `Needs: ${needs}`, ...notes.flatMap((note) => ['', note]), '', 'Examples:', ...shown];
  return command.addHelpText('after', parts.join('\n'));
}

/** What `needs` says of a call of the API. */
export function tokenOf(role: 'read' | 'submit' | 'operate'): string {
  const words = {
    read: 'a token of any role',
    submit: 'a token of the role submit',
    operate: 'a token of the role operate',
  };
  return `${words[role]}; with --direct the environment of Temporal instead`;
}
