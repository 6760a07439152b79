/** `portfolio-orders place`. */
import { Option, type Command } from 'commander';
import { present } from '../json';
import { teach, tokenOf, type CommandContext } from './command-context';
import { watch } from './watch';

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
  watch?: boolean;
  json?: boolean;
}

const SAMPLE =
  'place --reference my-first --amount 250.00 --user 0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11 ' +
  '--account 5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01';

export function addPlaceCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('place')
    .description('Place a portfolio order. The same reference with the same request is the same order.')
    .requiredOption('--reference <reference>', 'your own name of the order, 1 to 100 of A-Z a-z 0-9 . _ -')
    .requiredOption('--user <id>', "user's id at Upvest, a UUID")
    .requiredOption('--account <id>', "account's id at Upvest, a UUID")
    .requiredOption('--amount <decimal>', 'cash amount, such as 1000.00')
    .addOption(new Option('--currency <code>', 'currency of the amount').default('EUR'))
    .addOption(new Option('--side <side>', 'BUY or SELL').choices(['BUY', 'SELL']).default('BUY'))
    .option('--post-tax', 'the amount is meant after taxes')
    .option('--esw-reference <reference>', "ESW's own reference of the order, where ESW gave one")
    .option('--country <code>', "account holder's country for ESW, ISO 3166-1 alpha-2")
    .option('--watch', 'follow the order until it is finished')
    .option('--json', 'one JSON object per line')
    .action(async (options: PlaceOptions) => {
      await context.withClient(async (client) => {
        const { reference, json } = options;
        const submitted = await client.submit(requestOf(options));
        if (json === true) context.out(JSON.stringify({ reference, submitted }));
        else {
          const known = `${reference} was placed before with the same request.`;
          context.out(submitted === 'new' ? `${reference} is being placed.` : known);
        }
        if (options.watch === true) await watch(client, reference, json, context);
      });
    });
  teach(command, {
    needs: tokenOf('submit'),
    examples: [
      [SAMPLE, 'Buy for 250.00 EUR'],
      [`${SAMPLE} --watch`, 'The same, and follow it; ends with 3 unless it is settled'],
    ],
    notes: [
      'Run it again as often as you like, such as when no answer came: nothing is placed twice.\n' +
        'Another request under the same reference ends with 5.',
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
