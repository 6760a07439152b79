/** Lists and reports without the HTTP server: from the records database, in this process. */
import { orderCsv, decisionCsv, settledCsv } from '../../app/csv';
import { nextCursor, readCursor } from '../../app/cursor';
import type { OrderList } from '../../app/orders/list';
import { allDecisions, decisionPage } from '../../app/reports';
import { read } from '../../app/schemas/input';
import { filterOf, orderQuery, sortOf } from '../../app/schemas/order-queries';
import { decisionsQuery, settledQuery } from '../../app/schemas/report-queries';
import { present } from '../../lib/json';
import type { RecordLists } from '../../records/lists';
import type { OrdersClient } from './orders-client';

export type ReportsClient = Pick<OrdersClient, 'list' | 'settled' | 'decisions' | 'csv'>;

/** Every method throws the errors of the use cases. */
export function createDirectReports(
  list: OrderList,
  { reports, decisions }: Pick<RecordLists, 'reports' | 'decisions'>,
): ReportsClient {
  return {
    async list(given) {
      const { limit, cursor, count, ...query } = read(orderQuery, texts(given));
      const [filter, sort] = [filterOf(query), sortOf(query)];
      const page = await list.page(filter, sort, { limit, ...readCursor(cursor, query) });
      const total = count === true ? await list.count(filter) : undefined;
      return { orders: page.orders, ...nextCursor(page.next, query), ...present({ count: total }) };
    },

    settled: async (days) => ({ days: await reports.settled(read(settledQuery, days)) }),

    async decisions(given) {
      const { limit, cursor, ...query } = read(decisionsQuery, texts(given));
      const filter = { list: 'decisions', ...query };
      const page = await decisionPage(decisions, present(query), { limit, ...readCursor(cursor, filter) });
      return { decisions: page.decisions, ...nextCursor(page.next, filter) };
    },

    async *csv({ of, query }) {
      if (of === 'settled') yield* settledCsv(await reports.settled(read(settledQuery, query)));
      else if (of === 'decisions') {
        const { limit: _limit, cursor: _cursor, ...filter } = read(decisionsQuery, texts(query));
        yield* decisionCsv(allDecisions(decisions, present(filter)));
      } else {
        const { limit: _limit, cursor: _cursor, count: _count, ...filter } = read(orderQuery, texts(query));
        yield* orderCsv(list.all(filterOf(filter), sortOf(filter)));
      }
    },
  };
}

/** The values as a query has them. */
function texts(query: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
