/** Stores breaks: one that is found again is the same row, until it is resolved. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { FoundBreak } from '../../app/ports/sweeps';
import type { BreakCause } from '../../domain/records/break-causes';
import { safeText } from '../../lib/text';
import type { RecordsTables } from '../tables';

/** Texts of partners. */
const MAX_VALUE = 256;
const MAX_TEXT = 2_000;

type Executor = Kysely<RecordsTables> | Transaction<RecordsTables>;

function aboutOf({ portfolioOrderId, reference }: FoundBreak): string {
  return portfolioOrderId ?? reference ?? '';
}

/** Repaired ones are resolved at once. */
export async function saveBreaks(
  db: Executor,
  sweepId: string,
  breaks: readonly FoundBreak[],
): Promise<void> {
  const now = new Date().toISOString();
  for (const one of breaks) {
    const values = {
      sweep_id: sweepId,
      portfolio_order_id: one.portfolioOrderId ?? null,
      reference: one.reference ?? null,
      ours: one.ours === undefined ? null : safeText(one.ours, MAX_VALUE),
      theirs: one.theirs === undefined ? null : safeText(one.theirs, MAX_VALUE),
      text: safeText(one.text, MAX_TEXT),
      repaired: one.repaired ?? null,
      seen_at: now,
      resolved_at: one.repaired === undefined ? null : now,
    };
    const [about, subject] = [aboutOf(one), safeText(one.subject, MAX_VALUE)];
    const updated = await db
      .updateTable('breaks')
      .set(values)
      .where('about', '=', about)
      .where('cause', '=', one.cause)
      .where('subject', '=', subject)
      .where('resolved_at', 'is', null)
      .executeTakeFirst();
    if (updated.numUpdatedRows > 0n) continue;
    await db
      .insertInto('breaks')
      .values({ ...values, about, subject, cause: one.cause, found_at: now })
      .onConflict((conflict) =>
        conflict.columns(['about', 'cause', 'subject']).where('resolved_at', 'is', null).doNothing(),
      )
      .execute();
  }
}

/** Resolves open breaks of these orders, but for those that were found again. */
export async function resolveBreaks(
  db: Executor,
  ids: readonly string[],
  found: readonly FoundBreak[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update breaks set resolved_at = now()
    where resolved_at is null and about = any(${[...ids]}::text[])
      and not exists (
        select from unnest(
          ${found.map(aboutOf)}::text[],
          ${found.map(({ cause }) => cause)}::text[],
          ${found.map(({ subject }) => safeText(subject, MAX_VALUE))}::text[]
        ) as again (about, cause, subject)
        where again.about = breaks.about and again.cause = breaks.cause and again.subject = breaks.subject
      )`.execute(db);
}

/** Stores all breaks of a cause; those that were not found again are resolved. */
export async function replaceBreaks(
  db: Executor,
  sweepId: string,
  cause: BreakCause,
  breaks: readonly FoundBreak[],
): Promise<void> {
  await saveBreaks(db, sweepId, breaks);
  await sql`
    update breaks set resolved_at = now()
    where resolved_at is null and cause = ${cause}
      and not exists (
        select from unnest(
          ${breaks.map(aboutOf)}::text[],
          ${breaks.map(({ subject }) => safeText(subject, MAX_VALUE))}::text[]
        ) as again (about, subject)
        where again.about = breaks.about and again.subject = breaks.subject
      )`.execute(db);
}
