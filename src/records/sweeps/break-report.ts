/** The report of breaks, latest first. */
import type { Kysely, Selectable } from 'kysely';
import type { Break, BreakReport } from '../../app/ports/sweeps';
import { UnreadablePosition } from '../../app/ports/order-list';
import { BREAK_CAUSES, type BreakCause } from '../../domain/records/break-causes';
import { own } from '../../domain/values/own';
import { callRecords } from '../availability';
import type { BreaksTable, RecordsTables } from '../tables';

/** Orders of one query. */
const BATCH = 500;

type Ask = <T>(work: () => Promise<T>) => Promise<T>;

export function createBreakReport(db: Kysely<RecordsTables>, ask: Ask = callRecords): BreakReport {
  return {
    page: ({ sweepId, cause, open, from, to, order }, { limit, cursor }) =>
      ask(async () => {
        let query = db.selectFrom('breaks').selectAll();
        if (sweepId !== undefined) query = query.where('sweep_id', '=', sweepId);
        if (cause !== undefined) query = query.where('cause', '=', cause);
        if (open !== undefined) query = query.where('resolved_at', open ? 'is' : 'is not', null);
        if (from !== undefined) query = query.where('seen_at', '>=', new Date(from));
        if (to !== undefined) query = query.where('seen_at', '<', new Date(to));
        if (order !== undefined)
          query = query.where((eb) => eb.or([eb('about', '=', order), eb('reference', '=', order)]));
        if (cursor !== undefined) {
          const { seenAt, id } = positionOf(cursor);
          query = query.where((eb) =>
            eb.or([eb('seen_at', '<', seenAt), eb.and([eb('seen_at', '=', seenAt), eb('id', '<', id)])]),
          );
        }
        const rows = await query
          .orderBy('seen_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        return {
          breaks: shown.map(breakOf),
          ...(rows.length > limit && last && { next: `${last.seen_at.getTime()}-${last.id}` }),
        };
      }),

    async *imported(sweepId) {
      for (let after = ''; ;) {
        const from = after;
        const rows = await ask(() =>
          db
            .selectFrom('sweep_orders')
            .select(['portfolio_order_id', 'imported'])
            .where('sweep_id', '=', sweepId)
            .where('portfolio_order_id', '>', from)
            .orderBy('portfolio_order_id')
            .limit(BATCH)
            .execute(),
        );
        if (rows.length > 0) yield rows.flatMap(({ imported }) => imported ?? []);
        const last = rows.at(-1);
        if (last === undefined || rows.length < BATCH) return;
        after = last.portfolio_order_id;
      }
    },
  };
}

/** Times are stored by this program, in whole milliseconds. @throws UnreadablePosition */
function positionOf(cursor: string): { seenAt: Date; id: number } {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(cursor);
  if (match === null) throw new UnreadablePosition('No page had this position');
  return { seenAt: new Date(Number(match[1])), id: Number(match[2]) };
}

function breakOf(row: Selectable<BreaksTable>): Break {
  const { portfolio_order_id, reference, ours, theirs, repaired, resolved_at } = row;
  return {
    id: row.id,
    sweepId: row.sweep_id,
    ...(portfolio_order_id !== null && { portfolioOrderId: portfolio_order_id }),
    ...(reference !== null && { reference }),
    cause: row.cause as BreakCause,
    subject: row.subject,
    ...(ours !== null && { ours }),
    ...(theirs !== null && { theirs }),
    text: row.text,
    remedy: own<{ remedy: string }>(BREAK_CAUSES, row.cause)?.remedy ?? '',
    ...(repaired !== null && { repaired }),
    foundAt: row.found_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    ...(resolved_at !== null && { resolvedAt: resolved_at.toISOString() }),
  };
}
