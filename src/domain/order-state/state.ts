/**
 * The whole state of one `portfolioOrder` workflow as plain JSON. The workflow holds no state of its own, so a run passes it
 * on to the next one. How it changes: `src/domain/order`.
 */
import type { PortfolioOrderRecord } from '../broker/record';
import type { Observation } from '../broker/observation';
import type { PlacementResult } from '../broker/placement';
import type { PlacementProblem } from '../broker/problem';
import type { BuiltEvent, Emission } from '../outbox/outbox';
import type { Decision } from '../values/decision';
import type { ActionId } from './actions';
import type { AuditEntry } from './audit-log';

export interface OrderState {
  /** When the first run started, milliseconds since the epoch. */
  startedAt: number;
  /** 1 for the first run, one more after each continue-as-new. */
  run: number;
  /** Revision of the rules that this run follows; absent for 0. See `values/revision.ts`. */
  revision?: number;
  record: PortfolioOrderRecord;
  emission: Emission;
  /** Observations that arrived and are not applied yet. */
  inbox: Observation[];
  /** Signals with an invalid payload. They are counted and ignored. */
  unusableMessages: number;
  placed?: PlacementResult;
  /** When the order was adopted, milliseconds since the epoch. */
  adoptedAt?: number;
  /** Set for an order that was open at Upvest when this coordinator was installed, and how much of it ESW is sent. */
  imported?: { at: number; emit: ImportedEmission };
  /** The placement that turned out to have made the order after it had finished. */
  placedAfterFinish?: { reference: string; at: number };
  /** Other placements that took the order for theirs, which one request has made. */
  placedAgain?: { reference: string; at: number }[];
  /** When to check (again) whether a placement is under way, milliseconds since the epoch. */
  placementCheckAt: number;
  /** The reference under which ESW files this order; fixed with the first event built. */
  brandOrderReference?: string;
  /** Deviation from the ordered amount that still counts as filled, in percent. */
  amountTolerance: string;
  /** Whether there was a predecessor run: not checked yet, to be looked for, or dealt with. */
  recovery: 'unchecked' | 'recovering' | 'recovered';
  /**
   * When Temporal reset the run, milliseconds since the epoch; set until what the run had done after that point is
   * recovered.
   */
  resetAt?: number;
  /** Set with `resetAt` where a later save showed it: Temporal was restored from an older copy. */
  isBehind?: true;
  /** Deadlines that are running. */
  waits: Deadline[];
  /** When the last signals were applied, milliseconds since the epoch. */
  lastNewsAt?: number;
  /** A request to reconcile now. */
  reconcile?: ReconcileRequest;
  questions: ReconciliationCounts;
  /** True if Upvest did not know the order at the last reconciliation. */
  isUnknownToBroker: boolean;
  /** When Upvest first answered so, milliseconds since the epoch; absent in states of older code. */
  unknownToBrokerSince?: number;
  /** True once the order was reconciled after all of it had finished. */
  reconciledAfterEnd: boolean;
  cancel?: CancelRequest;
  /** Why nothing is emitted until an operator releases it. */
  held?: 'FIRST_SEEN_FINISHED' | 'FIRST_SEEN_LATE' | 'HEALED_WITHOUT_LEDGER' | 'ANSWER_MISMATCH';
  /** How the order at Upvest differs from the client's request, in a phrase; see `answer-check.ts`. */
  answerMismatch?: string;
  /** Keys of the attentions that an operator acknowledged. */
  acknowledged: string[];
  /** Set when an operator closed the order, whatever its status at Upvest. */
  closed?: Closing;
  /** Set when an operator reopened a finished order; it stays open until it is closed. */
  reopened?: Decision & { at: string };
  /** Set while a resubmission is considered or due. */
  resubmission?: 'to-be-checked' | 'due';
  /** What is due and fails, by partner; absent while all goes well. */
  troubles?: Trouble[];
  /** Reference of the placement that resubmitted the order. */
  resubmittedAs?: string;
  /** Why the resubmission that a policy asked for failed. */
  notResubmitted?: string;
  /** How far the order is saved in the records database; absent in runs of earlier revisions, which are not saved. */
  saving?: Saving;
  auditLog: AuditEntry[];
  /** Outcomes of the latest decisions by idempotency key. */
  decisions?: DecisionOutcome[];
}

/** What ESW is sent of an imported order: nothing, or the statuses that are reached after the import. */
export type ImportedEmission = 'none' | 'from-now';

/** What the records database has of an order. All times in milliseconds since the epoch. */
export interface Saving {
  /**
   * The highest version in use. Versions grow with time, so that those of a run are above those of all runs before it, also
   * after a reset and after Temporal was restored.
   */
  version: number;
  /** When the oldest change was made that no save has; absent if there is none. */
  staleSince?: number;
  /** Set if such a change is to be saved within seconds or, for a decision of an operator, now. */
  urgency?: 'soon' | 'now';
  /** Events that were sent and whose bytes are not stored yet. */
  unsaved?: BuiltEvent[];
  /** When the order finished, ISO 8601 UTC; set once its final record is stored, until the order changes again. */
  archivedAt?: string;
}

export interface DecisionOutcome {
  /** Idempotency key: the update id. */
  key: string;
  rule: ActionId;
  /** What was decided, in a sentence. */
  decided: string;
  /** Digest of the decision's content. */
  digest?: string;
}

/** How an operator closed the order. */
export interface Closing extends Decision {
  /** ISO 8601 UTC. */
  at: string;
  /** What proves that the order may end here, such as a ticket of the broker's support. */
  evidence: string;
  /** Keys of the attentions that it settled; they count again once the order is reopened. Absent for none. */
  settles?: string[];
}

export type DeadlineId = Exclude<
  Extract<ActionId, `deadline:${string}` | 'policy:resubmit'>,
  'deadline:placed' | 'deadline:retry'
>;

/** A running deadline. All times in milliseconds since the epoch, by our clock. */
export interface Deadline {
  rule: DeadlineId;
  since: number;
  /** When the first reconciliation was due. A new value, such as a changed settlement date, restarts the deadline. */
  firstDue: number;
  /** When the next reconciliation is due. */
  dueAt: number;
  /** Reconciliations so far. */
  asked: number;
  /** When the deadline is flagged as an attention. */
  overdueAt?: number;
  /** True from that time on. */
  overdue?: true;
  /** The calendar does not cover the deadline: the polling interval of PROCESSING applies. */
  uncovered?: true;
  /** The first reconciliation would be due later than the longest wait that the policy allows, which applies. */
  isCutShort?: true;
}

/**
 * What fails: sending to ESW, reading at Upvest, the DELETE of a cancel, finding out who placed the order, looking for its
 * predecessor run, saving it in the records database, or reading one child order, which Upvest may not know or may show in an invalid form.
 */
export type TroubleKind =
  'esw' | 'upvest' | 'cancel' | 'placement' | 'recovery' | 'records' | 'child-unknown' | 'child-unreadable';

/** Failures in a row. All times in milliseconds since the epoch, by our clock. */
export interface Trouble {
  kind: TroubleKind;
  /** The child order, of the kinds about one. */
  orderId?: string;
  /** When the first failed attempt began. */
  since: number;
  attempts: number;
  /** Why the last attempt failed, for people. */
  cause: string;
  /** Time of the next attempt; absent where a deadline sets it. */
  nextTryAt?: number;
  /** True once it has lasted so long that it is flagged as an attention. */
  overdue?: true;
}

export interface CancelRequest extends Decision {
  /** When it was requested, milliseconds since the epoch. */
  at: number;
  rule: Extract<ActionId, 'operator:cancel' | 'policy:cancel-if-new'>;
  answer?: CancelAnswer;
  /** When Upvest answered, milliseconds since the epoch; absent in states of older code. */
  answeredAt?: number;
}

/** Upvest's answer to the DELETE. */
export type CancelAnswer =
  /** Upvest will try; a webhook reports the result. */
  | { kind: 'accepted' }
  /** Upvest does not cancel an order in this status. */
  | { kind: 'refused'; problem: PlacementProblem }
  /** Upvest does not know the order. */
  | { kind: 'unknown-order' };

/** A request to reconcile now. */
export interface ReconcileRequest extends Decision {
  at: number;
  /** Why the coordinator asks by itself; absent for an operator's request. */
  rule?: ActionId;
}

/** Reconciliations by result; `missed` shows whether webhooks get lost. */
export interface ReconciliationCounts {
  /** Found what no webhook had reported. */
  missed: number;
  /** Found no change. */
  nothingNew: number;
  /** Got no answer. */
  failed: number;
}
