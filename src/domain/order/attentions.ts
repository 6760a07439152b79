/** Attentions: what requires operator action. Findings of weight, overdue deadlines, and decisions that only people take. */
import { answerMismatchKey } from './answer-check';
import { isCancellable } from './cancellation';
import { MAX_PARTS } from '../broker/record';
import { attentionsOfDeadline, attentionsOfTroubles } from './overdue-attentions';
import { isCircuitOpen, nameOf, namesOf, type Emission } from '../outbox/outbox';
import { overtakenBy } from '../outbox/overtaken-by';
import { wasBuilt } from './emission';
import {
  FINDING_CODES,
  FINDINGS,
  findingKey,
  findingsOf,
  needsAttention,
  type Finding,
  type FindingCode,
} from '../findings/findings';
import type { OrderAction } from './order-action';
import { isOver } from './transitions';
import type { OrderState } from '../order-state/state';

/** Codes beside those of findings. */
const OWN_CODES = [
  'EMISSION_REFUSED',
  'EMISSION_STOPPED',
  'ALREADY_AT_ESW',
  'EMISSION_DELAYED',
  'UNUSABLE_MESSAGE',
  'NEW_OVERDUE',
  'PROCESSING_OVERDUE',
  'PARTS_OVERDUE',
  'SETTLEMENT_OVERDUE',
  'CANCEL_SILENT',
  'CANCEL_REFUSED',
  'CANCELLED_BY_BROKER',
  'CALENDAR_UNCOVERED',
  'IMPLAUSIBLE_SETTLEMENT_DATE',
  'UNKNOWN_TO_BROKER',
  'ANSWER_MISMATCH',
  'BROKER_UNREADABLE',
  'CHILD_UNKNOWN_TO_BROKER',
  'CANCEL_UNSENT',
  'PLACEMENT_OVERDUE',
  'FIRST_SEEN_FINISHED',
  'FIRST_SEEN_LATE',
  'HEALED_WITHOUT_LEDGER',
  'REOPENED',
] as const;

export type AttentionCode = FindingCode | (typeof OWN_CODES)[number];

/** The operations that resolve each while the order is open, the likeliest first. A finding is acknowledged. */
const ACTIONS_WHILE_OPEN: Record<(typeof OWN_CODES)[number], readonly OrderAction[]> = {
  EMISSION_REFUSED: ['retry-emission', 'skip-emission'],
  EMISSION_STOPPED: ['retry-emission'],
  ALREADY_AT_ESW: ['acknowledge'],
  EMISSION_DELAYED: ['retry-emission', 'acknowledge'],
  UNUSABLE_MESSAGE: ['reconcile', 'acknowledge'],
  NEW_OVERDUE: ['reconcile', 'acknowledge'],
  PROCESSING_OVERDUE: ['reconcile', 'acknowledge'],
  PARTS_OVERDUE: ['reconcile', 'acknowledge'],
  SETTLEMENT_OVERDUE: ['reconcile', 'acknowledge'],
  CANCEL_SILENT: ['reconcile', 'acknowledge'],
  CANCEL_REFUSED: ['acknowledge'],
  CANCELLED_BY_BROKER: ['acknowledge'],
  CALENDAR_UNCOVERED: ['acknowledge'],
  IMPLAUSIBLE_SETTLEMENT_DATE: ['reconcile', 'acknowledge'],
  UNKNOWN_TO_BROKER: ['close'],
  ANSWER_MISMATCH: ['release', 'close'],
  BROKER_UNREADABLE: ['reconcile', 'acknowledge'],
  CHILD_UNKNOWN_TO_BROKER: ['acknowledge'],
  CANCEL_UNSENT: ['acknowledge'],
  PLACEMENT_OVERDUE: ['acknowledge'],
  FIRST_SEEN_FINISHED: ['release', 'close'],
  FIRST_SEEN_LATE: ['release', 'close'],
  HEALED_WITHOUT_LEDGER: ['release', 'close'],
  REOPENED: ['close'],
};

/**
 * The operations that resolve an attention in the state in which it is shown. Page, command line and API propose nothing
 * else, so that no proposal is refused.
 *
 * @param isFinished true for an order that has finished: its attentions can only be acknowledged
 */
export function nextActions(code: AttentionCode, isFinished: boolean): OrderAction[] {
  const own: Partial<Record<AttentionCode, readonly OrderAction[]>> = ACTIONS_WHILE_OPEN;
  return isFinished ? ['acknowledge'] : [...(own[code] ?? ['acknowledge'])];
}

/** Every code of an attention of an order. */
export const ATTENTION_CODES: readonly AttentionCode[] = [
  ...FINDING_CODES.filter((code) => FINDINGS[code].needsAttention),
  ...OWN_CODES,
];

export interface Attention {
  code: AttentionCode;
  /** Identifies this occurrence, so that acknowledging it does not silence the next one. */
  key: string;
  /** One sentence: what happened. */
  message: string;
  /** What to do next, in sentences that are true in the order's present state. */
  advice: string;
  /** The operations that resolve it now, the likeliest first. */
  actions: OrderAction[];
}

/** Findings of the order's record, by the rules that its run follows. */
export function findingsIn({ record, amountTolerance, revision = 0 }: OrderState): Finding[] {
  return findingsOf(record, amountTolerance, revision);
}

/** An attention before it is known whether the order is over; with operations if they differ from those of its code. */
type OpenAttention = Omit<Attention, 'actions'> & { actions?: OrderAction[] };

const ADVICE_WHEN_OVER =
  'The order has finished. Acknowledge it once resolved; to act on the order, reopen it first.';

/** All attentions that no operator has acknowledged. */
export function attentionsOf(state: OrderState, findings: Finding[] = findingsIn(state)): Attention[] {
  const { revision = 0 } = state;
  const isFinished = isOver(state);
  const known = new Set([...state.acknowledged, ...(state.closed?.settles ?? [])]);
  return [
    ...findings
      .filter((one) => needsAttention(one, revision))
      .filter((one) => !known.has(earlierKey(one)))
      .map((one) => ofFinding(one, revision)),
    ...ofEmission(state),
    ...attentionsOfTroubles(state),
    ...state.waits.flatMap((wait) => attentionsOfDeadline(wait, state.record)),
    ...ofBroker(state),
    ...ofCancellation(state),
    ...ofRecovery(state),
  ]
    .filter(({ key }) => !known.has(key))
    .map((one) => ({
      ...one,
      advice: isFinished ? ADVICE_WHEN_OVER : one.advice,
      actions: (isFinished ? undefined : one.actions) ?? nextActions(one.code, isFinished),
    }));
}

/** Codes for the search attribute `Attention`, sorted. */
export function attentionCodes(attentions: Attention[]): string[] {
  return [...new Set(attentions.map(({ code }) => code))].sort();
}

/** Key of a finding by which runs of revision 0, and the runs that continue them, acknowledged it. */
function earlierKey({ code, subject, id, message }: Finding): string {
  return `${code}|${subject}|${id}|${message}`;
}

function ofFinding(finding: Finding, revision: number): OpenAttention {
  const { code, subject, id, message } = finding;
  return {
    code,
    key: revision === 0 ? earlierKey(finding) : findingKey(finding),
    message: `${subject} ${id}: ${message}`,
    advice: 'Check with Upvest. Acknowledge it once resolved.',
  };
}

function ofEmission({ emission, unusableMessages }: OrderState): OpenAttention[] {
  const refused = emission.refused.map((event): OpenAttention => {
    const { status, orderId, executionId, refusal } = event;
    const later = overtakenBy(emission, event);
    const warning = later ? `Sent now, it arrives after ${nameOf(later)}, which ESW has. ` : '';
    const retry = wasBuilt(event) ? 'resend it' : 'build and send it';
    const topic = [status, orderId, executionId].filter((part) => part !== undefined).join('|');
    const whose = refusal.status === undefined ? 'was not sent' : 'was rejected by ESW';
    return {
      code: 'EMISSION_REFUSED',
      key: `EMISSION_REFUSED|${topic}|${refusal.at ?? ''}`,
      message: `${nameOf(event)} ${whose}: ${refusal.message}`,
      advice: `${warning}Fix the cause and ${retry} with retry-emission, or leave it out with skip-emission.`,
    };
  });
  const unexpected = emission.accepted.filter(({ isUnexpected }) => isUnexpected);
  if (unexpected.length > 0) {
    refused.push({
      code: 'ALREADY_AT_ESW',
      key: `ALREADY_AT_ESW|${unexpected.length}`,
      message: `ESW already had ${namesOf(unexpected)}, although no delivery is known`,
      advice: 'Compare its content with ESW, such as after a reset. Acknowledge it once resolved.',
    });
  }
  const stopped = ofStop(emission);
  if (stopped !== undefined) refused.unshift(stopped);
  if (unusableMessages === 0) return refused;
  const unusable: OpenAttention = {
    code: 'UNUSABLE_MESSAGE',
    key: `UNUSABLE_MESSAGE|${unusableMessages}`,
    message: `${unusableMessages} reports in signals were invalid, or of more than ${MAX_PARTS} children and executions, and were ignored`,
    advice: 'Find out who signals the workflow manually, then reconcile.',
  };
  return [...refused, unusable];
}

/** One attention for all events that wait. */
function ofStop(emission: Emission): OpenAttention | undefined {
  const { pause, refused } = emission;
  if (pause?.why === 'unauthorised') {
    return {
      code: 'EMISSION_STOPPED',
      key: `EMISSION_STOPPED|unauthorised|${pause.since}`,
      message: `ESW takes no event of this deployment: ${pause.refusal.message}`,
      advice:
        'Fix the tenant, credentials, scope or address of ESW, or the proxy between. The coordinator retries automatically, or at once with retry-emission.',
    };
  }
  if (!isCircuitOpen(emission)) return undefined;
  return {
    code: 'EMISSION_STOPPED',
    key: `EMISSION_STOPPED|refused|${refused[0]?.refusal.at ?? ''}`,
    message: `ESW rejected ${refused.length} events; no further events are sent`,
    advice:
      'Fix the cause, then resend all of them with retry-emission, or leave them out with skip-emission.',
  };
}

function ofBroker(state: OrderState): OpenAttention[] {
  const { cancel, isUnknownToBroker } = state;
  const attentions: OpenAttention[] = [];
  if (isUnknownToBroker) {
    attentions.push({
      code: 'UNKNOWN_TO_BROKER',
      key: 'UNKNOWN_TO_BROKER',
      message: 'Upvest does not know the order',
      advice: 'Check the id and the environment with Upvest. Close the order if it never existed.',
    });
  }
  if (cancel?.answer !== undefined && cancel.answer.kind !== 'accepted' && isCancellable(state)) {
    const why =
      cancel.answer.kind === 'refused'
        ? 'Upvest rejected the cancel'
        : 'Upvest does not know the order to cancel';
    attentions.push({
      code: 'CANCEL_REFUSED',
      key: `CANCEL_REFUSED|${cancel.at}`,
      message: `${why}; tracking goes on`,
      advice: 'Acknowledge it, or request the cancel again later.',
    });
  }
  return attentions;
}

/**
 * A cancel by the broker after it had accepted the order, such as SELL_LIMIT_EXCEEDED
 * (references/upvest.md#portfolio-order). Without a reason it may be the answer to a request of ours. A resubmission by
 * policy is already the reaction to it, and a balanced portfolio needs no rebalancing.
 */
function ofCancellation({ record, cancel, revision = 0, ...state }: OrderState): OpenAttention[] {
  const { status, type, cancellationReason: reason, cancellationDetails: details } = record;
  const isRequested = reason === 'CANCELLED_BY_CLIENT' || (reason === undefined && cancel !== undefined);
  const isNeedless = reason === 'PORTFOLIO_IS_BALANCED' && type === 'REBALANCING';
  const isResubmitted = (state.resubmission ?? state.resubmittedAs) !== undefined;
  if (revision === 0 || status !== 'CANCELLED' || isRequested || isNeedless || isResubmitted) return [];
  return [
    {
      code: 'CANCELLED_BY_BROKER',
      key: 'CANCELLED_BY_BROKER',
      message: `Upvest cancelled the order: ${reason ?? 'without a reason'}${details === undefined ? '' : ` (${details})`}`,
      advice: 'Tell the client, and place a new order if it is still wanted. Then acknowledge.',
    },
  ];
}

function ofRecovery({ held, reopened, answerMismatch }: OrderState): OpenAttention[] {
  const attentions: OpenAttention[] = [];
  if (answerMismatch !== undefined) {
    attentions.push({
      code: 'ANSWER_MISMATCH',
      key: answerMismatchKey(answerMismatch),
      message: `The order at Upvest is not what the client requested: ${answerMismatch}. ESW has not got it`,
      advice:
        'Check with Upvest and with the client. Release it if the order is right; otherwise cancel it at Upvest, or close it.',
    });
  }
  if (held === 'FIRST_SEEN_FINISHED') {
    attentions.push({
      code: held,
      key: held,
      message: 'The order was first seen long after it had finished; ESW may already have its events',
      advice: 'Ask ESW whether it has the order, then release or close it.',
    });
  }
  if (held === 'FIRST_SEEN_LATE') {
    attentions.push({
      code: held,
      key: held,
      message:
        'The order was first seen more than 25 days after it was created; ESW may already have its events',
      advice: 'Ask ESW whether it has the order, then release or close it.',
    });
  }
  if (held === 'HEALED_WITHOUT_LEDGER') {
    attentions.push({
      code: held,
      key: held,
      message: 'A predecessor run of the workflow cannot be read; ESW may already have its events',
      advice: 'Ask ESW which events it has, then release or close the order.',
    });
  }
  if (reopened !== undefined) {
    attentions.push({
      code: 'REOPENED',
      key: `REOPENED|${reopened.at}`,
      message: `${reopened.actor} reopened the finished order: ${reopened.reason}`,
      advice: 'Retry its parked events, check the result, then close it.',
    });
  }
  return attentions;
}
