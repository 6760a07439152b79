/** Pages and counts of orders, in SQL. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { OrderFilter, OrderIndex } from '../../app/ports/order-list';
import { callRecords, type Ask } from '../availability';
import type { RecordsTables } from '../tables';
import { all, conditionsOf, isId, type Condition, type ResolvedFilter } from './conditions';
import { after, partsOf, readPosition, writePosition, type Position, type SortedPart } from './order-sort';
import { behindPosition } from './positions';
import { SUMMARY_COLUMNS, summaryOf, type SummaryRow } from './summaries';

const COLUMNS = sql.join(SUMMARY_COLUMNS.map((name) => sql.ref(name)));

type ListedRow = SummaryRow & { id: number; position: string };

export function createOrderIndex(db: Kysely<RecordsTables>, ask: Ask = callRecords): OrderIndex {
  return {
    async page(filter, sort, { limit, cursor }) {
      const conditions = conditionsOf(await resolved(db, filter, ask));
      const parts = partsOf(filter, sort);
      const position = cursor === undefined ? undefined : readPosition(cursor, parts);
      const rows: (ListedRow & { part: number })[] = [];
      for (const [part, sorted] of parts.entries()) {
        if (position !== undefined && part < position.part) continue;
        if (rows.length > limit) break;
        const from = part === position?.part ? position : undefined;
        const query = pageQuery(conditions, sorted, { limit: limit + 1 - rows.length, from });
        const { rows: found } = await behindPosition(from !== undefined, () => ask(() => query.execute(db)));
        rows.push(...found.map((row) => ({ ...row, part })));
      }
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        orders: shown.map(summaryOf),
        ...(last && { next: writePosition({ part: last.part, value: last.position, id: last.id }) }),
      };
    },

    async count(filter) {
      const query = countQuery(conditionsOf(await resolved(db, filter, ask)));
      const { rows } = await ask(() => query.execute(db));
      return rows[0]?.count ?? 0;
    },
  };
}

/**
 * A search for an id is one for an order, for one of its children, or for an account. Which one is asked first: a condition with
 * all three would read the rows of the account instead of their index.
 */
export async function resolved(
  db: Kysely<RecordsTables>,
  filter: OrderFilter,
  ask: Ask = callRecords,
): Promise<ResolvedFilter> {
  const { search, ...others } = filter;
  if (search === undefined || !isId(search)) return filter;
  const id = search.toLowerCase();
  const query = sql<{ portfolio_order_id: string }>`
    select portfolio_order_id from orders where portfolio_order_id = ${id}
    union all select portfolio_order_id from order_children where order_id = ${id} limit 1`;
  const { rows } = await ask(() => query.execute(db));
  const [found] = rows;
  if (found) return { ...others, portfolioOrderId: found.portfolio_order_id };
  // An account that is filtered by as well is another one.
  if (others.accountId !== undefined && others.accountId.toLowerCase() !== id)
    return { ...others, portfolioOrderId: '' };
  return { ...others, accountId: id };
}

interface Range {
  limit: number;
  /** The rows behind it; from the first one if absent. */
  from?: Position | undefined;
}

export function pageQuery(
  conditions: readonly Condition[],
  part: SortedPart,
  { limit, from }: Range,
): RawBuilder<ListedRow> {
  const { where, column, direction } = part;
  const whole = [
    ...(where === undefined ? [] : [where]),
    ...conditions,
    ...(from === undefined ? [] : [after(part, from)]),
  ];
  const order = sql.raw(direction);
  return sql<ListedRow>`
    select id, ${column}::text as position, ${COLUMNS} from orders
    where ${all(whole)} order by ${column} ${order}, id ${order} limit ${limit}`;
}

export function countQuery(conditions: readonly Condition[]): RawBuilder<{ count: number }> {
  return sql<{ count: number }>`select count(*) as count from orders where ${all(conditions)}`;
}
