/** What the benchmark of the records database asks, with values that vary from run to run. */
import { sql, type Kysely } from 'kysely';
import type { OrderFilter, OrderSort } from '../src/app/ports/order-list';
import type { RecordsTables } from '../src/records/tables';
import { NOW } from './records-data';

/** Milliseconds for the 95th of 100 runs. */
export const TARGETS_MS = { page: 50, count: 200, report: 300 };

export interface ListCase {
  name: string;
  filter: (run: number) => OrderFilter;
  sort?: OrderSort;
  /** Also counted. */
  isCounted?: true;
}

/** Values that rows have, drawn by position so that each run takes another one. */
export interface Samples {
  accountId: string[];
  houseAccountId: string;
  reference: string[];
  portfolioOrderId: string[];
  childId: string[];
}

export async function samplesOf(db: Kysely<RecordsTables>, runs: number): Promise<Samples> {
  const { rows } = await sql<Record<'account_id' | 'reference' | 'portfolio_order_id' | 'order_id', string>>`
    select account_id, reference, portfolio_order_id, order_id
    from (select account_id, reference, portfolio_order_id from orders tablesample bernoulli (0.1) repeatable (42)
      where reference is not null and portfolio_order_id is not null limit ${runs}) as sample
    join order_children using (portfolio_order_id)`.execute(db);
  const { rows: house } = await sql<{ account_id: string }>`
    select account_id from orders tablesample system (1) repeatable (42) group by account_id order by count(*) desc limit 1`.execute(
    db,
  );
  return {
    accountId: rows.map((row) => row.account_id),
    houseAccountId: house[0]?.account_id ?? '',
    reference: rows.map((row) => row.reference),
    portfolioOrderId: rows.map((row) => row.portfolio_order_id),
    childId: rows.map((row) => row.order_id),
  };
}

const DAY_MS = 86_400_000;

/** A stretch of days, each run another one. */
function days(run: number, length: number): { from: string; to: string } {
  const from = Date.parse(NOW) - (((run * 37) % 880) + length) * DAY_MS;
  return { from: new Date(from).toISOString(), to: new Date(from + length * DAY_MS).toISOString() };
}

export function listCases(samples: Samples): ListCase[] {
  const of = <T>(values: readonly T[], run: number): T => values[run % values.length] as T;
  const statuses = ['SETTLED', 'CANCELLED', 'NEW', 'PROCESSING', 'FILLED'];
  const phases = ['FINISHED', 'REFUSED', 'PLACING', 'TRACKED', 'UNKNOWN'] as const;
  const types = ['BUY', 'SELL', 'REBALANCING'];
  const codes = ['CANCELLED_BY_BROKER', 'EMISSION_REFUSED', 'SETTLEMENT_OVERDUE', 'MISTRADE', 'REGRESSION'];
  const amount = (run: number): number => 10 * Math.exp(((run * 7) % 60) / 10);
  const times = ['opened', 'changed', 'settled', 'finished'] as const;
  const counted = { isCounted: true } as const;
  const sorts = (['asc', 'desc'] as const).flatMap((direction) =>
    [...times, 'amount' as const].map((by): ListCase => {
      return { name: `all, by ${by} ${direction}`, filter: () => ({}), sort: { by, direction } };
    }),
  );
  return [
    { name: 'all', filter: () => ({}), ...counted },
    { name: 'open', filter: (run) => ({ open: run % 2 === 0 }), ...counted },
    { name: 'status', filter: (run) => ({ status: of(statuses, run) }), ...counted },
    {
      name: 'status, of finished',
      filter: (run) => ({ status: of(statuses, run), open: false }),
      ...counted,
    },
    { name: 'phase', filter: (run) => ({ phase: of(phases, run) }), ...counted },
    { name: 'type', filter: (run) => ({ type: of(types, run) }), ...counted },
    { name: 'attention: any', filter: () => ({ attention: 'any' }), ...counted },
    { name: 'attention: any, open', filter: () => ({ attention: 'any', open: true }), ...counted },
    { name: 'attention: any, finished', filter: () => ({ attention: 'any', open: false }), ...counted },
    { name: 'attention: a code', filter: (run) => ({ attention: of(codes, run) }), ...counted },
    { name: 'attention: a rare code', filter: () => ({ attention: 'MISTRADE' }), ...counted },
    { name: 'account', filter: (run) => ({ accountId: of(samples.accountId, run) }), ...counted },
    {
      name: 'account with 2 % of all orders',
      filter: () => ({ accountId: samples.houseAccountId }),
      ...counted,
    },
    { name: 'reference', filter: (run) => ({ reference: of(samples.reference, run) }), ...counted },
    {
      name: 'amount, from and to',
      filter: (run) => ({ amount: { from: amount(run).toFixed(2), to: (amount(run) * 1.05).toFixed(2) } }),
      ...counted,
    },
    { name: 'amount, exact', filter: (run) => exactly(amount(run).toFixed(2)), ...counted },
    { name: 'amount, from', filter: (run) => ({ amount: { from: amount(run).toFixed(2) } }), ...counted },
    { name: 'amount, none', filter: () => ({ amount: { from: '99999999' } }), ...counted },
    ...times.flatMap((time): ListCase[] => [
      { name: `${time}, a day`, filter: (run) => ({ times: { [time]: days(run, 1) } }), ...counted },
      { name: `${time}, a year`, filter: (run) => ({ times: { [time]: days(run, 365) } }), ...counted },
    ]),
    {
      name: 'search: a letter',
      filter: (run) => ({ search: of(['s', 'a', 'app.', 'savings-'], run) }),
      ...counted,
    },
    {
      name: 'search: half a reference',
      filter: (run) => ({ search: of(samples.reference, run).slice(0, 12) }),
      ...counted,
    },
    {
      name: 'search: order id',
      filter: (run) => ({ search: of(samples.portfolioOrderId, run) }),
      ...counted,
    },
    { name: 'search: child order id', filter: (run) => ({ search: of(samples.childId, run) }), ...counted },
    { name: 'search: account id', filter: (run) => ({ search: of(samples.accountId, run) }), ...counted },
    { name: 'search: the large account', filter: () => ({ search: samples.houseAccountId }), ...counted },
    {
      name: 'status and account',
      filter: (run) => ({ status: of(statuses, run), accountId: of(samples.accountId, run) }),
      ...counted,
    },
    {
      name: 'status and the large account',
      filter: (run) => ({ status: of(statuses, run), accountId: samples.houseAccountId }),
      ...counted,
    },
    {
      name: 'status and type',
      filter: (run) => ({ status: of(statuses, run), type: of(types, run >> 2) }),
      ...counted,
    },
    {
      name: 'status and a month',
      filter: (run) => ({ status: of(statuses, run), times: { opened: days(run, 30) } }),
      ...counted,
    },
    {
      name: 'type, amount and a year',
      filter: (run) => ({
        type: of(types, run),
        amount: { from: amount(run).toFixed(2) },
        times: { settled: days(run, 365) },
      }),
      ...counted,
    },
    {
      name: 'attention: any, and a type',
      filter: (run) => ({ attention: 'any', type: of(types, run) }),
      ...counted,
    },
    {
      name: 'attention: any, and an account',
      filter: (run) => ({ attention: 'any', accountId: of(samples.accountId, run) }),
      ...counted,
    },
    ...sorts,
    {
      name: 'an account, by amount',
      filter: (run) => ({ accountId: of(samples.accountId, run) }),
      sort: { by: 'amount', direction: 'desc' },
    },
    {
      name: 'a status, by amount',
      filter: (run) => ({ status: of(statuses, run) }),
      sort: { by: 'amount', direction: 'desc' },
    },
    {
      name: 'a day, by amount',
      filter: (run) => ({ times: { settled: days(run, 1) } }),
      sort: { by: 'amount', direction: 'desc' },
    },
  ];
}

const exactly = (value: string): OrderFilter => ({ amount: { from: value, to: value } });
