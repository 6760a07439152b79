/**
 * `npm run bench:large-order`: an open order with many children in a worker's cache. Prints duration and response size of its
 * queries.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { readOrder, submitOrder } from '../src/cli/client/http';
import { OrdersProblem } from '../src/cli/client/problem';
import type { Stack } from '../demo/stack';
import { startWholeStack } from '../demo/full-stack';
import type { PortfolioOrderView } from '../src/domain/views/order-view';
import { createLogger } from '../src/lib/logger';
import { installRuntime } from '../src/temporal/sdk-logs';
import { summarize } from './statistics';
import { stateQuery, portfolioOrderWorkflowId, timelineQuery, viewQuery } from '../contracts/portfolio-order';

const QUERIES = 100;
const out = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('npm run bench:large-order --')
  .option(
    '--children <number>',
    'child orders',
    (text) => {
      if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('enter a whole number');
      return Number(text);
    },
    500,
  )
  .allowExcessArguments(false);

async function main({ children }: { children: number }): Promise<void> {
  const logger = createLogger('bench', 'error');
  installRuntime(logger);
  const { stack, stop } = await startWholeStack({
    server: { log: out },
    logger,
    httpPort: 0,
    upvest: { children },
  });
  try {
    const handle = stack.client.workflow.getHandle(await openOrder(stack, children));
    const queries: [string, () => Promise<unknown>][] = [
      ['view', () => handle.query(viewQuery)],
      ['timeline, first page', () => handle.query(timelineQuery)],
      ['state', () => handle.query(stateQuery)],
    ];
    for (const [name, ask] of queries) {
      const bytes = JSON.stringify(await ask()).length;
      const times: number[] = [];
      for (let count = 0; count < QUERIES; count += 1) {
        const start = performance.now();
        await ask();
        times.push(performance.now() - start);
      }
      const { p50, p99 } = summarize(times);
      out(`${name}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${(bytes / 1024).toFixed(0)} KiB`);
    }
  } finally {
    await stop();
  }
}

/** Places an order whose children are filled but not settled, and waits until the product and ESW have all events. */
async function openOrder(stack: Stack, children: number): Promise<string> {
  const accountId = randomUUID();
  stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_FILLED', children });
  const api = { url: stack.url, token: stack.tokens.submit };
  const reference = `large-${accountId}`;
  const [cashAmount, currency, side] = ['1000000.00', 'EUR', 'BUY'] as const;
  await submitOrder(api, { reference, userId: randomUUID(), accountId, cashAmount, currency, side });
  for (;;) {
    const seen = await readOrder(api, reference).catch((error: unknown) => {
      // During hundreds of webhooks, a worker may be too busy to answer.
      if (error instanceof OrdersProblem && error.code === 'UNAVAILABLE') return undefined;
      throw error;
    });
    if (seen?.order?.progress.executions === children && isToldToEsw(seen.order))
      return portfolioOrderWorkflowId(seen.order.portfolioOrderId);
    await sleep(500);
  }
}

function isToldToEsw({ fulfillment: { pending, children } }: PortfolioOrderView): boolean {
  return pending.length === 0 && children?.pending === 0;
}

void main(program.parse().opts<{ children: number }>());
