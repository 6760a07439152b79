/** What Temporal Cloud bills of a history (docs/sizing.md#billable-actions). */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporal } from '@temporalio/proto';
import { ACTION_RULES, countActions } from '../../tools/temporal-server/billable-actions';
import type { HistoryEvent } from '../../tools/temporal-server/history';
import { fromJson } from '../support/recorded-history';

const { EventType: types, WorkflowTaskFailedCause: causes } = temporal.api.enums.v1;

const plain = (name: keyof typeof types): HistoryEvent => ({ eventType: types[name] });
const START = plain('EVENT_TYPE_WORKFLOW_EXECUTION_STARTED');
const TASK = plain('EVENT_TYPE_WORKFLOW_TASK_SCHEDULED');
const SIGNAL = plain('EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');

const attempt = (number: number): HistoryEvent => ({
  ...plain('EVENT_TYPE_ACTIVITY_TASK_STARTED'),
  activityTaskStartedEventAttributes: { attempt: number },
});
const attributes = (...names: string[]): { indexedFields: Record<string, object> } => ({
  indexedFields: Object.fromEntries(names.map((name) => [name, {}])),
});
const upsert = (...names: string[]): HistoryEvent => ({
  ...plain('EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'),
  upsertWorkflowSearchAttributesEventAttributes: { searchAttributes: attributes(...names) },
});
const marker = (task: number): HistoryEvent =>
  temporal.api.history.v1.HistoryEvent.fromObject({
    ...plain('EVENT_TYPE_MARKER_RECORDED'),
    markerRecordedEventAttributes: { workflowTaskCompletedEventId: task },
  });
const failedTask = (cause: temporal.api.enums.v1.WorkflowTaskFailedCause): HistoryEvent => ({
  ...plain('EVENT_TYPE_WORKFLOW_TASK_FAILED'),
  workflowTaskFailedEventAttributes: { cause },
});
const scheduled: HistoryEvent = {
  ...START,
  workflowExecutionStartedEventAttributes: { searchAttributes: attributes('TemporalScheduledById') },
};

it.each<[string, number, HistoryEvent[]]>([
  ['a start', 1, [START, TASK]],
  ['a start by a schedule', 3, [scheduled, TASK]],
  ['a start by signal-with-start', 1, [START, SIGNAL, TASK]],
  ['two signals behind it', 2, [START, SIGNAL, SIGNAL, TASK]],
  ['a signal after a start without one', 2, [START, TASK, SIGNAL]],
  ['an activity with three attempts', 3, [plain('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'), attempt(3)]],
  ['an activity with one attempt', 1, [plain('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'), attempt(1)]],
  ['a timer that fires', 1, [plain('EVENT_TYPE_TIMER_STARTED'), plain('EVENT_TYPE_TIMER_FIRED')]],
  ['an upsert of two search attributes', 1, [upsert('Attention', 'PortfolioOrderStatus')]],
  ['an upsert of the versions of patches alone', 0, [upsert('TemporalChangeVersion')]],
  ['two markers of one workflow task and one of another', 2, [marker(4), marker(4), marker(9)]],
  ['a reset', 1, [failedTask(causes.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW)]],
  ['a workflow task that failed', 0, [failedTask(causes.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)]],
  ['a further run by continue-as-new', 1, [plain('EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW'), START]],
])('%s: %d', (_what, actions, history) => {
  expect(countActions(history)).toBe(actions);
});

it('an event that no rule names is not passed over', () => {
  expect(() => countActions([START, plain('EVENT_TYPE_NEXUS_OPERATION_SCHEDULED')])).toThrow(
    'No rule says whether Temporal Cloud bills EVENT_TYPE_NEXUS_OPERATION_SCHEDULED',
  );
});

it('each type of event has one rule', () => {
  const named = ACTION_RULES.flatMap(({ events }) => events);
  expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
});

const histories = resolve(__dirname, '../histories');

it.each(readdirSync(histories).filter((file) => file.endsWith('.json')))(
  'the rules name all events of %s',
  (file) => {
    const { events } = fromJson(readFileSync(join(histories, file), 'utf8'));
    expect(countActions(events ?? [])).toBeGreaterThan(1);
  },
);
