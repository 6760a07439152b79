/** Finding codes, their meaning and whether they need attention. This table drives the code and `docs/rules.md`. */
import type { Subject } from '../broker/status-tables';
import { sourceOf, type Cause, type StoredCause } from '../broker/record';

interface FindingRule {
  /** Text for `docs/rules.md`. */
  meaning: string;
  /** True when an operator has to look at it; the others are informational. */
  needsAttention: boolean;
  /** Revision of the rules since which it does, see `revision.ts`; absent for all. */
  since?: number;
}

const FINDINGS_BY_CODE = {
  SKIPPED_STATE: {
    needsAttention: false,
    meaning:
      'The portfolio order reached a status, and an earlier one was never observed: a webhook is late or lost. Not raised for orders and executions, which are often first observed inside a snapshot.',
  },
  CONTRADICTION: {
    needsAttention: true,
    meaning:
      'Two statuses were observed that exclude each other, and the one with the higher rank counts; or the portfolio order is CANCELLED although every child order is FILLED.',
  },
  REGRESSION: {
    needsAttention: false,
    meaning:
      'The newest snapshot shows an earlier status than an older one did. The status stays. The finding disappears when a newer snapshot catches up; if none does, a deadline flags the order.',
  },
  MISTRADE: {
    needsAttention: true,
    meaning: 'A filled execution was cancelled. Shares and cash of the order changed.',
  },
  MIXED_OUTCOME: {
    needsAttention: true,
    meaning:
      'Part of the order was executed and part of it cancelled. The message compares executed and ordered amounts.',
  },
  OVERFILLED: {
    needsAttention: true,
    meaning:
      'More was executed than ordered: beyond the tolerance for cash amounts, beyond the exact quantity for units. Cancelled executions do not count.',
  },
  AMOUNT_MISMATCH: {
    needsAttention: true,
    meaning:
      'Everything is filled and reported, nothing is cancelled, but less was executed than ordered, beyond the tolerance; or an execution has a different currency or side than its order, or was reported for several child orders.',
  },
  LONG_AMOUNT: {
    needsAttention: true,
    since: 5,
    meaning:
      'An amount, or a sum of amounts, has more than 15 significant digits, which JSON numbers do not hold exactly. ESW gets it as text in `metadataItems`; the charges of the event leave it out.',
  },
  TERMS_CHANGED: {
    needsAttention: true,
    since: 2,
    meaning:
      'The broker reported different accounts, amounts, currencies, types or post_tax values of the same portfolio order. The newest ones count.',
  },
  CHILD_AFTER_TERMINAL: {
    needsAttention: true,
    meaning:
      'The broker created a child order after it had reported the portfolio order as SETTLED or CANCELLED. Children that were created before and reported late do not count.',
  },
  CANCELLATION_REFUSED: {
    needsAttention: false,
    meaning: 'The broker refused to cancel a child order. Other children may still be cancelled.',
  },
  UNKNOWN_STATUS: {
    needsAttention: true,
    meaning:
      'The broker reported a status that the tables do not know. It is kept as text; the status stays.',
  },
  UNKNOWN_CANCELLATION_REASON: {
    needsAttention: false,
    meaning: 'The broker gave a cancellation reason that Upvest does not document. It is kept as text.',
  },
  IRREGULAR_ID: {
    needsAttention: false,
    meaning: 'The broker sent an id that is not a UUID, although all ids are documented as UUIDs.',
  },
  UNREADABLE_TIME: {
    needsAttention: false,
    meaning: 'The broker sent an invalid time. It counts as absent.',
  },
  UNREADABLE_AMOUNT: {
    needsAttention: false,
    meaning:
      'The broker sent a fee that is no decimal number. It counts as absent: sums of fees lack it, and so do the charges of events to ESW.',
  },
} as const satisfies Record<string, FindingRule>;

export type FindingCode = keyof typeof FINDINGS_BY_CODE;

export const FINDINGS: Record<FindingCode, FindingRule> = FINDINGS_BY_CODE;

export const FINDING_CODES = Object.keys(FINDINGS) as FindingCode[];

export interface Finding {
  code: FindingCode;
  subject: Subject;
  id: string;
  /** One sentence for people. */
  message: string;
  /** Tells findings of one code about one object apart, such as the two statuses that exclude each other. */
  occurrence?: string;
  /**
   * The observation that caused it; of several equivalent ones the first to arrive, so it depends on the order of arrival.
   * Absent where a record of older code lacks it.
   */
  cause?: Cause;
}

/** @param revision revision of the rules that the run follows */
export function needsAttention(finding: Finding, revision: number): boolean {
  const { needsAttention: needs, since = 0 } = FINDINGS[finding.code];
  return needs && revision >= since;
}

/** Builds a finding, with a cause where there is one. */
export function finding(
  code: FindingCode,
  subject: Subject,
  id: string,
  message: string,
  cause: StoredCause | undefined,
  occurrence?: string,
): Finding {
  const plain = cause && {
    at: cause.at,
    by: sourceOf(cause),
    ...(cause.eventId && { eventId: cause.eventId }),
  };
  return { code, subject, id, message, ...(occurrence && { occurrence }), ...(plain && { cause: plain }) };
}

/** Identity of a finding: it stays the same while amounts and counts in the message change. */
export function findingKey({ code, subject, id, occurrence }: Finding): string {
  return [code, subject, id, ...(occurrence === undefined ? [] : [occurrence])].join('|');
}

/** The newest cause by time at the broker; of two at the same time the first. */
export function newestOf(causes: readonly (StoredCause | undefined)[]): StoredCause | undefined {
  return causes.reduce<StoredCause | undefined>(
    (newest, one) => (one !== undefined && (newest === undefined || one.at > newest.at) ? one : newest),
    undefined,
  );
}
