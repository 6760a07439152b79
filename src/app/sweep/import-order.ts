/** Imports one order that Upvest has at the first installation. */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Observation, PortfolioOrderObservation } from '../../domain/broker/observation';
import { isKnown, isTerminal, portfolioOrderLifecycle } from '../../domain/broker/status-tables';
import { encodeState } from '../../domain/order-state/state-codec';
import { importedState } from '../../domain/records/imported-state';
import { present } from '../../lib/json';
import type { PortfolioOrderSettings, PortfolioOrderWorkflow } from '../../../contracts/portfolio-order';
import { CURRENT_REVISION } from '../../domain/values/revision';
import type { Sweep } from '../../../contracts/sweep';
import { createOrderLookup } from '../orders/find';
import { orderStart } from '../orders/start-options';
import type { ImportedOrder } from '../ports/sweeps';

export interface ImportDeps {
  client: Client;
  orderTaskQueue: string;
  settings: PortfolioOrderSettings;
  /** Reads a child order. @returns undefined for one that Upvest does not know */
  readChild: (id: string) => Promise<Observation | undefined>;
}

/**
 * Adopts the order if it is open and has no workflow here; in a dry run, says whether it would be.
 *
 * @throws ServiceError when Temporal cannot be reached; errors of reads at Upvest
 */
export async function importOrder(
  { client, orderTaskQueue, settings, readChild }: ImportDeps,
  theirs: PortfolioOrderObservation,
  { emit, dryRun }: NonNullable<Sweep['import']>,
): Promise<ImportedOrder> {
  const { id, status } = theirs;
  const found = await createOrderLookup(client).order(id);
  const facts = importedFacts(theirs);
  if (found !== undefined) return { ...facts, outcome: 'known' };
  if (isFinished(status)) return { ...facts, outcome: 'finished' };
  if (dryRun) return { ...facts, outcome: 'adopted' };

  const children: Observation[] = [];
  for (const child of theirs.orders) {
    const read = await readChild(child.id);
    if (read !== undefined) children.push(read);
  }
  const now = Date.now();
  const state = importedState(id, [theirs, ...children], emit, settings, now);
  try {
    await client.workflow.start<PortfolioOrderWorkflow>('portfolioOrder', {
      ...orderStart(orderTaskQueue, settings, id),
      args: [{ ...settings, portfolioOrderId: id, revision: CURRENT_REVISION, state: encodeState(state) }],
      workflowIdConflictPolicy: 'FAIL',
      memo: { openedAt: new Date(now).toISOString() },
    });
    return { ...facts, outcome: 'adopted' };
  } catch (error) {
    // A webhook came first.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { ...facts, outcome: 'known' };
    throw error;
  }
}

/** True for a status that Upvest documents as final. */
export function isFinished(status: string): boolean {
  return isKnown(portfolioOrderLifecycle, status) && isTerminal(portfolioOrderLifecycle, status);
}

export function importedFacts({
  id,
  status,
  accountId,
  cashAmount,
  currency,
  createdAt,
}: PortfolioOrderObservation): Omit<ImportedOrder, 'outcome'> {
  return present({ portfolioOrderId: id, status, accountId, cashAmount, currency, createdAt });
}
