/** The options of `npm start`. */
import { Command, InvalidArgumentError, Option } from 'commander';

export interface DemoOptions {
  once?: boolean;
  scene?: boolean;
  children: number;
  /** Milliseconds. */
  settleAfter: number;
  amount: string;
  port: number;
  fresh?: boolean;
  verbose?: boolean;
}

function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError('enter a whole number');
  return Number(text);
}

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('enter a time such as 500ms or 3s');
  return Number(number) * (unit === 's' ? 1000 : 1);
}

/** Sets an option's default as a user would type it, so that help and parser agree. */
function withDefault(option: Option, parse: (text: string) => number | string, text: string): Option {
  return option.argParser(parse).default(parse(text), text);
}

export function demoCommand(): Command {
  return new Command('npm start --')
    .description('Runs the whole product on this machine and follows one portfolio order.')
    .option('--once', 'exit at the end: with 0 if everything went as expected, else with 1')
    .addOption(
      new Option(
        '--scene',
        'instead of the sample order, raise every kind of attention, each on a real order',
      ).conflicts(['children', 'settleAfter', 'amount']),
    )
    .addOption(
      withDefault(new Option('--children <number>', 'child orders of the sample order'), wholeNumber, '5'),
    )
    .addOption(
      withDefault(
        new Option('--settle-after <time>', 'how long the simulated Upvest takes to settle'),
        milliseconds,
        '3s',
      ),
    )
    .addOption(
      withDefault(
        new Option('--amount <decimal>', 'cash amount of the sample order, in EUR'),
        String,
        '1000.00',
      ),
    )
    .addOption(
      withDefault(
        new Option(
          '--port <number>',
          'port of the HTTP server; without this option, another free port if it is in use',
        ),
        wholeNumber,
        '3000',
      ),
    )
    .option('--fresh', 'forget the records that earlier runs on the Temporal server of TEMPORAL_ADDRESS kept')
    .option('--verbose', 'log worker and server to stderr')
    .allowExcessArguments(false);
}
