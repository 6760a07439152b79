/** The filters of the list as conditions of SQL, each of which an index serves. */
import { sql, type RawBuilder } from 'kysely';
import type { InterruptedOrders, ListedTime, OrderFilter } from '../../app/ports/order-list';
import { UUID } from '../../domain/values/uuid';

export type Condition = RawBuilder<unknown>;

/** A filter whose search for an id is a filter by it. */
export interface ResolvedFilter extends OrderFilter {
  portfolioOrderId?: string;
}

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

/** With what each says about the time it finished, as the table checks it, so that the indexes of either kind serve them. */
const PHASES: Readonly<Record<NonNullable<OrderFilter['phase']>, Condition>> = {
  PLACING: sql`${IS_OPEN} and phase in ('PLACING', 'HANDING_OVER', 'NOT_STARTED')`,
  UNKNOWN: sql`${IS_OPEN} and phase = 'UNKNOWN'`,
  REFUSED: sql`${IS_FINISHED} and phase in ('REFUSED', 'NOT_PLACED')`,
  // An order stays open until its final record is stored.
  TRACKED: sql`${IS_OPEN} and phase in ('TRACKED', 'FINISHED')`,
  FINISHED: sql`${IS_FINISHED} and phase = 'FINISHED'`,
};

/** @param filter `search` is the beginning of a reference: ids are resolved before */
export function conditionsOf(filter: ResolvedFilter): Condition[] {
  const { status, accountId, attention, reference, type, phase, open, amount, search, portfolioOrderId } =
    filter;
  const given: (Condition | undefined)[] = [
    status === undefined ? undefined : sql`status = ${status}`,
    type === undefined ? undefined : sql`type = ${type}`,
    // Rows have ids in lower case, as Upvest spells them.
    accountId === undefined ? undefined : sql`account_id = ${accountId.toLowerCase()}`,
    reference === undefined ? undefined : sql`reference = ${reference}`,
    phase === undefined ? undefined : PHASES[phase],
    open === undefined ? undefined : open ? IS_OPEN : IS_FINISHED,
    amount?.from === undefined ? undefined : sql`ordered >= ${amount.from}::numeric`,
    amount?.to === undefined ? undefined : sql`ordered <= ${amount.to}::numeric`,
    search === undefined ? undefined : matches(search),
    portfolioOrderId === undefined ? undefined : sql`portfolio_order_id = ${portfolioOrderId}`,
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
  return sql`reference >= ${search} and reference < ${afterAll(search)}`;
}

/** The first text after all that begin with this one, in the order of bytes that the column has. */
function afterAll(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}
