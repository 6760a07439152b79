/** Recovers what a predecessor run of an order's workflow knew, after it was terminated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { Observation } from '../../src/domain/broker/observation';
import { isObservation } from '../../src/domain/broker/is-observation';
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

/** Signals that runs received and did not process. */
interface UndeliveredSignals {
  placed?: PlacementResult;
  cancel?: CancelRequest;
  observations: Observation[];
}

export function createRecoveryActivities(client: Client): RecoveryActivities {
  /** Other runs that were terminated or failed, latest first, back to one that completed. */
  async function endedRuns(workflowId: string, ownRunId: string): Promise<string[]> {
    const query = is('WorkflowId', workflowId);
    const runs: { runId: string; startTime: Date }[] = [];
    for await (const { runId, startTime } of client.workflow.list({ query })) {
      if (runId !== ownRunId) runs.push({ runId, startTime });
    }
    const ended: string[] = [];
    for (const { runId } of runs.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())) {
      // The status in visibility may be stale.
      const { status } = await client.workflow.getHandle(workflowId, runId).describe();
      if (status.name === 'COMPLETED') break;
      if (ENDED_FROM_OUTSIDE.has(status.name)) ended.push(runId);
    }
    return ended;
  }

  /** Walks back to a run that had processed its signals, and adds the undelivered signals of later ones. */
  async function readBack(workflowId: string, runIds: string[]): Promise<PredecessorRunFound> {
    let left: UndeliveredSignals = { observations: [] };
    for (const runId of runIds) {
      const run = await read(workflowId, runId);
      if ('why' in run) return { kind: 'unreadable', why: run.why };
      if ('state' in run && run.state.recovery !== 'recovering' && run.state.recovery !== 'unchecked') {
        const { placed = left.placed, inbox } = run.state;
        const state = { ...run.state, ...(placed && { placed }), inbox: [...inbox, ...left.observations] };
        return { kind: 'found', state: encodeState(state) };
      }
      left = before('state' in run ? undeliveredIn(run.state) : run, left);
    }
    return { kind: 'only-messages', ...left };
  }

  async function read(
    workflowId: string,
    runId: string,
  ): Promise<{ state: OrderState } | UndeliveredSignals | { why: string }> {
    try {
      const state = await client.workflow.getHandle(workflowId, runId).query(stateQuery);
      return { state: decodeState(state) };
    } catch (error) {
      if (PASSING.has(grpcCodeOf(error))) throw error;
      return (await messagesOf(workflowId, runId)) ?? { why: grpcMessageOf(error) };
    }
  }

  /** The signals of a run that ended before its first task, which answers no query; undefined for other runs. */
  async function messagesOf(
    workflowId: string,
    runId: string,
  ): Promise<{ state: OrderState } | UndeliveredSignals | undefined> {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const { loadedDataConverter: converter } = client.options;
    let past: OrderState | undefined;
    let placed: PlacementResult | undefined;
    const observations: Observation[] = [];
    for (const event of events ?? []) {
      if (event.workflowTaskCompletedEventAttributes) return undefined;
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
    if (past === undefined) return { ...(placed && { placed }), observations };
    const recovered = placed === undefined ? past : withPlacement(past, placed, Date.now());
    return { state: { ...recovered, inbox: [...recovered.inbox, ...observations] } };
  }

  return {
    async findPredecessorRun() {
      const { workflowExecution, scheduledTimestampMs } = activityInfo();
      if (workflowExecution === undefined) return { kind: 'none' };
      const { workflowId, runId: ownRunId } = workflowExecution;
      // One query per order: a self-hosted server takes ten a second (namespaceRPS.visibility).
      const wait = scheduledTimestampMs + LISTED_AFTER_MS - Date.now();
      if (wait > 0) await sleep(wait);
      try {
        const runIds = await endedRuns(workflowId, ownRunId);
        return runIds.length > 0 ? await readBack(workflowId, runIds) : { kind: 'none' };
      } catch (error) {
        const isEarly = Date.now() < scheduledTimestampMs + GIVEN_UP_AFTER_MS;
        if (isEarly || PASSING.has(grpcCodeOf(error))) throw error;
        return { kind: 'unreadable', why: `Could not look for a predecessor run: ${grpcMessageOf(error)}` };
      }
    },
  };
}

/** The undelivered signals of a run that had not finished its own recovery. */
function undeliveredIn({ placed, cancel, inbox }: OrderState): UndeliveredSignals {
  const own = placed?.observation;
  return {
    ...(placed && { placed }),
    ...(cancel && { cancel }),
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
