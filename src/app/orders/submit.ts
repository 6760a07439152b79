/** Starts placements, once per reference. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { canonical } from '../../domain/values/decimal';
import { plain } from '../../domain/values/markdown';
import { firstPlacementName, placementName, type PortfolioOrderRequest } from '../../domain/broker/placement';
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import { namespaceIdOf } from '../../temporal/namespace-id';
import { describeRun, ignoreMissing } from './find';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  placementWorkflowId,
  type PlacePortfolioOrderInput,
  type PlacementWorkflow,
} from '../../../contracts/placement';
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';

export interface Submission {
  /**
   * `started`: the placement was started. `repeated`: the same request already has this reference. `conflict`: a different
   * request already has it, which Upvest did not reject, or the reference was corrected too often.
   */
  outcome: 'started' | 'repeated' | 'conflict';
  /** Name of the placement of this request, or of the other one in a conflict. */
  name: string;
}

/** Attempts under one reference, corrections included. */
const MAX_ATTEMPTS = 10;

export interface Submissions {
  /**
   * Starts the placement, once. A reference whose request Upvest rejected takes a corrected request as its next attempt; one whose
   * request did not get through in time, and was certainly not placed, takes the same one again.
   *
   * @param submitter name of the caller’s token, if it has one
   * @throws ServiceError when Temporal cannot be reached: retry with the same reference
   */
  submit(reference: string, request: PortfolioOrderRequest, submitter?: string): Promise<Submission>;
  /**
   * Name of the token that placed an order, also of an order that was resubmitted for it.
   *
   * @returns undefined for an order that was not placed here, and after the retention period
   */
  submitterOf(reference: string): Promise<string | undefined>;
  /**
   * Resolves when the placement has ended, with any outcome, or after `waitMs`. Needs no worker.
   *
   * @param stopped ends the wait early
   * @throws ServiceError when Temporal cannot be reached
   */
  awaitPlacement(name: string, waitMs: number, stopped: AbortSignal): Promise<void>;
}

export function createSubmissions(
  client: Client,
  taskQueue: string,
  order: PortfolioOrderSettings,
): Submissions {
  return {
    async submit(reference, request, submitter) {
      const requestedAt = new Date().toISOString();
      const placement = { reference, request, requestedAt, order };
      let name = reference;
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const corrected = attempt === 1 ? undefined : { correctionOf: name };
        name = placementName(reference, attempt);
        const earlier = await startOrFind(
          client,
          taskQueue,
          { ...placement, attempt, ...corrected },
          submitter,
        );
        if (earlier === undefined) return { outcome: 'started', name };
        const end = await earlier.end();
        const isSame = earlier.digest === digestOf(request);
        if (isSame && end !== 'not-placed-in-time') return { outcome: 'repeated', name };
        if (end === undefined) break;
      }
      return { outcome: 'conflict', name };
    },

    async submitterOf(reference) {
      const first = client.workflow.getHandle(placementWorkflowId(firstPlacementName(reference)));
      const run = await ignoreMissing(() => describeRun(first));
      const submitter = run?.memo.submitter;
      return typeof submitter === 'string' ? submitter : undefined;
    },

    async awaitPlacement(name, waitMs, stopped) {
      const ended = () => client.workflow.getHandle(placementWorkflowId(name)).result();
      // A signal of its own: the client leaks one listener per request.
      const signal = AbortSignal.any([stopped]);
      setMaxListeners(0, signal);
      try {
        await client.withAbortSignal(signal, () => client.withDeadline(Date.now() + waitMs, ended));
      } catch (error) {
        if (error instanceof WorkflowFailedError) return;
        const code = grpcCodeOf(error);
        if (code !== grpcStatus.deadlineExceeded && code !== grpcStatus.cancelled) throw error;
      }
    },
  };
}

/** A placement that already has the name. */
interface EarlierPlacement {
  /** Of its request, see {@link digestOf}. */
  digest: unknown;
  /** Whether it ended without an order: by Upvest's rejection, or because no attempt got through in time. */
  end(): Promise<'rejected' | 'not-placed-in-time' | undefined>;
}

async function startOrFind(
  client: Client,
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
  submitter?: string,
): Promise<EarlierPlacement | undefined> {
  try {
    await startPlacement(client, taskQueue, placement, submitter);
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const name = placementName(placement.reference, placement.attempt);
  const handle = client.workflow.getHandle<PlacementWorkflow>(placementWorkflowId(name));
  const { memo, status } = await handle.describe();
  return {
    digest: memo?.requestDigest,
    async end() {
      if (status.name !== 'COMPLETED') return undefined;
      const result = await handle.result();
      if (result.outcome !== 'refused') return undefined;
      return result.problem.retryable ? 'not-placed-in-time' : 'rejected';
    },
  };
}

/**
 * Starts one placement attempt. Without a configured deployment its id is that of the Temporal namespace, which a fresh
 * installation does not share.
 *
 * @throws WorkflowExecutionAlreadyStartedError when it was already started, even if it has ended
 */
export async function startPlacement(
  client: Client,
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
  submitter?: string,
): Promise<void> {
  const { request, order } = placement;
  const deployment = order.deployment ?? (await namespaceIdOf(client));
  await client.workflow.start<PlacementWorkflow>('placePortfolioOrder', {
    ...placementStart(taskQueue, { ...placement, deployment }),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    memo: { requestDigest: digestOf(request), ...(submitter !== undefined && { submitter }) },
  });
}

/** What every start of a placement has in common. */
export function placementStart(
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
): Omit<WorkflowStartOptions<PlacementWorkflow>, 'memo' | 'workflowIdReusePolicy'> {
  const { reference, attempt, request } = placement;
  const name = placementName(reference, attempt);
  return {
    workflowId: placementWorkflowId(name),
    taskQueue,
    args: [placement],
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: plain(`${request.side} ${request.cashAmount} ${request.currency} as ${name}`),
    typedSearchAttributes: [
      { key: searchAttributes.orderReference, value: name },
      // As Upvest spells it: the order's webhooks find the placement by it.
      { key: searchAttributes.accountId, value: request.accountId.toLowerCase() },
      { key: searchAttributes.portfolioOrderType, value: request.side },
      { key: searchAttributes.cashAmount, value: Number(request.cashAmount) },
    ],
  };
}

/** Equal for equal requests, independent of the spelling of amounts and ids. */
function digestOf(request: PortfolioOrderRequest): string {
  const { userId, accountId, cashAmount, currency, side, postTax } = request;
  const { eswOrderReference, deliveryCountryIso } = request;
  const same = [
    userId.toLowerCase(),
    accountId.toLowerCase(),
    canonical(cashAmount),
    currency,
    side,
    postTax,
    // Omitted when both are absent, to match digests from before these fields existed.
    ...(eswOrderReference === undefined && deliveryCountryIso === undefined
      ? []
      : [eswOrderReference ?? '', deliveryCountryIso ?? '']),
  ];
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}
