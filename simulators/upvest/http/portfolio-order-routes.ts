import Big from 'big.js';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessTokens } from '../access/access-tokens';
import type { Accounts } from '../access/accounts';
import { jsonBody, pathId, query, requireScope } from './api-server';
import { rejectCancel } from '../orders/cancel-rejection';
import type { Cancellation } from '../orders/cancellation';
import type { IdempotencyStore } from '../access/idempotency';
import { listResponse, pageQuery, utcDate } from './list-response';
import type { PortfolioOrder } from '../orders/wire-objects';
import type { ResolvedOptions } from '../options';
import type { OrderStore, PortfolioRecord } from '../orders/order-store';
import type { PacedTimers } from '../behaviour/paced-timers';
import type { PortfolioLifecycle } from '../orders/portfolio-lifecycle';
import { problem } from './problem';

/**
 * A cash amount that fits into a child order: `^[0-9]{1,9}(\.[0-9]{2})?$` (references/upvest.md#order). Upvest's limits
 * and decimals are undocumented (references/upvest.md#open-questions no. 10).
 */
export const cashAmountSchema = z
  .string()
  .regex(/^[0-9]{1,9}(\.[0-9]{1,27})?$/, { abort: true })
  .refine(
    (amount) => new Big(amount).gt(0) && new Big(amount).round(2).eq(amount),
    'must be above 0, in whole cents',
  );

/** references/upvest.md#place-a-portfolio-order, additionalProperties: false. */
const placementSchema = z.strictObject({
  user_id: z.guid(),
  account_id: z.guid(),
  cash_amount: cashAmountSchema,
  currency: z.enum(['EUR', 'GBP']),
  side: z.enum(['BUY', 'SELL']),
  post_tax: z.boolean().default(false),
});

const listSchema = z.strictObject({
  ...pageQuery,
  account_id: z.guid().optional(),
  allocation_id: z.guid().optional(),
  start_date: utcDate.optional(),
  end_date: utcDate.optional(),
  sort: z.literal('id').default('id'),
  order: z.literal('ASC').default('ASC'),
});

/** An order that was accepted ahead of its placement, as it was then. */
export interface PreparedPlacement {
  portfolioOrder: PortfolioOrder;
  /** Called once the placement is answered. */
  onPlaced: () => void;
}

export interface PortfolioOrderContext {
  store: OrderStore;
  accounts: Accounts;
  portfolios: PortfolioLifecycle;
  cancellation: Cancellation;
  timers: PacedTimers;
  tokens: AccessTokens;
  options: ResolvedOptions;
  placements: IdempotencyStore<PortfolioOrder>;
  /** By account: what the next placement gets in place of a new order. */
  prepared: Map<string, PreparedPlacement>;
}

/**
 * The portfolio order endpoints (references/upvest.md#place-a-portfolio-order, #read-portfolio-orders,
 * #cancel-a-portfolio-order).
 */
export function portfolioOrderRoutes(api: FastifyInstance, context: PortfolioOrderContext): void {
  const { store, accounts, portfolios, cancellation, timers, tokens, options, placements, prepared } =
    context;

  api.post('/portfolios/orders', requireScope(tokens, 'portfolios:admin'), async (request, reply) => {
    const portfolioOrder = placements.once(request, () => {
      const placement = jsonBody(request, placementSchema);
      const { scenario, placementAnswer = 'accepted' } = accounts.get(placement.account_id);
      if (placementAnswer !== 'accepted') throw problem(placementAnswer, 'The token lacks a scope');
      if (scenario === 'ACCOUNT_NOT_FOUND') {
        throw problem(404, `Account ${placement.account_id} not found`);
      }
      const ready = prepared.get(placement.account_id);
      prepared.delete(placement.account_id);
      if (ready) {
        reply.raw.once('finish', ready.onPlaced);
        return ready.portfolioOrder;
      }
      return portfolios.accept({
        userId: placement.user_id,
        accountId: placement.account_id,
        cashAmount: placement.cash_amount,
        currency: placement.currency,
        type: placement.side,
        postTax: placement.post_tax,
        initiationFlow: 'API',
      }).portfolioOrder;
    });
    await reply.code(options.placementStatus).send(portfolioOrder);
  });

  api.get('/portfolios/orders', requireScope(tokens, 'portfolios:read'), (request) => {
    const filter = query(request, listSchema);
    const matching = store
      .all()
      .filter(isVisible)
      .map(({ portfolioOrder }) => portfolioOrder)
      .filter(
        (order) =>
          (filter.account_id === undefined || order.account_id === filter.account_id) &&
          (filter.allocation_id === undefined || order.allocation_id === filter.allocation_id) &&
          isWithin(order.created_at, filter.start_date, filter.end_date),
      )
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    return listResponse(matching, filter);
  });

  api.get('/portfolios/orders/:id', requireScope(tokens, 'portfolios:read'), (request) => {
    return requirePortfolioOrder(store, pathId(request, 'id')).portfolioOrder;
  });

  api.delete('/portfolios/orders/:id', requireScope(tokens, 'portfolios:admin'), async (request, reply) => {
    const record = requirePortfolioOrder(store, pathId(request, 'id'));
    rejectCancel(accounts.get(record.portfolioOrder.account_id));
    // Accepted immediately, decided later (references/upvest.md#cancel-a-portfolio-order).
    timers.start('cancelAfterMs', () => {
      cancellation.byClient(record);
    });
    await reply.code(options.cancelStatus).send();
  });
}

/** The start is inclusive (references/upvest.md#read-portfolio-orders), so the end is assumed to be exclusive. */
export function isWithin(timestamp: string, start: string | undefined, end: string | undefined): boolean {
  const at = Date.parse(timestamp);
  return (start === undefined || at >= Date.parse(start)) && (end === undefined || at < Date.parse(end));
}

function requirePortfolioOrder(store: OrderStore, id: string): PortfolioRecord {
  const record = store.find(id);
  if (!record || !isVisible(record)) throw problem(404, `Portfolio order ${id} not found`);
  return record;
}

/** Reads show an accepted order only after its propagation delay (references/upvest.md#errors). */
function isVisible({ hiddenUntil }: PortfolioRecord): boolean {
  return performance.now() >= hiddenUntil;
}
