/** `npm run bench:sizing -- --help`: what a month of orders takes, from the figures of one order that the other commands print. */
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { cloudCost, PRICES_OF } from './cloud-cost';

interface Options {
  ordersPerDay: number;
  tradingDays: number;
  busiestHour: number;
  actions: number;
  historyKib: number;
  openDays: number;
  retentionDays: number;
  recordKib: number;
  workerMs: number;
  serverMs: number;
  temporalMs: number;
  postgresqlMs: number;
  eswEvents: number;
  eswLatencyMs: number;
  eswInFlight: number;
  upvestRate: number;
  upvestRequests: number;
  load: number;
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 1e9) return number;
  throw new InvalidArgumentError('Enter a number above 0.');
}

function share(text: string): number {
  const number = positive(text);
  if (number <= 1) return number;
  throw new InvalidArgumentError('Enter a share from 0 to 1.');
}

const program = new Command('npm run bench:sizing --')
  .description(
    'What a month of orders takes. The defaults are of orders with 10 children and the stream orders (docs/sizing.md).',
  )
  .requiredOption('--orders-per-day <number>', 'orders of a trading day', positive)
  .option('--trading-days <number>', 'trading days of a month', positive, 21)
  .option('--busiest-hour <share>', 'share of the orders of a day that come in its busiest hour', share, 0.5)
  .option('--actions <number>', 'billable actions of an order (billable-actions)', positive, 17)
  .option('--history-kib <number>', 'size of its histories (bench:engine)', positive, 88)
  .option('--open-days <number>', 'days until it has settled', positive, 4)
  .option('--retention-days <number>', 'days for which Temporal keeps it after that', positive, 30)
  .option('--record-kib <number>', 'what it leaves in the records database (bench:engine)', positive, 111)
  .option('--worker-ms <number>', 'processor time of the worker (bench:engine)', positive, 142)
  .option('--server-ms <number>', 'processor time of the server', positive, 54)
  .option('--temporal-ms <number>', 'processor time of Temporal', positive, 120)
  .option('--postgresql-ms <number>', 'processor time of PostgreSQL', positive, 81)
  .option('--esw-events <number>', 'OrderEvents of an order', positive, 34)
  .option('--esw-latency-ms <number>', 'time until ESW answers one', positive, 200)
  .option('--esw-in-flight <number>', 'ESW_MAX_IN_FLIGHT', positive, 64)
  .option('--upvest-rate <per second>', 'UPVEST_REQUESTS_PER_SECOND', positive, 250)
  .option('--upvest-requests <number>', 'requests to Upvest of a placed order', positive, 1)
  .option('--load <share>', 'share of a core that is planned for', share, 0.6)
  .allowExcessArguments(false);

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const GIBIBYTE = 1024 ** 2;
const HOUR_SECONDS = 3_600;

function main(options: Options): void {
  const { ordersPerDay, tradingDays, load } = options;
  const orders = ordersPerDay * tradingDays;
  const perSecond = (ordersPerDay * options.busiestHour) / HOUR_SECONDS;
  const cores = (ms: number): string => ((perSecond * ms) / 1000 / load).toFixed(2);
  const open = ordersPerDay * options.openDays * (tradingDays / 30);
  const eventsPerSecond = perSecond * options.eswEvents;
  const table = new Table({ head: ['', 'figure'], style: { head: [], border: [] } });
  const row = (name: string, value: string): void => void table.push([name, value]);
  row('orders a month', orders.toFixed(0));
  row('orders a second in the busiest hour', perSecond.toFixed(2));
  row(`cores of workers, at ${load * 100} %`, cores(options.workerMs));
  row('cores of servers', cores(options.serverMs));
  row('cores of Temporal', cores(options.temporalMs));
  row('cores of PostgreSQL, for Temporal and for records', cores(options.postgresqlMs));
  row('OrderEvents a second in the busiest hour', eventsPerSecond.toFixed(1));
  row('of them on their way at a time', ((eventsPerSecond * options.eswLatencyMs) / 1000).toFixed(1));
  row(
    'OrderEvents a second that one worker process can have answered',
    ((options.eswInFlight * 1000) / options.eswLatencyMs).toFixed(0),
  );
  row(
    'time until Upvest has taken the orders of the busiest hour, if all come at once',
    `${((ordersPerDay * options.busiestHour * options.upvestRequests) / options.upvestRate).toFixed(0)} s`,
  );
  row('open orders', open.toFixed(0));
  row('records database, growth a month', `${((orders * options.recordKib) / GIBIBYTE).toFixed(1)} GiB`);
  const stored = options.openDays + options.retentionDays;
  row(
    'histories that Temporal holds',
    `${((ordersPerDay * (tradingDays / 30) * stored * options.historyKib) / GIBIBYTE).toFixed(1)} GiB`,
  );
  const cost = cloudCost({
    orders,
    actionsPerOrder: options.actions,
    historyBytesPerOrder: options.historyKib * 1024,
    openDays: options.openDays,
    retentionDays: options.retentionDays,
  });
  const dollars = (amount: { toFixed(decimals: number): string }): string => `$${amount.toFixed(0)}`;
  row(`Temporal Cloud, ${cost.millionActions.toFixed(1)} million actions`, dollars(cost.actions));
  row(`Temporal Cloud, ${cost.activeGigabyteHours.toFixed(0)} GBh of active storage`, dollars(cost.active));
  row(
    `Temporal Cloud, ${cost.retainedGigabyteHours.toFixed(0)} GBh of retained storage`,
    dollars(cost.retained),
  );
  row('Temporal Cloud, plan Business', dollars(cost.plan));
  row(`Temporal Cloud in all, prices of ${PRICES_OF}`, `${dollars(cost.total)} a month`);
  row('of it for a million orders', dollars(cost.total.times(1e6).div(orders)));
  out(table.toString());
}

main(program.parse().opts<Options>());
