/** Answers "where is this order?" for a reference or a portfolio order id, whether it is being placed, open or finished. */
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { viewOf, type PortfolioOrderView } from '../domain/view';
import type { placePortfolioOrder, portfolioOrder } from '../../workflows';
import {
  placementViewQuery,
  placementWorkflowId,
  portfolioOrderWorkflowId,
  viewQuery,
  type PlacementView,
} from '../../workflows/messages';

/** Where an order is; as long as it is being placed there is no `order`. */
export interface OrderStatusView {
  /** PLACING, HANDING_OVER, UNKNOWN (outcome of the POST), REFUSED, TRACKED or FINISHED. */
  phase: 'PLACING' | 'HANDING_OVER' | 'UNKNOWN' | 'REFUSED' | 'TRACKED' | 'FINISHED';
  reference?: string;
  portfolioOrderId?: string;
  placement?: PlacementView;
  order?: PortfolioOrderView;
}

export interface OrderReader {
  /**
   * An exact reference wins over an id.
   *
   * @returns undefined when there is neither
   * @throws ServiceError when Temporal cannot be reached, or when an open order has no worker to answer for it
   */
  read(referenceOrId: string): Promise<OrderStatusView | undefined>;
}

export function createOrderReader(client: Client): OrderReader {
  async function readPlacement(reference: string): Promise<PlacementView | undefined> {
    const handle = client.workflow.getHandle<typeof placePortfolioOrder>(placementWorkflowId(reference));
    return ignoreMissing(async () =>
      (await isCompleted(handle)) ? (await handle.result()).view : handle.query(placementViewQuery),
    );
  }

  async function readPortfolioOrder(portfolioOrderId: string): Promise<PortfolioOrderView | undefined> {
    const workflowId = portfolioOrderWorkflowId(portfolioOrderId);
    const handle = client.workflow.getHandle<typeof portfolioOrder>(workflowId);
    return ignoreMissing(async () =>
      (await isCompleted(handle)) ? viewOf((await handle.result()).life) : handle.query(viewQuery),
    );
  }

  return {
    async read(referenceOrId) {
      const placement = await readPlacement(referenceOrId);
      const portfolioOrderId = placement ? placement.portfolioOrderId : referenceOrId;
      const order = portfolioOrderId === undefined ? undefined : await readPortfolioOrder(portfolioOrderId);
      if (placement === undefined && order === undefined) return undefined;
      return {
        phase: phaseOf(placement, order),
        ...(placement
          ? { reference: placement.reference }
          : order?.reference !== undefined && { reference: order.reference }),
        ...(portfolioOrderId !== undefined && { portfolioOrderId }),
        ...(placement && { placement }),
        ...(order && { order }),
      };
    },
  };
}

function phaseOf(
  placement: PlacementView | undefined,
  order: PortfolioOrderView | undefined,
): OrderStatusView['phase'] {
  if (order !== undefined) return order.finished ? 'FINISHED' : 'TRACKED';
  // Between the answer of the POST and the hand-over, the order's own workflow may not be there yet.
  return placement === undefined || placement.phase === 'PLACED' ? 'HANDING_OVER' : placement.phase;
}

/** What is completed holds all there is to know in its result, and needs no worker to be shown. */
async function isCompleted(handle: WorkflowHandle): Promise<boolean> {
  return (await handle.describe()).status.name === 'COMPLETED';
}

async function ignoreMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
