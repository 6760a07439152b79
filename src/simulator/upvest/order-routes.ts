import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens';
import { pathId, query, requireScope } from './api-server';
import { listAnswer, pageQuery } from './list-answer';
import type { OrderBook } from './order-book';
import { isWithin } from './portfolio-order-routes';
import { problem } from './problem';

/** Without `status` only FILLED orders are listed, as the newest source documents it (upvest.md 3.5). */
const listSchema = z.strictObject({
  ...pageQuery,
  order: z.enum(['ASC', 'DESC']).default('ASC'),
  sort: z.literal('created_at').default('created_at'),
  status: z.enum(['NEW', 'PROCESSING', 'FILLED', 'CANCELLED']).default('FILLED'),
  user_id: z.guid().optional(),
  date_created_from: z.iso.datetime().optional(),
  date_created_to: z.iso.datetime().optional(),
});

/** Reads of single orders and their executions (upvest.md 3.5). */
export function orderRoutes(
  api: FastifyInstance,
  { book, tokens }: { book: OrderBook; tokens: AccessTokens },
): void {
  const scope = requireScope(tokens, 'orders:read');

  api.get('/orders/:id', scope, (request) => {
    const found = book.findOrder(pathId(request, 'id'));
    if (!found) throw problem(404, `There is no order ${pathId(request, 'id')}`);
    return found.order;
  });

  api.get('/orders/:id/executions/:executionId', scope, (request) => {
    const found = book.findOrder(pathId(request, 'id'));
    const execution = found?.order.executions.find(({ id }) => id === pathId(request, 'executionId'));
    if (!execution) throw problem(404, 'There is no such execution of this order');
    return execution;
  });

  api.get('/accounts/:id/orders', scope, (request) => {
    const filter = query(request, listSchema);
    const matching = book
      .ordersOfAccount(pathId(request, 'id'))
      .filter(
        (order) =>
          order.status === filter.status &&
          (filter.user_id === undefined || order.user_id === filter.user_id) &&
          isWithin(order.created_at, filter.date_created_from, filter.date_created_to),
      );
    if (filter.order === 'DESC') matching.reverse();
    return listAnswer(matching, filter);
  });
}
