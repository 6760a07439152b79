/** Rows of orders for tests of lists and reports. */
import type { Insertable } from 'kysely';
import type { RecordsDatabase } from '../../src/records/connect';
import type { OrdersTable } from '../../src/records/tables';

export type Row = Partial<Insertable<OrdersTable>>;

/** A settled order, opened and finished on the second of March. */
const SETTLED: Insertable<OrdersTable> = {
  phase: 'FINISHED',
  origin: 'placed',
  status: 'SETTLED',
  type: 'BUY',
  account_id: '00000000-0000-4000-8000-00000000000a',
  currency: 'EUR',
  ordered: '100.00',
  executed: '99.00',
  settled: '99.00',
  fees: '0.99',
  taxes: '0',
  waiting_for: 'Nothing: the order is finished.',
  opened_at: '2026-03-02T09:00:00.000Z',
  changed_at: '2026-03-02T10:00:00.000Z',
  settled_at: '2026-03-02T10:00:00.000Z',
  finished_at: '2026-03-02T10:00:00.000Z',
};
const OPEN: Row = { phase: 'TRACKED', status: 'PROCESSING', settled_at: null, finished_at: null };
const REJECTED: Row = { ...OPEN, phase: 'REFUSED', status: null, finished_at: SETTLED.finished_at };

export const settledOrder = (more: Row = {}): Row => ({ ...SETTLED, ...more });
export const openOrder = (more: Row = {}): Row => ({ ...SETTLED, ...OPEN, ...more });
export const rejectedOrder = (more: Row = {}): Row => ({ ...SETTLED, ...REJECTED, ...more });

/** Stores rows under names, which become their references, and their ids at Upvest unless a row says otherwise. */
export async function store(db: RecordsDatabase, rows: Readonly<Record<string, Row>>): Promise<void> {
  const values = Object.entries(rows).map(([name, row]) => ({
    ...SETTLED,
    reference: name,
    portfolio_order_id: `id-of-${name}`,
    ...row,
  }));
  await db.insertInto('orders').values(values).execute();
}

/** `09:00` on the second of March, `4T09:00` on the fourth. */
export const at = (time: string): string =>
  `2026-03-${time.includes('T') ? time.padStart(time.length + (time.indexOf('T') === 1 ? 1 : 0), '0') : `02T${time}`}:00.000Z`;
