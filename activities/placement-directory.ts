/** What visibility knows about placements. It is eventually consistent: an answer can be seconds old. */
import type { Client } from '@temporalio/client';
import { canonical } from '../src/domain/money';

export interface PlacementDirectory {
  /** True while a placement of this account and amount has not ended. */
  isUnderWay(accountId: string, cashAmount: string): Promise<boolean>;
  /** True when another reference was placed as, or is tracked as, this portfolio order. */
  isClaimedByAnother(portfolioOrderId: string, reference: string): Promise<boolean>;
}

export function createPlacementDirectory(client: Client): PlacementDirectory {
  const some = async (query: string): Promise<boolean> => (await client.workflow.count(query)).count > 0;
  return {
    isUnderWay: (accountId, cashAmount) =>
      some(
        `WorkflowType = 'placePortfolioOrder' AND ExecutionStatus = 'Running'` +
          ` AND AccountId = ${quoted(accountId)} AND CashAmount = ${canonical(cashAmount)}`,
      ),
    isClaimedByAnother: (portfolioOrderId, reference) =>
      some(`PortfolioOrderId = ${quoted(portfolioOrderId)} AND OrderReference != ${quoted(reference)}`),
  };
}

function quoted(value: string): string {
  return `'${value.replace(/['\\]/g, '')}'`;
}
