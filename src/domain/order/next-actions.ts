/**
 * The operations that resolve an attention in the state in which it is shown. Page, command line and API propose nothing
 * else, so that no proposal is refused.
 */
import { FINDING_CODES, type FindingCode } from '../findings/findings';
import type { AttentionCode } from './attentions';

/** Operations on an order, by the name of its API path and of its command. */
export type OrderAction =
  'cancel' | 'reconcile' | 'acknowledge' | 'retry-emission' | 'release' | 'close' | 'reopen' | 'identify';

type OwnCode = Exclude<AttentionCode, FindingCode>;

/** While the order is open, the likeliest first; a finding is acknowledged. The compiler requires every code. */
const WHILE_OPEN: Record<OwnCode, readonly OrderAction[]> = {
  EMISSION_REFUSED: ['retry-emission'],
  EMISSION_STOPPED: ['retry-emission'],
  UNUSABLE_MESSAGE: ['reconcile', 'acknowledge'],
  NEW_OVERDUE: ['reconcile', 'acknowledge'],
  PROCESSING_OVERDUE: ['reconcile', 'acknowledge'],
  PARTS_OVERDUE: ['reconcile', 'acknowledge'],
  SETTLEMENT_OVERDUE: ['reconcile', 'acknowledge'],
  CANCEL_SILENT: ['reconcile', 'acknowledge'],
  CANCEL_REFUSED: ['acknowledge'],
  CALENDAR_UNCOVERED: ['acknowledge'],
  UNKNOWN_TO_BROKER: ['close'],
  FIRST_SEEN_FINISHED: ['release', 'close'],
  HEALED_WITHOUT_LEDGER: ['release', 'close'],
  REOPENED: ['close'],
};

/** @param isOver true for an order that has finished: its attentions can only be acknowledged */
export function nextActions(code: AttentionCode, isOver: boolean): OrderAction[] {
  if (isOver || isFinding(code)) return ['acknowledge'];
  return [...WHILE_OPEN[code]];
}

function isFinding(code: AttentionCode): code is FindingCode {
  return (FINDING_CODES as readonly string[]).includes(code);
}
