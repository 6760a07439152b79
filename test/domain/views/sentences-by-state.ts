/**
 * The sentences that views show, each with the states in which it is true. The predicates read the state itself, not what the
 * views derive from it. A sentence that no pattern fits fails the test: a new one needs a row.
 */
import { findingsIn } from '../../../src/domain/operator/attentions';
import type { AttentionCode } from '../../../src/domain/operator/attention-codes';
import type { FindingCode } from '../../../src/domain/findings/findings';
import type { DeadlineId, OrderState, TroubleKind } from '../../../src/domain/order-state/state';

export type Rows = readonly (readonly [
  RegExp,
  (state: OrderState, ...parts: (string | undefined)[]) => boolean,
])[];

const rows = (all: Rows): Rows => all;
const executions = ({ record }: OrderState) => record.orders.flatMap((one) => one.executions);
const pending = ({ emission }: OrderState) => [
  ...emission.inFlight,
  ...emission.retryQueue,
  ...emission.outbox,
];
const built = ({ emission }: OrderState) => emission.refused.filter(({ id }) => id !== undefined);
const unbuilt = ({ emission }: OrderState) => emission.refused.filter(({ id }) => id === undefined);
const isEnded = ({ record }: OrderState): boolean => ['SETTLED', 'CANCELLED'].includes(record.status ?? '');
const isOpenChild = (one: OrderState['record']['orders'][number]): boolean =>
  !['FILLED', 'CANCELLED'].includes(one.status ?? '') ||
  one.reached[one.status ?? 'NEW']?.by === 'snapshot' ||
  (one.status === 'FILLED' && one.executions.length === 0);
const unsettled = (state: OrderState) =>
  executions(state).filter(({ status }) => status === undefined || status === 'FILLED');
/** A child that Upvest does not know, which an operator acknowledged. */
const isGivenUp = (state: OrderState, id: string): boolean =>
  state.acknowledged.some((key) => key.startsWith(`CHILD_UNKNOWN_TO_BROKER|${id}`));
/** Upvest reported all that is expected of the order. */
const isComplete = (state: OrderState): boolean => {
  const children = state.record.orders.filter(({ id }) => !isGivenUp(state, id));
  const record = { ...state.record, orders: children };
  return isEnded(state) && !children.some(isOpenChild) && unsettled({ ...state, record }).length === 0;
};
const isFinished = (state: OrderState): boolean =>
  state.closed !== undefined ||
  (isComplete(state) && pending(state).length + state.emission.refused.length === 0 && !state.reopened);
const isMistradeOrOpen = ({ status }: { status?: string }): boolean => status !== 'CANCELLED';
const isTried = (kind: TroubleKind, { troubles = [] }: OrderState): boolean =>
  troubles.some((one) => one.kind === kind);
const runs = (rule: DeadlineId, { waits }: OrderState): boolean => waits.some((one) => one.rule === rule);

/** What an order waits for as a whole: a hold is named whatever else is missing. */
export const HOLD_NAMED = rows([
  [/held as (\w+)\./, ({ held }, why) => held === why],
  [
    /^(?!.*held as )/,
    (state) => state.held === undefined || state.recovery === 'recovering' || isFinished(state),
  ],
]);

export const WAITING_FOR = rows([
  [/^Nothing: the order is finished\.$/, isFinished],
  [/^Recovery of its predecessor run\.$/, ({ recovery }) => recovery === 'recovering'],
  [/^An operator: ESW rejected \S.*\.$/, (state) => built(state).length > 0],
  [/^An operator: \S.* could not be built\.$/, (state) => unbuilt(state).length > 0],
  [/^Upvest: \S.*\.$/, (state) => !isComplete(state)],
  [/^An operator to release emission, held as (\w+)\.$/, ({ held }, why) => held === why],
  [
    /^ESW to answer for \S.*, sent before the order was closed\.$/,
    ({ emission, closed }) => emission.inFlight.length > 0 && closed !== undefined,
  ],
  [/^The records database to store the final record\.$/, ({ saving }) => saving !== undefined],
  [/^An operator to close it\.$/, ({ reopened }) => reopened !== undefined],
  [/^The placement that resubmits it\.$/, ({ resubmission }) => resubmission !== undefined],
  [
    /^Its placement, which has the reference\.$/,
    ({ placed, adoptedAt }) => placed === undefined && adoptedAt === undefined,
  ],
  [
    /^Upvest to confirm \S.*, which ESW gets afterwards\.$/,
    ({ emission, ...state }) => emission.outbox.length > 0 && state.held === undefined,
  ],
  [
    /^ESW to accept \S.*?(?:, paused until (.*))?\.$/,
    ({ emission, ...state }, until) =>
      pending({ ...state, emission }).length > 0 &&
      state.held === undefined &&
      (until === undefined || emission.pause !== undefined),
  ],
]);

export const DEADLINES = rows([
  [/^Upvest has not reported a status of this order: /, ({ record }) => record.status === undefined],
  [/^Upvest has not started this order: /, ({ record }) => record.status === 'NEW'],
  [/^The order is executing: /, ({ record }) => record.status === 'PROCESSING'],
  [/^The order and its children disagree, so a report is late or lost: /, disagrees],
  [
    /^Executions are not settled yet: /,
    (state) => ['FILLED', 'CANCELLED'].includes(state.record.status ?? '') && unsettled(state).length > 0,
  ],
  [
    /^Upvest accepted the cancel; no result yet: /,
    ({ record, cancel }) =>
      cancel?.answer?.kind === 'accepted' && ['NEW', 'PROCESSING', undefined].includes(record.status),
  ],
  [
    /^A status arrived before its predecessors and is held back from ESW: /,
    ({ emission }) => emission.outbox.length > 0,
  ],
  [/^The outcome must be certain before /, ({ resubmission }) => resubmission === 'to-be-checked'],
  [/^ESW accepts no events now \(/, ({ emission }) => emission.pause !== undefined],
  // A read that failed is repeated at a time of its own.
  [/asking (Upvest|again) now/, (state) => !isTried('upvest', state)],
  [/OVERDUE since/, ({ waits }) => waits.some(({ overdue }) => overdue)],
]);

function disagrees(state: OrderState): boolean {
  const { status, orders } = state.record;
  const isOpen = orders.some(isOpenChild);
  if (status === 'NEW' || status === 'PROCESSING')
    return orders.every(({ status: own }) => own !== undefined);
  if (status === 'SETTLED') return isOpen || unsettled(state).length > 0;
  return isOpen || (status === 'FILLED' && unsettled(state).length === 0);
}

export const CANCEL = rows([
  [/^Upvest has not answered yet$/, (state) => state.cancel?.answer === undefined && !isFinished(state)],
  [/^Upvest had not answered$/, ({ cancel }) => cancel?.answer === undefined],
  [/^Upvest accepted it$/, ({ cancel }) => cancel?.answer?.kind === 'accepted'],
  [/^Upvest does not know the order$/, ({ cancel }) => cancel?.answer?.kind === 'unknown-order'],
  [/^Upvest rejected it: /, ({ cancel }) => cancel?.answer?.kind === 'refused'],
  [/^the order was executed$/, ({ record }) => ['FILLED', 'SETTLED'].includes(record.status ?? '')],
  [
    /^the order was cancelled in full$/,
    (state) =>
      state.record.status === 'CANCELLED' &&
      state.record.orders.every(({ status }) => status === 'CANCELLED') &&
      !executions(state).some(isMistradeOrOpen),
  ],
  [
    /^the order was cancelled, but (\d+) of (\d+) child orders are not$/,
    ({ record }, open, all) =>
      record.status === 'CANCELLED' &&
      record.orders.filter(({ status }) => status !== 'CANCELLED').length === Number(open) &&
      record.orders.length === Number(all),
  ],
  [
    /^the order was cancelled after some of it was executed$/,
    (state) =>
      state.record.status === 'CANCELLED' &&
      (executions(state).some(isMistradeOrOpen) ||
        state.record.orders.some(({ status }) => status === 'FILLED')),
  ],
  [
    /^it refused to cancel (\d+) of (\d+) child orders/,
    ({ record }, refused, all) =>
      record.orders.filter(({ cancellationRefused }) => cancellationRefused !== undefined).length ===
        Number(refused) && record.orders.length === Number(all),
  ],
]);

export const AT_ESW = rows([
  [/^sent [A-Z+]/, ({ emission }) => emission.accepted.length > 0],
  [/^pending [A-Z+]/, (state) => pending(state).length > 0 && !isFinished(state)],
  [/^not accepted [A-Z+]/, (state) => pending(state).length > 0 && isFinished(state)],
  [/^ESW rejected \S/, (state) => built(state).length > 0],
  [/^\S.* could not be built$/, (state) => unbuilt(state).length > 0],
  [/^left out \S/, ({ emission }) => (emission.skipped ?? []).length > 0],
  [/^paused until /, (state) => state.emission.pause !== undefined && !isFinished(state)],
  [
    /^nothing sent$/,
    ({ emission }) => emission.accepted.length + emission.inFlight.length + emission.refused.length === 0,
  ],
]);

/** The counts of the command line’s progress. */
export const COUNTS = rows([
  [/^(\d+) accepted$/, ({ emission }, count) => emission.accepted.length === Number(count)],
  [
    /^(\d+) pending$/,
    (state, count) => pending(state).length === Number(count) && (count === '0' || !isFinished(state)),
  ],
  [/^(\d+) not accepted$/, (state, count) => pending(state).length === Number(count) && isFinished(state)],
  [/^(\d+) rejected$/, (state, count) => built(state).length === Number(count)],
  [/^(\d+) not built$/, (state, count) => unbuilt(state).length === Number(count)],
  [/^paused$/, (state) => state.emission.pause !== undefined && !isFinished(state)],
]);

export const TRACKING = rows([
  [/^tracked/, (state) => !isFinished(state)],
  [/^finished/, (state) => isFinished(state) && state.closed === undefined],
  [/^closed by an operator/, ({ closed }) => closed !== undefined],
  [/, retrying/, ({ troubles = [] }) => troubles.length > 0],
]);

type OwnRows = Record<Exclude<AttentionCode, FindingCode>, Rows>;
const byCode = (all: OwnRows): OwnRows => all;
/** Attentions by code, beside those of findings: their message, and the states in which it is true. */
export const ATTENTIONS = byCode({
  EMISSION_REFUSED: [
    [/ was rejected by ESW: /, (state) => built(state).length > 0],
    [/ was not sent: /, (state) => unbuilt(state).length > 0],
  ],
  EMISSION_STOPPED: [
    [/^ESW takes no event of this deployment: /, ({ emission }) => emission.pause?.why === 'unauthorised'],
    [
      /^No further events are sent: (?:ESW rejected (\d+))?(?: and )?(?:(\d+) could not be built)?$/,
      (state, refused = '0', failed = '0') =>
        built(state).length === Number(refused) && unbuilt(state).length === Number(failed),
    ],
  ],
  ALREADY_AT_ESW: [
    [/^ESW already had \S/, ({ emission }) => emission.accepted.some((one) => one.isUnexpected)],
  ],
  EMISSION_DELAYED: [
    [/^ESW has taken no event since /, (state) => isTried('esw', state)],
    [/^Temporal does not say whether /, (state) => isTried('recovery', state)],
  ],
  UNUSABLE_MESSAGE: [
    [/^(\d+) reports in signals /, ({ unusableMessages }, count) => unusableMessages === Number(count)],
  ],
  NEW_OVERDUE: [
    [/^NEW for longer/, ({ record }) => record.status === 'NEW'],
    [/^No status for longer/, ({ record }) => record.status === undefined],
  ],
  PROCESSING_OVERDUE: [[/^PROCESSING for longer/, ({ record }) => record.status === 'PROCESSING']],
  PARTS_OVERDUE: [
    [/^Portfolio order and child orders disagree /, disagrees],
    [/^A status without its predecessors /, (state) => runs('deadline:predecessor', state)],
    [/^The resubmission is unchecked /, (state) => runs('policy:resubmit', state)],
  ],
  SETTLEMENT_OVERDUE: [[/^Executions unsettled for longer/, (state) => unsettled(state).length > 0]],
  CANCEL_SILENT: [
    [/^No result of the cancel /, (state) => state.cancel?.answer?.kind === 'accepted' && !isEnded(state)],
  ],
  CANCEL_REFUSED: [
    [/^Upvest rejected the cancel$/, ({ cancel }) => cancel?.answer?.kind === 'refused'],
    [/^Upvest does not know the order to cancel$/, ({ cancel }) => cancel?.answer?.kind === 'unknown-order'],
  ],
  CANCELLED_BY_BROKER: [[/^Upvest cancelled the order: /, ({ record }) => record.status === 'CANCELLED']],
  CALENDAR_UNCOVERED: [
    [/^The calendar cannot say when /, ({ waits }) => waits.some(({ uncovered }) => uncovered)],
  ],
  IMPLAUSIBLE_SETTLEMENT_DATE: [
    [/^The settlement date /, ({ waits }) => waits.some(({ isCutShort }) => isCutShort)],
  ],
  UNKNOWN_TO_BROKER: [[/^Upvest does not know the order$/, (state) => state.isUnknownToBroker]],
  ANSWER_MISMATCH: [
    [
      /ESW has none of its events$/,
      ({ emission }) => emission.accepted.length + emission.inFlight.length === 0,
    ],
    [
      /^The order at Upvest is not what the client requested: /,
      ({ answerMismatch }) => answerMismatch !== undefined,
    ],
  ],
  BROKER_UNREADABLE: [[/^Upvest could not be read /, (state) => isTried('upvest', state)]],
  CHILD_UNKNOWN_TO_BROKER: [
    [/^Upvest does not know child order /, (state) => isTried('child-unknown', state)],
  ],
  CANCEL_UNSENT: [
    [
      /^The cancel request could not be sent /,
      ({ cancel }) => cancel !== undefined && cancel.answer === undefined,
    ],
  ],
  PLACEMENT_OVERDUE: [
    [/^It is unknown which placement /, ({ placed, adoptedAt }) => (placed ?? adoptedAt) === undefined],
  ],
  RECORD_UNSAVED: [
    [/^The records database has not stored the order since /, (state) => isTried('records', state)],
  ],
  FIRST_SEEN_FINISHED: [[/^The order was first seen /, ({ held }) => held === 'FIRST_SEEN_FINISHED']],
  FIRST_SEEN_LATE: [[/^The order was first seen /, ({ held }) => held === 'FIRST_SEEN_LATE']],
  HEALED_WITHOUT_LEDGER: [[/^A predecessor run /, ({ held }) => held === 'HEALED_WITHOUT_LEDGER']],
  PLACED_AFTER_FINISH: [
    [
      /^The order had finished when the placement (\S+) turned out to have made it; ESW does not have it under that reference$/,
      ({ placedAfterFinish, placed }, reference) =>
        placedAfterFinish?.reference === reference && placed?.reference !== reference,
    ],
  ],
  PLACED_TWICE: [
    [
      /^The placement (\S+) took the order for its own, which (?:\S+) has: at most one of the two requests was placed$/,
      ({ placedAgain = [], placed }, reference) =>
        placedAgain.some((one) => one.reference === reference) && placed?.reference !== reference,
    ],
  ],
  REOPENED: [[/^\w+ reopened the finished order: /, ({ reopened }) => reopened !== undefined]],
});

/** The advice by its words, for every attention. */
export const ADVICE = rows([
  [/^The order has finished\. /, isFinished],
  [/^(?!The order has finished\. )\S/, (state) => !isFinished(state)],
  [/retries automatically/, (state) => !isFinished(state)],
  [
    /cancel it at Upvest|request the cancel again/,
    ({ record }) => !['FILLED', 'SETTLED', 'CANCELLED'].includes(record.status ?? ''),
  ],
]);

/** Whether the message of a finding is about the record. */
export function isFound(state: OrderState, message: string): boolean {
  return findingsIn(state).some((one) => message === `${one.subject} ${one.id}: ${one.message}`);
}
