/** What commands share: output, the client, and the format of their help. */
import type { Command } from 'commander';
import type { Terminal } from './output/live-block';
import type { OrdersClient } from './client/orders-client';
import { terminalJson } from './output/json';

/** Options of every command; they may stand before or after its name. */
export interface GlobalOptions {
  url: string;
  token?: string;
  tokenFile?: string;
  direct?: true;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandContext {
  /** Prints one line on stdout. */
  out: (line: string) => void;
  /** Writes text to stdout as it is, and waits while stdout takes no more. */
  stream: (text: string) => Promise<void>;
  /** Stdout, where it is a terminal that can rewrite lines. */
  terminal?: Terminal;
  /** Prints one line on stderr. */
  note: (line: string) => void;
  /** The token from the options or the environment, if any. */
  apiToken: () => string | undefined;
  /** The environment including `.env`, for the configuration of worker and server. */
  configuration: () => Environment;
  /** Sets the exit code of a command that does not throw. Default 0. */
  endWith: (code: number) => void;
  /** Runs `work` with the client that the program's options select, and closes it. @throws OrdersProblem */
  withClient<T>(work: (client: OrdersClient) => Promise<T>): Promise<T>;
}

/** Prints a value as JSON on request, else as lines for people. */
export function print(
  { out }: Pick<CommandContext, 'out'>,
  asJson: boolean | undefined,
  value: unknown,
  lines: () => string[],
): void {
  if (asJson === true) out(terminalJson(value, 2));
  else lines().forEach(out);
}

export interface HelpText {
  /** What the caller needs. */
  needs: string;
  /** Arguments after the program's name, and what they do. */
  examples: readonly (readonly [args: string, meaning: string])[];
  /** Further paragraphs. */
  notes?: readonly string[];
}

/** Adds requirements and examples to a command's help. */
export function withHelp(command: Command, { needs, examples, notes = [] }: HelpText): Command {
  const shown = examples.flatMap(([args, meaning]) => [`  ${meaning}:`, `    $ portfolio-orders ${args}`]);
  const parts = ['', `Needs: ${needs}`, ...notes.flatMap((note) => ['', note]), '', 'Examples:', ...shown];
  return command.addHelpText('after', parts.join('\n'));
}

/** The `needs` text of a command that calls the API. */
export function neededToken(role: 'read' | 'submit' | 'operate'): string {
  const tokens = {
    read: 'a token with any role',
    submit: 'a token with the role submit',
    operate: 'a token with the role operate',
  };
  return `${tokens[role]}; with --direct, TEMPORAL_* instead`;
}
