/**
 * Placements by the registry of references. While the records database is away, and for orders of placements that were never
 * registered, by visibility, whose answers can be seconds old.
 */
import type { Client } from '@temporalio/client';
import { canonical } from '../../src/domain/values/decimal';
import { UUID } from '../../src/domain/values/uuid';
import { describeRun, ignoreMissing } from '../../src/app/orders/find';
import { isStarted } from '../../src/app/placements/is-started';
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';
import type { Registered, Registry } from '../../src/app/ports/registry';
import { is, quoted, readIndex } from '../../src/temporal/visibility';
import { candidateSignal, placementWorkflowId } from '../../contracts/placement';

/** An order as Upvest reports it. */
export interface ReportedOrder {
  portfolioOrderId?: string | undefined;
  accountId: string;
  cashAmount: string;
}

export interface PlacementSearch {
  /** Workflow ids of placements that have not ended and may have made the order, at most ten. */
  underWay(order: ReportedOrder): Promise<string[]>;
  /** Signals a placement that a webhook reported an order which it may have made. */
  reportCandidate(workflowId: string, portfolioOrderId: string): Promise<void>;
  /** True if this portfolio order was placed, or is tracked, under another reference. */
  isClaimedByAnother(portfolioOrderId: string, reference: string): Promise<boolean>;
}

const MAX_UNDER_WAY = 10;
/** Time between the registration of a placement and its start at most. Milliseconds. */
const START_MS = 60_000;

/** @param taskQueue of this deployment: others may share the namespace, and place for themselves */
export function createPlacementSearch(
  client: Client,
  taskQueue: string,
  registry: Pick<Registry, 'open' | 'placementOf'>,
): PlacementSearch {
  const runOf = (name: string) =>
    ignoreMissing(() => describeRun(client.workflow.getHandle(placementWorkflowId(name))));

  async function isOpen(placement: Registered): Promise<boolean> {
    const run = await runOf(placement.name);
    if (run !== undefined) return run.runStatus === 'running';
    // Temporal has lost a placement that was started, as when it was restored: the order may be its order.
    const age = Date.now() - Date.parse(placement.requestedAt ?? '');
    return isStarted(placement) || age < START_MS;
  }

  async function openInIndex({ accountId, cashAmount }: ReportedOrder): Promise<string[]> {
    const query =
      `${is('WorkflowType', 'placePortfolioOrder')} AND ${is('ExecutionStatus', 'Running')}` +
      ` AND ${is('TaskQueue', taskQueue)}` +
      ` AND ${is('AccountId', accountId)} AND CashAmount = ${canonical(cashAmount)}`;
    const { runs } = await readIndex(client, query, { limit: MAX_UNDER_WAY });
    return runs.map(({ workflowId }) => workflowId);
  }

  /**
   * Workflow id of the placement that is known to have made the order and has not ended. Once the order is saved, the row of such
   * a placement is the order's own, and no longer one of a placement.
   */
  async function openMaker(portfolioOrderId: string): Promise<string | undefined> {
    const name = await unlessAway(() => registry.placementOf(portfolioOrderId));
    if (name === undefined) return undefined;
    const run = await runOf(name);
    return run?.runStatus === 'running' ? placementWorkflowId(name) : undefined;
  }

  return {
    async underWay(order) {
      const { portfolioOrderId: id, accountId, cashAmount } = order;
      // Placements take UUIDs only.
      if (!UUID.test(accountId)) return [];
      const rows = await unlessAway(() => registry.open(accountId, cashAmount));
      if (rows === undefined) return openInIndex(order);
      const possible = rows.filter(
        ({ portfolioOrderId: made }) => made === undefined || id === undefined || made === id,
      );
      const open: string[] = [];
      for (const placement of possible)
        if (await isOpen(placement)) open.push(placementWorkflowId(placement.name));
      // A placement that has its order and still a row of its own is among these already.
      const isMakerKnown = id === undefined || possible.some(({ portfolioOrderId: made }) => made === id);
      const maker = isMakerKnown ? undefined : await openMaker(id);
      return maker === undefined || open.includes(maker) ? open : [...open, maker];
    },
    reportCandidate: (workflowId, portfolioOrderId) =>
      client.workflow.getHandle(workflowId).signal(candidateSignal, portfolioOrderId),
    async isClaimedByAnother(portfolioOrderId, reference) {
      const name = await unlessAway(() => registry.placementOf(portfolioOrderId));
      if (name !== undefined) return name !== reference;
      const query = `${is('PortfolioOrderId', portfolioOrderId)} AND OrderReference != ${quoted(reference)}`;
      return (await client.workflow.count(query)).count > 0;
    },
  };
}

/** @returns undefined while the records database is away */
async function unlessAway<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RecordsUnavailable)) throw error;
    return undefined;
  }
}
