/** Starts placements, once per reference, for as long as the registry has the reference. */
import { setMaxListeners } from 'node:events';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type Client } from '@temporalio/client';
import { firstPlacementName, placementName, type PortfolioOrderRequest } from '../../domain/broker/placement';
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import { namespaceIdOf } from '../../temporal/namespace-id';
import { claimOf } from '../placements/claim';
import { findEarlier, type EarlierPlacement } from '../placements/earlier-placement';
import { isStarted } from '../placements/is-started';
import { startPlacement } from '../placements/start-placement';
import { RecordsUnavailable } from '../ports/records-unavailable';
import type { Registered, Registry } from '../ports/registry';
import { describeRun, ignoreMissing } from './find';
import { placementWorkflowId, type PlacePortfolioOrderInput } from '../../../contracts/placement';
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

/** A start later than this after its request looks at Upvest before the first POST. Milliseconds. */
const LATE_MS = 60_000;

export interface Submissions {
  /**
   * Takes the reference in the registry, then starts the placement, once. A reference whose request Upvest rejected takes a
   * corrected request as its next attempt; one whose request did not get through in time, and was certainly not placed, takes
   * the same one again. A reference that was taken, but not started, as after a crash, is started by the same request.
   *
   * @param submitter name of the caller’s token, if it has one
   * @throws RecordsUnavailable, with nothing started; ServiceError when Temporal cannot be reached: retry with the same reference
   */
  submit(reference: string, request: PortfolioOrderRequest, submitter?: string): Promise<Submission>;
  /**
   * Name of the token that placed an order, also of an order that was resubmitted for it.
   *
   * @returns undefined for an order that was not placed here
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
  registry: Registry,
): Submissions {
  /** @returns undefined if this call started the placement */
  async function startOrFind(
    input: PlacePortfolioOrderInput,
    submitter: string | undefined,
  ): Promise<EarlierPlacement | undefined> {
    const claim = claimOf(input, { ...(submitter !== undefined && { submitter }) });
    const { isNew, registered, lookSince } = await registry.claim(claim);
    const find = () => findEarlier(client, taskQueue, registry, { input, claim, registered });
    // Temporal may have what the registry does not know of.
    if (isStarted(registered) || registered.digest !== claim.digest) return find();
    try {
      const asked = lookSince === undefined ? input : { ...input, lookSince };
      const placement = isNew ? asked : startedAnew(input, registered);
      await startPlacement(client, taskQueue, placement, registered.submitter);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return find();
    }
    // Temporal has it: the next submit finds that out, and notes it.
    await ignoreAway(() => registry.started(registered.name));
    return undefined;
  }

  return {
    async submit(reference, request, submitter) {
      const requestedAt = new Date().toISOString();
      const deployment = order.deployment ?? (await namespaceIdOf(client));
      const placement = { deployment, reference, request, requestedAt, order };
      let name = reference;
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const corrected = attempt === 1 ? undefined : { correctionOf: name };
        name = placementName(reference, attempt);
        const earlier = await startOrFind({ ...placement, attempt, ...corrected }, submitter);
        if (earlier === undefined) return { outcome: 'started', name };
        const { isSame, end } = earlier;
        if (isSame && end !== 'not-placed-in-time') return { outcome: 'repeated', name };
        if (end === undefined) break;
      }
      return { outcome: 'conflict', name };
    },

    async submitterOf(reference) {
      const first = firstPlacementName(reference);
      const registered = await ignoreAway(() => registry.read(first));
      if (registered?.submitter !== undefined) return registered.submitter;
      const handle = client.workflow.getHandle(placementWorkflowId(first));
      const submitter = (await ignoreMissing(() => describeRun(handle)))?.memo.submitter;
      return typeof submitter === 'string' ? submitter : undefined;
    },

    async awaitPlacement(name, waitMs, stopped) {
      const ended = () => client.workflow.getHandle(placementWorkflowId(name)).result();
      // A signal of its own: the client leaks one listener per request.
      const signal = AbortSignal.any([stopped]);
      setMaxListeners(0, signal);
      try {
        await ignoreMissing(() =>
          client.withAbortSignal(signal, () => client.withDeadline(Date.now() + waitMs, ended)),
        );
      } catch (error) {
        if (error instanceof WorkflowFailedError) return;
        const code = grpcCodeOf(error);
        if (code !== grpcStatus.deadlineExceeded && code !== grpcStatus.cancelled) throw error;
      }
    },
  };
}

/** The placement of a name that was taken before, and not started. */
function startedAnew(
  input: PlacePortfolioOrderInput,
  { requestedAt = input.requestedAt, deployment = input.deployment }: Registered,
): PlacePortfolioOrderInput {
  const same = { ...input, ...(deployment !== undefined && { deployment }) };
  const isLate = Date.now() - Date.parse(requestedAt) > LATE_MS;
  return isLate ? { ...same, lookSince: requestedAt } : { ...same, requestedAt };
}

/** @returns undefined while the records database is away */
async function ignoreAway<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RecordsUnavailable) return undefined;
    throw error;
  }
}
