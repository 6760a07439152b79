/** Saves the row of an order, and makes it one with the row of its reference, which the submit made. */
import type { Selectable, Transaction } from 'kysely';
import type { OrderSave } from '../../app/ports/order-store';
import { orderRow } from '../../domain/records/order-row';
import type { OrdersTable, RecordsTables } from '../tables';
import { columnsOf } from './row-columns';
import { encodeSaved } from './saved-state';

const NEEDED = [
  'id',
  'reference',
  'portfolio_order_id',
  'version',
  'type',
  'account_id',
  'currency',
  'post_tax',
  'ordered',
  'finished_at',
  'submitter',
  'requested_at',
  'deployment',
] as const satisfies (keyof OrdersTable)[];

/** What only the submit knows. */
export interface Request {
  submitter?: string;
  /** ISO 8601 UTC. */
  requestedAt?: string;
}

export type RowOutcome =
  | { kind: 'behind' }
  /** `current`: this version or a later one of the same workflow is stored already. */
  | { kind: 'saved' | 'current'; request: Request };

export async function saveRow(
  transaction: Transaction<RecordsTables>,
  { version, basedOn, mayBeOvertaken, state, settings, finishedAt }: OrderSave,
): Promise<RowOutcome> {
  const row = orderRow(state);
  const { own, registered } = await lockedRows(transaction, row);
  const stored = own?.version ?? 0;
  // Versions grow with time: whatever the workflow itself saves since has a higher one.
  const isOther = stored < version || (stored > version + 1 && mayBeOvertaken !== true);
  if (basedOn !== undefined && stored > basedOn && isOther) return { kind: 'behind' };
  if (own && stored >= version) return { kind: 'current', request: requestOf(own) };

  // Both rows are of this order: it was adopted before its placement handed it over.
  const isRegistered = registered?.portfolio_order_id === null && (own?.reference ?? null) === null;
  const kept = isRegistered ? registered : own;
  const columns = columnsOf(row);
  const values = {
    ...columns,
    // One that was stored is never forgotten; one of another order's stays that order's.
    reference: kept?.reference ?? (registered === undefined ? (row.reference ?? null) : null),
    version,
    // The request has these before the first report.
    type: columns.type ?? kept?.type ?? null,
    account_id: columns.account_id ?? kept?.account_id ?? null,
    currency: columns.currency ?? kept?.currency ?? null,
    post_tax: columns.post_tax ?? kept?.post_tax ?? null,
    ordered: columns.ordered ?? kept?.ordered ?? null,
    finished_at: finishedAt ?? (row.phase === 'FINISHED' ? (own?.finished_at?.toISOString() ?? null) : null),
    deployment: settings.deployment ?? kept?.deployment ?? null,
    saved_state: await encodeSaved({ state, settings }),
  };
  if (kept === undefined) {
    await transaction.insertInto('orders').values(values).execute();
    return { kind: 'saved', request: {} };
  }
  if (own && own !== kept) await transaction.deleteFrom('orders').where('id', '=', own.id).execute();
  await transaction.updateTable('orders').set(values).where('id', '=', kept.id).execute();
  return { kind: 'saved', request: requestOf(kept) };
}

type NeededRow = Pick<Selectable<OrdersTable>, (typeof NEEDED)[number]>;

/** The order's row, and another one that has its reference. */
async function lockedRows(
  transaction: Transaction<RecordsTables>,
  { portfolioOrderId, reference }: { portfolioOrderId: string; reference?: string },
): Promise<{ own: NeededRow | undefined; registered: NeededRow | undefined }> {
  const rows = await transaction
    .selectFrom('orders')
    .select([...NEEDED])
    .where((eb) =>
      eb.or([
        eb('portfolio_order_id', '=', portfolioOrderId),
        ...(reference === undefined ? [] : [eb('reference', '=', reference)]),
      ]),
    )
    // Always in the same order, so that no two saves wait for each other.
    .orderBy('id')
    .forUpdate()
    .execute();
  const own = rows.find((row) => row.portfolio_order_id === portfolioOrderId);
  return { own, registered: rows.find((row) => row !== own) };
}

function requestOf({ submitter, requested_at }: NeededRow): Request {
  return {
    ...(submitter !== null && { submitter }),
    ...(requested_at !== null && { requestedAt: requested_at.toISOString() }),
  };
}
