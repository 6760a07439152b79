import { Command, InvalidArgumentError, Option } from 'commander';
import type { GivenCredentials } from './access/client-credentials';
import { defaultPace, type Pace, type UpvestSimulatorOptions } from './options';

/** Settings from the command line and the environment. */
export interface CommandLine {
  credentials: GivenCredentials;
  options: Omit<UpvestSimulatorOptions, 'clientId' | 'clientSecret' | 'clientKeys'>;
}

interface Flags extends GivenCredentials {
  host: string;
  port: number;
  children: number;
  executions: number;
  tokenLifetime: number;
  requestsPerSecond: number;
  retryAfter: boolean;
  placementStatus: '200' | '201' | '202';
  cancelStatus: '202' | '204';
  webhookCreationStatus: '200' | '201';
  webhookTestStatus: '200' | '202';
  webhookSignature: '6' | '15';
  resignRedeliveries: boolean;
  processAfter: number;
  childSpacing: number;
  fillAfter: number;
  settleAfter: number;
  settledAhead: number;
  cancelAfter: number;
  second: number;
}

/** Parses the arguments after the program name; `--help` and invalid usage end the process. */
export function readCommandLine(argv: string[]): CommandLine {
  const flags = command().parse(argv, { from: 'user' }).opts<Flags>();
  const { clientId, clientSecret, keyId, publicKeyFile } = flags;
  return {
    credentials: {
      ...(clientId !== undefined && { clientId }),
      ...(clientSecret !== undefined && { clientSecret }),
      ...(keyId !== undefined && { keyId }),
      ...(publicKeyFile !== undefined && { publicKeyFile }),
    },
    options: {
      host: flags.host,
      port: flags.port,
      children: flags.children,
      executionsPerOrder: flags.executions,
      tokenLifetimeSeconds: flags.tokenLifetime,
      requestsPerSecond: flags.requestsPerSecond,
      retryAfterHeader: flags.retryAfter,
      placementStatus: numberOf(flags.placementStatus),
      cancelStatus: numberOf(flags.cancelStatus),
      webhookCreationStatus: numberOf(flags.webhookCreationStatus),
      webhookTestStatus: numberOf(flags.webhookTestStatus),
      webhookSignatureVersion: numberOf(flags.webhookSignature),
      resignRedeliveries: flags.resignRedeliveries,
      pace: {
        processAfterMs: flags.processAfter,
        childSpacingMs: flags.childSpacing,
        fillAfterMs: flags.fillAfter,
        settleAfterMs: flags.settleAfter,
        settledAheadMs: flags.settledAhead,
        cancelAfterMs: flags.cancelAfter,
        secondMs: flags.second,
      },
    },
  };
}

function command(): Command {
  return new Command('upvest-simulator')
    .description(
      'Simulator of the Upvest Investment API over HTTP. Generates and prints client credentials that are not given.',
    )
    .addOption(option('--host <host>', 'address to listen on', 'HOST').default('127.0.0.1'))
    .addOption(wholeNumber('--port <port>', 'port to listen on, 0 for a free one', 'PORT', 4010))
    .addOption(new Option('--client-id <uuid>', 'id of the only accepted client').env('UPVEST_CLIENT_ID'))
    .addOption(new Option('--client-secret <secret>', 'client secret').env('UPVEST_CLIENT_SECRET'))
    .addOption(new Option('--key-id <uuid>', "id of the client's signing key").env('UPVEST_KEY_ID'))
    .addOption(
      new Option('--public-key-file <file>', 'PEM of the EC P-521 public key').env('UPVEST_PUBLIC_KEY_FILE'),
    )
    .addOption(wholeNumber('--children <n>', 'child orders per portfolio order', 'CHILDREN', 5))
    .addOption(wholeNumber('--executions <n>', 'executions per order', 'EXECUTIONS', 1))
    .addOption(wholeNumber('--token-lifetime <s>', 'expires_in of tokens', 'TOKEN_LIFETIME', 1799))
    .addOption(
      wholeNumber('--requests-per-second <n>', 'rate limit; more calls get 429', 'REQUESTS_PER_SECOND', 300),
    )
    .addOption(option('--retry-after', 'send a retry-after header with 429', 'RETRY_AFTER').default(false))
    .addOption(choice('--placement-status <status>', 'of POST /portfolios/orders', ['200', '201', '202']))
    .addOption(choice('--cancel-status <status>', 'of DELETE /portfolios/orders/{id}', ['202', '204']))
    .addOption(choice('--webhook-creation-status <status>', 'of POST /webhooks', ['201', '200']))
    .addOption(choice('--webhook-test-status <status>', '200 reports, 202 has no body', ['200', '202']))
    .addOption(choice('--webhook-signature <version>', 'draft version of webhook signatures', ['6', '15']))
    .addOption(
      option(
        '--resign-redeliveries',
        'create a new signature for each redelivery',
        'RESIGN_REDELIVERIES',
      ).default(false),
    )
    .addOption(paceOption('--process-after <ms>', 'from acceptance to PROCESSING', 'processAfterMs'))
    .addOption(paceOption('--child-spacing <ms>', 'between the starts of children', 'childSpacingMs'))
    .addOption(paceOption('--fill-after <ms>', 'from the start of an order to its execution', 'fillAfterMs'))
    .addOption(paceOption('--settle-after <ms>', 'from the end of trading to settlement', 'settleAfterMs'))
    .addOption(
      paceOption(
        '--settled-ahead <ms>',
        'from SETTLED to EXECUTION.SETTLED in SETTLED_AHEAD',
        'settledAheadMs',
      ),
    )
    .addOption(paceOption('--cancel-after <ms>', 'from DELETE to its decision', 'cancelAfterMs'))
    .addOption(paceOption('--second <ms>', "length of a second of Upvest's webhook clock", 'secondMs'));
}

function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(`UPVEST_SIMULATOR_${variable}`);
}

function wholeNumber(flags: string, description: string, variable: string, fallback: number): Option {
  return option(flags, description, variable).default(fallback).argParser(readWholeNumber);
}

/** For `--fill-after` the environment variable is UPVEST_SIMULATOR_FILL_AFTER_MS. */
function paceOption(flags: string, description: string, name: keyof Pace): Option {
  return wholeNumber(flags, `${description}, in ms`, `${variableOf(flags)}_MS`, defaultPace[name]);
}

/** The first choice is the default. */
function choice(flags: string, description: string, choices: string[]): Option {
  return option(flags, description, variableOf(flags)).choices(choices).default(choices[0]);
}

function variableOf(flags: string): string {
  return (flags.split(' ')[0] ?? '').slice(2).replaceAll('-', '_').toUpperCase();
}

function readWholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Enter a whole number.');
  return Number(value);
}

/** Converts a choice to its number, typed as a literal. */
function numberOf<T extends string>(choice: T): T extends `${infer N extends number}` ? N : never {
  return Number(choice) as T extends `${infer N extends number}` ? N : never;
}
