/**
 * What worker and server may do with each table, as PostgreSQL enforces it. Records and decisions are only ever added to:
 * an attacker in one of the processes cannot rewrite them. Deleting after the retention period is the owner's.
 */
import { sql, type Kysely } from 'kysely';

type Right = 'select' | 'insert' | 'update' | 'delete';
export type ProcessRole = 'worker' | 'server';

const READ: readonly Right[] = ['select'];
const APPEND: readonly Right[] = ['select', 'insert'];
const WRITE: readonly Right[] = ['select', 'insert', 'update'];
/** Of the row that is there. */
const REPLACE: readonly Right[] = ['select', 'update'];

/** A test fails for a table that is not here. */
export const RIGHTS: Readonly<Record<string, Readonly<Record<ProcessRole, readonly Right[]>>>> = {
  // A save deletes the second one of two rows that turn out to be of one order.
  orders: { worker: [...WRITE, 'delete'], server: WRITE },
  order_children: { worker: WRITE, server: WRITE },
  order_events: { worker: WRITE, server: READ },
  records: { worker: APPEND, server: APPEND },
  decisions: { worker: APPEND, server: APPEND },
  chain_head: { worker: REPLACE, server: REPLACE },
  legal_holds: { worker: READ, server: READ },
  recovery: { worker: READ, server: READ },
  sweeps: { worker: WRITE, server: READ },
  // What is here is of no use once the next sweep has ended.
  sweep_orders: { worker: [...WRITE, 'delete'], server: READ },
  breaks: { worker: WRITE, server: READ },
  kysely_migration: { worker: READ, server: READ },
  kysely_migration_lock: { worker: [], server: [] },
};

/**
 * Gives a role the rights of a process, and takes all others on our tables from it. Needs the owner.
 *
 * @param role its name in PostgreSQL
 * @throws Error if PostgreSQL has no such role, or if it is the owner, who would lose rights of its own
 */
export async function grantRights<T>(db: Kysely<T>, process: ProcessRole, role: string): Promise<void> {
  await assertGrantee(db, role);
  await db.transaction().execute(async (trx) => {
    const to = sql.id(role);
    const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(trx);
    await sql`grant usage on schema ${sql.id(rows[0]?.schema ?? 'public')} to ${to}`.execute(trx);
    for (const [table, rights] of Object.entries(RIGHTS)) {
      await sql`revoke all on ${sql.table(table)} from ${to}`.execute(trx);
      const granted = rights[process];
      if (granted.length > 0)
        await sql`grant ${sql.raw(granted.join(', '))} on ${sql.table(table)} to ${to}`.execute(trx);
    }
  });
}

async function assertGrantee<T>(db: Kysely<T>, role: string): Promise<void> {
  const { rows } = await sql<{ exists: boolean; owner: string }>`
    select exists (select from pg_roles where rolname = ${role}), current_user as owner`.execute(db);
  const [{ exists, owner } = { exists: false, owner: '' }] = rows;
  if (!exists)
    throw new Error(
      `PostgreSQL has no role "${role}": create it ("create role … login password …"), then grant its rights again`,
    );
  if (owner === role)
    throw new Error(`"${role}" owns the tables and has all rights on them: name another role, or grant none`);
}
