/** Reads the links of the chain in their order, some at a time. */
import { sql, type AliasedRawBuilder, type Kysely } from 'kysely';
import type { RecordsTables } from '../tables';
import type { LinkKeys } from './links';

/** A stored row of the chain. */
export interface StoredLink {
  seq: number;
  keys: LinkKeys;
  /** Columns that repeat the content, and go with it. */
  copies: Readonly<Record<'reference' | 'actor' | 'reason', string | null>>;
  content: string | null;
  sha256: string;
  previousHash: string;
  hash: string;
  deletedBy: number | null;
}

/** Links of one step: contents of large orders are megabytes. */
const STEP = 50;

/**
 * Links from number 1 to `last`, by number. The memory that it takes does not depend on how many there are. Ends early where
 * many in a row are missing.
 */
export async function* readLinks(db: Kysely<RecordsTables>, last: number): AsyncGenerator<StoredLink> {
  for (let first = 1; first <= last; first += STEP) {
    const links = await linksOf(db, first, Math.min(first + STEP - 1, last));
    if (links.length === 0) return;
    yield* links;
  }
}

async function linksOf(db: Kysely<RecordsTables>, first: number, last: number): Promise<StoredLink[]> {
  const common = ['seq', 'content', 'sha256', 'previous_hash', 'hash', 'deleted_by', 'reference'] as const;
  const records = await db
    .selectFrom('records')
    .select([...common, 'portfolio_order_id', 'version', exact('finished_at')])
    .where('seq', '>=', first)
    .where('seq', '<=', last)
    .execute();
  const decisions = await db
    .selectFrom('decisions')
    .select([
      ...common,
      'id',
      'portfolio_order_id',
      'subject',
      'rule',
      'actor',
      'reason',
      exact('decided_at'),
    ])
    .where('seq', '>=', first)
    .where('seq', '<=', last)
    .execute();
  return [
    ...records.map((row): StoredLink => {
      const { portfolio_order_id, version, time: finished_at, reference } = row;
      const keys = { table: 'records', portfolio_order_id, version, finished_at } as const;
      return { ...commonOf(row), keys, copies: { reference, actor: null, reason: null } };
    }),
    ...decisions.map((row): StoredLink => {
      const { id, portfolio_order_id, subject, rule, time: decided_at, reference, actor, reason } = row;
      const keys = { table: 'decisions', id, portfolio_order_id, subject, rule, decided_at } as const;
      return { ...commonOf(row), keys, copies: { reference, actor, reason } };
    }),
  ].sort((a, b) => a.seq - b.seq);
}

function commonOf(row: {
  seq: number;
  content: string | null;
  sha256: string;
  previous_hash: string;
  hash: string;
  deleted_by: number | null;
}): Omit<StoredLink, 'keys' | 'copies'> {
  const { seq, content, previous_hash: previousHash, hash, deleted_by: deletedBy } = row;
  return { seq, content, sha256: row.sha256, previousHash, hash, deletedBy };
}

/** A time as it was hashed; with microseconds, if it has any, which it never had when it was hashed. */
function exact(column: 'finished_at' | 'decided_at'): AliasedRawBuilder<string, 'time'> {
  return sql<string>`regexp_replace(
    to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '000$', '') || 'Z'`.as(
    'time',
  );
}
