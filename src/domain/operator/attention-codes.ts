/** The codes of attentions, and the operations that resolve each. */
import { FINDING_CODES, FINDINGS, type FindingCode } from '../findings/findings';
import type { OrderAction } from './order-action';

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
  'RECORD_UNSAVED',
  'FIRST_SEEN_FINISHED',
  'FIRST_SEEN_LATE',
  'HEALED_WITHOUT_LEDGER',
  'PLACED_AFTER_FINISH',
  'PLACED_TWICE',
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
  RECORD_UNSAVED: ['acknowledge'],
  FIRST_SEEN_FINISHED: ['release', 'close'],
  FIRST_SEEN_LATE: ['release', 'close'],
  HEALED_WITHOUT_LEDGER: ['release', 'close'],
  PLACED_AFTER_FINISH: ['acknowledge'],
  PLACED_TWICE: ['acknowledge'],
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
