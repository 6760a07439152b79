/** API route that lists portfolio orders. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import type { OrderList } from '../../app/orders/list';
import { orderCsv } from '../../app/csv';
import { nextCursor, readCursor } from '../../app/cursor';
import { filterOf, orderQuery, sortOf } from '../../app/schemas/order-queries';
import type { WithDeadline } from '../../app/webhooks/accept-batch';
import { present } from '../../lib/json';
import { csv, responseDocs } from '../openapi/responses';
import { orderPage } from '../openapi/schemas/orders';
import type { Guard } from '../plugins/auth';
import { sendCsv, wantsCsv } from '../plugins/csv';

export interface OrderListRouteOptions {
  guard: Guard;
  list: OrderList;
  withDeadline: WithDeadline;
}

export function orderListRoute({
  guard,
  list,
  withDeadline,
}: OrderListRouteOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const schema = {
      operationId: 'listPortfolioOrders',
      tags: ['orders'],
      summary: 'List portfolio orders',
      description:
        'Open orders, newest first, then finished orders, most recently finished first; or by `sort`. From the records database, at most some seconds behind the orders. With `Accept: text/csv` all orders that match, without pages.',
      querystring: orderQuery,
      response: responseDocs({ 200: csv('A page, or all orders as CSV', orderPage) }, [
        'INVALID_REQUEST',
        'RECORDS_UNAVAILABLE',
      ]),
    };
    app.get('/portfolio-orders', { onRequest: guard.needs('read'), schema }, async (request, reply) => {
      const { limit, cursor, count, ...query } = request.query;
      const [filter, sort] = [filterOf(query), sortOf(query)];
      if (wantsCsv(request)) return sendCsv(reply, 'portfolio-orders', orderCsv(list.all(filter, sort)));
      const part = { limit, ...readCursor(cursor, query) };
      return withDeadline(async () => {
        const [page, total] = await Promise.all([
          list.page(filter, sort, part),
          count === true ? list.count(filter) : undefined,
        ]);
        return { orders: page.orders, ...nextCursor(page.next, query), ...present({ count: total }) };
      });
    });
    done();
  };
}
