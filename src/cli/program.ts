/** The command tree of `portfolio-orders`. */
import { Command, Option, type OutputConfiguration } from 'commander';
import { version } from '../lib/package-root';
import { addTokenOptions, apiTokenOf } from './token-options';
import type { CommandContext, Environment, GlobalOptions } from './command-context';
import { addCompletionCommands } from './commands/completion';
import { addDoctorCommand } from './commands/doctor';
import { addListCommand } from './commands/lists/list';
import { addOperationCommands } from './commands/operate';
import type { Terminal } from './output/live-block';
import type { OrdersClient } from './client/orders-client';
import { EXIT_MEANINGS } from './client/problem';
import { addParkedCommands } from './commands/parked';
import { addPlaceCommand } from './commands/place';
import { addRecordsCommands } from './commands/records';
import { addRecoverCommands } from './commands/recover';
import { addDecisionsCommand, addReportCommands } from './commands/lists/report';
import { addImportCommand } from './commands/sweep/import';
import { addShowCommand, addTimelineCommand } from './commands/show';
import { addStatusCommand } from './commands/status';
import { addTokenCommands } from './commands/token';
import { addWatchCommand } from './commands/watch';
import { addWebhookCommands } from './commands/webhook';
import { own } from '../domain/values/own';

export interface ProgramOptions {
  /** Prints one line on stdout. */
  out: (line: string) => void;
  /** Writes text to stdout as it is, and waits while stdout takes no more. Default: does not wait. */
  stream?: CommandContext['stream'];
  /** @throws Error when the options do not suffice */
  connect: (options: GlobalOptions) => Promise<OrdersClient>;
  /** Receives help, usage errors and notes. Default: the process's streams. */
  write?: Pick<OutputConfiguration, 'writeOut' | 'writeErr'>;
  /** Variables of the options. Default: none. */
  environment?: Environment;
  /** Environment for commands that need the configuration of worker or server. Default: the same. */
  configuration?: () => Environment;
  /** Stdout, where it is a terminal that can rewrite lines. */
  terminal?: Terminal;
  /** Receives the exit code of a command that does not throw, unless it is 0. */
  endWith?: (code: number) => void;
}

const WIDTH = 100;
const INDENT = '                 ';

/** Throws a CommanderError where commander would end the process. */
export function createProgram({
  out,
  stream,
  connect,
  write = {},
  environment = {},
  configuration = () => environment,
  terminal,
  endWith = () => undefined,
}: ProgramOptions): Command {
  const program = new Command('portfolio-orders')
    .description('Place portfolio orders, follow them until they settle, and operate on them.')
    .addOption(
      new Option('--url <url>', 'URL of the HTTP server')
        .env('PORTFOLIO_ORDERS_URL')
        .default('http://127.0.0.1:3000'),
    );
  addTokenOptions(program);
  program
    .option('--direct', 'connect to Temporal directly instead of the HTTP server (uses TEMPORAL_*)')
    .version(version(), '-V, --version', 'print the version')
    .configureHelp({ helpWidth: WIDTH, showGlobalOptions: true })
    .addHelpText('after', AFTER_HELP)
    .configureOutput(write)
    .exitOverride()
    .hook('preAction', () => {
      readVariables(program, environment);
    });
  const writeErr = write.writeErr ?? ((text: string) => void process.stderr.write(text));
  const note = (line: string): void => {
    writeErr(`${line}\n`);
  };
  const context: CommandContext = {
    out,
    stream: stream ?? unhurried(write.writeOut ?? ((text) => void process.stdout.write(text))),
    ...(terminal && { terminal }),
    note,
    configuration,
    endWith,
    apiToken: () => apiTokenOf(program, note),
    async withClient(work) {
      const { url, direct } = program.opts<GlobalOptions>();
      const token = direct === true ? undefined : context.apiToken();
      if (token === undefined && direct !== true) program.error(NO_TOKEN);
      const client = await connect({ url, ...(token !== undefined && { token }), ...(direct && { direct }) });
      try {
        return await work(client);
      } finally {
        await client.close();
      }
    },
  };
  program.commandsGroup('Place and follow:');
  addPlaceCommand(program, context);
  addWatchCommand(program, context);
  addShowCommand(program, context);
  addTimelineCommand(program, context);
  addListCommand(program, context);
  addReportCommands(program, context);
  program.commandsGroup('Operate on an order:');
  addOperationCommands(program, context);
  program.commandsGroup('Administer the deployment:');
  addStatusCommand(program, context);
  addDecisionsCommand(program, context);
  addParkedCommands(program, context);
  addTokenCommands(program, context);
  addWebhookCommands(program, context);
  addRecordsCommands(program, context);
  addRecoverCommands(program, context);
  addImportCommand(program, context);
  addDoctorCommand(program, context);
  addCompletionCommands(program, out);
  return program;
}

/** Writes without waiting. */
function unhurried(write: (text: string) => void): CommandContext['stream'] {
  return (text) => {
    write(text);
    return Promise.resolve();
  };
}

/** Commander reads the options' variables from the process; this reads them from the given environment. */
function readVariables(program: Command, environment: Environment): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (option.envVar === undefined || program.getOptionValueSource(name) === 'cli') continue;
    const value = own(environment, option.envVar);
    if (value === undefined) program.setOptionValueWithSource(name, option.defaultValue, 'default');
    else program.setOptionValueWithSource(name, value, 'env');
  }
}
const NO_TOKEN = 'error: no API token: set PORTFOLIO_ORDERS_TOKEN or use --token-file';

const AFTER_HELP = `
Options and examples of a command: portfolio-orders <command> --help

With --direct, reading an order needs only TEMPORAL_*; place, list, report, decisions, parked and the
operator commands also need the configuration of the worker or the server, in the environment or in .env.
Decisions are recorded under the OS user's name, or --actor, with "(direct)".

NO_COLOR and FORCE_COLOR are respected. Output that is not a terminal has no colours.

Exit codes: ${EXIT_MEANINGS.map(([code, meaning]) => `${code} ${meaning}`).join(`,\n${INDENT.slice(5)}`)}.`;
