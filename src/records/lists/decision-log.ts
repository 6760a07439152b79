/** Pages of decisions, latest first. */
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { DecisionEntry, DecisionFilter, DecisionLog } from '../../app/ports/reports';
import { callRecords, type Ask } from '../availability';
import type { DecisionsTable, RecordsTables } from '../tables';
import { all, type Condition } from './conditions';
import { behindPosition, decodePosition, encodePosition, isInstant, unreadablePosition } from './positions';

const COLUMNS = [
  'seq',
  'portfolio_order_id',
  'reference',
  'subject',
  'rule',
  'actor',
  'reason',
  'decided_at',
  'content',
  'hash',
] as const satisfies (keyof DecisionsTable)[];

type DecisionRow = Pick<Selectable<DecisionsTable>, (typeof COLUMNS)[number]> & { position: string };

export function createDecisionLog(db: Kysely<RecordsTables>, ask: Ask = callRecords): DecisionLog {
  return {
    async page(filter, { limit, cursor }) {
      const from = cursor === undefined ? [] : [behind(cursor)];
      const query = decisionsQuery([...conditionsOf(filter), ...from], limit + 1);
      const { rows } = await behindPosition(cursor !== undefined, () => ask(() => query.execute(db)));
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        decisions: shown.map(entryOf),
        ...(last && { next: encodePosition([last.position, last.seq]) }),
      };
    },
  };
}

export function decisionsQuery(conditions: readonly Condition[], limit: number): RawBuilder<DecisionRow> {
  return sql<DecisionRow>`
    select decided_at::text as position, ${sql.join(COLUMNS.map((name) => sql.ref(name)))} from decisions
    where ${all(conditions)} order by decided_at desc, seq desc limit ${limit}`;
}

function conditionsOf({ actor, from, to, order }: DecisionFilter): Condition[] {
  const name = order?.toLowerCase();
  const given = [
    actor === undefined ? undefined : sql`actor = ${actor}`,
    from === undefined ? undefined : sql`decided_at >= ${from}::timestamptz`,
    to === undefined ? undefined : sql`decided_at < ${to}::timestamptz`,
    order === undefined ? undefined : sql`(reference = ${order} or portfolio_order_id = ${name})`,
  ];
  return given.filter((condition) => condition !== undefined);
}

function behind(position: string): Condition {
  const [at, seq] = decodePosition(position);
  if (!isInstant(at) || !Number.isSafeInteger(seq)) throw unreadablePosition();
  return sql`(decided_at, seq) < (${at}::timestamptz, ${seq}::bigint)`;
}

function entryOf(row: DecisionRow): DecisionEntry {
  const { seq, decided_at, rule, actor, reason, portfolio_order_id, reference, subject, content, hash } = row;
  return {
    number: seq,
    decidedAt: decided_at.toISOString(),
    rule,
    ...(actor !== null && { actor }),
    ...(reason !== null && { reason }),
    ...(portfolio_order_id !== null && { portfolioOrderId: portfolio_order_id }),
    ...(reference !== null && { reference }),
    subject,
    ...(content !== null && { content: JSON.parse(content) as Record<string, unknown> }),
    hash,
  };
}
