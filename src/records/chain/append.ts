/** Appends links to the chain, one transaction at a time. */
import type { Kysely, Transaction } from 'kysely';
import type { RecordsTables } from '../tables';
import { linkHash, sha256, type DecisionKeys, type RecordKeys } from './links';

export interface NewRecord extends RecordKeys {
  table: 'records';
  reference: string | null;
  /** Canonical JSON (RFC 8785). */
  content: string;
}

export interface NewDecisionRow extends DecisionKeys {
  table: 'decisions';
  reference: string | null;
  actor: string | null;
  reason: string | null;
  /** Canonical JSON (RFC 8785). */
  content: string;
}

export type NewLink = NewRecord | NewDecisionRow;

/** The last link. */
export interface ChainHead {
  seq: number;
  hash: string;
}

/**
 * Appends links in this order. From here to the end of the transaction, others that append wait: call it last, after all
 * other rows are locked, so that no two transactions wait for each other.
 *
 * @returns the number of each link
 */
export async function appendToChain(
  transaction: Transaction<RecordsTables>,
  links: readonly NewLink[],
): Promise<number[]> {
  if (links.length === 0) return [];
  let { seq, hash } = await lockedHead(transaction);
  const chained = links.map((link) => {
    const digest = sha256(link.content);
    const previous_hash = hash;
    seq += 1;
    hash = linkHash(previous_hash, seq, link, digest);
    return { link, columns: { seq, sha256: digest, previous_hash, hash } };
  });
  for (const { link, columns } of chained) {
    const { table, ...values } = link;
    await transaction
      .insertInto(table)
      .values({ ...values, ...columns })
      .execute();
  }
  await transaction.updateTable('chain_head').set({ seq, hash }).execute();
  return chained.map(({ columns }) => columns.seq);
}

/** Locks the one row, which also holds back who appends at the same time. */
async function lockedHead(transaction: Transaction<RecordsTables>): Promise<ChainHead> {
  const head = await transaction
    .selectFrom('chain_head')
    .select(['seq', 'hash'])
    .forUpdate()
    .executeTakeFirst();
  return head ?? noHead();
}

/** @throws Error if its row is gone */
export async function readHead(db: Kysely<RecordsTables>): Promise<ChainHead> {
  return (await db.selectFrom('chain_head').select(['seq', 'hash']).executeTakeFirst()) ?? noHead();
}

function noHead(): never {
  throw new Error(
    'The table chain_head has lost its row: restore the records database from a backup that has it, then run "portfolio-orders records verify"',
  );
}
