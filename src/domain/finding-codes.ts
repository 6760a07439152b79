/** What can be found about a record, and whether somebody has to act: this table drives the code and `docs/rules.md`. */
import type { Subject } from './lifecycle';
import type { Cause } from './record';

interface FindingRule {
  /** What it says, for humans. */
  meaning: string;
  /** True where somebody has to look at it; the others explain. */
  needsAttention: boolean;
}

export const FINDINGS = {
  SKIPPED_STATE: {
    needsAttention: false,
    meaning:
      'The portfolio order reached a status, and one on the way to it was never observed: a webhook is late or lost. Orders and executions are often first seen inside a snapshot, where it means nothing.',
  },
  CONTRADICTION: {
    needsAttention: true,
    meaning: 'Two statuses were observed that exclude each other. The written rank decides which one counts.',
  },
  REGRESSION: {
    needsAttention: false,
    meaning:
      'The newest snapshot shows a lower status than an older one did. The status stays; the finding goes when a newer snapshot has caught up, and where none does a deadline calls somebody.',
  },
  MISTRADE: {
    needsAttention: true,
    meaning: 'A filled execution was cancelled. Shares and money of the order are no longer what they were.',
  },
  MIXED_OUTCOME: {
    needsAttention: true,
    meaning:
      'Some of the order was executed and some of it was cancelled. The sums of what was executed stand beside the amount that was ordered.',
  },
  OVERFILLED: {
    needsAttention: true,
    meaning:
      'More was executed than ordered: beyond the tolerance for amounts of cash, beyond the exact quantity for units. Cancelled executions do not count.',
  },
  AMOUNT_MISMATCH: {
    needsAttention: true,
    meaning:
      'All is filled and known, nothing of it was cancelled, and yet less was executed than ordered, beyond the tolerance; or an execution has another currency or side than its order.',
  },
  CHILD_AFTER_TERMINAL: {
    needsAttention: true,
    meaning:
      'The broker created a child order after it had called the portfolio order SETTLED or CANCELLED. Children of which we merely learn late were created before, and are no finding.',
  },
  CANCELLATION_REFUSED: {
    needsAttention: false,
    meaning: 'The broker refused to cancel a child order. The others may be cancelled all the same.',
  },
  UNKNOWN_STATUS: {
    needsAttention: true,
    meaning: 'A status word that the tables do not know. It is kept as text and moves nothing.',
  },
  UNKNOWN_CANCELLATION_REASON: {
    needsAttention: false,
    meaning: 'A cancellation reason that Upvest does not document. It is kept as text.',
  },
  IRREGULAR_ID: {
    needsAttention: false,
    meaning: 'An id of the broker’s that is no UUID, although all are documented as such.',
  },
  UNREADABLE_TIME: {
    needsAttention: false,
    meaning: 'The broker sent something for a time that cannot be read. It counts as absent.',
  },
} as const satisfies Record<string, FindingRule>;

export type FindingCode = keyof typeof FINDINGS;

export const FINDING_CODES = Object.keys(FINDINGS) as FindingCode[];

export interface Finding {
  code: FindingCode;
  subject: Subject;
  id: string;
  /** One sentence for humans. */
  message: string;
  /**
   * The observation that caused it. Of several that tell the same it is the first that came, so it does not converge.
   * Absent where a record of older code does not say.
   */
  cause?: Cause;
}

export function needsAttention(finding: Finding): boolean {
  return FINDINGS[finding.code].needsAttention;
}

/** The finding, with a cause where there is one. */
export function finding(
  code: FindingCode,
  subject: Subject,
  id: string,
  message: string,
  cause: Cause | undefined,
): Finding {
  const plain = cause && { at: cause.at, by: cause.by, ...(cause.eventId && { eventId: cause.eventId }) };
  return { code, subject, id, message, ...(plain && { cause: plain }) };
}

/** The newest of these by time at the broker; of two in the same moment the first. */
export function newestOf(causes: readonly (Cause | undefined)[]): Cause | undefined {
  return causes.reduce<Cause | undefined>(
    (newest, one) => (one !== undefined && (newest === undefined || one.at > newest.at) ? one : newest),
    undefined,
  );
}
