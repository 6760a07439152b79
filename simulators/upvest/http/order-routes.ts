import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessTokens } from '../access/access-tokens';
import type { Accounts } from '../access/accounts';
import { jsonBody, pathId, query, requireScope } from './api-server';
import { rejectCancel } from '../orders/cancel-rejection';
import type { Cancellation } from '../orders/cancellation';
import { ScenarioHold } from '../behaviour/scenario-hold';
import { IdempotencyStore } from '../access/idempotency';
import { listResponse, pageQuery } from './list-response';
import type { Order } from '../orders/wire-objects';
import type { ResolvedOptions } from '../options';
import type { OrderStore, OrderRecord } from '../orders/order-store';
import type { OrderLifecycle } from '../orders/order-lifecycle';
import { draftOf, orderPlacementSchema } from '../orders/order-placement';
import type { PacedTimers } from '../behaviour/paced-timers';
import { isWithin } from './portfolio-order-routes';
import { problem } from './problem';
import { behaviourOf } from '../behaviour/scenarios';
import { tradingTerms } from '../orders/trading-terms';
import { wellKnownInstruments } from '../access/well-known';

/** `status` defaults to FILLED, as in the newest source (references/upvest.md#individual-orders). */
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
  store: OrderStore;
  accounts: Accounts;
  orders: OrderLifecycle;
  cancellation: Cancellation;
  timers: PacedTimers;
  tokens: AccessTokens;
  options: ResolvedOptions;
}

/** Individual orders and their executions (references/upvest.md#individual-orders). */
export function orderRoutes(api: FastifyInstance, context: OrderContext): void {
  const { store, accounts, orders, cancellation, timers, tokens, options } = context;
  const read = requireScope(tokens, 'orders:read');
  const admin = requireScope(tokens, 'orders:admin');
  const placements = new IdempotencyStore<Order>();
  const requireOrder = (id: string): OrderRecord => {
    const record = store.findOrder(id);
    if (!record) throw problem(404, `Order ${id} not found`);
    return record;
  };

  api.post('/orders', admin, async (request, reply) => {
    const order = placements.once(request, () => {
      const draft = draftOf(jsonBody(request, orderPlacementSchema));
      const account = accounts.get(draft.account_id);
      const accountScenario = account.scenario ?? 'HAPPY';
      if (accountScenario === 'ACCOUNT_NOT_FOUND')
        throw problem(422, `Account ${draft.account_id} not found`);
      const behaviour = behaviourOf(wellKnownInstruments[draft.instrument_id] ?? accountScenario);
      const { fillRatio } = options;
      const terms = tradingTerms(account, { side: draft.side, postTax: false, fillRatio });
      const record = orders.create(draft, { behaviour, terms, hold: new ScenarioHold() });
      timers.start('processAfterMs', () => {
        orders.start(record);
      });
      return record.order;
    });
    await reply.code(202).send(order);
  });

  api.delete('/orders/:id', admin, async (request, reply) => {
    const record = requireOrder(pathId(request, 'id'));
    rejectCancel(accounts.get(record.order.account_id));
    // Accepted immediately, decided later (references/upvest.md#individual-orders).
    timers.start('cancelAfterMs', () => {
      cancellation.ofOrderByClient(record);
    });
    await reply.code(202).send({ id: record.order.id });
  });

  api.get('/orders/:id', read, (request) => requireOrder(pathId(request, 'id')).order);

  api.get('/orders/:id/executions/:executionId', read, (request) => {
    const { executions } = requireOrder(pathId(request, 'id')).order;
    const execution = executions.find(({ id }) => id === pathId(request, 'executionId'));
    if (!execution) throw problem(404, 'The order has no such execution');
    return execution;
  });

  api.get('/accounts/:id/orders', read, (request) => {
    const filter = query(request, listSchema);
    const matching = store
      .ordersOfAccount(pathId(request, 'id'))
      .filter(
        (order) =>
          order.status === filter.status &&
          (filter.user_id === undefined || order.user_id === filter.user_id) &&
          isWithin(order.created_at, filter.date_created_from, filter.date_created_to),
      );
    if (filter.order === 'DESC') matching.reverse();
    return listResponse(matching, filter);
  });
}
