#!/usr/bin/env node
/** The client script: `npm run cli -- place …`, installed as `portfolio-orders`. */
import { Command, Option } from 'commander';
import { readOrder, submitOrder, type ApiOptions } from './api';
import { follow } from './story';
import { addWebhookCommands } from './webhook';

const EXIT = { failed: 1, notSettled: 3 } as const;

const out = (line: string): void => void process.stdout.write(`${line}\n`);

const program: Command = new Command('portfolio-orders')
  .description('Places portfolio orders and follows them until they are settled.')
  .addOption(
    new Option('--url <url>', 'where the HTTP server listens')
      .env('PORTFOLIO_ORDERS_URL')
      .default('http://127.0.0.1:3000'),
  )
  .addOption(new Option('--token <token>', 'API token; npm start prints one').env('PORTFOLIO_ORDERS_TOKEN'))
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 the order was refused or ended without being settled.',
  )
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

function api(): ApiOptions {
  const { url, token } = program.opts<Partial<ApiOptions> & { url: string }>();
  if (token === undefined) program.error("error: required option '--token <token>' not specified");
  return { url, token };
}

interface PlaceOptions {
  reference: string;
  user: string;
  account: string;
  amount: string;
  currency: string;
  side: string;
  postTax?: boolean;
  watch?: boolean;
}

program
  .command('place')
  .description('Place a portfolio order. The same reference with the same request is the same order.')
  .requiredOption('--reference <reference>', 'your own name of the order, 1 to 100 of A-Z a-z 0-9 . _ -')
  .requiredOption('--user <id>', "user's id at Upvest, a UUID")
  .requiredOption('--account <id>', "account's id at Upvest, a UUID")
  .requiredOption('--amount <decimal>', 'cash amount, such as 1000.00')
  .addOption(new Option('--currency <code>', 'currency of the amount').default('EUR'))
  .addOption(new Option('--side <side>', 'BUY or SELL').choices(['BUY', 'SELL']).default('BUY'))
  .option('--post-tax', 'the amount is meant after taxes')
  .option('--watch', 'follow the order until it is finished')
  .action(async (options: PlaceOptions) => {
    const {
      reference,
      user: userId,
      account: accountId,
      amount: cashAmount,
      currency,
      side,
      postTax = false,
    } = options;
    const known = await submitOrder(api(), {
      reference,
      userId,
      accountId,
      cashAmount,
      currency,
      side,
      postTax,
    });
    out(
      known === 'new'
        ? `${reference} is being placed.`
        : `${reference} was placed before with the same request.`,
    );
    if (options.watch === true) await watch(reference);
  });

program
  .command('watch')
  .argument('<reference or id>')
  .description('Follow an order until it is finished.')
  .action(watch);

program
  .command('show')
  .argument('<reference or id>')
  .description('Print all that is known of an order, as JSON.')
  .action(async (referenceOrId: string) => {
    out(JSON.stringify(await readOrder(api(), referenceOrId), undefined, 2));
  });

addWebhookCommands(program, out);

async function watch(referenceOrId: string): Promise<void> {
  const last = await follow(() => readOrder(api(), referenceOrId), out);
  const status = last.order?.status ?? last.phase;
  out(`${referenceOrId}: ${status}`);
  if (status !== 'SETTLED') process.exitCode = EXIT.notSettled;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.failed;
});
