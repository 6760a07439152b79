/**
 * The hash chain over final records and decisions. Each row is a link: its hash covers the hash of the link before, its
 * number, its key columns and the SHA-256 of its content, so that no stored byte, number or order of rows changes unnoticed.
 */
import { createHash } from 'node:crypto';

/** Tables of the chain, which continues from one to the other. */
export type ChainTable = 'records' | 'decisions';

/** Hash before the first link. */
export const GENESIS = '0'.repeat(64);

export interface RecordKeys {
  portfolio_order_id: string;
  version: number;
  /** ISO 8601 UTC with milliseconds. */
  finished_at: string;
}

export interface DecisionKeys {
  id: string;
  portfolio_order_id: string | null;
  subject: string;
  rule: string;
  /** ISO 8601 UTC with milliseconds. */
  decided_at: string;
}

/** Columns that outlive the content, and that the hash of the link therefore covers on their own. */
export type LinkKeys = ({ table: 'records' } & RecordKeys) | ({ table: 'decisions' } & DecisionKeys);

/** In hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** @param contentHash SHA-256 of the content, which stays when the content is deleted */
export function linkHash(previousHash: string, seq: number, keys: LinkKeys, contentHash: string): string {
  // A JSON array of texts and integers has one spelling, the one of RFC 8785.
  return sha256(JSON.stringify([previousHash, keys.table, seq, keysOf(keys), contentHash]));
}

function keysOf(keys: LinkKeys): (string | number | null)[] {
  return keys.table === 'records'
    ? [keys.portfolio_order_id, keys.version, keys.finished_at]
    : [keys.id, keys.portfolio_order_id, keys.subject, keys.rule, keys.decided_at];
}
