import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessTokens } from '../access/access-tokens';
import { jsonBody, pathId, query, requireScope } from './api-server';
import { IdempotencyStore } from '../access/idempotency';
import { listResponse, pageQuery } from './list-response';
import { problem } from './problem';
import type { Rebalancing } from '../orders/rebalancing';

const ids = z.array(z.guid()).min(1);
const creationSchema = z.union([z.strictObject({ accounts: ids }), z.strictObject({ allocations: ids })]);
const listSchema = z.strictObject({
  ...pageQuery,
  sort: z.literal('status').default('status'),
  order: z.literal('ASC').default('ASC'),
});

/** Rebalancing executions and their orders (references/upvest.md#rebalancing). */
export function rebalancingRoutes(
  api: FastifyInstance,
  { rebalancing, tokens }: { rebalancing: Rebalancing; tokens: AccessTokens },
): void {
  const read = requireScope(tokens, 'portfolios:read');
  const executions = new IdempotencyStore<{ id: string }>();
  const requireExecution = (id: string): NonNullable<ReturnType<Rebalancing['find']>> => {
    const found = rebalancing.find(id);
    if (!found) throw problem(404, `Rebalancing execution ${id} not found`);
    return found;
  };

  api.post('/portfolios/rebalancings/executions', requireScope(tokens, 'portfolios:admin'), (request) =>
    executions.once(request, () => ({ id: rebalancing.start(jsonBody(request, creationSchema)).id })),
  );

  api.get(
    '/portfolios/rebalancings/executions/:id',
    read,
    (request) => requireExecution(pathId(request, 'id')).execution,
  );

  api.get('/portfolios/rebalancings/executions/:id/orders', read, (request) => {
    const filter = query(request, listSchema);
    const sorted = [...requireExecution(pathId(request, 'id')).orders].sort((one, other) =>
      one.status.localeCompare(other.status),
    );
    return listResponse(sorted, filter);
  });
}
