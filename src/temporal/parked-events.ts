/** The webhook events that could not be used: which there are, what is in them, and what operators do about them. */
import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import {
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { Decision } from '../domain/operators';
import type { parkedEvent } from '../../workflows';
import {
  discardUpdate,
  retryUpdate,
  type ParkedEventAttempt,
  type ParkedEventInput,
  type ParkedEventOutcome,
  type ParkingReason,
  type RawEvent,
} from '../../workflows/messages';
import { withBudget } from './connection';
import { untilTaken } from './until-taken';
import { describeRun, ignoreMissing } from './order-lookup';
import { eventIdIn, parkedEventId, parkedEventWorkflow } from './parked-event-id';
import type { ParkedMemo } from './parking-lot';
import { unpackRaw } from './raw-event';
import { searchAttributes } from './search-attributes';
import { is, readIndex, type IndexedRun } from './visibility';

export const PARKING_REASONS = [
  'UNROUTED',
  'REFUSED_BY_ORDER',
  'UNREADABLE',
  'UNKNOWN_TYPE',
  'LATE',
] as const satisfies readonly ParkingReason[];

export interface ParkedEventSummary {
  /** Its name in the API. */
  id: string;
  /** Upvest's, or a substitute where it has none. */
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
  /** As it came: JSON text, or what is left of a list of several. */
  raw: string;
  /** Where the bytes are no text. */
  rawEncoding?: 'base64';
  /** True while it is tried again by itself. */
  retried: boolean;
  /** What became of it. */
  outcome?: ParkedEventOutcome | { outcome: 'interrupted' };
}

export type ParkedEventOperation = 'retry' | 'discard';

/** The rest of several is their own content: it takes {@link ParkedEvents.read} to see it. */
export type ParkedEventAttemptView =
  Exclude<ParkedEventAttempt, { outcome: 'partly' }> | { outcome: 'partly'; why: string };

export type ParkedEventVerdict =
  /** What an attempt came to, or that it is discarded. */
  | { kind: 'done'; attempt: ParkedEventAttemptView }
  | { kind: 'missing' }
  | { kind: 'ended'; how: string }
  | { kind: 'key-reused' }
  /** No worker has answered in time; it may still be applied, or be lost. */
  | { kind: 'outcome-unknown' };

/** All throw ServiceError when Temporal cannot be reached. */
export interface ParkedEvents {
  /** Those that are open, newest first. @throws IndexTooSlow */
  page(
    filter: { reason?: ParkingReason },
    part: { limit: number; cursor?: string },
  ): Promise<{ events: ParkedEventSummary[]; next?: string }>;
  /** @returns undefined when there is none, or it is no longer kept */
  read(id: string): Promise<ParkedEventView | undefined>;
  /** @param key names this one decision: the same key again decides nothing twice */
  perform(
    id: string,
    operation: ParkedEventOperation,
    decision: Decision,
    key?: string,
  ): Promise<ParkedEventVerdict>;
}

/** @param taskQueue of the workflows: other deployments may share the namespace */
export function createParkedEvents(client: Client, taskQueue: string, budgetMs: number): ParkedEvents {
  const handleOf = (workflowId: string, runId?: string) =>
    client.workflow.getHandle<typeof parkedEvent>(workflowId, runId);

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
      const { runs, next } = await readIndex(client, query, part);
      return { events: runs.flatMap(summaryOf), ...(next !== undefined && { next }) };
    },

    async read(id) {
      const workflowId = parkedEventWorkflow(id);
      const run = workflowId === undefined ? undefined : await find(workflowId);
      if (workflowId === undefined || run === undefined) return undefined;
      const { reason, detail, receivedAt, ...kept } = await inputOf(client, workflowId, run.runId);
      const isOpen = run.standing === 'running';
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
      withBudget(client, budgetMs, async () => {
        const workflowId = parkedEventWorkflow(id);
        if (workflowId === undefined) return { kind: 'missing' };
        try {
          return verdictOf(
            operation,
            await untilTaken(() => send(handleOf(workflowId), operation, decision, key)),
            decision,
          );
        } catch (error) {
          if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'outcome-unknown' };
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
        const run = await find(workflowId);
        if (run === undefined) return { kind: 'missing' };
        // It began its next run in this moment.
        if (run.standing === 'running') return { kind: 'outcome-unknown' };
        return { kind: 'ended', how: howEnded(await outcomeOf(run)) };
      }),
  };
}

function summaryOf(run: IndexedRun): ParkedEventSummary[] {
  const id = parkedEventId(run.workflowId);
  const told = run.values(searchAttributes.attention).find((code) => code.startsWith('PARKED_'));
  const reason = PARKING_REASONS.find((one) => `PARKED_${one}` === told);
  // It ended while the index was read.
  if (id === undefined || reason === undefined) return [];
  // Events that older code parked have no memo, and the rest of a list that is tried again has none either.
  const { detail, receivedAt = run.startedAt } = run.memo as Partial<ParkedMemo>;
  const eventId = eventIdIn(run.workflowId);
  return [{ id, eventId, reason, ...(detail !== undefined && { detail }), receivedAt, state: 'OPEN' }];
}

/** What the run was started with: the first event of its history. */
async function inputOf(client: Client, workflowId: string, runId: string): Promise<ParkedEventInput> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const { loadedDataConverter } = client.options;
  const [input] = await decodeArrayFromPayloads(loadedDataConverter, started?.input?.payloads);
  return input as ParkedEventInput;
}

function textOf(kept: RawEvent): Pick<ParkedEventView, 'raw' | 'rawEncoding'> {
  const bytes = unpackRaw(kept);
  return isUtf8(bytes)
    ? { raw: bytes.toString('utf8') }
    : { raw: bytes.toString('base64'), rawEncoding: 'base64' };
}

interface FoundRun {
  standing: string;
  handle: WorkflowHandle<typeof parkedEvent>;
}

async function outcomeOf({ standing, handle }: FoundRun): Promise<NonNullable<ParkedEventView['outcome']>> {
  return standing === 'ended' ? handle.result() : { outcome: 'interrupted' };
}

function howEnded(ending: NonNullable<ParkedEventView['outcome']>): string {
  switch (ending.outcome) {
    case 'routed':
      return `it went to portfolio order ${ending.portfolioOrderId}`;
    case 'redundant':
      return 'its order knew all of it';
    case 'foreign':
      return `it belongs to no portfolio order (${ending.flow})`;
    case 'all-dealt-with':
      return `all of its ${ending.events} events are dealt with`;
    case 'discarded':
      return `${ending.actor} has discarded it: ${ending.reason}`;
    case 'interrupted':
      return 'its workflow was ended from outside';
  }
}

/** @returns what `retry` came to; undefined for `discard`, which has no result */
function send(
  handle: WorkflowHandle<typeof parkedEvent>,
  operation: ParkedEventOperation,
  decision: Decision,
  updateId: string,
): Promise<ParkedEventAttempt | undefined> {
  return operation === 'retry'
    ? handle.executeUpdate(retryUpdate, { args: [decision], updateId })
    : handle.executeUpdate(discardUpdate, { args: [decision], updateId });
}

/** A key that was used for the other operation brings that one's answer. */
function verdictOf(
  operation: ParkedEventOperation,
  attempt: ParkedEventAttempt | undefined | null,
  { actor, reason }: Decision,
): ParkedEventVerdict {
  const isResult = attempt !== undefined && attempt !== null;
  if (isResult !== (operation === 'retry')) return { kind: 'key-reused' };
  if (!isResult) return { kind: 'done', attempt: { outcome: 'discarded', actor, reason } };
  if (attempt.outcome !== 'partly') return { kind: 'done', attempt };
  return { kind: 'done', attempt: { outcome: 'partly', why: attempt.why } };
}
