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
  verbose?: boolean;
}

function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('a time such as 500ms or 3s is expected');
  return Number(number) * (unit === 's' ? 1000 : 1);
}

/** With an option's default as a user would type it, so that help and parser agree. */
function withDefault(option: Option, parse: (text: string) => number | string, text: string): Option {
  return option.argParser(parse).default(parse(text), text);
}

export function demoCommand(): Command {
  return new Command('npm start --')
    .description('Runs the whole product on this machine and shows the life of one portfolio order.')
    .option('--once', 'end by itself: 0 when everything was as it should be, else 1')
    .addOption(
      new Option(
        '--scene',
        'in place of the sample order, show every attention that the product knows, each on an order in real trouble',
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
          'port of the HTTP server; without this option a free one if it is taken',
        ),
        wholeNumber,
        '3000',
      ),
    )
    .option('--verbose', 'log what worker and server do, on stderr')
    .allowExcessArguments(false);
}
