import Big from 'big.js';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens';
import type { Accounts } from './accounts';
import { jsonBody, pathId, query, requireScope } from './api-server';
import { refuseCancel } from './cancel-answer';
import type { Cancellation } from './cancellation';
import { IdempotencyStore } from './idempotency';
import { listAnswer, pageQuery, utcDate } from './list-answer';
import type { PortfolioOrder } from './objects';
import type { ResolvedOptions } from './options';
import type { OrderBook, PortfolioRecord } from './order-book';
import type { PacedWaits } from './paced-waits';
import type { PortfolioLife } from './portfolio-life';
import { problem } from './problem';

/**
 * A cash amount within what a child order can carry: `^[0-9]{1,9}(\.[0-9]{2})?$` (upvest.md 4.2). Real limits and
 * decimals are unknown (upvest.md 10.10).
 */
export const cashAmountSchema = z
  .string()
  .regex(/^[0-9]{1,9}(\.[0-9]{1,27})?$/, { abort: true })
  .refine(
    (amount) => new Big(amount).gt(0) && new Big(amount).round(2).eq(amount),
    'must be above 0, in whole cents',
  );

/** upvest.md 3.2, additionalProperties: false. */
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

export interface PortfolioOrderContext {
  book: OrderBook;
  accounts: Accounts;
  portfolios: PortfolioLife;
  cancellation: Cancellation;
  waits: PacedWaits;
  tokens: AccessTokens;
  options: ResolvedOptions;
}

/** The portfolio order endpoints (upvest.md 3.2-3.4). */
export function portfolioOrderRoutes(api: FastifyInstance, context: PortfolioOrderContext): void {
  const { book, accounts, portfolios, cancellation, waits, tokens, options } = context;
  const placements = new IdempotencyStore<PortfolioOrder>();

  api.post('/portfolios/orders', requireScope(tokens, 'portfolios:admin'), async (request, reply) => {
    const answer = placements.once(request, () => {
      const placement = jsonBody(request, placementSchema);
      if (accounts.get(placement.account_id).scenario === 'ACCOUNT_NOT_FOUND') {
        throw problem(404, `There is no account ${placement.account_id}`);
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
    await reply.code(options.placementStatus).send(answer);
  });

  api.get('/portfolios/orders', requireScope(tokens, 'portfolios:read'), (request) => {
    const filter = query(request, listSchema);
    const matching = book
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
    return listAnswer(matching, filter);
  });

  api.get('/portfolios/orders/:id', requireScope(tokens, 'portfolios:read'), (request) => {
    return known(book, pathId(request, 'id')).portfolioOrder;
  });

  api.delete('/portfolios/orders/:id', requireScope(tokens, 'portfolios:admin'), async (request, reply) => {
    const record = known(book, pathId(request, 'id'));
    refuseCancel(accounts.get(record.portfolioOrder.account_id));
    // Accepted now, decided later (upvest.md 3.4).
    waits.start('cancelAfterMs', () => {
      cancellation.byClient(record);
    });
    await reply.code(options.cancelStatus).send();
  });
}

/** Start inclusive (upvest.md 3.3); hence the end is taken as exclusive. */
export function isWithin(moment: string, start: string | undefined, end: string | undefined): boolean {
  const at = Date.parse(moment);
  return (start === undefined || at >= Date.parse(start)) && (end === undefined || at < Date.parse(end));
}

function known(book: OrderBook, id: string): PortfolioRecord {
  const record = book.find(id);
  if (!record || !isVisible(record)) throw problem(404, `There is no portfolio order ${id}`);
  return record;
}

/** What was accepted is not at once there for whoever reads (upvest.md 3.9). */
function isVisible({ hiddenUntil }: PortfolioRecord): boolean {
  return performance.now() >= hiddenUntil;
}
