/** Reads workflow histories, and counts what they cost. */
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { countActions } from './billable-actions';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface HistorySummary {
  events: number;
  /** Names of signals, in order. */
  signals: string[];
  /** Names of activities, in order. */
  activities: string[];
  /** Billable actions, without those that no history shows. */
  actions: number;
  /** Size of the largest payload-bearing event, bytes on the wire. */
  largestEvent: number;
  /** Size of all events, bytes on the wire. */
  bytes: number;
}

export async function historyOf(client: Client, workflowId: string, runId?: string): Promise<HistoryEvent[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events ?? [];
}

/** The histories of a workflow's last run and of those that it continues, oldest first. */
export async function historyOfAllRuns(client: Client, workflowId: string): Promise<HistoryEvent[]> {
  let events = await historyOf(client, workflowId);
  for (;;) {
    const before = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!before) return events;
    events = [...(await historyOf(client, workflowId, before)), ...events];
  }
}

export function summarizeHistory(events: HistoryEvent[]): HistorySummary {
  const sizes = events.map((event) => temporal.api.history.v1.HistoryEvent.encode(event).finish().length);
  return {
    events: events.length,
    signals: events.flatMap(({ workflowExecutionSignaledEventAttributes: it }) =>
      it?.signalName ? [it.signalName] : [],
    ),
    activities: events.flatMap(({ activityTaskScheduledEventAttributes: it }) =>
      it?.activityType?.name ? [it.activityType.name] : [],
    ),
    actions: countActions(events),
    largestEvent: Math.max(...sizes),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}
