/**
 * Measures rate, latency and memory of the webhook intake: `npm run bench:intake -- --help`. A counter replaces Temporal.
 * Prints the figures next to their targets.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { moveTo, ownCores } from './cores';
import { EVENTS_PER_REQUEST, saturate, Signer, steady, type Sent } from './intake-load';
import { startIntakeProcess, type IntakeProcess } from './intake-process';
import { summarize } from './statistics';
import { verificationCost } from './verification';

const STEADY_PER_SECOND = 300;
const TARGETS = { perSecond: 600, p99: 50 };
const MEMORY_SAMPLES = 10;
const WARM_UP_SECONDS = 3;

const out = (line = ''): void => void process.stdout.write(`${line}\n`);
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('enter a number above 0');
  return number;
}

/** Runs `work` with a server on these cores, and this process on the remaining ones, if any. */
async function onCores<T>(
  signer: Signer,
  count: number,
  work: (server: IntakeProcess) => Promise<T>,
): Promise<T> {
  const cores = ownCores();
  const others = cores?.slice(count) ?? [];
  const server = await startIntakeProcess(signer.verifyKeys(), cores?.slice(0, count));
  if (others.length > 0) moveTo(others);
  try {
    return await work(server);
  } finally {
    if (cores !== undefined) moveTo(cores);
    await server.stop();
  }
}

function table(head: string[], rows: string[][]): void {
  const drawn = new Table({ head, style: { head: [], border: [] } });
  drawn.push(...rows);
  out(drawn.toString());
  out();
}

async function bareCost(signer: Signer): Promise<number> {
  const { synchronous, pooled } = await verificationCost(signer.privateKey, signer.publicKey);
  out('One P-521 verification, in this process');
  table(
    ['how', 'each', 'per second'],
    [
      ['on the event loop', ms(synchronous), (1000 / synchronous).toFixed(0)],
      ['on the thread pool', ms(pooled), (1000 / pooled).toFixed(0)],
    ],
  );
  return pooled;
}

async function throughput(signer: Signer, seconds: number, pooledCost: number): Promise<void> {
  // More than the verifications alone allow; the first second is warm-up.
  const count = Math.ceil((1200 / pooledCost) * (seconds + WARM_UP_SECONDS));
  const rows: string[][] = [];
  for (const cores of [1, 2]) {
    const load = await signer.sign(count);
    rows.push(
      await onCores(signer, cores, async (server) => {
        const warmUp = await saturate(server.url, load, WARM_UP_SECONDS);
        const before = await server.report();
        const sent = await saturate(server.url, load.slice(warmUp.latencies.length), seconds);
        const after = await server.report();
        return [
          String(cores),
          perSecond(sent),
          `≥ ${TARGETS.perSecond}`,
          ...latencies(sent),
          `${((after.cpu - before.cpu) / sent.seconds).toFixed(2)} cores`,
          ms(((after.cpu - before.cpu) * 1000) / sent.latencies.length),
          String(sent.failed),
        ];
      }),
    );
  }
  out(`Sustained rate, ${EVENTS_PER_REQUEST} events per request, 32 connections that never wait`);
  const processor = ['processor used', 'per request', 'not 200'];
  table(['cores allowed', 'requests/s', 'target', 'p50', 'p99', 'max', ...processor], rows);
}

const perSecond = (sent: Sent): string => (sent.latencies.length / sent.seconds).toFixed(0);

function latencies(sent: Sent): string[] {
  const { p50, p99, max } = summarize(sent.latencies);
  return [p50, p99, max].map(ms);
}

async function latency(signer: Signer, seconds: number): Promise<void> {
  const warmUp = await signer.sign(STEADY_PER_SECOND * WARM_UP_SECONDS);
  const load = await signer.sign(STEADY_PER_SECOND * seconds);
  const sent = await onCores(signer, 2, async (server) => {
    await steady(server.url, warmUp, STEADY_PER_SECOND);
    return steady(server.url, load, STEADY_PER_SECOND);
  });
  out(`Latency at ${STEADY_PER_SECOND} requests/s, from each request's scheduled time, 2 cores allowed`);
  table(
    ['requests/s', 'p50', 'p99', 'target p99', 'max', 'not 200'],
    [[perSecond(sent), ...latencies(sent).toSpliced(2, 0, `≤ ${TARGETS.p99} ms`), String(sent.failed)]],
  );
}

async function memory(signer: Signer, minutes: number): Promise<void> {
  const seconds = minutes * 60;
  const count = Math.ceil(STEADY_PER_SECOND * seconds);
  out(`Signing ${count} requests for the run over ${minutes} min …`);
  const load = await signer.sign(count);
  await onCores(signer, 2, async (server) => {
    const rows: string[][] = [];
    const startedAt = performance.now();
    const sample = async (): Promise<void> => {
      const { heap, rss, events, parked } = await server.report();
      const elapsed = (performance.now() - startedAt) / 1000;
      rows.push([`${elapsed.toFixed(0)} s`, String(events), String(parked), mib(heap), mib(rss)]);
    };
    await sample();
    const sending = steady(server.url, load, STEADY_PER_SECOND);
    for (let number = 1; number < MEMORY_SAMPLES; number++) {
      await sleep((seconds / MEMORY_SAMPLES) * 1000);
      await sample();
    }
    const { failed } = await sending;
    await sample();
    out(
      `Memory at ${STEADY_PER_SECOND} requests/s, after a forced garbage collection (${failed} answers not 200)`,
    );
    table(['after', 'events taken', 'parked', 'heap used', 'resident'], rows);
    out('The caches fill first: nonces of the last 20,000 requests and the owners of 100,000 orders.');
  });
}

async function main(): Promise<void> {
  const { seconds, minutes } = new Command('bench:intake')
    .description(
      'Measures the webhook intake: rate, latency, memory, and the cost of one signature verification.',
    )
    .option('--seconds <number>', 'length of the runs for rate and latency', positive, 10)
    .option('--minutes <number>', 'length of the run for memory', positive, 0.5)
    .parse()
    .opts<{ seconds: number; minutes: number }>();

  const cores = ownCores();
  out(
    cores === undefined
      ? 'taskset is missing: the server may use every core in each run.'
      : `Cores in total: ${cores.length}. The load generator is a separate process and shares them with the server.`,
  );
  out();
  const signer = new Signer();
  const pooledCost = await bareCost(signer);
  await throughput(signer, seconds, pooledCost);
  await latency(signer, seconds);
  await memory(signer, minutes);
}

void main();
