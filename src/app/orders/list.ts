/** Lists portfolio orders from their rows, including placements without an order. */
import type {
  InterruptedOrders,
  OrderFilter,
  OrderIndex,
  OrderPage,
  OrderSort,
  OrderSummary,
  PagePart,
} from '../ports/order-list';
import { invalidCursor } from '../errors';
import { UnreadablePosition } from '../ports/order-list';
import type { InterruptedOrdersSource } from './interrupted-orders';

/**
 * Rows are at most some seconds behind their orders. Every method throws RecordsUnavailable, and for `attention: 'INTERRUPTED'`
 * IndexTooSlow, or ServiceError when Temporal cannot be reached.
 */
export interface OrderList {
  /** As {@link OrderIndex.page}. @throws CallError for a cursor that no page had */
  page(filter: OrderFilter, sort: OrderSort | undefined, part: PagePart): Promise<OrderPage>;
  count(filter: OrderFilter): Promise<number>;
  /** All orders, in batches: what changes meanwhile may be missing, or be there twice. */
  all(filter: OrderFilter, sort: OrderSort | undefined): AsyncGenerator<OrderSummary[], void, undefined>;
}

/** Orders of one query of {@link OrderList.all}. */
const BATCH = 500;

export function createOrderList(index: OrderIndex, interrupted: InterruptedOrdersSource): OrderList {
  async function askedFor(filter: OrderFilter): Promise<OrderFilter> {
    const { attention, ...others } = filter;
    if (attention === 'INTERRUPTED') return { ...others, interrupted: await interrupted.current() };
    if (attention !== 'any') return filter;
    // Not worth a failure while Temporal is away: most attentions are in the rows.
    const known = interrupted.known() ?? (await interrupted.current().catch(() => undefined));
    return known === undefined || isEmpty(known) ? filter : { ...filter, interrupted: known };
  }

  async function page(asked: OrderFilter, sort: OrderSort | undefined, part: PagePart): Promise<OrderPage> {
    try {
      const { orders, next } = await index.page(asked, sort, part);
      return { orders: marked(orders, interrupted.known()), ...(next !== undefined && { next }) };
    } catch (error) {
      throw error instanceof UnreadablePosition ? invalidCursor() : error;
    }
  }

  return {
    page: async (filter, sort, part) => page(await askedFor(filter), sort, part),
    count: async (filter) => index.count(await askedFor(filter)),
    async *all(filter, sort) {
      const asked = await askedFor(filter);
      for (let cursor: string | undefined; ;) {
        const { orders, next } = await page(asked, sort, {
          limit: BATCH,
          ...(cursor !== undefined && { cursor }),
        });
        yield orders;
        if (next === undefined) return;
        cursor = next;
      }
    },
  };
}

function isEmpty({ portfolioOrderIds, references }: InterruptedOrders): boolean {
  return portfolioOrderIds.length === 0 && references.length === 0;
}

function marked(orders: OrderSummary[], known: InterruptedOrders | undefined): OrderSummary[] {
  if (known === undefined || isEmpty(known)) return orders;
  const { portfolioOrderIds, references } = known;
  const ids = new Set(portfolioOrderIds);
  const names = new Set(references);
  return orders.map((order) => {
    const { portfolioOrderId, reference } = order;
    const isInterrupted =
      portfolioOrderId !== undefined
        ? ids.has(portfolioOrderId)
        : reference !== undefined && names.has(reference);
    return isInterrupted ? { ...order, interrupted: true } : order;
  });
}
