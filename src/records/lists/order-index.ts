/** Pages and counts of orders, in SQL. */
import { sql, type Kysely } from 'kysely';
import type { OrderIndex } from '../../app/ports/order-list';
import { callRecords } from '../availability';
import type { RecordsTables } from '../tables';
import { all, conditionsOf, type Condition } from './conditions';
import { after, partsOf, readPosition, writePosition, type Position, type SortedPart } from './order-sort';
import { SUMMARY_COLUMNS, summaryOf, type SummaryRow } from './summaries';

const COLUMNS = sql.join(SUMMARY_COLUMNS.map((name) => sql.ref(name)));

type ListedRow = SummaryRow & { id: number; position: string };

export function createOrderIndex(db: Kysely<RecordsTables>): OrderIndex {
  return {
    async page(filter, sort, { limit, cursor }) {
      const conditions = conditionsOf(filter);
      const parts = partsOf(filter, sort);
      const position = cursor === undefined ? undefined : readPosition(cursor, parts);
      const rows: (ListedRow & { part: number })[] = [];
      for (const [part, sorted] of parts.entries()) {
        if (position !== undefined && part < position.part) continue;
        if (rows.length > limit) break;
        const from = part === position?.part ? position : undefined;
        const query = pageQuery(conditions, sorted, { limit: limit + 1 - rows.length, from });
        const { rows: found } = await callRecords(() => query.execute(db));
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
      const { rows } = await callRecords(() => countQuery(conditionsOf(filter)).execute(db));
      return rows[0]?.count ?? 0;
    },
  };
}

interface Range {
  limit: number;
  /** The rows behind it; from the first one if absent. */
  from?: Position | undefined;
}

export function pageQuery(conditions: readonly Condition[], part: SortedPart, { limit, from }: Range) {
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

export function countQuery(conditions: readonly Condition[]) {
  return sql<{ count: number }>`select count(*) as count from orders where ${all(conditions)}`;
}
