/**
 * `npm start`: the whole product on one machine. Starts a Temporal server with its Web UI, simulated Upvest and ESW, the
 * worker and the HTTP server, places an order and shows its life.
 */
import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { readOrder, submitOrder } from './api';
import type { Stack } from './dev-stack';
import { summarize } from './dev-summary';
import { follow } from './story';
import { startWholeStack, type WholeStack } from './whole-stack';
import { stopSignal } from '../process';
import { createLogger, installRuntime } from '../telemetry';
import type { DevServer } from '../temporal/dev-server';
import { freePortNear } from '../temporal/free-port';

interface DemoOptions {
  once?: boolean;
  children: number;
  settleAfter: number;
  amount: string;
  port?: number;
  verbose?: boolean;
}

const DEFAULT_PORT = 3000;
const UI_PORT = 8233;
const out = (line: string): void => void process.stdout.write(`${line}\n`);

function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

function seconds(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('a time such as 500ms or 3s is expected');
  return Number(number) * (unit === 's' ? 1000 : 1);
}

const program = new Command('npm start --')
  .description('Runs the whole product on this machine and shows the life of one portfolio order.')
  .option('--once', 'end when the order is settled: 0 when everything was as it should be, else 1')
  .option('--children <number>', 'child orders of the sample order', wholeNumber, 5)
  .option('--settle-after <time>', 'how long the simulated broker takes to settle', seconds, 3000)
  .option('--amount <decimal>', 'cash amount of the sample order, in EUR', '1000.00')
  .option('--port <number>', 'port of the HTTP server (default: 3000, or a free one)', wholeNumber)
  .option('--verbose', 'log what worker and server do, on stderr')
  .allowExcessArguments(false);

async function main(options: DemoOptions): Promise<void> {
  const logger = createLogger('demo', options.verbose === true ? 'info' : 'error');
  installRuntime(logger);
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = 'default' } = process.env;
  const interrupted = stopSignal().then((signal) => signal as string);
  let whole: WholeStack | undefined;
  try {
    whole = await startWholeStack({
      server: {
        log: out,
        ui: await freePortNear(UI_PORT),
        ...(address ? { given: { address, namespace } } : {}),
      },
      logger,
      httpPort: options.port ?? (await freePortNear(DEFAULT_PORT)),
      upvest: {
        children: options.children,
        // Slow enough to read along, fast enough not to wait.
        pace: {
          processAfterMs: 1000,
          childSpacingMs: 200,
          fillAfterMs: 600,
          settleAfterMs: options.settleAfter,
          secondMs: 300,
        },
      },
    });
    const { stack, temporal } = whole;
    out(`Upvest:   simulated at ${stack.upvest.url}`);
    out(`ESW:      simulated at ${stack.esw.url}`);
    out(`API:      ${stack.url}\n`);

    const reference = `demo-${randomUUID().slice(0, 8)}`;
    await submitOrder(
      { url: stack.url, token: stack.tokens.submit },
      {
        reference,
        userId: randomUUID(),
        accountId: randomUUID(),
        cashAmount: options.amount,
        currency: 'EUR',
        side: 'BUY',
      },
    );
    const told = follow(() => readOrder({ url: stack.url, token: stack.tokens.read }, reference), out);
    const view = await Promise.race([told, interrupted]);
    if (typeof view === 'string') return;

    const { text, asExpected } = summarize(view, stack);
    out(`\n${text}\n`);
    process.exitCode = asExpected ? 0 : 1;
    if (options.once === true) return;

    for (const line of addresses(stack, temporal, view.portfolioOrderId ?? '')) out(line);
    out('Stays up until Ctrl-C.');
    await interrupted;
    process.exitCode = 0;
  } finally {
    out('Stopping …');
    await whole?.stop();
  }
}

/** Where to look, and what to put into another terminal. */
function addresses(
  { url, esw, tokens }: Stack,
  { uiUrl, namespace }: DevServer,
  portfolioOrderId: string,
): string[] {
  const workflow = encodeURIComponent(`portfolio-order/${portfolioOrderId}`);
  return [
    `Operators' page:  ${url}/  (asks for a token: ${tokens.operate})`,
    `API by example:   ${url}/docs`,
    `What ESW has:     ${esw.url}/`,
    ...(uiUrl === undefined
      ? []
      : [`Temporal Web UI:  ${uiUrl}/namespaces/${namespace}/workflows/${workflow}`]),
    '',
    'In another terminal, as the README goes on:',
    `export PORTFOLIO_ORDERS_URL=${url} PORTFOLIO_ORDERS_TOKEN=${tokens.submit} OPERATOR=${tokens.operate}`,
    '',
  ];
}

main(program.parse().opts<DemoOptions>()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
