import { temporal } from '@temporalio/proto';
import { summarizeHistory, type HistoryEvent } from '../../tools/temporal-server/history';

const types = temporal.api.enums.v1.EventType;

const signal = (signalName: string): HistoryEvent => ({
  eventType: types.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  workflowExecutionSignaledEventAttributes: { signalName },
});
const activity = (name: string): HistoryEvent => ({
  eventType: types.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  activityTaskScheduledEventAttributes: { activityType: { name } },
});
const plain = (eventType: temporal.api.enums.v1.EventType): HistoryEvent => ({ eventType });

it('counts events, signals, activities and billable actions', () => {
  const summary = summarizeHistory([
    plain(types.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED),
    plain(types.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED),
    signal('brokerEvents'),
    plain(types.EVENT_TYPE_WORKFLOW_TASK_STARTED),
    plain(types.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    {
      ...plain(types.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES),
      upsertWorkflowSearchAttributesEventAttributes: {
        searchAttributes: { indexedFields: { Attention: {} } },
      },
    },
    activity('emitOrderEvents'),
    plain(types.EVENT_TYPE_ACTIVITY_TASK_STARTED),
    plain(types.EVENT_TYPE_ACTIVITY_TASK_COMPLETED),
    plain(types.EVENT_TYPE_TIMER_STARTED),
    plain(types.EVENT_TYPE_TIMER_FIRED),
    plain(types.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
  ]);
  expect(summary).toMatchObject({
    events: 12,
    actions: 5,
    signals: ['brokerEvents'],
    activities: ['emitOrderEvents'],
  });
});

it('adds up the bytes of all events on the wire', () => {
  const events = [signal('a'), signal('a'.repeat(1_000))];
  const { bytes, largestEvent } = summarizeHistory(events);
  expect(largestEvent).toBeGreaterThan(1_000);
  expect(largestEvent).toBeLessThan(1_050);
  expect(bytes).toBe(largestEvent + summarizeHistory(events.slice(0, 1)).bytes);
});
