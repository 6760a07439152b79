/**
 * `npm run bench:records`: measures lists, counts and the report of a day on a PostgreSQL that it starts and fills, and prints
 * the figures next to their targets, with the plans. Takes some minutes, and 8 GB of disk.
 */
import { randomUUID } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { Kysely, PostgresDialect, sql, type RawBuilder } from 'kysely';
import { Pool } from 'pg';
import { connectRecords } from '../src/records/connect';
import { conditionsOf } from '../src/records/lists/conditions';
import { countQuery, createOrderIndex, pageQuery, resolved } from '../src/records/lists/order-index';
import { partsOf } from '../src/records/lists/order-sort';
import { createReports, settledQuery } from '../src/records/lists/settled-report';
import { migrate } from '../src/records/migrate';
import type { RecordsTables } from '../src/records/tables';
import { findPostgres, startPostgres } from '../tools/postgresql/postgresql';
import { listCases, samplesOf, TARGETS_MS } from './records-cases';
import { fill, NOW, type Size } from './records-data';
import { percentile } from './statistics';

const PAGE = 50;
const WARM_UP = 5;
const out = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options extends Size {
  runs: number;
  filled?: string;
  keep?: true;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new InvalidArgumentError('enter a whole number');
  return Number(text);
}

const program = new Command('npm run bench:records --')
  .option('--finished <number>', 'finished orders', wholeNumber, 1_000_000)
  .option('--open <number>', 'open orders', wholeNumber, 10_000)
  .option('--runs <number>', 'measured runs of each query', wholeNumber, 40)
  .option('--filled <url>', 'measure on a database that an earlier run filled; it is only read')
  .option('--keep', 'leave the database running, and print its URL')
  .allowExcessArguments(false);

interface Measured {
  name: string;
  p50: number;
  p95: number;
  target: number;
  plan: string;
}

async function measure(
  name: string,
  target: number,
  runs: number,
  run: (number: number) => Promise<unknown>,
  plan: (number: number) => Promise<string[]>,
): Promise<Measured> {
  const times: number[] = [];
  for (let number = 0; number < WARM_UP + runs; number += 1) {
    const start = performance.now();
    await run(number);
    if (number >= WARM_UP) times.push(performance.now() - start);
  }
  const plans = new Set<string>();
  for (let number = 0; number < 6; number += 1) for (const one of await plan(number)) plans.add(one);
  return {
    name,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    target,
    plan: [...plans].join('\n'),
  };
}

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

/** The plan in one line: the nodes that read or sort. */
async function planOf(db: Kysely<RecordsTables>, query: RawBuilder<unknown>): Promise<string> {
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>`explain (format json) ${query}`.execute(
    db,
  );
  const names: string[] = [];
  const walk = ({
    'Node Type': type,
    'Index Name': index,
    'Relation Name': relation,
    Plans = [],
  }: PlanNode): void => {
    if (/Scan$|Sort$|Gather/.test(type)) names.push([type, index ?? relation ?? ''].join(' ').trim());
    Plans.forEach(walk);
  };
  rows[0]?.['QUERY PLAN'].forEach(({ Plan }) => {
    walk(Plan);
  });
  return names.join(' < ');
}

async function measureAll(db: Kysely<RecordsTables>, runs: number): Promise<Measured[]> {
  const index = createOrderIndex(db);
  const reports = createReports(db);
  const cases = listCases(await samplesOf(db, runs));
  const measured: Measured[] = [];
  const note = (one: Measured): void => {
    measured.push(one);
    process.stderr.write(`${one.name}: ${one.p95.toFixed(1)} ms\n`);
  };
  for (const { name, filter, sort } of cases) {
    const plans = async (run: number): Promise<string[]> => {
      const conditions = conditionsOf(await resolved(db, filter(run)));
      const parts = partsOf(filter(run), sort);
      return Promise.all(parts.map((part) => planOf(db, pageQuery(conditions, part, { limit: PAGE + 1 }))));
    };
    note(
      await measure(
        `page: ${name}`,
        TARGETS_MS.page,
        runs,
        (run) => index.page(filter(run), sort, { limit: PAGE }),
        plans,
      ),
    );
  }
  for (const { name, filter, isCounted } of cases)
    if (isCounted)
      note(
        await measure(
          `count: ${name}`,
          TARGETS_MS.count,
          runs,
          (run) => index.count(filter(run)),
          async (run) => [await planOf(db, countQuery(conditionsOf(await resolved(db, filter(run)))))],
        ),
      );
  const day = (run: number) => {
    const from = new Date(Date.parse(NOW) - (10 + ((run * 13) % 800)) * 86_400_000)
      .toISOString()
      .slice(0, 10);
    return { from, to: from };
  };
  note(
    await measure(
      'report of a day',
      TARGETS_MS.report,
      runs,
      (run) => reports.settled(day(run)),
      async (run) => [await planOf(db, settledQuery(day(run)))],
    ),
  );
  return measured;
}

function print(measured: Measured[]): void {
  const table = new Table({
    head: ['what', 'p50', 'p95', 'target', 'plan'],
    style: { head: [], border: [] },
  });
  for (const { name, p50, p95, target, plan } of measured)
    table.push([
      name,
      `${p50.toFixed(1)} ms`,
      `${p95.toFixed(1)} ms${p95 > target ? ' !' : ''}`,
      `${target} ms`,
      plan,
    ]);
  out(table.toString());
  const missed = measured.filter(({ p95, target }) => p95 > target);
  out(missed.length === 0 ? 'All targets are met.' : `Missed: ${missed.map(({ name }) => name).join(', ')}`);
  if (missed.length > 0) process.exitCode = 1;
}

async function started(): Promise<{ url: string; stop: () => Promise<void> }> {
  const password = randomUUID();
  const settings = ['shared_buffers=1GB', 'max_wal_size=8GB', 'maintenance_work_mem=512MB'];
  const server = await startPostgres(findPostgres(), { user: 'bench', password, settings });
  return {
    url: `postgresql://bench:${password}@127.0.0.1:${server.port}/postgres`,
    stop: () => server.stop(),
  };
}

/** Without the time limits of statements that `connectRecords` sets. */
async function fillSlowly(url: string, size: Size): Promise<void> {
  const dialect = new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) });
  const db = new Kysely<RecordsTables>({ dialect });
  try {
    await fill(db, size);
  } finally {
    await db.destroy();
  }
}

async function main({ runs, filled, keep, ...size }: Options): Promise<void> {
  const server = filled === undefined ? await started() : undefined;
  const db = connectRecords(filled ?? server?.url ?? '', { name: 'bench' });
  try {
    if (server !== undefined) {
      const start = performance.now();
      await migrate(db);
      await fillSlowly(server.url, size);
      out(`Filled in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
    }
    const { rows } = await sql<{ text: string }>`
      select version() || ', orders: ' || count(*) || ', table ' || pg_size_pretty(pg_relation_size('orders')) || ', indexes '
        || pg_size_pretty(pg_indexes_size('orders')) as text from orders`.execute(db);
    out(rows[0]?.text ?? '');
    const [cpu] = cpus();
    out(
      `${cpus().length} × ${cpu?.model ?? '?'}, system load ${loadavg()
        .map((value) => value.toFixed(1))
        .join(', ')}.`,
    );
    print(await measureAll(db, runs));
    if (keep && server) {
      out(`Running at ${server.url}, until Ctrl-C.`);
      await new Promise((resolve) => process.once('SIGINT', resolve));
    }
  } finally {
    await db.destroy();
    await server?.stop();
  }
}

void main(program.parse().opts<Options>());
