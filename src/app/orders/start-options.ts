/** Start options of a portfolio order's workflow, the same for every starter. */
import type { SearchAttributePair } from '@temporalio/common';
import { applyObservation } from '../../domain/broker/apply-observation';
import type { Observation } from '../../domain/broker/observation';
import { emptyRecord } from '../../domain/broker/record';
import { plain } from '../../domain/values/markdown';
import { CURRENT_REVISION } from '../../domain/values/revision';
import { attributesOfRecord, searchAttributes } from '../../../contracts/search-attributes';
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

/** What the first message has, for the index: the workflow then need not write it. */
export interface FirstMessage {
  observations: readonly Observation[];
  reference?: string;
}

/** The first starter's settings win. */
export function orderStart(
  taskQueue: string,
  settings: PortfolioOrderSettings,
  portfolioOrderId: string,
  first: FirstMessage = { observations: [] },
): OrderStart {
  return {
    workflowId: portfolioOrderWorkflowId(portfolioOrderId),
    taskQueue,
    args: [{ ...settings, portfolioOrderId, revision: CURRENT_REVISION }],
    // A finished order must reject late messages instead of starting again with an empty state.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    staticSummary: plain(`Portfolio order ${portfolioOrderId}`),
    typedSearchAttributes: [
      { key: searchAttributes.portfolioOrderId, value: portfolioOrderId },
      ...attributesAtStart(portfolioOrderId, first),
    ],
  };
}

/** As the workflow writes them once it has applied the message. */
function attributesAtStart(
  portfolioOrderId: string,
  { observations, reference }: FirstMessage,
): SearchAttributePair[] {
  const snapshots = observations.filter(({ subject }) => subject === 'portfolio-order');
  const record = snapshots.reduce(
    (before, observation) => applyObservation(before, observation).record,
    emptyRecord(portfolioOrderId),
  );
  return [
    ...attributesOfRecord(record),
    ...(reference === undefined ? [] : [{ key: searchAttributes.orderReference, value: reference }]),
  ];
}
