/** Starts placements, once per reference. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type Client } from '@temporalio/client';
import { canonical } from '../../domain/values/decimal';
import { firstPlacementName, placementName, type PortfolioOrderRequest } from '../../domain/broker/placement';
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import { describeRun, ignoreMissing } from './find';
import { searchAttributes } from '../../../contracts/search-attributes';
import {
  placementWorkflowId,
  type PlacePortfolioOrderInput,
  type PlacementWorkflow,
} from '../../../contracts/placement';
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';

/** Outcome of a submission. */
export type Submission =
  /** The placement was started. */
  | 'started'
  /** The same request already has this reference. */
  | 'repeated'
  /** A different request already has this reference. */
  | 'conflict';

export interface Submissions {
  /**
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
  awaitPlacement(reference: string, waitMs: number, stopped: AbortSignal): Promise<void>;
}

export function createSubmissions(
  client: Client,
  taskQueue: string,
  order: PortfolioOrderSettings,
): Submissions {
  return {
    async submit(reference, request, submitter) {
      try {
        const requestedAt = new Date().toISOString();
        const placement = { reference, request, requestedAt, attempt: 1, order };
        await startPlacement(client, taskQueue, placement, submitter);
        return 'started';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const { memo } = await client.workflow.getHandle(placementWorkflowId(reference)).describe();
        return memo?.requestDigest === digestOf(request) ? 'repeated' : 'conflict';
      }
    },

    async submitterOf(reference) {
      const first = client.workflow.getHandle(placementWorkflowId(firstPlacementName(reference)));
      const run = await ignoreMissing(() => describeRun(first));
      const submitter = run?.memo.submitter;
      return typeof submitter === 'string' ? submitter : undefined;
    },

    async awaitPlacement(reference, waitMs, stopped) {
      const ended = () => client.workflow.getHandle(placementWorkflowId(reference)).result();
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

/**
 * Starts one placement attempt.
 *
 * @throws WorkflowExecutionAlreadyStartedError when it was already started, even if it has ended
 */
export async function startPlacement(
  client: Client,
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
  submitter?: string,
): Promise<void> {
  const { reference, attempt, request } = placement;
  const name = placementName(reference, attempt);
  await client.workflow.start<PlacementWorkflow>('placePortfolioOrder', {
    workflowId: placementWorkflowId(name),
    taskQueue,
    args: [placement],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    memo: { requestDigest: digestOf(request), ...(submitter !== undefined && { submitter }) },
    staticSummary: `${request.side} ${request.cashAmount} ${request.currency} as ${name}`,
    typedSearchAttributes: [
      { key: searchAttributes.orderReference, value: name },
      { key: searchAttributes.accountId, value: request.accountId },
      { key: searchAttributes.portfolioOrderType, value: request.side },
      { key: searchAttributes.cashAmount, value: Number(request.cashAmount) },
    ],
  });
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
