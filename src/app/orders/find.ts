/** Finds the workflows of a reference or an id, with their run status. */
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
  type WorkflowHandle,
} from '@temporalio/client';
import { inOneSpelling, UUID } from '../../domain/values/uuid';
import { stepsOf } from '../../domain/views/placement-steps';
import { ambiguousName } from '../errors';
import { registeredView } from '../placements/registered-placement';
import type { OrderStore } from '../ports/order-store';
import type { KnownPlacement, Registry } from '../ports/registry';
import type { OrderState } from '../../domain/order-state/state';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  placementViewQuery,
  placementWorkflowId,
  type PlacementWorkflow,
} from '../../../contracts/placement';
import {
  portfolioOrderWorkflowId,
  type PortfolioOrderOutcome,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';

/** Running, completed (`ended`), or ended externally: terminated, failed, timed out or cancelled (`interrupted`). */
export type RunStatus = 'running' | 'ended' | 'interrupted';

export interface FoundPlacement {
  runStatus: RunStatus;
  runId: string;
  memo: Record<string, unknown>;
  /** Absent while the order is not placed, and where it never was. */
  portfolioOrderId?: string;
  /**
   * @throws ServiceError when it has not ended and no worker answers for it
   * @returns undefined where no more is known than its order
   */
  view(): Promise<KnownPlacement | undefined>;
}

/** What is known of orders beside Temporal. */
export interface KnownRecords {
  /** For placements that Temporal no longer has. */
  registry?: Pick<Registry, 'read'>;
  /** For orders that Temporal no longer has. */
  orders?: Pick<OrderStore, 'read'>;
}

export type FoundOrder = {
  handle: WorkflowHandle<PortfolioOrderWorkflow>;
  memo: Record<string, unknown>;
} & (
  | { runStatus: 'running' }
  /** `saved`: what the records database has of an order that Temporal lost. */
  | { runStatus: 'interrupted'; saved?: OrderState }
  /** The result of a completed workflow, or its record, holds the whole state and can be read without a worker. */
  | { runStatus: 'ended'; outcome: PortfolioOrderOutcome }
);

export interface OrderLookup {
  /**
   * A placement that Temporal does not have is `ended`, as the registry has it.
   *
   * @returns undefined for an unknown reference
   * @throws CallError for a name that is also the id of another order; RecordsUnavailable
   */
  placement(reference: string): Promise<FoundPlacement | undefined>;
  /**
   * An order that Temporal does not have is shown as the records database has it.
   *
   * @returns undefined for an unknown order
   * @throws RecordsUnavailable
   */
  order(portfolioOrderId: string): Promise<FoundOrder | undefined>;
}

/** Every method throws ServiceError when Temporal cannot be reached. */
export function createOrderLookup(client: Client, { registry, orders }: KnownRecords = {}): OrderLookup {
  const isIdOfAnOrder = async (name: string): Promise<boolean> =>
    (await ignoreMissing(() =>
      describeRun(client.workflow.getHandle(portfolioOrderWorkflowId(inOneSpelling(name)))),
    )) !== undefined;

  const inTemporal = (reference: string): Promise<FoundPlacement | undefined> =>
    ignoreMissing(async () => {
      const handle = client.workflow.getHandle<PlacementWorkflow>(placementWorkflowId(reference));
      const [{ runStatus, runId, memo, portfolioOrderId, closedAt }, isAnId] = await Promise.all([
        describeRun(handle),
        isIdOfAnOrder(reference),
      ]);
      // One name of an order never hides another order.
      if (isAnId && portfolioOrderId !== inOneSpelling(reference))
        throw ambiguousName(reference, portfolioOrderId);
      const view = async () => {
        const seen =
          runStatus === 'ended' ? (await handle.result()).view : await handle.query(placementViewQuery);
        return seen.steps === undefined ? { ...seen, steps: stepsOf(seen, closedAt) } : seen;
      };
      return {
        ...{ runStatus, runId, memo, view },
        ...(portfolioOrderId !== undefined && { portfolioOrderId }),
      };
    });

  async function inRegistry(reference: string): Promise<FoundPlacement | undefined> {
    // References are no UUIDs.
    if (registry === undefined || UUID.test(reference)) return undefined;
    const registered = await registry.read(reference);
    if (registered === undefined) return undefined;
    const { portfolioOrderId } = registered;
    return {
      ...{ runStatus: 'ended', runId: '', memo: {} },
      view: () => Promise.resolve(registeredView(registered)),
      ...(portfolioOrderId !== undefined && { portfolioOrderId }),
    };
  }

  const handleOf = (portfolioOrderId: string, runId?: string) =>
    client.workflow.getHandle<PortfolioOrderWorkflow>(portfolioOrderWorkflowId(portfolioOrderId), runId);

  const tracked = (portfolioOrderId: string): Promise<FoundOrder | undefined> =>
    ignoreMissing(async () => {
      const handle = handleOf(portfolioOrderId);
      const { runStatus, memo, runId } = await describeRun(handle);
      if (runStatus !== 'ended') return { runStatus, handle, memo };
      // The result of this very run: an operator may reopen the order at any moment.
      return { runStatus, handle, memo, outcome: await handleOf(portfolioOrderId, runId).result() };
    });

  async function saved(portfolioOrderId: string): Promise<FoundOrder | undefined> {
    const order = UUID.test(portfolioOrderId) ? await orders?.read(portfolioOrderId) : undefined;
    if (order === undefined) return undefined;
    const { state, settings, finishedAt } = order;
    const known = { handle: handleOf(portfolioOrderId), memo: {} };
    if (finishedAt === undefined) return { ...known, runStatus: 'interrupted', saved: state };
    const outcome = state.record.status ?? 'UNKNOWN';
    return {
      ...known,
      runStatus: 'ended',
      outcome: { portfolioOrderId, outcome, finishedAt, state, settings },
    };
  }

  return {
    placement: async (reference) => (await inTemporal(reference)) ?? inRegistry(reference),

    order: async (portfolioOrderId) => (await tracked(portfolioOrderId)) ?? (await saved(portfolioOrderId)),
  };
}

/** The latest run of a workflow id. */
export interface DescribedRun {
  runStatus: RunStatus;
  memo: Record<string, unknown>;
  runId: string;
  /** The search attribute, which this call reads where the engine decides by it: never stale. */
  portfolioOrderId: string | undefined;
  /** When it ended, ISO 8601 UTC; absent while it runs. */
  closedAt: string | undefined;
  /** Activities that are being tried or wait to be tried again. */
  pendingActivities: number;
}

/** @throws WorkflowNotFoundError for an unknown workflow, or after the retention period */
export async function describeRun(handle: WorkflowHandle): Promise<DescribedRun> {
  const { status, memo = {}, runId, raw, typedSearchAttributes, closeTime } = await handle.describe();
  const closedAt = closeTime?.toISOString();
  const portfolioOrderId = typedSearchAttributes.get(searchAttributes.portfolioOrderId);
  const pendingActivities = raw.pendingActivities?.length ?? 0;
  return { runStatus: runStatusOf(status.name), memo, runId, portfolioOrderId, closedAt, pendingActivities };
}

/** External ends: our workflows themselves always complete. */
const INTERRUPTED = new Set<WorkflowExecutionStatusName>(['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED']);

function runStatusOf(status: WorkflowExecutionStatusName): RunStatus {
  if (status === 'COMPLETED') return 'ended';
  return INTERRUPTED.has(status) ? 'interrupted' : 'running';
}

/** @returns undefined when `work` finds no such workflow */
export async function ignoreMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
