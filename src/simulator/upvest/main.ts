import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { defaultPace, startUpvestSimulator, type Pace, type UpvestSimulatorOptions } from './index';

interface Flags {
  host: string;
  port: number;
  clientId: string;
  clientSecret: string;
  keyId: string;
  publicKeyFile?: string;
  children: number;
  executions: number;
  tokenLifetime: number;
  processAfter: number;
  childSpacing: number;
  fillAfter: number;
  settleAfter: number;
  cancelAfter: number;
  second: number;
}

const howToMakeAKey = `The Upvest simulator checks request signatures, so it needs the client's public key: --public-key-file or UPVEST_PUBLIC_KEY_FILE.
Make an EC P-521 key pair with
  openssl ecparam -name secp521r1 -genkey -noout -out upvest-private.pem
  openssl ec -in upvest-private.pem -pubout -out upvest-public.pem
and start again with --public-key-file upvest-public.pem`;

const command = new Command('upvest-simulator')
  .description('A stand-in of the Upvest Investment API over HTTP; its control plane is under /__sim.')
  .addOption(option('--host <host>', 'address to listen on', 'UPVEST_SIMULATOR_HOST').default('127.0.0.1'))
  .addOption(
    wholeNumber('--port <port>', 'port to listen on, 0 takes a free one', 'UPVEST_SIMULATOR_PORT', 0),
  )
  .addOption(
    option('--client-id <uuid>', 'the one client that it knows', 'UPVEST_CLIENT_ID').makeOptionMandatory(),
  )
  .addOption(option('--client-secret <secret>', 'its secret', 'UPVEST_CLIENT_SECRET').makeOptionMandatory())
  .addOption(
    option('--key-id <uuid>', "id of the client's signing key", 'UPVEST_KEY_ID').makeOptionMandatory(),
  )
  .addOption(option('--public-key-file <file>', 'PEM of the EC P-521 public key', 'UPVEST_PUBLIC_KEY_FILE'))
  .addOption(
    wholeNumber('--children <n>', 'child orders per portfolio order', 'UPVEST_SIMULATOR_CHILDREN', 5),
  )
  .addOption(wholeNumber('--executions <n>', 'executions per child order', 'UPVEST_SIMULATOR_EXECUTIONS', 1))
  .addOption(
    wholeNumber('--token-lifetime <s>', 'expires_in of tokens', 'UPVEST_SIMULATOR_TOKEN_LIFETIME', 1799),
  )
  .addOption(
    paceOption('--process-after <ms>', 'acceptance until PROCESSING', 'PROCESS_AFTER', 'processAfterMs'),
  )
  .addOption(
    paceOption('--child-spacing <ms>', 'between the starts of children', 'CHILD_SPACING', 'childSpacingMs'),
  )
  .addOption(
    paceOption('--fill-after <ms>', 'start of a child until its execution', 'FILL_AFTER', 'fillAfterMs'),
  )
  .addOption(paceOption('--settle-after <ms>', 'FILLED until settlement', 'SETTLE_AFTER', 'settleAfterMs'))
  .addOption(paceOption('--cancel-after <ms>', 'DELETE until it is decided', 'CANCEL_AFTER', 'cancelAfterMs'))
  .addOption(
    paceOption('--second <ms>', "length of a second of Upvest's webhook clock", 'SECOND', 'secondMs'),
  )
  .action(run);

command.parseAsync().catch((error: unknown) => {
  command.error(error instanceof Error ? error.message : String(error));
});

async function run(flags: Flags): Promise<void> {
  const simulator = await startUpvestSimulator(simulatorOptions(flags));
  process.stdout.write(`Upvest simulator: ${simulator.url} (control plane ${simulator.url}/__sim)\n`);
  const stop = (): void => {
    void simulator.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function simulatorOptions(flags: Flags): UpvestSimulatorOptions {
  if (flags.publicKeyFile === undefined) throw new Error(howToMakeAKey);
  return {
    host: flags.host,
    port: flags.port,
    clientId: flags.clientId,
    clientSecret: flags.clientSecret,
    clientKeys: [{ keyId: flags.keyId, publicKey: readFileSync(flags.publicKeyFile, 'utf8') }],
    children: flags.children,
    executionsPerOrder: flags.executions,
    tokenLifetimeSeconds: flags.tokenLifetime,
    pace: {
      processAfterMs: flags.processAfter,
      childSpacingMs: flags.childSpacing,
      fillAfterMs: flags.fillAfter,
      settleAfterMs: flags.settleAfter,
      cancelAfterMs: flags.cancelAfter,
      secondMs: flags.second,
    },
  };
}

function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(variable);
}

function wholeNumber(flags: string, description: string, variable: string, fallback: number): Option {
  return option(flags, description, variable).default(fallback).argParser(readWholeNumber);
}

function paceOption(flags: string, description: string, variable: string, name: keyof Pace): Option {
  return wholeNumber(flags, `${description}, in ms`, `UPVEST_SIMULATOR_${variable}_MS`, defaultPace[name]);
}

function readWholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}
