/**
 * `npm run bench:cache`: one worker process whose memory does not hold all open orders, beside the same worker with room for all of
 * them. docs/performance.md has the results.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { portfolioOrderWorkflowId, viewQuery } from '../../contracts/portfolio-order';
import { connectClient } from '../../src/temporal/client';
import { summarize } from '../statistics';
import { startedParts, startInfrastructure, type Infrastructure } from './infrastructure';
import { runOrders } from './load';
import { machine } from './machine';
import { COUNTED, type Counted } from './measure';
import { streamOption, wholeNumber, type Stream } from './options';
import { startPartners, type PartnersProcess } from './partners-process';
import { orderEventsOf, type Basket } from './partners-messages';
import { readCpu, readPeakMemory, readResidentMemory } from './processes';
import { markdownTable } from './report';
import { startProduct, type Side } from './sides';

interface CacheOptions {
  open: number;
  memory: string;
  orders: number;
  children: number;
  requests: number;
  atOnce: number;
  stream: Stream;
}

/** An open order, with the number of events that ESW still gets of it. */
interface OpenOrder {
  basket: Basket;
  expected: number;
}

interface Measured {
  name: string;
  ordersPerSecond: number;
  cpu: Record<Counted | 'total', number>;
  delivery: { p50: number; p99: number };
  resident: number;
  peak: number;
}

interface Bench {
  side: Side;
  partners: PartnersProcess;
  options: CacheOptions;
  roots: Infrastructure['roots'];
}

const MIB = 2 ** 20;
const AT_ONCE_OPENED = 200;
const SETTLE_MS = 2_000;
const PARTNERS = { partnerLatency: 0 };
/** More than there are orders, and more memory than they take. */
const WITHOUT_BOUND = { WORKER_MEMORY: '64GiB', WORKER_CACHED_WORKFLOWS: '1000000' };

const note = (text: string): void => void process.stderr.write(`${text}\n`);
const out = (text: string): void => void process.stdout.write(`${text}\n`);

/** Opens orders until their last webhook request, which settles them. */
async function openOrders({ side, partners, options }: Bench): Promise<OpenOrder[]> {
  const opened: OpenOrder[] = [];
  const all = orderEventsOf(side.stream, options.children);
  while (opened.length < options.open) {
    const baskets = await partners.prepare(Math.min(AT_ONCE_OPENED, options.open - opened.length));
    await runOrders(side, baskets, partners, { ...options, part: 'open' });
    await sleep(SETTLE_MS);
    for (const basket of baskets)
      opened.push({
        basket: { ...basket, requests: basket.requests.slice(-1) },
        expected: all - partners.countOf(basket),
      });
    await partners.forget();
    note(`${opened.length} orders are open, ${toMiB(readResidentMemory(side.roots.worker))} MiB`);
  }
  return opened;
}

/** Sends the last webhook request of orders, and waits until ESW has their last event. */
async function close(name: string, orders: OpenOrder[], bench: Bench): Promise<Measured> {
  const { side, partners, options, roots } = bench;
  const expected = new Map(orders.map((one) => [one.basket, one.expected]));
  const read = () => readCpu<Counted>({ ...roots, ...side.roots });
  const before = read();
  const load = await runOrders(side, [...expected.keys()], partners, {
    ...options,
    part: 'close',
    expectedOf: (basket) => expected.get(basket) ?? 0,
  });
  await sleep(SETTLE_MS);
  const after = read();
  // Not what it finds wrong: it has forgotten the events that came before, and misses them.
  await partners.forget();
  const each = COUNTED.map((who): [Counted, number] => [who, (after[who] - before[who]) / orders.length]);
  return {
    name,
    ordersPerSecond: orders.length / load.seconds,
    cpu: {
      ...(Object.fromEntries(each) as Record<Counted, number>),
      total: each.reduce((sum, [, ms]) => sum + ms, 0),
    },
    delivery: summarize(load.delivered),
    resident: readResidentMemory(side.roots.worker),
    peak: readPeakMemory(side.roots.worker),
  };
}

/** Asks every order for its view, so that the cache is as full as it may be. @returns milliseconds for each */
async function fillCache(orders: readonly OpenOrder[], temporalAddress: string): Promise<number> {
  const client = connectClient({ address: temporalAddress });
  const remaining = orders.values();
  const startedAt = performance.now();
  const one = async (): Promise<void> => {
    for (const { basket } of remaining)
      await client.workflow.getHandle(portfolioOrderWorkflowId(basket.portfolioOrderId)).query(viewQuery);
  };
  try {
    await Promise.all(Array.from({ length: 8 }, one));
  } finally {
    await client.connection.close();
  }
  return (performance.now() - startedAt) / orders.length;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

async function compare(options: CacheOptions): Promise<void> {
  const where = machine();
  const { started, stop } = startedParts();
  try {
    const { roots, description, temporalAddress, databaseUrl } = started(await startInfrastructure(note));
    const partners = started(await startPartners({ ...options, ...PARTNERS }));
    const product = started(
      await startProduct({
        ...{ temporalAddress, databaseUrl, access: partners.access, streams: [options.stream] },
        workerEnvironment: WITHOUT_BOUND,
      }),
    );
    const [side] = product.sides;
    if (side?.restartWorker === undefined) throw new Error('There is no worker to restart.');
    const bench = { side, partners, options, roots };
    const orders = shuffled(await openOrders(bench));
    const unbounded = await close('room for all', orders.splice(0, options.orders), bench);
    note(`room for all: ${unbounded.ordersPerSecond.toFixed(2)} orders/s`);

    await side.restartWorker({ WORKER_MEMORY: options.memory });
    const eachMs = await fillCache(orders, temporalAddress);
    const bounded = await close(options.memory, shuffled(orders).slice(0, options.orders), bench);
    out(
      `${[where, ...description].join('; ')}; ${options.orders} orders settle of ${options.open} open ones, ${options.children} children, ` +
        `${options.atOnce} at once. After the restart the worker read each of the ${orders.length} orders again, in ${eachMs.toFixed(1)} ms of its time.\n\n` +
        markdownTable(linesOf(unbounded, bounded)),
    );
  } finally {
    await stop();
  }
}

function linesOf(unbounded: Measured, bounded: Measured): string[][] {
  const line = (name: string, decimals: number, value: (one: Measured) => number): string[] => {
    const [all, some] = [value(unbounded), value(bounded)];
    return [name, all.toFixed(decimals), some.toFixed(decimals), (some / all).toFixed(2)];
  };
  return [
    ['', unbounded.name, bounded.name, 'ratio'],
    line('orders/s', 2, (one) => one.ordersPerSecond),
    line('CPU per order, ms', 1, (one) => one.cpu.total),
    ...COUNTED.map((name) => line(`of it ${name}, ms`, 1, (one) => one.cpu[name])),
    line('webhook to ESW, p50, ms', 1, (one) => one.delivery.p50),
    line('webhook to ESW, p99, ms', 1, (one) => one.delivery.p99),
    line('memory of the worker, MiB', 0, (one) => one.resident / MIB),
    line('its peak, MiB', 0, (one) => one.peak / MIB),
  ];
}

function toMiB(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

const command = new Command('npm run bench:cache --')
  .description('One worker whose memory does not hold all open orders, beside one that holds them all.')
  .option('--open <number>', 'orders that are open', wholeNumber(10, 100_000), 5_000)
  .option('--memory <size>', 'WORKER_MEMORY of the worker that holds some of them', '2GiB')
  .option(
    '--orders <number>',
    'orders that settle in each of the two measurements',
    wholeNumber(1, 10_000),
    400,
  )
  .option('--children <number>', 'child orders of an order', wholeNumber(1, 500), 10)
  .option('--requests <number>', 'webhook requests of an order', wholeNumber(2, 1_000), 8)
  .option('--at-once <number>', 'orders under way', wholeNumber(1, 10_000), 20)
  .addOption(streamOption('orders'))
  .allowExcessArguments(false);

compare(command.parse().opts<CacheOptions>()).catch((error: unknown) => {
  note(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
