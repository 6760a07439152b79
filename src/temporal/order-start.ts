/** How the workflow of a portfolio order is started: in one place, so that it does not matter who comes first. */
import type { SearchAttributePair } from '@temporalio/common';
import type { portfolioOrder } from '../../workflows';
import { portfolioOrderWorkflowId, type PortfolioOrderSettings } from '../../workflows/messages';
import { searchAttributes } from './search-attributes';

/** What Temporal's client needs for it. */
export interface OrderStart {
  workflowId: string;
  taskQueue: string;
  args: Parameters<typeof portfolioOrder>;
  workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY';
  staticSummary: string;
  typedSearchAttributes: SearchAttributePair[];
}

/** Everything a fresh order needs; the first starter's settings win. */
export function orderStart(
  taskQueue: string,
  settings: PortfolioOrderSettings,
  portfolioOrderId: string,
): OrderStart {
  return {
    workflowId: portfolioOrderWorkflowId(portfolioOrderId),
    taskQueue,
    args: [{ ...settings, portfolioOrderId }],
    // A finished order must refuse late messages instead of starting again with an empty memory.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    staticSummary: `Portfolio order ${portfolioOrderId}`,
    typedSearchAttributes: [{ key: searchAttributes.portfolioOrderId, value: portfolioOrderId }],
  };
}
