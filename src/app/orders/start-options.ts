/** Start options of a portfolio order's workflow, the same for every starter. */
import type { SearchAttributePair } from '@temporalio/common';
import { plain } from '../../domain/values/markdown';
import { CURRENT_REVISION } from '../../domain/values/revision';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  portfolioOrderWorkflowId,
  type PortfolioOrderSettings,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';

/** Options for Temporal's client. */
export interface OrderStart {
  workflowId: string;
  taskQueue: string;
  args: Parameters<PortfolioOrderWorkflow>;
  workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY';
  /** Markdown. */
  staticSummary: string;
  typedSearchAttributes: SearchAttributePair[];
}

/** The first starter's settings win. */
export function orderStart(
  taskQueue: string,
  settings: PortfolioOrderSettings,
  portfolioOrderId: string,
): OrderStart {
  return {
    workflowId: portfolioOrderWorkflowId(portfolioOrderId),
    taskQueue,
    args: [{ ...settings, portfolioOrderId, revision: CURRENT_REVISION }],
    // A finished order must reject late messages instead of starting again with an empty state.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    staticSummary: plain(`Portfolio order ${portfolioOrderId}`),
    typedSearchAttributes: [{ key: searchAttributes.portfolioOrderId, value: portfolioOrderId }],
  };
}
