/** Runs a standalone ESW simulator until SIGINT or SIGTERM; `--help` lists the options. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { startEswSimulator, type EswSimulatorOptions } from '.';

type CliOptions = Required<Omit<EswSimulatorOptions, 'now' | 'onAccepted'>>;

const command = new Command('esw-simulator')
  .description('Simulator of the ESW Fulfillment API (order events) and its token endpoint.')
  .addOption(option('--host <address>', 'address to listen on', 'HOST').default('127.0.0.1'))
  .addOption(option('--port <number>', 'port, 0 for a free one', 'PORT').default(4020).argParser(wholeNumber))
  .addOption(
    option(
      '--client-id <id>',
      'OAuth client id; the tenant is the part before the first dot',
      'CLIENT_ID',
    ).default('PFOLIO.coordinator'),
  )
  .addOption(
    option('--client-secret <secret>', 'OAuth client secret', 'CLIENT_SECRET').default('simulated-secret'),
  )
  .addOption(
    option('--scope <scopes>', 'scopes required for events', 'SCOPE').default(
      'logistics.fulfillment.api.all',
    ),
  )
  .addOption(
    option('--token-lifetime-seconds <seconds>', 'lifetime of an access token', 'TOKEN_LIFETIME_SECONDS')
      .default(3600)
      .argParser(wholeNumber),
  )
  .addOption(
    option('--mode <mode>', 'strictness of validation', 'MODE')
      .choices(['strict', 'lenient'])
      .default('strict'),
  )
  .addOption(
    option('--success-body <body>', 'body of a 200 response', 'SUCCESS_BODY')
      .choices(['object', 'empty'])
      .default('object'),
  )
  .addOption(new Option('--control-plane', 'serve /__sim/* (default unless NODE_ENV is production)'))
  .addOption(new Option('--no-control-plane', 'do not serve /__sim/*'))
  .addOption(new Option('--no-page', 'do not serve the page of received events'))
  .action(run);

function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`ESW_SIMULATOR_${variable}`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Enter a whole number.');
  return Number(text);
}

async function run(options: CliOptions): Promise<void> {
  const simulator = await startEswSimulator(options);
  process.stdout.write(
    `ESW simulator at ${simulator.url}, client ${options.clientId}, ${options.mode} mode\n`,
  );
  const stop = () => void simulator.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

command.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
