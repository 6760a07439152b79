/** Finds what an earlier run of an order's workflow knew, after somebody had ended it from outside. */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { EarlierRun } from '../src/domain/first-sight';
import type { CancelRequest } from '../src/domain/cancellation';
import type { Observation } from '../src/domain/observation';
import { isObservation } from '../src/domain/observation-guard';
import { withPlaced, type OrderLife } from '../src/domain/order-life';
import { packLife, unpackLife, type PackedLife } from '../src/domain/packed-life';
import type { Placed } from '../src/domain/placement';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from '../src/temporal/grpc';
import { brokerEventsSignal, lifeQuery, placedSignal, type PortfolioOrderInput } from '../workflows/messages';

/** As `EarlierRun`, as it fits into one payload. */
export type EarlierRunFound =
  Exclude<EarlierRun, { kind: 'found' }> | { kind: 'found'; life: OrderLife | PackedLife };

export interface EarlierRunActivities {
  /** Looks for an earlier run of the workflow that asks, other than one that went its way to the end. */
  findEarlierRun(): Promise<EarlierRunFound>;
}

/** Visibility is eventually consistent: a run that was ended this moment may not be listed yet. Milliseconds. */
const PAUSES_MS = [0, 1000];
/** Whoever answers these may answer otherwise in a moment. */
const PASSING: ReadonlySet<number | undefined> = new Set([
  grpcStatus.unavailable,
  grpcStatus.deadlineExceeded,
  grpcStatus.resourceExhausted,
  grpcStatus.aborted,
]);
const ENDED_FROM_OUTSIDE = new Set(['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'CANCELED']);

/** Messages that runs left behind without having taken them up. */
interface LeftBehind {
  placed?: Placed;
  cancel?: CancelRequest;
  observations: Observation[];
}

export function createEarlierRunActivities(client: Client): EarlierRunActivities {
  /** Runs but our own that were ended from outside, latest first, back to one that went its way to the end. */
  async function endedRuns(workflowId: string, ownRunId: string): Promise<string[]> {
    const query = `WorkflowId = '${workflowId.replace(/['\\]/g, '')}'`;
    const runs: { runId: string; startTime: Date }[] = [];
    for await (const { runId, startTime } of client.workflow.list({ query })) {
      if (runId !== ownRunId) runs.push({ runId, startTime });
    }
    const ended: string[] = [];
    for (const { runId } of runs.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())) {
      // What visibility says of a run's state may be old, so the server is asked.
      const { status } = await client.workflow.getHandle(workflowId, runId).describe();
      if (status.name === 'COMPLETED') break;
      if (ENDED_FROM_OUTSIDE.has(status.name)) ended.push(runId);
    }
    return ended;
  }

  /** Walks back to a run that had taken up its messages; what later ones left behind is added to it. */
  async function readBack(workflowId: string, runIds: string[]): Promise<EarlierRunFound> {
    let left: LeftBehind = { observations: [] };
    for (const runId of runIds) {
      const run = await read(workflowId, runId);
      if ('why' in run) return { kind: 'unreadable', why: run.why };
      if ('life' in run && run.life.past !== 'unknown' && run.life.past !== 'unjudged') {
        const { placed = left.placed, inbox } = run.life;
        const life = { ...run.life, ...(placed && { placed }), inbox: [...inbox, ...left.observations] };
        return { kind: 'found', life: packLife(life) };
      }
      left = before('life' in run ? leftIn(run.life) : run, left);
    }
    return { kind: 'only-messages', ...left };
  }

  async function read(
    workflowId: string,
    runId: string,
  ): Promise<{ life: OrderLife } | LeftBehind | { why: string }> {
    try {
      const life = await client.workflow.getHandle(workflowId, runId).query(lifeQuery);
      return { life: unpackLife(life) };
    } catch (error) {
      if (PASSING.has(grpcCodeOf(error))) throw error;
      return (await messagesOf(workflowId, runId)) ?? { why: grpcMessageOf(error) };
    }
  }

  /** The messages of a run that ended before it had done anything, which answers no query; undefined for another one. */
  async function messagesOf(
    workflowId: string,
    runId: string,
  ): Promise<{ life: OrderLife } | LeftBehind | undefined> {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const { loadedDataConverter: converter } = client.options;
    let past: OrderLife | undefined;
    let placed: Placed | undefined;
    const observations: Observation[] = [];
    for (const event of events ?? []) {
      if (event.workflowTaskCompletedEventAttributes) return undefined;
      const started = event.workflowExecutionStartedEventAttributes;
      if (started) {
        const [input] = await decodeArrayFromPayloads(converter, started.input?.payloads);
        const { life } = input as PortfolioOrderInput;
        if (life !== undefined) past = unpackLife(life);
      }
      const signal = event.workflowExecutionSignaledEventAttributes;
      if (!signal) continue;
      const [argument] = await decodeArrayFromPayloads(converter, signal.input?.payloads);
      if (signal.signalName === placedSignal.name) placed = argument as Placed;
      if (signal.signalName === brokerEventsSignal.name && Array.isArray(argument))
        observations.push(...(argument as unknown[]).filter(isObservation));
    }
    if (past === undefined) return { ...(placed && { placed }), observations };
    const told = placed === undefined ? past : withPlaced(past, placed, Date.now());
    return { life: { ...told, inbox: [...told.inbox, ...observations] } };
  }

  return {
    async findEarlierRun() {
      const { workflowExecution } = activityInfo();
      if (workflowExecution === undefined) return { kind: 'none' };
      const { workflowId, runId: ownRunId } = workflowExecution;
      for (const pause of PAUSES_MS) {
        await sleep(pause);
        const runIds = await endedRuns(workflowId, ownRunId);
        if (runIds.length > 0) return readBack(workflowId, runIds);
      }
      return { kind: 'none' };
    },
  };
}

/** What a run left behind that had not found out about its own past yet. */
function leftIn({ placed, cancel, inbox }: OrderLife): LeftBehind {
  const own = placed?.observation;
  return {
    ...(placed && { placed }),
    ...(cancel && { cancel }),
    // `placed` brings its observation along.
    observations: inbox.filter((one) => JSON.stringify(one) !== JSON.stringify(own)),
  };
}

function before(earlier: LeftBehind, later: LeftBehind): LeftBehind {
  const placed = earlier.placed ?? later.placed;
  const cancel = earlier.cancel ?? later.cancel;
  return {
    ...(placed && { placed }),
    ...(cancel && { cancel }),
    observations: [...earlier.observations, ...later.observations],
  };
}
