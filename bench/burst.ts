/**
 * `npm run bench:burst -- --help`: how long a morning of savings plans takes, simulated from measured rates, and how many worker
 * processes keep it within a time.
 */
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { simulateBurst, workersWithin, type BurstOptions, type Moments } from './burst-model';
import { A_DURATION, durationOf } from '../src/config/values';

const out = (line: string): void => void process.stdout.write(`${line}\n`);

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 10_000_000) return number;
  throw new InvalidArgumentError('Enter a number above 0.');
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Enter a whole number above 0.');
}

function milliseconds(text: string): number {
  const duration = durationOf(text);
  if (duration === undefined) throw new InvalidArgumentError(`It ${A_DURATION}.`);
  return duration;
}

interface Options extends BurstOptions {
  withinMs: number;
  readsPerSecond: number;
}

interface Given {
  orders: number;
  over: number;
  eventsPerRequest: number;
  requestRate: number;
  signalRate: number;
  workers: number;
  startRate: number;
  engineRate?: number;
  linger: number;
  emissionRate: number;
  eswLatency: number;
  eswInFlight: number;
  readRate: number;
  within: number;
}

/** What the server and the parked lists do by themselves. */
const DELIVERY_MS = 1_000;
const PARKED_AFTER_MS = 5_000;

const program = new Command('npm run bench:burst --')
  .description('Simulates orders that all begin with their webhooks, from rates that other commands measure.')
  .option('--orders <number>', 'orders', wholeNumber, 50_000)
  .option('--over <duration>', 'time over which Upvest makes them', milliseconds, 0)
  .option('--events-per-request <number>', 'orders in a webhook request', wholeNumber, 79)
  .option('--request-rate <per second>', 'webhook requests of a server (bench:intake)', positive, 300)
  .option(
    '--signal-rate <per second>',
    'orders that a process starts by signal (adoption-burst)',
    positive,
    100,
  )
  .option('--workers <number>', 'worker processes', wholeNumber, 1)
  .option(
    '--start-rate <per second>',
    'first workflow tasks of a worker that does nothing else',
    positive,
    70,
  )
  .option('--engine-rate <per second>', 'workflows that Temporal starts; no limit if left out', positive)
  .option('--linger <duration>', 'POLICY_EMISSION_LINGER', milliseconds, 400)
  .option(
    '--emission-rate <per second>',
    'first OrderEvents of a worker that does nothing else',
    positive,
    70,
  )
  .option('--esw-latency <duration>', 'time until ESW answers', milliseconds, 200)
  .option('--esw-in-flight <number>', 'ESW_MAX_IN_FLIGHT', wholeNumber, 64)
  .option('--read-rate <per second>', 'reads at Upvest, four fifths of the budget', positive, 200)
  .option('--within <duration>', 'for the number of worker processes', milliseconds, 600_000)
  .allowExcessArguments(false);

function optionsOf(given: Given): Options {
  return {
    orders: given.orders,
    overMs: given.over,
    eventsPerRequest: given.eventsPerRequest,
    requestsPerSecond: given.requestRate,
    signalsPerSecond: given.signalRate,
    deliveryMs: DELIVERY_MS,
    parkedAfterMs: PARKED_AFTER_MS,
    workers: given.workers,
    startsPerSecond: given.startRate,
    engineStartsPerSecond: given.engineRate ?? Infinity,
    lingerMs: given.linger,
    emissionsPerSecond: given.emissionRate,
    eswLatencyMs: given.eswLatency,
    eswInFlight: given.eswInFlight,
    withinMs: given.within,
    readsPerSecond: given.readRate,
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function main(options: Options): void {
  const { orders, workers, withinMs, readsPerSecond } = options;
  const { parked, ...burst } = simulateBurst(options);
  const table = new Table({ head: ['', 'half of the orders', 'all'], style: { head: [], border: [] } });
  const row = (name: string, { half, last }: Moments): void => {
    table.push([name, seconds(half), seconds(last)]);
  };
  row('acknowledged to Upvest', burst.acknowledged);
  row('adopted: Temporal has the workflow', burst.adopted);
  row('started: first workflow task done', burst.started);
  row('first event accepted by ESW', burst.emitted);
  out(`${orders} orders, ${workers} worker process${workers === 1 ? '' : 'es'}`);
  out(table.toString());
  out(`First events that were parked for a moment: ${parked}.`);
  out(
    `If none leaves NEW in time, reading all of them once takes ${seconds((orders * 1000) / readsPerSecond)}.`,
  );
  const needed = workersWithin(options, withinMs);
  out(
    needed === undefined
      ? `No number of worker processes has all first events at ESW within ${seconds(withinMs)}: the webhook or Temporal is the limit.`
      : `All first events are at ESW within ${seconds(withinMs)} with ${needed} worker process${needed === 1 ? '' : 'es'}.`,
  );
}

main(optionsOf(program.parse().opts<Given>()));
