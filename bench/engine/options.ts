/** Options of `npm run bench:engine`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { A_DURATION, durationOf } from '../../src/config/values';

/** What is sent to ESW: the portfolio order's events, or also those of its children. */
export const STREAMS = ['portfolio', 'orders'] as const;
export type Stream = (typeof STREAMS)[number];

export interface EngineOptions {
  /** Measured orders of a side in a round. */
  orders: number;
  /** Orders of a side before the first round, which are not counted. */
  warmUp: number;
  children: number;
  /** Webhook requests of an order. */
  requests: number;
  /** Orders of a side that stay open during all rounds: their last webhook request does not come. */
  open: number;
  /** Orders under way, unless there is a rate. */
  atOnce: number;
  /** Time that both partners take for each answer, in milliseconds. */
  partnerLatency: number;
  /** Orders per second, in place of a number at once. */
  rate?: number;
  rounds: number;
  stream: Stream | 'both';
  json?: true;
  markdown?: true;
  /** Folder for CPU profiles of the product's processes. */
  cpuProf?: string;
}

/** The streams that are measured. */
export function streamsOf({ stream }: Pick<EngineOptions, 'stream'>): readonly Stream[] {
  return stream === 'both' ? STREAMS : [stream];
}

export function engineCommand(): Command {
  return new Command('npm run bench:engine --')
    .description('Compares the product with a bare workflow on the same engine.')
    .option('--orders <number>', 'measured orders of a side in a round', wholeNumber(1, 100_000), 60)
    .option('--warm-up <number>', 'orders of a side before the first round', wholeNumber(0, 10_000), 20)
    .option('--open <number>', 'orders of a side that stay open meanwhile', openOrders, 0)
    .option('--children <number>', 'child orders of an order', wholeNumber(1, 500), 10)
    .option('--requests <number>', 'webhook requests of an order', wholeNumber(1, 1_000), 8)
    .option('--at-once <number>', 'orders under way', wholeNumber(1, 10_000), 20)
    .option('--partner-latency <duration>', 'time until Upvest and ESW answer', milliseconds, 0)
    .option('--rate <orders/s>', 'start orders at this rate, however many are under way', rate)
    .option('--rounds <number>', 'rounds, whose medians are printed', wholeNumber(1, 100), 5)
    .addOption(streamOption('both', 'both'))
    .option('--json', 'print every round as JSON')
    .option('--markdown', 'print the table of docs/performance.md')
    .option('--cpu-prof <folder>', "write CPU profiles of the product's processes into this folder")
    .allowExcessArguments(false);
}

export function streamOption(standard: string, ...further: string[]): Option {
  return new Option('--stream <stream>', 'events that ESW gets')
    .choices([...STREAMS, ...further])
    .default(standard);
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Enter a whole number from ${min} to ${max}.`);
  };
}

function openOrders(text: string): number {
  const number = wholeNumber(0, 100_000)(text);
  if (number !== 1) return number;
  throw new InvalidArgumentError(
    'Enter 0, or at least 2: memory is the difference between half of them and all.',
  );
}

function milliseconds(text: string): number {
  const duration = durationOf(text);
  if (duration === undefined) throw new InvalidArgumentError(`It ${A_DURATION}.`);
  return duration;
}

function rate(text: string): number {
  const number = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (number > 0) return number;
  throw new InvalidArgumentError('Enter a number of orders per second above 0.');
}
