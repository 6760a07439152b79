/** The audit log of an order: what the coordinator did, by itself or on an operator's decision. */
import type { ActionId } from './actions';

export interface AuditEntry {
  /** ISO 8601 UTC, our clock. */
  at: string;
  rule: ActionId;
  /** One sentence. */
  text: string;
  /** Who decided, and why; absent for what the coordinator did by itself. */
  actor?: string;
  reason?: string;
  /** How often the entry occurred in a row; absent for once. */
  times?: number;
  /** When it occurred last; absent for once. */
  lastAt?: string;
}

/** Actors of what the coordinator does by itself. */
const OWN_ACTORS: readonly string[] = ['policy', 'coordinator'];

/** True for what a person decided; a cancellation in Temporal's Web UI is one of `temporal`. */
export function isDecision<T extends Pick<AuditEntry, 'actor'>>(entry: T): entry is T & { actor: string } {
  return entry.actor !== undefined && !OWN_ACTORS.includes(entry.actor);
}

/** The oldest entries beyond this number are dropped, so that an order reconciled for months stays small. */
const MAX_ENTRIES = 500;

/** Appends an entry. Repetitions of the last one are counted, so that months of "no change" are one entry. */
export function appendAudit(
  auditLog: AuditEntry[],
  now: number,
  entry: Omit<AuditEntry, 'at' | 'times' | 'lastAt'>,
): AuditEntry[] {
  const at = new Date(now).toISOString();
  const last = auditLog.at(-1);
  if (
    last?.rule === entry.rule &&
    last.text === entry.text &&
    last.actor === entry.actor &&
    last.reason === entry.reason
  ) {
    return [...auditLog.slice(0, -1), { ...last, times: (last.times ?? 1) + 1, lastAt: at }];
  }
  return [...auditLog, { at, ...entry }].slice(-MAX_ENTRIES);
}
