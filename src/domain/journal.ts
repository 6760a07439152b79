/** What the coordinator did or was told to do for one order: the part of its story that the broker does not tell. */
import type { ActId } from './acts';

export interface JournalEntry {
  /** ISO 8601 UTC, our clock. */
  at: string;
  rule: ActId;
  /** One sentence. */
  text: string;
  /** Who decided, and why, where somebody did. */
  actor?: string;
  reason?: string;
  /** How often the same thing happened in a row; absent for once. */
  times?: number;
  /** When it happened last, where it happened more than once. */
  lastAt?: string;
}

/** Beyond this many entries the oldest are dropped: an order that is asked about for months must not grow for ever. */
const MAX_ENTRIES = 500;

/** Adds an entry; the same thing again in a row is counted, so that months of "nothing new" are one line. */
export function noted(
  journal: JournalEntry[],
  now: number,
  entry: Omit<JournalEntry, 'at' | 'times' | 'lastAt'>,
): JournalEntry[] {
  const at = new Date(now).toISOString();
  const last = journal.at(-1);
  if (
    last?.rule === entry.rule &&
    last.text === entry.text &&
    last.actor === entry.actor &&
    last.reason === entry.reason
  ) {
    return [...journal.slice(0, -1), { ...last, times: (last.times ?? 1) + 1, lastAt: at }];
  }
  return [...journal, { at, ...entry }].slice(-MAX_ENTRIES);
}
