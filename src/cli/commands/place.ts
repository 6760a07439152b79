/** `portfolio-orders place`. */
import { Option, type Command } from 'commander';
import { present } from '../../lib/json';
import { print, withHelp, neededToken, type CommandContext } from '../command-context';
import { exitOf, placedJson, placedLines, placementOutcome, secondsIn } from './placement-outcome';
import { watch } from './watch';
import { terminalJson } from '../output/json';

interface PlaceOptions {
  reference: string;
  user: string;
  account: string;
  amount: string;
  currency: string;
  side: string;
  postTax?: boolean;
  eswReference?: string;
  country?: string;
  wait: number;
  watch?: boolean;
  json?: boolean;
}

const SAMPLE =
  'place --reference my-first --amount 250.00 --user 0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11 ' +
  '--account 5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01';

export function addPlaceCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('place')
    .description('Place a portfolio order. Idempotent by reference.')
    .requiredOption('--reference <reference>', 'your order reference, 1 to 100 of A-Z a-z 0-9 . _ -')
    .requiredOption('--user <id>', 'user id at Upvest, a UUID')
    .requiredOption('--account <id>', 'account id at Upvest, a UUID')
    .requiredOption('--amount <decimal>', 'cash amount, such as 1000.00')
    .addOption(new Option('--currency <code>', 'currency of the amount').default('EUR'))
    .addOption(new Option('--side <side>', 'BUY or SELL').choices(['BUY', 'SELL']).default('BUY'))
    .option('--post-tax', 'the amount is after taxes')
    .option('--esw-reference <reference>', "ESW's order reference, if any")
    .option('--country <code>', "account holder's country, sent to ESW; ISO 3166-1 alpha-2")
    .option('--watch', 'follow the order until it has finished')
    .addOption(
      new Option('--wait <seconds>', 'how long to wait for the outcome of the placement, 0 to 3600')
        .default(10)
        .argParser(secondsIn)
        .conflicts('watch'),
    )
    .option('--json', 'as JSON; with --watch one object per line')
    .action(async (options: PlaceOptions) => {
      await context.withClient(async (client) => {
        const { json } = options;
        const { submitted, reference } = await client.submit(requestOf(options));
        if (options.watch === true) {
          const what =
            submitted === 'new' ? 'is being placed' : 'was requested before, with the same request';
          context.out(json === true ? terminalJson({ reference, submitted }) : `${reference} ${what}.`);
          await watch(client, reference, json, context);
          return;
        }
        const view = await placementOutcome(client, reference, options.wait * 1000);
        print(context, json, placedJson(reference, submitted, view), () => placedLines(reference, view));
        context.endWith(exitOf(view));
      });
    });
  withHelp(command, {
    needs: neededToken('submit'),
    examples: [
      [SAMPLE, 'Buy for 250.00 EUR'],
      [`${SAMPLE} --wait 60 --json`, 'In a script, with the outcome as JSON'],
      [`${SAMPLE} --watch`, 'The same, and follow it; ends with 3 unless it settles'],
    ],
    notes: [
      'Waits for the outcome of the placement: ends with 0 once Upvest has the order, 3 if it rejected it, and 6\n' +
        'if the outcome is not known in time; repeat the call then, or watch the order.',
      'Safe to repeat, such as after no answer: nothing is placed twice.\n' +
        'A different request with the same reference ends with 5.',
    ],
  });
}

function requestOf(options: PlaceOptions): Record<string, unknown> {
  const {
    reference,
    user,
    account,
    amount,
    currency,
    side,
    postTax = false,
    eswReference,
    country,
  } = options;
  return present({
    reference,
    userId: user,
    accountId: account,
    cashAmount: amount,
    currency,
    side,
    postTax,
    eswOrderReference: eswReference,
    deliveryCountryIso: country,
  });
}
