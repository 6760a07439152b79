/** Finds what an earlier run of an order's workflow knew, after somebody had ended it from outside. */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { EarlierRun } from '../src/domain/first-sight';
import { isObservation } from '../src/domain/observation-guard';
import type { OrderLife } from '../src/domain/order-life';
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
const LOOKS_AT = [0, 500, 1500];
/** Whoever answers these may answer otherwise in a moment. */
const PASSING: ReadonlySet<number | undefined> = new Set([
  grpcStatus.unavailable,
  grpcStatus.deadlineExceeded,
  grpcStatus.resourceExhausted,
  grpcStatus.aborted,
]);
const ENDED_FROM_OUTSIDE = new Set(['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'CANCELED']);

export function createEarlierRunActivities(client: Client): EarlierRunActivities {
  /** The run before, if it was ended from outside; what visibility says of its state may be old, so the server is asked. */
  async function lastRun(workflowId: string, ownRunId: string): Promise<string | undefined> {
    const query = `WorkflowId = '${workflowId.replace(/['\\]/g, '')}'`;
    const runs: { runId: string; startTime: Date }[] = [];
    for await (const { runId, startTime } of client.workflow.list({ query })) {
      if (runId !== ownRunId) runs.push({ runId, startTime });
    }
    const [latest] = runs.sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
    if (latest === undefined) return undefined;
    const { status } = await client.workflow.getHandle(workflowId, latest.runId).describe();
    return ENDED_FROM_OUTSIDE.has(status.name) ? latest.runId : undefined;
  }

  async function read(workflowId: string, runId: string): Promise<EarlierRunFound> {
    try {
      const life = await client.workflow.getHandle(workflowId, runId).query(lifeQuery);
      return { kind: 'found', life };
    } catch (error) {
      if (PASSING.has(grpcCodeOf(error))) throw error;
      return (await messagesOf(workflowId, runId)) ?? { kind: 'unreadable', why: grpcMessageOf(error) };
    }
  }

  /** The messages of a run that ended before it had done anything, which answers no query; undefined for another one. */
  async function messagesOf(workflowId: string, runId: string): Promise<EarlierRunFound | undefined> {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const { loadedDataConverter: converter } = client.options;
    let past: OrderLife | undefined;
    let placed: Placed | undefined;
    const observations: unknown[] = [];
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
        observations.push(...(argument as unknown[]));
    }
    const usable = observations.filter(isObservation);
    if (past === undefined) return { kind: 'only-messages', ...(placed && { placed }), observations: usable };
    return { kind: 'found', life: packLife({ ...past, inbox: [...past.inbox, ...usable] }) };
  }

  return {
    async findEarlierRun() {
      const { workflowExecution } = activityInfo();
      if (workflowExecution === undefined) return { kind: 'none' };
      const { workflowId, runId: ownRunId } = workflowExecution;
      for (const pause of LOOKS_AT) {
        await sleep(pause);
        const runId = await lastRun(workflowId, ownRunId);
        if (runId !== undefined) return read(workflowId, runId);
      }
      return { kind: 'none' };
    },
  };
}
