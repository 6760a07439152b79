/** The registry of references: rows of `orders` whose orders have no row of their own yet, and what stays of them. */
import { sql, type Kysely, type Selectable } from 'kysely';
import { canonical } from '../../domain/values/decimal';
import { attemptIn, attemptText, isPostKnown, type PostAttempt } from '../../domain/records/last-post';
import type {
  Claim,
  Claimed,
  KnownPlacement,
  PostPermission,
  Registered,
  Registry,
} from '../../app/ports/registry';
import { callRecords } from '../availability';
import type { OrdersTable, RecordsTables } from '../tables';
import { registeredOf } from './registered';
import { requestColumns, storable, viewColumns } from './placement-columns';

/** Runs queries. @throws RecordsUnavailable while the database is away */
export type Asking = <T>(work: () => Promise<T>) => Promise<T>;

/** Open placements of one account and amount. */
const MAX_OPEN = 10;
/** Rows of one sweep. */
const MAX_UNSTARTED = 500;
/** Changes that other processes may make in between. */
const ATTEMPTS = 5;

const PLACED_ORDER = sql<string | null>`placement->>'portfolioOrderId'`;

export function createRegistry(db: Kysely<RecordsTables>, ask: Asking = callRecords): Registry {
  const read = async (name: string): Promise<Registered | undefined> => {
    const row = await db.selectFrom('orders').selectAll().where('reference', '=', name).executeTakeFirst();
    return row && registeredOf(row);
  };

  /** @returns undefined if the name is taken */
  const insert = async (claim: Claim, more: Partial<PostColumns> = {}): Promise<Inserted | undefined> => {
    const view = storable(claim.view);
    const row = await db
      .insertInto('orders')
      .values({ ...requestColumns(claim), ...viewColumns(view, Date.parse(view.requestedAt)), ...more })
      .onConflict((conflict) => conflict.column('reference').doNothing())
      .returningAll()
      .returning((eb) => eb.selectFrom('recovery').select('look_since').as('look_since'))
      .executeTakeFirst();
    const lookSince = row?.look_since?.toISOString();
    return row && { registered: registeredOf(row), ...(lookSince !== undefined && { lookSince }) };
  };

  /** @param seenBy the last note, as it was read. @returns false if the row has changed */
  const note = async (name: string, columns: PostColumns, seenBy: string | null): Promise<boolean> => {
    const { placement_started_at: startedAt, ...posted } = columns;
    const changed = await db
      .updateTable('orders')
      .set({ ...posted, placement_started_at: sql<string>`coalesce(placement_started_at, ${startedAt})` })
      .where('reference', '=', name)
      .where('posted_by', 'is not distinct from', seenBy)
      .where('portfolio_order_id', 'is', null)
      .where(PLACED_ORDER, 'is', null)
      .returning('id')
      .execute();
    return changed.length > 0;
  };

  return {
    claim: (claim) =>
      ask(async () => {
        const { reference } = claim.view;
        for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
          const inserted = await insert(claim);
          if (inserted !== undefined) return { isNew: true, ...inserted };
          const known = await read(reference);
          if (known !== undefined) return { isNew: false, registered: known };
        }
        throw new Error(`The row of ${reference} came and went ${ATTEMPTS} times during the call`);
      }),

    read: (name) => ask(() => read(name)),

    started: (name, actual) =>
      ask(async () => {
        const now = new Date().toISOString();
        await db
          .updateTable('orders')
          .set({
            placement_started_at: sql<string>`coalesce(placement_started_at, ${now})`,
            phase: sql<string>`case when phase = 'NOT_STARTED' then 'PLACING' else phase end`,
            waiting_for: sql<string>`case when phase = 'NOT_STARTED' then ${STARTED} else waiting_for end`,
            ...(actual && requestColumns(actual)),
          })
          .where('reference', '=', name)
          .execute();
        if (actual === undefined) return;
        const view = storable(actual.view);
        await db
          .updateTable('orders')
          .set(viewColumns(view, Date.parse(view.steps?.at(-1)?.at ?? view.requestedAt)))
          .where('reference', '=', name)
          .where('version', '=', 0)
          .execute();
      }),

    beginPost: (claim, attempt, searchedAt) =>
      ask(async (): Promise<PostPermission> => {
        const { reference } = claim.view;
        const columns = postColumns(attempt);
        // The first POST, as a rule.
        if (await note(reference, columns, null)) return { kind: 'post' };
        for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
          const row = await db
            .selectFrom('orders')
            .select(['portfolio_order_id', 'posted_at', 'posted_by', PLACED_ORDER.as('placed')])
            .where('reference', '=', reference)
            .executeTakeFirst();
          if (row === undefined) {
            if ((await insert(claim, columns)) !== undefined) return { kind: 'post' };
            continue;
          }
          const portfolioOrderId = row.portfolio_order_id ?? row.placed;
          if (portfolioOrderId !== null) return { kind: 'placed', portfolioOrderId };
          if (!isKnown(row, attempt, searchedAt)) return { kind: 'look-up-first' };
          if (await note(reference, columns, row.posted_by)) return { kind: 'post' };
        }
        throw new Error(`The row of ${reference} changed ${ATTEMPTS} times during the call`);
      }),

    save: (claim, at) =>
      ask(async () => {
        const view = storable(claim.view);
        const { portfolioOrderId } = view;
        if (portfolioOrderId === undefined) return upsert(db, claim, view, at);
        try {
          await upsert(db, claim, view, at, portfolioOrderId);
        } catch (error) {
          // The order has got a row of its own in this moment. It takes over what this row has.
          if (!isUniqueViolation(error)) throw error;
          await upsert(db, claim, view, at);
        }
      }),

    open: (accountId, cashAmount) =>
      ask(async () => {
        const rows = await db
          .selectFrom('orders')
          .selectAll()
          .where('account_id', '=', accountId.toLowerCase())
          .where('ordered', '=', canonical(cashAmount))
          .where('version', '=', 0)
          .where('phase', 'in', ['PLACING', 'UNKNOWN', 'HANDING_OVER'])
          .orderBy('opened_at')
          .limit(MAX_OPEN)
          .execute();
        return rows.map((row) => registeredOf(row));
      }),

    placementOf: (portfolioOrderId) =>
      ask(async () => {
        const rows = await db
          .selectFrom('orders')
          .select('reference')
          .where('reference', 'is not', null)
          .where((eb) =>
            eb.or([
              eb('portfolio_order_id', '=', portfolioOrderId),
              eb.and([eb('version', '=', 0), eb(PLACED_ORDER, '=', portfolioOrderId)]),
            ]),
          )
          .limit(1)
          .execute();
        return rows[0]?.reference ?? undefined;
      }),

    unstarted: (before) =>
      ask(async () => {
        const rows = await db
          .selectFrom('orders')
          .selectAll()
          .where('version', '=', 0)
          .where('placement_started_at', 'is', null)
          .where('portfolio_order_id', 'is', null)
          .where('phase', '=', 'PLACING')
          .where('requested_at', '<', before)
          .orderBy('requested_at')
          .limit(MAX_UNSTARTED)
          .execute();
        return rows.map((row) => registeredOf(row));
      }),

    notStarted: (name, at) =>
      ask(async () => {
        const known = await read(name);
        if (known?.view === undefined) return;
        const view: KnownPlacement = {
          ...known.view,
          phase: 'NOT_STARTED',
          waitingFor: 'Its request to be submitted again: its placement was never started.',
          actions: [],
        };
        await db
          .updateTable('orders')
          .set(viewColumns(view, at))
          .where('reference', '=', name)
          .where('version', '=', 0)
          .where('phase', '=', 'PLACING')
          .where('placement_started_at', 'is', null)
          .execute();
      }),
  };
}

const STARTED = 'Upvest to answer the POST.';

type Inserted = Pick<Claimed, 'registered' | 'lookSince'>;

interface PostColumns {
  posted_at: string;
  posted_by: string;
  placement_started_at: string;
}

function postColumns(attempt: PostAttempt): PostColumns {
  const now = new Date().toISOString();
  return { posted_at: now, posted_by: attemptText(attempt), placement_started_at: now };
}

function isKnown(
  { posted_at: at, posted_by: by }: Pick<Row, 'posted_at' | 'posted_by'>,
  attempt: PostAttempt,
  searchedAt: number | undefined,
): boolean {
  if (at === null || by === null) return true;
  const posted = attemptIn(by);
  return posted !== undefined && isPostKnown({ by: posted, at: at.getTime() }, attempt, searchedAt);
}

type Row = Selectable<OrdersTable>;

/** @param portfolioOrderId of the order, which has no other row */
async function upsert(
  db: Kysely<RecordsTables>,
  claim: Claim,
  view: KnownPlacement,
  at: number,
  portfolioOrderId?: string,
): Promise<void> {
  const columns = viewColumns(view, at);
  const { placement, placement_saved_at: _, ...ofPlacement } = columns;
  const names = Object.keys(ofPlacement) as (keyof typeof ofPlacement)[];
  // The order's own row is not touched, except for what is the placement's alone.
  const untilOrder = names.map(
    (name) =>
      [
        name,
        sql`case when orders.version = 0 then excluded.${sql.ref(name)} else orders.${sql.ref(name)} end`,
      ] as const,
  );
  const firstWins = ['request_digest', 'submitter', 'requested_at', 'deployment', 'placement_started_at'].map(
    (name) => [name, sql`coalesce(orders.${sql.ref(name)}, excluded.${sql.ref(name)})`] as const,
  );
  await db
    .insertInto('orders')
    .values({
      ...requestColumns(claim),
      ...columns,
      placement_started_at: new Date(at).toISOString(),
      portfolio_order_id:
        portfolioOrderId === undefined
          ? null
          : sql<string | null>`(select ${portfolioOrderId}::text where not exists
              (select from orders as other where other.portfolio_order_id = ${portfolioOrderId}))`,
    })
    .onConflict((conflict) =>
      conflict
        .column('reference')
        .doUpdateSet({
          ...(Object.fromEntries([...untilOrder, ...firstWins]) as object),
          portfolio_order_id: sql<string>`coalesce(orders.portfolio_order_id, excluded.portfolio_order_id)`,
          placement: sql<string>`excluded.placement`,
          placement_saved_at: sql<string>`excluded.placement_saved_at`,
        })
        .where(
          sql<boolean>`orders.placement_saved_at is null or orders.placement_saved_at <= excluded.placement_saved_at`,
        ),
    )
    .execute();
}

/** SQLSTATE of a value that a unique column has already. */
function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: unknown }).code === '23505';
}
