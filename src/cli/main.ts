#!/usr/bin/env node
/** The client script: `npm run cli -- place …`, installed as `portfolio-orders`. */
import { Command, Option } from 'commander';
import { readOrder, readTimeline, submitOrder, type ApiOptions } from './api';
import { addOperationCommands } from './operations';
import { follow } from './story';
import { summaryLines } from './summary';
import { timelineLines } from './timeline';
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
  eswReference?: string;
  country?: string;
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
  .option('--esw-reference <reference>', "ESW's own reference of the order, where ESW gave one")
  .option('--country <code>', "account holder's country for ESW, ISO 3166-1 alpha-2")
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
      eswReference,
      country,
    } = options;
    const known = await submitOrder(api(), {
      reference,
      userId,
      accountId,
      cashAmount,
      currency,
      side,
      postTax,
      ...(eswReference !== undefined && { eswOrderReference: eswReference }),
      ...(country !== undefined && { deliveryCountryIso: country }),
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
  .description('Show how an order stands: what it waits for, its deadlines, and what needs somebody.')
  .option('--json', 'all that is known of it, as JSON')
  .action(async (referenceOrId: string, { json }: { json?: boolean }) => {
    const view = await readOrder(api(), referenceOrId);
    print(json, view, () => summaryLines(view));
  });

program
  .command('timeline')
  .argument('<reference or id>')
  .description(
    'Print what happened to an order, in order, with the rule that allowed each step. Times are UTC.',
  )
  .option('--json', 'as JSON')
  .action(async (referenceOrId: string, { json }: { json?: boolean }) => {
    const entries = await readTimeline(api(), referenceOrId);
    print(json, entries, () => timelineLines(entries));
  });

addOperationCommands(program, api, out);
addWebhookCommands(program, out);

function print(asJson: boolean | undefined, value: unknown, lines: () => string[]): void {
  if (asJson === true) out(JSON.stringify(value, undefined, 2));
  else lines().forEach(out);
}

async function watch(referenceOrId: string): Promise<void> {
  const last = await follow(() => readOrder(api(), referenceOrId), out);
  const status = last.order?.status ?? last.phase;
  const again = last.order?.resubmittedAs;
  out(`${referenceOrId}: ${status}${again === undefined ? '' : `, placed again as ${again}`}`);
  if (status !== 'SETTLED') process.exitCode = EXIT.notSettled;
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.failed;
});
