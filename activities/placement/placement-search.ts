/** Placements by visibility, which is eventually consistent: an answer can be seconds old. */
import type { Client } from '@temporalio/client';
import { UUID } from '../../src/domain/values/uuid';
import { is, quoted, readIndex } from '../../src/temporal/visibility';
import { candidateSignal } from '../../contracts/placement';
import { canonical } from '../../src/domain/values/decimal';

export interface PlacementSearch {
  /** Workflow ids of placements of this account and amount that have not ended, at most ten. */
  underWay(accountId: string, cashAmount: string): Promise<string[]>;
  /** Signals a placement that a webhook reported an order which it may have made. */
  reportCandidate(workflowId: string, portfolioOrderId: string): Promise<void>;
  /** True if this portfolio order was placed, or is tracked, under another reference. */
  isClaimedByAnother(portfolioOrderId: string, reference: string): Promise<boolean>;
}

const MAX_UNDER_WAY = 10;

/** @param taskQueue of this deployment: others may share the namespace, and place for themselves */
export function createPlacementSearch(client: Client, taskQueue: string): PlacementSearch {
  const some = async (query: string): Promise<boolean> => (await client.workflow.count(query)).count > 0;
  return {
    async underWay(accountId, cashAmount) {
      // Placements take UUIDs only.
      if (!UUID.test(accountId)) return [];
      const query =
        `${is('WorkflowType', 'placePortfolioOrder')} AND ${is('ExecutionStatus', 'Running')}` +
        ` AND ${is('TaskQueue', taskQueue)}` +
        ` AND ${is('AccountId', accountId)} AND CashAmount = ${canonical(cashAmount)}`;
      const { runs } = await readIndex(client, query, { limit: MAX_UNDER_WAY });
      return runs.map(({ workflowId }) => workflowId);
    },
    reportCandidate: (workflowId, portfolioOrderId) =>
      client.workflow.getHandle(workflowId).signal(candidateSignal, portfolioOrderId),
    isClaimedByAnother: (portfolioOrderId, reference) =>
      some(`${is('PortfolioOrderId', portfolioOrderId)} AND OrderReference != ${quoted(reference)}`),
  };
}
