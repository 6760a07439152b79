/** Checks the whole chain, and names the first link that is not what was stored. */
import { sql, type Kysely } from 'kysely';
import type { RecordsTables } from '../tables';
import { readHead, type ChainHead } from './append';
import { GENESIS, linkHash, sha256 } from './links';
import { readLinks, type StoredLink } from './read-links';
import { createDeletions, type Deletions } from './deletions';

export interface ChainFault {
  /** Number of the link. */
  seq: number;
  /** Such as `record 7 (order 5f0c…, version 1)`. */
  link: string;
  /** What is wrong with it, one sentence. */
  why: string;
}

export interface ChainReport {
  /** Links that were checked without a fault. */
  records: number;
  decisions: number;
  /** Contents of them that were deleted after the retention period. */
  deleted: number;
  /** The last link that was checked. */
  head: ChainHead;
  /** The first one that is wrong. */
  fault?: ChainFault;
}

export interface VerifyOptions {
  /** Hash of a link that was recorded elsewhere: the chain must still have it. */
  recordedHead?: string;
}

/** Reads everything once; the memory that it takes does not depend on how many links there are. */
export async function verifyChain(
  db: Kysely<RecordsTables>,
  { recordedHead }: VerifyOptions = {},
): Promise<ChainReport> {
  // Appended to later: links up to here are stored, and change no more.
  const head = await readHead(db);
  const report: ChainReport = { records: 0, decisions: 0, deleted: 0, head: { seq: 0, hash: GENESIS } };
  const deletions = createDeletions(db);
  let isRecordedSeen = recordedHead === undefined || recordedHead === GENESIS;
  for await (const link of readLinks(db, head.seq)) {
    const why = await faultOf(link, report.head, deletions);
    if (why !== undefined) return { ...report, fault: why };
    report[link.keys.table] += 1;
    if (link.content === null) report.deleted += 1;
    report.head = { seq: link.seq, hash: link.hash };
    isRecordedSeen ||= link.hash === recordedHead;
  }
  const fault = endFault(report.head, head) ?? (await strayFault(db));
  if (fault !== undefined) return { ...report, fault };
  if (isRecordedSeen) return report;
  const why = 'no link has the hash that was recorded: the chain was cut or written anew since then';
  return { ...report, fault: { seq: head.seq, link: 'the chain', why } };
}

async function faultOf(
  link: StoredLink,
  before: ChainHead,
  deletions: Deletions,
): Promise<ChainFault | undefined> {
  const { seq, keys, content, previousHash } = link;
  const fault = (why: string): ChainFault => ({ seq, link: nameOf(link), why });
  const expected = before.seq + 1;
  if (seq > expected) return missing(expected, before);
  if (seq < expected) return fault(`it is not the only link with the number ${seq}`);
  if (previousHash !== before.hash) return fault('it does not follow the link before it');
  if (linkHash(previousHash, seq, keys, link.sha256) !== link.hash)
    return fault('its columns are not those that were stored');
  if (content === null) {
    const why = await deletions.faultOf(link);
    return why === undefined ? undefined : fault(why);
  }
  if (link.deletedBy !== null) return fault('it is marked as deleted, and has its content');
  if (sha256(content) !== link.sha256) return fault('its content is not the one that was stored');
  const changed = changedCopies(link, content);
  return changed.length === 0
    ? undefined
    : fault(`its columns differ from its content: ${changed.join(', ')}`);
}

/** The content is what was stored; columns that only repeat it may not be. */
function changedCopies({ copies }: StoredLink, content: string): string[] {
  const {
    reference = null,
    actor = null,
    reason = null,
  } = JSON.parse(content) as Partial<StoredLink['copies']>;
  const original = { reference, actor, reason };
  return (['reference', 'actor', 'reason'] as const).filter((name) => copies[name] !== original[name]);
}

/** What `chain_head` says against what there is. */
function endFault(found: ChainHead, head: ChainHead): ChainFault | undefined {
  const { seq } = head;
  if (found.seq < seq) return missing(found.seq + 1, found);
  if (found.hash === head.hash) return undefined;
  return { seq, link: `link ${seq}`, why: 'its hash is not the one that chain_head has recorded' };
}

function missing(seq: number, { seq: before }: ChainHead): ChainFault {
  return { seq, link: `link ${seq}`, why: before === 0 ? 'it is missing' : `it is missing after ${before}` };
}

/** Links beyond the head. Read at one moment, since others append. */
async function strayFault(db: Kysely<RecordsTables>): Promise<ChainFault | undefined> {
  const { rows } = await sql<{ seq: number; last: number | null }>`
    select seq, greatest((select max(seq) from records), (select max(seq) from decisions)) as last
    from chain_head`.execute(db);
  const [{ seq, last } = { seq: 0, last: null }] = rows;
  if (last === null || last <= seq) return undefined;
  return { seq: last, link: `link ${last}`, why: `chain_head has recorded ${seq} as the last one` };
}

function nameOf({ seq, keys }: StoredLink): string {
  return keys.table === 'records'
    ? `record ${seq} (order ${keys.portfolio_order_id}, version ${keys.version})`
    : `decision ${seq} (${keys.rule} on ${keys.portfolio_order_id ?? keys.subject})`;
}
