/** The commands of `portfolio-orders`, as a tree that nothing has been asked of yet. */
import { Command, Option, type OutputConfiguration } from 'commander';
import { version } from '../version';
import { addTokenOptions, apiTokenOf } from './api-token';
import type { CommandContext, Environment } from './command-context';
import { addCompletionCommands } from './completion';
import { addDoctorCommand } from './doctor-command';
import { addListCommand } from './list';
import { addOperationCommands } from './operations';
import type { Terminal } from './live-block';
import type { OrdersClient } from './orders-client';
import { EXIT_MEANINGS } from './orders-problem';
import { addParkedCommands } from './parked';
import { addPlaceCommand } from './place';
import { addShowCommand, addTimelineCommand } from './show';
import { addTokenCommands } from './token-command';
import { addWatchCommand } from './watch';
import { addWebhookCommands } from './webhook';

/** Options that stand before or behind any command. */
export interface GlobalOptions {
  url: string;
  token?: string;
  tokenFile?: string;
  direct?: true;
}

/** What the commands are given. */
export interface Surroundings {
  /** Prints one line on stdout. */
  out: (line: string) => void;
  /** @throws Error where the options do not suffice */
  connect: (options: GlobalOptions) => Promise<OrdersClient>;
  /** Where help, wrong usage and notes are written; default: to the process. */
  write?: Pick<OutputConfiguration, 'writeOut' | 'writeErr'>;
  /** Where the options' variables are read; default: none is set. */
  environment?: Environment;
  /** The environment for commands that need the configuration of worker or server; default: the same. */
  configuration?: () => Environment;
  /** Stdout, where it is a terminal on which lines can be rewritten. */
  terminal?: Terminal;
  /** Takes the exit code of a command that does not throw, when that is not 0. */
  endWith?: (code: number) => void;
}

const WIDTH = 100;
const INDENT = '                 ';

/** The tree throws a CommanderError where commander would end the process. */
export function createProgram({
  out,
  connect,
  write = {},
  environment = {},
  configuration = () => environment,
  terminal,
  endWith = () => undefined,
}: Surroundings): Command {
  const program = new Command('portfolio-orders')
    .description('Places portfolio orders, follows them until they are settled, and operates them.')
    .addOption(
      new Option('--url <url>', 'where the HTTP server listens')
        .env('PORTFOLIO_ORDERS_URL')
        .default('http://127.0.0.1:3000'),
    );
  addTokenOptions(program);
  program
    .option('--direct', 'without the HTTP server: straight to Temporal, by TEMPORAL_ADDRESS and its kin')
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
  program.commandsGroup('Decide about an order:');
  addOperationCommands(program, context);
  program.commandsGroup('Look after the deployment:');
  addParkedCommands(program, context);
  addTokenCommands(program, context);
  addWebhookCommands(program, context);
  addDoctorCommand(program, context);
  addCompletionCommands(program, out);
  return program;
}

/** Commander reads the options' variables from the process; here they come from the environment that was given. */
function readVariables(program: Command, environment: Environment): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (option.envVar === undefined || program.getOptionValueSource(name) === 'cli') continue;
    const value = environment[option.envVar];
    if (value === undefined) program.setOptionValueWithSource(name, option.defaultValue, 'default');
    else program.setOptionValueWithSource(name, value, 'env');
  }
}
const NO_TOKEN = 'error: there is no API token: set PORTFOLIO_ORDERS_TOKEN, or name a file with --token-file';

const AFTER_HELP = `
Every command explains itself, with examples: portfolio-orders <command> --help

With --direct, reading needs TEMPORAL_ADDRESS and its kin; place, list, parked and whatever decides also
need the configuration of the worker or the server, in the environment or in .env. Decisions carry the
OS user's name, or --actor, and "(direct)".

NO_COLOR and FORCE_COLOR are respected; there are no colours where the output is no terminal.

Exit codes: ${EXIT_MEANINGS.map(([code, meaning]) => `${code} ${meaning}`).join(`,\n${INDENT.slice(5)}`)}.`;
