/** Lists and reads parked events, and applies operators' decisions to them. */
import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import {
  ApplicationFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { withTemporalDeadline } from '../../temporal/client';
import { inputOf } from '../../temporal/run-input';
import { atPosition } from '../cursor';
import { untilTaken } from '../../temporal/until-taken';
import { describeRun, ignoreMissing } from '../orders/find';
import { contentConflict, digestOf, type KeyReuse } from '../orders/decision-digest';
import { eventIdIn, parkedEventId, parkedEventWorkflow } from './parked-event-id';
import type { ParkedMemo } from './park';
import { unpackRaw } from './raw-event';
import { searchAttributes } from '../../../contracts/search-attributes';
import { is, readIndex, type IndexedRun } from '../../temporal/visibility';
import {
  discardUpdate,
  PARKED_EVENT_ENDED,
  retryUpdate,
  type ParkedEventAttempt,
  type ParkedEventInput,
  type ParkedEventOutcome,
  type ParkingReason,
  type RawEvent,
  type ParkedEventWorkflow,
} from '../../../contracts/parked-event';
import type { Decision, DecisionDigest } from '../../domain/values/decision';

export const PARKING_REASONS = [
  'UNROUTED',
  'REFUSED_BY_ORDER',
  'UNREADABLE',
  'UNKNOWN_TYPE',
  'LATE',
] as const satisfies readonly ParkingReason[];

export interface ParkedEventSummary {
  /** Its id in the API. */
  id: string;
  /** Upvest's event id, or a substitute. */
  eventId: string;
  reason: ParkingReason;
  /** One sentence for an operator. */
  detail?: string;
  /** ISO 8601 UTC. */
  receivedAt: string;
  state: 'OPEN' | 'ENDED';
}

export interface ParkedEventView extends ParkedEventSummary {
  detail: string;
  /** The payload as received, or the unprocessed rest of a list. */
  raw: string;
  /** Present when the bytes are not UTF-8 text. */
  rawEncoding?: 'base64';
  /** True while it is retried automatically. */
  retried: boolean;
  /** Present once it has ended. */
  outcome?: ParkedEventOutcome | { outcome: 'interrupted' };
}

export type ParkedEventOperation = 'retry' | 'discard';

/** Without the rest of a partly processed list, which {@link ParkedEvents.read} shows. */
export type ParkedEventAttemptView =
  Exclude<ParkedEventAttempt, { outcome: 'partly' }> | { outcome: 'partly'; why: string };

export type ParkedUpdateOutcome =
  /** Outcome of a retry, or discarded. */
  | { kind: 'done'; attempt: ParkedEventAttemptView }
  | { kind: 'missing' }
  | { kind: 'ended'; how: string }
  | ({ kind: 'key-reused' } & KeyReuse)
  /** No worker answered in time; the decision may still be applied, or be lost. */
  | { kind: 'outcome-unknown' };

/** Every method throws ServiceError when Temporal cannot be reached. */
export interface ParkedEvents {
  /** Open events, newest first. @throws IndexTooSlow */
  page(
    filter: { reason?: ParkingReason },
    part: { limit: number; cursor?: string },
  ): Promise<{ events: ParkedEventSummary[]; next?: string }>;
  /** @returns undefined for an unknown event, or after the retention period */
  read(id: string): Promise<ParkedEventView | undefined>;
  /** @param key idempotency key */
  perform(
    id: string,
    operation: ParkedEventOperation,
    decision: Decision,
    key?: string,
  ): Promise<ParkedUpdateOutcome>;
}

/** @param taskQueue restricts the list to this deployment: others may share the namespace */
export function createParkedEvents(client: Client, taskQueue: string, timeLimitMs: number): ParkedEvents {
  const handleOf = (workflowId: string, runId?: string) =>
    client.workflow.getHandle<ParkedEventWorkflow>(workflowId, runId);

  async function find(workflowId: string) {
    const run = await ignoreMissing(() => describeRun(handleOf(workflowId)));
    return run && { ...run, handle: handleOf(workflowId, run.runId) };
  }

  return {
    async page({ reason }, part) {
      const query = [
        is('WorkflowType', 'parkedEvent'),
        is('TaskQueue', taskQueue),
        is('ExecutionStatus', 'Running'),
        ...(reason === undefined ? [] : [is(searchAttributes.attention, `PARKED_${reason}`)]),
      ].join(' AND ');
      const { runs, next } = await atPosition(part.cursor, () => readIndex(client, query, part));
      return { events: runs.flatMap(summaryOf), ...(next !== undefined && { next }) };
    },

    async read(id) {
      const workflowId = parkedEventWorkflow(id);
      const run = workflowId === undefined ? undefined : await find(workflowId);
      if (workflowId === undefined || run === undefined) return undefined;
      const input = (await inputOf(client, workflowId, run.runId)) as ParkedEventInput;
      const { reason, detail, receivedAt, ...kept } = input;
      const isOpen = run.runStatus === 'running';
      return {
        id,
        eventId: eventIdIn(workflowId),
        reason,
        detail,
        receivedAt,
        state: isOpen ? 'OPEN' : 'ENDED',
        ...textOf(kept),
        retried: run.pendingActivities > 0,
        ...(!isOpen && { outcome: await outcomeOf(run) }),
      };
    },

    perform: (id, operation, decision, key = randomUUID()) =>
      withTemporalDeadline(client, timeLimitMs, async () => {
        const workflowId = parkedEventWorkflow(id);
        if (workflowId === undefined) return { kind: 'missing' };
        try {
          return updateOutcomeOf(
            operation,
            await untilTaken(() => send(handleOf(workflowId), operation, decision, key)),
            decision,
          );
        } catch (error) {
          if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'outcome-unknown' };
          const ending = endingIn(error);
          if (ending !== undefined) return { kind: 'ended', how: howEnded(ending) };
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
        const run = await find(workflowId);
        if (run === undefined) return { kind: 'missing' };
        // Its next run started just now.
        if (run.runStatus === 'running') return { kind: 'outcome-unknown' };
        const { retries = [] } = (await inputOf(client, workflowId, run.runId)) as ParkedEventInput;
        const earlier = retries.find((one) => one.key === key);
        if (earlier !== undefined)
          return updateOutcomeOf(operation, { outcome: 'partly', rest: { raw: '' }, ...earlier }, decision);
        return { kind: 'ended', how: howEnded(await outcomeOf(run)) };
      }),
  };
}

function summaryOf(run: IndexedRun): ParkedEventSummary[] {
  const id = parkedEventId(run.workflowId);
  const code = run.values(searchAttributes.attention).find((one) => one.startsWith('PARKED_'));
  const reason = PARKING_REASONS.find((one) => `PARKED_${one}` === code);
  // It ended during the query.
  if (id === undefined || reason === undefined) return [];
  // The memo is missing after older releases, and for the rest of a partly processed list.
  const { detail, receivedAt = run.startedAt } = run.memo as Partial<ParkedMemo>;
  const eventId = eventIdIn(run.workflowId);
  return [{ id, eventId, reason, ...(detail !== undefined && { detail }), receivedAt, state: 'OPEN' }];
}

function textOf(kept: RawEvent): Pick<ParkedEventView, 'raw' | 'rawEncoding'> {
  const bytes = unpackRaw(kept);
  return isUtf8(bytes)
    ? { raw: bytes.toString('utf8') }
    : { raw: bytes.toString('base64'), rawEncoding: 'base64' };
}

/** What the workflow rejected a decision with, while it still stores an earlier one. */
function endingIn(error: unknown): ParkedEventOutcome | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  return cause instanceof ApplicationFailure && cause.type === PARKED_EVENT_ENDED
    ? (cause.details?.[0] as ParkedEventOutcome)
    : undefined;
}

interface FoundRun {
  runStatus: string;
  handle: WorkflowHandle<ParkedEventWorkflow>;
}

async function outcomeOf({ runStatus, handle }: FoundRun): Promise<NonNullable<ParkedEventView['outcome']>> {
  return runStatus === 'ended' ? handle.result() : { outcome: 'interrupted' };
}

function howEnded(ending: NonNullable<ParkedEventView['outcome']>): string {
  switch (ending.outcome) {
    case 'routed':
      return `delivered to portfolio order ${ending.portfolioOrderId}`;
    case 'redundant':
      return 'the order already had this event';
    case 'foreign':
      return `it belongs to no portfolio order (${ending.flow})`;
    case 'all-dealt-with':
      return `all ${ending.events} events are processed`;
    case 'discarded':
      return `discarded by ${ending.actor}: ${ending.reason}`;
    case 'interrupted':
      return 'its workflow was terminated or failed';
  }
}

/** @returns the outcome of `retry`; undefined for `discard`, which has no result */
function send(
  handle: WorkflowHandle<ParkedEventWorkflow>,
  operation: ParkedEventOperation,
  decision: Decision,
  updateId: string,
): Promise<ParkedUpdateResult> {
  const args: [Decision & DecisionDigest] = [{ ...decision, digest: digestOf(decision) }];
  return operation === 'retry'
    ? handle.executeUpdate(retryUpdate, { args, updateId })
    : handle.executeUpdate(discardUpdate, { args, updateId });
}

/** Result of a retry; of a discard only its digest, or nothing from older workers. */
type ParkedUpdateResult = (ParkedEventAttempt & DecisionDigest) | DecisionDigest | undefined | null;

/** A key that was used for the other operation yields that operation's result. */
function updateOutcomeOf(
  operation: ParkedEventOperation,
  result: ParkedUpdateResult,
  decision: Decision,
): ParkedUpdateOutcome {
  const { digest, ...first } = result ?? {};
  const attempt = 'outcome' in first ? (first as ParkedEventAttempt) : undefined;
  if ((attempt !== undefined) !== (operation === 'retry')) return { kind: 'key-reused' };
  const conflict = contentConflict(digest, digestOf(decision));
  if (conflict.digests !== undefined) return { kind: 'key-reused', ...conflict };
  const { actor, reason } = decision;
  if (attempt === undefined) return { kind: 'done', attempt: { outcome: 'discarded', actor, reason } };
  if (attempt.outcome !== 'partly') return { kind: 'done', attempt };
  return { kind: 'done', attempt: { outcome: 'partly', why: attempt.why } };
}
