/** Starts placements: once for each reference, however often and by whomever it is asked for. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type Client } from '@temporalio/client';
import { canonical } from '../domain/money';
import { placementName, type PortfolioOrderRequest } from '../domain/placement';
import type { placePortfolioOrder } from '../../workflows';
import {
  placementWorkflowId,
  type PlacePortfolioOrderInput,
  type PortfolioOrderSettings,
} from '../../workflows/messages';
import { grpcCodeOf, grpcStatus } from './grpc';
import { searchAttributes } from './search-attributes';

/** What became of a request. */
export type Submission =
  /** Its placement was started now. */
  | 'started'
  /** The same request was made before under this reference. */
  | 'repeated'
  /** Another request was made before under this reference. */
  | 'conflict';

export interface Submissions {
  /** @throws ServiceError when Temporal cannot be reached: ask again with the same reference */
  submit(reference: string, request: PortfolioOrderRequest): Promise<Submission>;
  /**
   * Resolves when placing has ended, whatever came of it, or the time is over. Takes no worker.
   *
   * @param stopped ends the waiting early
   * @throws ServiceError when Temporal cannot be reached
   */
  settled(reference: string, waitMs: number, stopped: AbortSignal): Promise<void>;
}

export function createSubmissions(
  client: Client,
  taskQueue: string,
  order: PortfolioOrderSettings,
): Submissions {
  return {
    async submit(reference, request) {
      try {
        const requestedAt = new Date().toISOString();
        await startPlacement(client, taskQueue, { reference, request, requestedAt, attempt: 1, order });
        return 'started';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const { memo } = await client.workflow.getHandle(placementWorkflowId(reference)).describe();
        return memo?.requestDigest === digestOf(request) ? 'repeated' : 'conflict';
      }
    },

    async settled(reference, waitMs, stopped) {
      const ended = () => client.workflow.getHandle(placementWorkflowId(reference)).result();
      // One for this wait: the client leaves a listener behind with each of its requests.
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
 * Starts one attempt to place.
 *
 * @throws WorkflowExecutionAlreadyStartedError when it was started before, even if it has ended
 */
export async function startPlacement(
  client: Client,
  taskQueue: string,
  placement: PlacePortfolioOrderInput,
): Promise<void> {
  const { reference, attempt, request } = placement;
  const name = placementName(reference, attempt);
  await client.workflow.start<typeof placePortfolioOrder>('placePortfolioOrder', {
    workflowId: placementWorkflowId(name),
    taskQueue,
    args: [placement],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    memo: { requestDigest: digestOf(request) },
    staticSummary: `${request.side} ${request.cashAmount} ${request.currency} as ${name}`,
    typedSearchAttributes: [
      { key: searchAttributes.orderReference, value: name },
      { key: searchAttributes.accountId, value: request.accountId },
      { key: searchAttributes.portfolioOrderType, value: request.side },
      { key: searchAttributes.cashAmount, value: Number(request.cashAmount) },
    ],
  });
}

/** Equal for requests that ask for the same, however the amount and the ids are spelt. */
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
    // Nothing where both are absent: such requests had a digest before these two were known.
    ...(eswOrderReference === undefined && deliveryCountryIso === undefined
      ? []
      : [eswOrderReference ?? '', deliveryCountryIso ?? '']),
  ];
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}
