/** Placements by visibility, which is eventually consistent: an answer can be seconds old. */
import type { Client } from '@temporalio/client';
import { UUID } from '../../src/domain/values/uuid';
import { is, quoted } from '../../src/temporal/visibility';
import { canonical } from '../../src/domain/values/decimal';

export interface PlacementSearch {
  /** True while a placement of this account and amount has not ended. */
  isUnderWay(accountId: string, cashAmount: string): Promise<boolean>;
  /** True if this portfolio order was placed, or is tracked, under another reference. */
  isClaimedByAnother(portfolioOrderId: string, reference: string): Promise<boolean>;
}

/** @param taskQueue of this deployment: others may share the namespace, and place for themselves */
export function createPlacementSearch(client: Client, taskQueue: string): PlacementSearch {
  const some = async (query: string): Promise<boolean> => (await client.workflow.count(query)).count > 0;
  return {
    isUnderWay: async (accountId, cashAmount) =>
      // Placements take UUIDs only.
      UUID.test(accountId) &&
      some(
        `${is('WorkflowType', 'placePortfolioOrder')} AND ${is('ExecutionStatus', 'Running')}` +
          ` AND ${is('TaskQueue', taskQueue)}` +
          ` AND ${is('AccountId', accountId)} AND CashAmount = ${canonical(cashAmount)}`,
      ),
    isClaimedByAnother: (portfolioOrderId, reference) =>
      some(`${is('PortfolioOrderId', portfolioOrderId)} AND OrderReference != ${quoted(reference)}`),
  };
}
