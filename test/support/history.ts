/** Reads workflow histories. */
import { tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { HistoryEvent } from '../../tools/temporal-server/history';

export {
  historyOf,
  historyOfAllRuns,
  summarizeHistory,
  type HistorySummary,
} from '../../tools/temporal-server/history';

const types = temporal.api.enums.v1.EventType;

/** Types of the events, without their common prefix. */
export function eventTypes(events: HistoryEvent[]): string[] {
  return events.map((event) => (types[event.eventType ?? 0] ?? '').replace('EVENT_TYPE_', ''));
}

/** When activities of this name were scheduled, milliseconds since the epoch by the server's clock. */
export function scheduledAt(events: HistoryEvent[], activity: string): number[] {
  return events
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity)
    .map(({ eventTime }) => tsToMs(eventTime));
}
