/**
 * `npm run bench:orders-list`: measures the first page of the list and single orders over HTTP, with many orders present,
 * which it places in waves. Prints the figures next to their targets.
 */
import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { Pool } from 'undici';
import { submitOrder } from '../src/cli/client/http';
import type { Stack } from '../demo/stack';
import { startWholeStack } from '../demo/full-stack';
import { createLogger } from '../src/lib/logger';
import { installRuntime } from '../src/temporal/sdk-logs';
import { summarize } from './statistics';

const BUDGETS_MS = { list: 300, order: 100 };
const REQUESTS = 200;
const WARM_UP = 20;
/** Orders per wave: enough for both cores, too few for a backlog. */
const WAVE = 40;
const WAVE_LIMIT_MS = 120_000;
/** An Upvest without delays. */
const PACE = { processAfterMs: 20, childSpacingMs: 0, fillAfterMs: 10, settleAfterMs: 20, secondMs: 20 };
const out = (line: string): void => void process.stdout.write(`${line}\n`);

interface Size {
  finished: number;
  open: number;
  children: number;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('enter a whole number');
  return Number(text);
}

const program = new Command('npm run bench:orders-list --')
  .option('--finished <number>', 'finished orders', wholeNumber, 1000)
  .option('--open <number>', 'orders waiting for settlement', wholeNumber, 200)
  .option('--children <number>', 'child orders per order', wholeNumber, 3)
  .allowExcessArguments(false);

/** Places orders in waves, and waits until `query` finds each wave in the index. */
async function makeOrders(
  stack: Stack,
  kind: 'finished' | 'open',
  count: number,
  query: string,
): Promise<string[]> {
  const api = { url: stack.url, token: stack.tokens.submit };
  const references: string[] = [];
  while (references.length < count) {
    const wave = Array.from({ length: Math.min(WAVE, count - references.length) }, async () => {
      const accountId = randomUUID();
      if (kind === 'open') stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_FILLED' });
      const reference = `${kind}-${randomUUID()}`;
      const order = { cashAmount: '1000.00', currency: 'EUR', side: 'BUY' };
      await submitOrder(api, { reference, userId: randomUUID(), accountId, ...order });
      return reference;
    });
    references.push(...(await Promise.all(wave)));
    await untilCounted(stack, query, references.length);
  }
  return references;
}

async function untilCounted(stack: Stack, query: string, wanted: number): Promise<void> {
  let count = 0;
  for (const deadline = Date.now() + WAVE_LIMIT_MS; Date.now() < deadline;) {
    ({ count } = await stack.client.workflow.count(query));
    if (count >= wanted) return;
    await sleep(100);
  }
  throw new Error(`Only ${count} of ${wanted} orders reached: ${query}`);
}

/** Milliseconds per request, sequentially, cycling through the paths. */
async function latencies(stack: Stack, paths: string[]): Promise<number[]> {
  const pool = new Pool(stack.url, { connections: 1 });
  const headers = { authorization: `Bearer ${stack.tokens.read}` };
  const times: number[] = [];
  try {
    for (let number = 0; number < WARM_UP + REQUESTS; number += 1) {
      const path = paths[number % paths.length] ?? '';
      const start = performance.now();
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`GET ${path} answered ${statusCode}: ${text}`);
      if (number >= WARM_UP) times.push(performance.now() - start);
    }
  } finally {
    await pool.close();
  }
  return times;
}

async function measure(stack: Stack, open: string[], finished: string[]): Promise<void> {
  const orderPath = (reference: string): string => `/portfolio-orders/${reference}`;
  const cases: [name: string, budgetMs: number, paths: string[]][] = [
    ['list, first page', BUDGETS_MS.list, ['/portfolio-orders']],
    ['list, open only', BUDGETS_MS.list, ['/portfolio-orders?open=true']],
    ['list, finished only', BUDGETS_MS.list, ['/portfolio-orders?open=false']],
    ['list, needs attention', BUDGETS_MS.list, ['/portfolio-orders?attention=any&open=true']],
    ['list, by status', BUDGETS_MS.list, ['/portfolio-orders?status=SETTLED']],
    ['one order, open', BUDGETS_MS.order, open.map(orderPath)],
    ['one order, finished', BUDGETS_MS.order, finished.map(orderPath)],
  ];
  const table = new Table({ head: ['what', 'p50', 'p99', 'max', 'target'], style: { head: [], border: [] } });
  for (const [name, budget, paths] of cases) {
    const { p50, p99, max } = summarize(await latencies(stack, paths));
    table.push([name, ...[p50, p99, max].map((value) => `${value.toFixed(1)} ms`), `${budget} ms`]);
  }
  out(table.toString());
}

async function main({ finished, open, children }: Size): Promise<void> {
  const logger = createLogger('bench', 'error');
  installRuntime(logger);
  const { stack, stop } = await startWholeStack({
    server: { log: out },
    logger,
    httpPort: 0,
    upvest: { children, pace: PACE },
  });
  try {
    const start = performance.now();
    const orders = "WorkflowType = 'portfolioOrder'";
    const ended = await makeOrders(
      stack,
      'finished',
      finished,
      `${orders} AND ExecutionStatus = 'Completed'`,
    );
    const waiting = `${orders} AND ExecutionStatus = 'Running' AND PortfolioOrderStatus = 'FILLED'`;
    const running = await makeOrders(stack, 'open', open, waiting);
    const seconds = (performance.now() - start) / 1000;
    out(
      `Created ${finished} finished and ${open} open orders with ${children} children each in ${seconds.toFixed(0)} s.`,
    );
    const load = loadavg().map((value) => value.toFixed(1));
    out(`${REQUESTS} sequential requests each; system load ${load.join(', ')}.`);
    await measure(stack, running, ended);
  } finally {
    await stop();
  }
}

void main(program.parse().opts<Size>());
