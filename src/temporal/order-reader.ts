/** Answers "where is this order?" for a reference or a portfolio order id, whether it is being placed, open or finished. */
import type { Client } from '@temporalio/client';
import { resumedLife } from '../domain/order-life';
import { unpackLife } from '../domain/packed-life';
import { timelineOf, type TimelineEntry } from '../domain/timeline';
import { viewOf, type PortfolioOrderView } from '../domain/view';
import { lifeQuery, viewQuery, type PlacementView } from '../../workflows/messages';
import { createOrderLookup, type FoundOrder } from './order-lookup';

/** Where an order is; as long as it is being placed there is no `order`. */
export interface OrderStatusView {
  /** PLACING, HANDING_OVER, UNKNOWN (outcome of the POST), REFUSED, NOT_PLACED (an operator's word), TRACKED or FINISHED. */
  phase: 'PLACING' | 'HANDING_OVER' | 'UNKNOWN' | 'REFUSED' | 'NOT_PLACED' | 'TRACKED' | 'FINISHED';
  reference?: string;
  portfolioOrderId?: string;
  placement?: PlacementView;
  order?: PortfolioOrderView;
  /**
   * True when somebody ended the order's workflow from outside: what is shown is what it knew then, and nobody follows
   * the order until a webhook comes or an operator reconciles it.
   */
  interrupted?: true;
}

/** What happened to an order, beside what it came to. */
export interface OrderStory {
  /** Absent while the order has no workflow of its own. */
  view?: PortfolioOrderView;
  /** Oldest first. */
  entries: TimelineEntry[];
}

/** Both throw ServiceError when Temporal cannot be reached, or when an open order has no worker to answer for it. */
export interface OrderReader {
  /**
   * An exact reference wins over an id.
   *
   * @returns undefined when there is neither
   */
  read(referenceOrId: string): Promise<OrderStatusView | undefined>;
  /**
   * All of it at one moment; large, so ask for {@link read} where that is enough.
   *
   * @returns undefined when there is no such order
   */
  story(referenceOrId: string): Promise<OrderStory | undefined>;
}

export function createOrderReader(client: Client): OrderReader {
  const lookup = createOrderLookup(client);

  async function find(referenceOrId: string): Promise<{
    placement: PlacementView | undefined;
    portfolioOrderId: string | undefined;
    order: FoundOrder | undefined;
  }> {
    const placement = await (await lookup.placement(referenceOrId))?.view();
    const portfolioOrderId = placement ? placement.portfolioOrderId : referenceOrId;
    const order = portfolioOrderId === undefined ? undefined : await lookup.order(portfolioOrderId);
    return { placement, portfolioOrderId, order };
  }

  return {
    async read(referenceOrId) {
      const { placement, portfolioOrderId, order: found } = await find(referenceOrId);
      if (placement === undefined && found === undefined) return undefined;
      const order = found && (await viewIn(found));
      return {
        phase: phaseOf(placement, order),
        ...(placement
          ? { reference: placement.reference }
          : order?.reference !== undefined && { reference: order.reference }),
        ...(portfolioOrderId !== undefined && { portfolioOrderId }),
        ...(placement && { placement }),
        ...(order && { order }),
        ...(found?.standing === 'interrupted' && { interrupted: true }),
      };
    },

    async story(referenceOrId) {
      const { placement, order } = await find(referenceOrId);
      if (order !== undefined) return storyOf(order);
      return placement === undefined ? undefined : { entries: [] };
    },
  };
}

async function viewIn(order: FoundOrder): Promise<PortfolioOrderView> {
  return order.standing === 'ended'
    ? viewOf(resumedLife(unpackLife(order.outcome.life)))
    : order.handle.query(viewQuery);
}

/** From the life as a whole: large timelines would have to be asked for in pages, between which rows may come in. */
async function storyOf(order: FoundOrder): Promise<OrderStory> {
  const packed = order.standing === 'ended' ? order.outcome.life : await order.handle.query(lifeQuery);
  const life = resumedLife(unpackLife(packed));
  return { view: viewOf(life), entries: timelineOf(life) };
}

function phaseOf(
  placement: PlacementView | undefined,
  order: PortfolioOrderView | undefined,
): OrderStatusView['phase'] {
  if (order !== undefined) return order.finished ? 'FINISHED' : 'TRACKED';
  // Between the answer of the POST and the hand-over, the order's own workflow may not be there yet.
  return placement === undefined || placement.phase === 'PLACED' ? 'HANDING_OVER' : placement.phase;
}
