/**
 * `npm run bench:engine`: the product beside a bare workflow that does the least on the same engine, with the same partners and
 * webhooks, in turn. docs/performance.md says what is measured, and has the results.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { connectClient } from '../../src/temporal/client';
import { startedParts, startInfrastructure } from './infrastructure';
import { machine } from './machine';
import { measureRound, openOrders, type Bench, type OpenOrderMemory, type Round } from './measure';
import { engineCommand, streamsOf, type EngineOptions } from './options';
import { startPartners } from './partners-process';
import { profileSummary } from './profile';
import { growthLines, readRecordsSize } from './records-size';
import { markdownTable, reportTable, type SideRounds } from './report';
import { startProduct, startTwin, type Side } from './sides';

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);

interface Comparison {
  results: SideRounds[];
  description: string[];
  /** What the orders of the product left in the records database. */
  growth: string[];
}

/** Runs all rounds. @returns the sides in the order of the table, and what they ran on */
async function compare(options: EngineOptions): Promise<Comparison> {
  const { started, stop } = startedParts();
  try {
    const { roots, description, temporalAddress, databaseUrl } = started(await startInfrastructure(note));
    const partners = started(await startPartners(options));
    const { cpuProf } = options;
    const streams = streamsOf(options);
    const { access } = partners;
    const sideOptions = { temporalAddress, databaseUrl, access, streams, cpuProf };
    const twin = started(await startTwin(sideOptions));
    const product = started(await startProduct(sideOptions));
    const client = connectClient({ address: temporalAddress });
    started({ stop: () => client.connection.close() });
    const sides = [...twin.sides, ...product.sides];
    const before = await readRecordsSize(databaseUrl);
    const results = await inTurn(sides, { client, partners, roots, options });
    return { results, description, growth: growthLines(before, await readRecordsSize(databaseUrl)) };
  } finally {
    await stop();
  }
}

async function inTurn(sides: readonly Side[], bench: Bench): Promise<SideRounds[]> {
  const { orders, warmUp, rounds } = bench.options;
  const measured: { side: Side; openOrderMemory: OpenOrderMemory | undefined; rounds: Round[] }[] = [];
  for (const side of sides) {
    if (warmUp > 0) await measureRound(side, warmUp, bench);
    measured.push({ side, openOrderMemory: await openOrders(side, bench), rounds: [] });
  }
  for (let round = 1; round <= rounds; round += 1)
    for (const { side, rounds: results } of measured) {
      const result = await measureRound(side, orders, bench);
      results.push(result);
      note(
        `round ${round}, ${side.name}, ${side.stream}: ${result.ordersPerSecond.toFixed(2)} orders/s, ` +
          `${result.cpu.total.toFixed(0)} ms of CPU per order`,
      );
    }
  return measured.map(({ side: { name, stream }, ...rest }) => ({ name, stream, ...rest }));
}

function workload(options: EngineOptions): string {
  const { orders, open, children, requests, atOnce, rate, partnerLatency, rounds } = options;
  const pace = rate === undefined ? `${atOnce} orders at once` : `${rate} orders/s`;
  const measured = rounds === 1 ? 'one round' : `medians of ${rounds} rounds`;
  const opened = open === 0 ? '' : ` beside ${open} open ones`;
  return `${measured} of ${orders} orders${opened}, ${children} children, ${requests} webhook requests, ${pace}, partners answer after ${partnerLatency} ms`;
}

function print(options: EngineOptions, results: SideRounds[], facts: string[]): void {
  if (options.json) {
    out(JSON.stringify({ facts, options, sides: results }, undefined, 2));
    return;
  }
  const [head = [], ...lines] = reportTable(results);
  if (options.markdown) {
    out(`${facts.join('; ')}.\n\n${markdownTable([head, ...lines])}`);
    return;
  }
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...lines);
  out(`${facts.join('\n')}\n${table.toString()}`);
}

async function main(options: EngineOptions): Promise<void> {
  const cpuProf = options.cpuProf === undefined ? undefined : resolve(options.cpuProf);
  if (cpuProf !== undefined) mkdirSync(cpuProf, { recursive: true });
  const where = machine();
  const { results, description, growth } = await compare({
    ...options,
    ...(cpuProf !== undefined && { cpuProf }),
  });
  print(options, results, [where, ...description, workload(options)]);
  growth.forEach(note);
  if (cpuProf === undefined) return;
  const files = readdirSync(cpuProf, { recursive: true, encoding: 'utf8' });
  for (const name of files.filter((file) => file.endsWith('.cpuprofile')).sort()) {
    const path = join(cpuProf, name);
    note(`\n${path}\n${profileSummary(path)}`);
  }
}

if (process.platform !== 'linux') {
  note('The benchmark reads processor times from /proc, which only Linux has.');
  process.exitCode = 1;
} else {
  main(engineCommand().parse().opts<EngineOptions>()).catch((error: unknown) => {
    note(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
