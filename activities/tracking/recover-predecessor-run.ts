/**
 * Recovers what a predecessor run of an order's workflow knew, after it was terminated: from the records database or, for an
 * order that was never saved, from Temporal.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, ApplicationFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { OrderStore } from '../../src/app/ports/order-store';
import type { Observation } from '../../src/domain/broker/observation';
import { isObservation } from '../../src/domain/broker/is-observation';
import { withEarlierCancel } from '../../src/domain/order/recovery';
import { withPlacement } from '../../src/domain/order/transitions';
import { encodeState, decodeState } from '../../src/domain/order-state/state-codec';
import type { PlacementResult } from '../../src/domain/broker/placement';
import type { PredecessorRunFound, RecoveryActivities } from '../../contracts/activities';
import { is } from '../../src/temporal/visibility';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from '../../src/temporal/grpc';
import {
  brokerEventsSignal,
  stateQuery,
  placedSignal,
  portfolioOrderWorkflowId,
  type PortfolioOrderInput,
} from '../../contracts/portfolio-order';
import type { CancelRequest, OrderState } from '../../src/domain/order-state/state';

/** Visibility is eventually consistent: a run that has just ended may not be listed sooner. Milliseconds. */
const LISTED_AFTER_MS = 1_000;
/** Milliseconds after which an error that does not pass ends the search. */
const GIVEN_UP_AFTER_MS = 2 * 60_000;
/** Errors that pass, such as throttling. They say nothing about the order, so the search waits, however long. */
const PASSING: ReadonlySet<number | undefined> = new Set([
  grpcStatus.unavailable,
  grpcStatus.deadlineExceeded,
  grpcStatus.resourceExhausted,
  grpcStatus.aborted,
]);
const ENDED_FROM_OUTSIDE = new Set(['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'CANCELED']);

const RESET = temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** Signals that runs received and did not process. */
interface UndeliveredSignals {
  placed?: PlacementResult;
  cancel?: CancelRequest;
  observations: Observation[];
}

/** What is left of a run that had not recovered its own predecessor. */
interface UnrecoveredRun {
  undelivered: UndeliveredSignals;
  /** True if it was made by a reset, so that its predecessor may have completed. */
  wasReset: boolean;
}

type RunRead = { state: OrderState } | UnrecoveredRun | { why: string };

interface EndedRun {
  runId: string;
  isCompleted: boolean;
}

export function createRecoveryActivities(client: Client, store: OrderStore): RecoveryActivities {
  /**
   * The order as it was last saved. While the database is away, Temporal may know it; the next save shows whether the
   * database knows more.
   */
  async function readSaved(portfolioOrderId: string): Promise<OrderState | 'none' | 'away'> {
    try {
      return (await store.read(portfolioOrderId))?.state ?? 'none';
    } catch (error) {
      Context.current().log.warn('The records database is away; the order is recovered from Temporal', {
        error,
      });
      return 'away';
    }
  }

  /** Other runs that were terminated or failed, latest first, back to one that completed, which is the last. */
  async function endedRuns(workflowId: string, ownRunId: string): Promise<EndedRun[]> {
    const query = is('WorkflowId', workflowId);
    const runs: { runId: string; startTime: Date }[] = [];
    for await (const { runId, startTime } of client.workflow.list({ query })) {
      if (runId !== ownRunId) runs.push({ runId, startTime });
    }
    const ended: EndedRun[] = [];
    for (const { runId } of runs.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())) {
      // The status in visibility may be stale.
      const { status } = await client.workflow.getHandle(workflowId, runId).describe();
      const isCompleted = status.name === 'COMPLETED';
      if (isCompleted || ENDED_FROM_OUTSIDE.has(status.name)) ended.push({ runId, isCompleted });
      if (isCompleted) break;
    }
    return ended;
  }

  /**
   * Walks back to a run that had processed its signals, and adds the undelivered signals of later ones. A run that
   * completed is a predecessor only of one that was made by a reset.
   */
  async function readBack(
    workflowId: string,
    runs: EndedRun[],
    ownWasReset: boolean,
  ): Promise<PredecessorRunFound> {
    let left: UndeliveredSignals = { observations: [] };
    let mayBeCompleted = ownWasReset;
    let count = 0;
    for (const { runId, isCompleted } of runs) {
      if (isCompleted && !mayBeCompleted) break;
      const run = await read(workflowId, runId);
      if ('why' in run) return { kind: 'unreadable', why: run.why };
      if ('state' in run) return { kind: 'found', state: encodeState(withUndelivered(run.state, left)) };
      left = before(run.undelivered, left);
      mayBeCompleted ||= run.wasReset;
      count += 1;
    }
    return count === 0 ? { kind: 'none' } : { kind: 'only-messages', ...left };
  }

  async function read(workflowId: string, runId: string): Promise<RunRead> {
    try {
      const untouched = await untouchedRun(workflowId, runId);
      if (untouched !== undefined) return untouched;
      const state = await client.workflow.getHandle(workflowId, runId).query(stateQuery);
      return runOf(decodeState(state));
    } catch (error) {
      if (PASSING.has(grpcCodeOf(error))) throw error;
      return { why: grpcMessageOf(error) };
    }
  }

  /**
   * A run that ended before its first task, or before the first one after its reset: its signals are in its history, and
   * a query would not apply them. Undefined for other runs.
   */
  async function untouchedRun(workflowId: string, runId: string): Promise<RunRead | undefined> {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const { loadedDataConverter: converter } = client.options;
    let past: OrderState | undefined;
    let placed: PlacementResult | undefined;
    let observations: Observation[] = [];
    let isTouched = false;
    let wasReset = false;
    for (const event of events ?? []) {
      if (event.workflowTaskCompletedEventAttributes) isTouched = true;
      if (event.workflowTaskFailedEventAttributes?.cause === RESET) {
        isTouched = false;
        wasReset = true;
        placed = undefined;
        observations = [];
      }
      if (isTouched) continue;
      const started = event.workflowExecutionStartedEventAttributes;
      if (started) {
        const [input] = await decodeArrayFromPayloads(converter, started.input?.payloads);
        const { state } = input as PortfolioOrderInput;
        if (state !== undefined) past = decodeState(state);
      }
      const signal = event.workflowExecutionSignaledEventAttributes;
      if (!signal) continue;
      const [argument] = await decodeArrayFromPayloads(converter, signal.input?.payloads);
      if (signal.signalName === placedSignal.name) placed = argument as PlacementResult;
      if (signal.signalName === brokerEventsSignal.name && Array.isArray(argument))
        observations.push(...(argument as unknown[]).filter(isObservation));
    }
    if (isTouched) return undefined;
    const undelivered = { ...(placed && { placed }), observations };
    if (past === undefined || wasReset) return { undelivered, wasReset };
    const recovered = placed === undefined ? past : withPlacement(past, placed, Date.now());
    return runOf({ ...recovered, inbox: [...recovered.inbox, ...observations] });
  }

  return {
    async findPredecessorRun({ wasReset = false, isNew = false } = {}) {
      const { workflowExecution, scheduledTimestampMs } = activityInfo();
      if (workflowExecution === undefined) return { kind: 'none' };
      const { workflowId, runId: ownRunId } = workflowExecution;
      const saved = await readSaved(workflowId.slice(portfolioOrderWorkflowId('').length));
      if (typeof saved === 'object') return { kind: 'found', state: encodeState(saved) };
      if (saved === 'none' && isNew) return { kind: 'none' };
      // One query per order: a self-hosted server takes ten a second (namespaceRPS.visibility).
      const wait = scheduledTimestampMs + LISTED_AFTER_MS - Date.now();
      if (wait > 0) await sleep(wait);
      try {
        const found = await readBack(workflowId, await endedRuns(workflowId, ownRunId), wasReset);
        if (found.kind === 'none' && wasReset)
          throw ApplicationFailure.retryable('The run that was reset is not listed yet');
        return found;
      } catch (error) {
        const isEarly = Date.now() < scheduledTimestampMs + GIVEN_UP_AFTER_MS;
        if (isEarly || PASSING.has(grpcCodeOf(error))) throw error;
        return { kind: 'unreadable', why: `Could not look for a predecessor run: ${grpcMessageOf(error)}` };
      }
    },
  };
}

/** A run by its state: complete, or that of one that had not finished its own recovery. */
function runOf(state: OrderState): RunRead {
  if (state.recovery === 'recovered') return { state };
  return { undelivered: undeliveredIn(state), wasReset: state.resetAt !== undefined };
}

function withUndelivered(state: OrderState, left: UndeliveredSignals): OrderState {
  const now = Date.now();
  const placed = left.placed === undefined ? state : withPlacement(state, left.placed, now);
  const complete = { ...placed, inbox: [...placed.inbox, ...left.observations] };
  return withEarlierCancel(complete, left.cancel, now);
}

function undeliveredIn({ placed, cancel, inbox, resetAt = 0 }: OrderState): UndeliveredSignals {
  const own = placed?.observation;
  return {
    ...(placed && { placed }),
    // An older one is known to the run that was reset.
    ...(cancel && cancel.at >= resetAt && { cancel }),
    // `placed` includes its observation.
    observations: inbox.filter((one) => JSON.stringify(one) !== JSON.stringify(own)),
  };
}

function before(earlier: UndeliveredSignals, later: UndeliveredSignals): UndeliveredSignals {
  const placed = earlier.placed ?? later.placed;
  const cancel = earlier.cancel ?? later.cancel;
  return {
    ...(placed && { placed }),
    ...(cancel && { cancel }),
    observations: [...earlier.observations, ...later.observations],
  };
}
