import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens';
import type { Accounts } from './accounts';
import { jsonBody, pathId, query, requireScope } from './api-server';
import { refuseCancel } from './cancel-answer';
import type { Cancellation } from './cancellation';
import { Gate } from './gate';
import { IdempotencyStore } from './idempotency';
import { listAnswer, pageQuery } from './list-answer';
import type { Order } from './objects';
import type { ResolvedOptions } from './options';
import type { OrderBook, OrderRecord } from './order-book';
import type { OrderLife } from './order-life';
import { draftOf, orderPlacementSchema } from './order-placement';
import type { PacedWaits } from './paced-waits';
import { isWithin } from './portfolio-order-routes';
import { problem } from './problem';
import { behaviourOf } from './scenarios';
import { tradingTerms } from './trading-terms';
import { wellKnownInstruments } from './well-known';

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

export interface OrderContext {
  book: OrderBook;
  accounts: Accounts;
  orders: OrderLife;
  cancellation: Cancellation;
  waits: PacedWaits;
  tokens: AccessTokens;
  options: ResolvedOptions;
}

/** Individual orders and their executions (upvest.md 3.5). */
export function orderRoutes(api: FastifyInstance, context: OrderContext): void {
  const { book, accounts, orders, cancellation, waits, tokens, options } = context;
  const read = requireScope(tokens, 'orders:read');
  const admin = requireScope(tokens, 'orders:admin');
  const placements = new IdempotencyStore<Order>();
  const known = (id: string): OrderRecord => {
    const record = book.findOrder(id);
    if (!record) throw problem(404, `There is no order ${id}`);
    return record;
  };

  api.post('/orders', admin, async (request, reply) => {
    const answer = placements.once(request, () => {
      const draft = draftOf(jsonBody(request, orderPlacementSchema));
      const account = accounts.get(draft.account_id);
      const ofAccount = account.scenario ?? 'HAPPY';
      if (ofAccount === 'ACCOUNT_NOT_FOUND') throw problem(422, `There is no account ${draft.account_id}`);
      const behaviour = behaviourOf(wellKnownInstruments[draft.instrument_id] ?? ofAccount);
      const { fillRatio } = options;
      const terms = tradingTerms(account, { side: draft.side, postTax: false, fillRatio });
      const record = orders.create(draft, { behaviour, terms, gate: new Gate() });
      waits.start('processAfterMs', () => {
        orders.start(record);
      });
      return record.order;
    });
    await reply.code(202).send(answer);
  });

  api.delete('/orders/:id', admin, async (request, reply) => {
    const record = known(pathId(request, 'id'));
    refuseCancel(accounts.get(record.order.account_id));
    // Accepted now, decided later (upvest.md 3.5).
    waits.start('cancelAfterMs', () => {
      cancellation.ofOrderByClient(record);
    });
    await reply.code(202).send({ id: record.order.id });
  });

  api.get('/orders/:id', read, (request) => known(pathId(request, 'id')).order);

  api.get('/orders/:id/executions/:executionId', read, (request) => {
    const { executions } = known(pathId(request, 'id')).order;
    const execution = executions.find(({ id }) => id === pathId(request, 'executionId'));
    if (!execution) throw problem(404, 'There is no such execution of this order');
    return execution;
  });

  api.get('/accounts/:id/orders', read, (request) => {
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
