/**
 * Contents that were deleted after the retention period: the decision that deleted them is a link, too, and lists them. A
 * content that is gone without one was destroyed.
 */
import type { Kysely } from 'kysely';
import type { RecordsTables } from '../tables';
import { sha256 } from './links';
import type { StoredLink } from './read-links';

/** Rule of the decision. */
export const DELETE_EXPIRED = 'records:delete-expired';

/** Its evidence: numbers of the links whose content it deleted. */
export interface DeletedLinks {
  deleted: number[];
}

export interface Deletions {
  /** @returns what is wrong, one sentence; undefined if the content was deleted as it should be */
  faultOf(link: Pick<StoredLink, 'seq' | 'deletedBy' | 'copies'>): Promise<string | undefined>;
}

export function createDeletions(db: Kysely<RecordsTables>): Deletions {
  // Those of one decision are next to each other, mostly.
  let latest: { seq: number; deleted: ReadonlySet<number> } | undefined;

  const deletedBy = async (seq: number): Promise<ReadonlySet<number>> => {
    if (latest?.seq === seq) return latest.deleted;
    const decision = await db
      .selectFrom('decisions')
      .select(['content', 'sha256', 'rule'])
      .where('seq', '=', seq)
      .executeTakeFirst();
    const { content, rule } = decision ?? {};
    const isIntact = typeof content === 'string' && sha256(content) === decision?.sha256;
    const deleted = isIntact && rule === DELETE_EXPIRED ? (JSON.parse(content) as DeletedLinks).deleted : [];
    latest = { seq, deleted: new Set(deleted) };
    return latest.deleted;
  };

  return {
    async faultOf({ seq, deletedBy: decision, copies }) {
      if (decision === null) return 'its content is gone';
      if (!(await deletedBy(decision)).has(seq))
        return `its content is gone, and decision ${decision} has not deleted it`;
      const left = Object.values(copies).some((value) => value !== null);
      return left ? 'columns that were deleted with its content have values' : undefined;
    },
  };
}
