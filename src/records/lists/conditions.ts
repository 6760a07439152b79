/** The filters of the list as conditions of SQL, each of which an index serves. */
import { sql, type RawBuilder } from 'kysely';
import type { InterruptedOrders, ListedTime, OrderFilter } from '../../app/ports/order-list';
import { UUID } from '../../domain/values/uuid';

export type Condition = RawBuilder<unknown>;

export const TIME_COLUMNS: Readonly<Record<ListedTime, Condition>> = {
  opened: sql`opened_at`,
  changed: sql`changed_at`,
  settled: sql`settled_at`,
  finished: sql`finished_at`,
};

export const IS_OPEN = sql`finished_at is null`;
export const IS_FINISHED = sql`finished_at is not null`;
/** As the partial indexes have it. */
const HAS_ATTENTION = sql`attention <> '{}'`;

const PHASES: Readonly<Record<NonNullable<OrderFilter['phase']>, readonly string[]>> = {
  PLACING: ['PLACING', 'HANDING_OVER'],
  UNKNOWN: ['UNKNOWN'],
  REFUSED: ['REFUSED', 'NOT_PLACED'],
  TRACKED: ['TRACKED'],
  FINISHED: ['FINISHED'],
};

export function conditionsOf(filter: OrderFilter): Condition[] {
  const { status, accountId, attention, reference, type, phase, open, amount, search } = filter;
  const given: (Condition | undefined)[] = [
    status === undefined ? undefined : sql`status = ${status}`,
    type === undefined ? undefined : sql`type = ${type}`,
    // Rows have ids in lower case, as Upvest spells them.
    accountId === undefined ? undefined : sql`account_id = ${accountId.toLowerCase()}`,
    reference === undefined ? undefined : sql`reference = ${reference}`,
    phase === undefined ? undefined : isOneOf(sql`phase`, PHASES[phase]),
    open === undefined ? undefined : open ? IS_OPEN : IS_FINISHED,
    amount?.from === undefined ? undefined : sql`ordered >= ${amount.from}::numeric`,
    amount?.to === undefined ? undefined : sql`ordered <= ${amount.to}::numeric`,
    search === undefined ? undefined : matches(search),
    needs(attention, filter.interrupted),
  ];
  const times = Object.entries(filter.times ?? {}).flatMap(([name, { from, to }]) => {
    const column = TIME_COLUMNS[name as ListedTime];
    return [
      ...(from === undefined ? [] : [sql`${column} >= ${from}::timestamptz`]),
      ...(to === undefined ? [] : [sql`${column} < ${to}::timestamptz`]),
    ];
  });
  return [...given.filter((condition) => condition !== undefined), ...times];
}

export function all(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function isOneOf(column: Condition, values: readonly string[]): Condition {
  return values.length === 1 ? sql`${column} = ${values[0]}` : sql`${column} in (${sql.join(values)})`;
}

function needs(
  attention: string | undefined,
  interrupted: InterruptedOrders | undefined,
): Condition | undefined {
  const isThere = interrupted === undefined ? undefined : isAmong(interrupted);
  if (attention === undefined) return isThere;
  if (attention !== 'any') return sql`${HAS_ATTENTION} and attention @> array[${attention}]::text[]`;
  return isThere === undefined ? HAS_ATTENTION : sql`(${HAS_ATTENTION} or ${isThere})`;
}

function isAmong({ portfolioOrderIds, references }: InterruptedOrders): Condition {
  return sql`(portfolio_order_id = any(${portfolioOrderIds}::text[])
    or (reference = any(${references}::text[]) and portfolio_order_id is null))`;
}

/** References are no UUIDs (`src/app/schemas/submission.ts`), and ids are searched for as a whole. */
export function isId(search: string): boolean {
  return UUID.test(search);
}

function matches(search: string): Condition {
  if (!isId(search)) return sql`reference >= ${search} and reference < ${afterAll(search)}`;
  const id = search.toLowerCase();
  return sql`(portfolio_order_id = ${id} or account_id = ${id}
    or portfolio_order_id = (select portfolio_order_id from order_children where order_id = ${id}))`;
}

/** The first text after all that begin with this one, in the order of bytes that the column has. */
function afterAll(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}
