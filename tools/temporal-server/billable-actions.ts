/**
 * What Temporal Cloud bills as an action, by the list at https://docs.temporal.io/cloud/actions, as of September 2026. The
 * counter and the table in docs/sizing.md are both made of these rules.
 */
import { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
const types = temporal.api.enums.v1.EventType;
type EventTypeName = keyof typeof types;

export interface ActionRule {
  operation: string;
  /** Types of the events that show it in a history; none for what only the server counts. */
  events: readonly EventTypeName[];
  /** How many actions Temporal Cloud bills. */
  billed: string;
  /** Where it occurs in the product. */
  here: string;
  /** Actions of one such event. @param before the event before it in its history */
  count?: (event: HistoryEvent, before: HistoryEvent | undefined) => number;
}

const ONE = (): number => 1;
const NONE = (): number => 0;

/** The server sets it on workflows that a schedule starts. */
const SCHEDULED_BY = 'TemporalScheduledById';
/** The SDK's record of patches. */
const CHANGE_VERSION = 'TemporalChangeVersion';

const fieldsOf = (attributes: temporal.api.common.v1.ISearchAttributes | null | undefined): string[] =>
  Object.keys(attributes?.indexedFields ?? {});

const { WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW } = temporal.api.enums.v1.WorkflowTaskFailedCause;

export const ACTION_RULES: readonly ActionRule[] = [
  {
    operation: 'Start of a workflow, also by continue-as-new',
    events: ['EVENT_TYPE_WORKFLOW_EXECUTION_STARTED'],
    billed: '1, and 2 more if a schedule starts it',
    here: 'each placement, order, parked event and further run; the sweep has a schedule',
    count: ({ workflowExecutionStartedEventAttributes: it }) =>
      fieldsOf(it?.searchAttributes).includes(SCHEDULED_BY) ? 3 : 1,
  },
  {
    operation: 'Signal',
    events: ['EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED'],
    billed: '1; signal-with-start is 1 in all, so a signal right behind the start is none',
    here: 'each webhook request for each order in it; the handoff of a placement',
    count: (_signal, before) => (before?.eventType === types.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED ? 0 : 1),
  },
  {
    operation: 'Activity, first attempt',
    events: ['EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'],
    billed: '1',
    here: 'placing, handoff, each batch of OrderEvents, reads at Upvest, saves',
    count: ONE,
  },
  {
    operation: 'Activity, further attempts',
    events: ['EVENT_TYPE_ACTIVITY_TASK_STARTED'],
    billed: '1 each; the history has their number in the event of the last one',
    here: 'while a partner, Temporal or the records database fails',
    count: ({ activityTaskStartedEventAttributes: it }) => Math.max(0, (it?.attempt ?? 1) - 1),
  },
  {
    operation: 'Heartbeat of an activity',
    events: [],
    billed: '1 for each that reaches the server; the SDK holds back most',
    here: 'one or two of each placement; OrderEvents during failures; sweeps',
  },
  {
    operation: 'Timer',
    events: ['EVENT_TYPE_TIMER_STARTED'],
    billed: '1',
    here: 'deadlines, pauses, and the wait of events for others (`POLICY_EMISSION_LINGER`)',
    count: ONE,
  },
  {
    operation: 'Upsert of search attributes',
    events: ['EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'],
    billed: `1 for each call; none if it has only \`${CHANGE_VERSION}\``,
    here: 'each change of a status, of an attention, or of the settlement time',
    count: ({ upsertWorkflowSearchAttributesEventAttributes: it }) =>
      fieldsOf(it?.searchAttributes).join() === CHANGE_VERSION ? 0 : 1,
  },
  {
    operation: 'Update',
    events: ['EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED'],
    billed:
      '1, also if a validator rejects it, which leaves no event; a repetition under the same id is none',
    here: 'each decision of an operator; leases of the budget of requests to Upvest',
    count: ONE,
  },
  {
    operation: 'Query',
    events: [],
    billed: '1; none for the metadata that the Web UI reads',
    here: 'each read of an open order or placement by API, page and command line',
  },
  {
    operation: 'Markers: local activities, side effects, patches',
    events: ['EVENT_TYPE_MARKER_RECORDED'],
    billed: '1 for all of one workflow task',
    here: 'patches of workflow code; no local activities and no side effects',
    count: (marker, before) => (isOfSameTask(marker, before) ? 0 : 1),
  },
  {
    operation: 'Start of a child workflow',
    events: ['EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED'],
    billed: '1, beside the start in the child’s own history',
    here: 'none',
    count: ONE,
  },
  {
    operation: 'Signal of one workflow to another',
    events: ['EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED'],
    billed: '1, counted where it arrives',
    here: 'none: activities signal',
    count: NONE,
  },
  {
    operation: 'Reset of a workflow',
    events: ['EVENT_TYPE_WORKFLOW_TASK_FAILED'],
    billed: '1, if that is its cause; what happened before is not billed again',
    here: 'by hand',
    count: ({ workflowTaskFailedEventAttributes: it }) =>
      it?.cause === WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW ? 1 : 0,
  },
  {
    operation: 'Change of the options of a workflow',
    events: ['EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED'],
    billed: '1',
    here: 'by hand',
    count: ONE,
  },
  {
    operation: 'Schedule created, changed or deleted',
    events: [],
    billed: '1',
    here: 'the sweep’s, at the start of workers',
  },
  {
    operation: 'Workflow tasks',
    events: [
      'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      'EVENT_TYPE_WORKFLOW_TASK_STARTED',
      'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
      'EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT',
    ],
    billed: 'none',
    here: 'each turn of a workflow',
    count: NONE,
  },
  {
    operation: 'Ends of activities, timers and updates',
    events: [
      'EVENT_TYPE_ACTIVITY_TASK_COMPLETED',
      'EVENT_TYPE_ACTIVITY_TASK_FAILED',
      'EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT',
      'EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED',
      'EVENT_TYPE_ACTIVITY_TASK_CANCELED',
      'EVENT_TYPE_TIMER_FIRED',
      'EVENT_TYPE_TIMER_CANCELED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    ],
    billed: 'none',
    here: '',
    count: NONE,
  },
  {
    operation: 'Ends of workflows, and requests to cancel them',
    events: [
      'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT',
      'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
      'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED',
    ],
    billed: 'none; the next run of continue-as-new counts as a start',
    here: '',
    count: NONE,
  },
];

function isOfSameTask(marker: HistoryEvent, before: HistoryEvent | undefined): boolean {
  const taskOf = (event: HistoryEvent | undefined): string | undefined =>
    event?.markerRecordedEventAttributes?.workflowTaskCompletedEventId?.toString();
  return before !== undefined && taskOf(before) === taskOf(marker);
}

const RULE_OF = new Map<number, ActionRule>(
  ACTION_RULES.flatMap((rule) => rule.events.map((name) => [types[name], rule] as const)),
);

/**
 * Billable actions that a history shows: all but heartbeats, queries and rejected updates.
 *
 * @throws Error for a type of event that no rule names
 */
export function countActions(history: readonly HistoryEvent[]): number {
  return history.reduce((sum, event, index) => {
    const type = event.eventType ?? 0;
    const count = RULE_OF.get(type)?.count;
    if (count === undefined) throw new Error(`No rule says whether Temporal Cloud bills ${types[type]}`);
    return sum + count(event, history[index - 1]);
  }, 0);
}
