/** Reading, exporting, holding and deleting final records, on whatever database it runs. */
import { createHash } from 'node:crypto';
import { reopened } from '../../src/domain/operator/operator-commands';
import { csvRecord, CSV_HEADER, recordsOf, type ExportedRecord } from '../../src/records/archive/export';
import { holdOrder, releaseOrder } from '../../src/records/archive/holds';
import { countExpired, deleteExpired } from '../../src/records/archive/retention';
import { appendToChain } from '../../src/records/chain/append';
import { canonicalJson } from '../../src/records/canonical-json';
import { decisionRow } from '../../src/records/chain/decisions';
import { verifyChain } from '../../src/records/chain/verify';
import type { RecordsDatabase } from '../../src/records/connect';
import type { FinalRecord } from '../../src/records/orders/final-record';
import { createOrderStore } from '../../src/records/orders/order-store';
import { SECOND, T } from '../domain/order/waiting';
import {
  closed,
  emptyRecords,
  FINISHED_AT,
  finishOf,
  openOrder,
  saveOf,
  settled,
} from '../support/saved-orders';

const ADA = { actor: 'ada', reason: 'case 4711' };

export function describeArchive(db: () => RecordsDatabase): void {
  const store = (): ReturnType<typeof createOrderStore> => createOrderStore(db());
  /** Oldest first. */
  const recordsOfOrder = async (portfolioOrderId: string): Promise<FinalRecord[]> => {
    const rows = await db()
      .selectFrom('records')
      .select('content')
      .where('portfolio_order_id', '=', portfolioOrderId)
      .orderBy('version')
      .execute();
    return rows.flatMap(({ content }) => (content === null ? [] : [JSON.parse(content) as FinalRecord]));
  };
  const after = (seconds: number): string => new Date(T + seconds * SECOND).toISOString();
  const finish = async (reference: string, finishedAt = FINISHED_AT): Promise<string> => {
    const state = openOrder({ reference });
    await store().save(finishOf(state, { finishedAt }));
    return state.record.portfolioOrderId;
  };
  const valid = async (): Promise<void> => {
    expect((await verifyChain(db())).fault).toBeUndefined();
  };
  beforeEach(() => emptyRecords(db()));

  describe('final records', () => {
    it('have, to the last value, the saved state of the row that answers for a finished order', async () => {
      const save = finishOf(settled(openOrder({ reference: 'SP-1' })));
      await store().save(save);
      const { state, settings } = save;
      const { portfolioOrderId } = state.record;
      const row = await store().read(portfolioOrderId);
      expect(row).toEqual({ version: save.version, finishedAt: FINISHED_AT, state, settings });
      // The order of members decides how statuses of the same moment are shown.
      expect(JSON.stringify(row?.state)).toBe(JSON.stringify(state));
      expect(JSON.stringify(row?.settings)).toBe(JSON.stringify(settings));
      const [record, ...others] = await recordsOfOrder(portfolioOrderId);
      expect(others).toEqual([]);
      expect(record).toMatchObject({
        ...{ portfolioOrderId, version: 1, reference: 'SP-1', outcome: 'SETTLED' },
        ...{ openedAt: after(0), finishedAt: FINISHED_AT },
      });
      const recorded = { state: record?.state, settings: record?.settings };
      expect(canonicalJson(recorded)).toBe(canonicalJson({ state: row?.state, settings: row?.settings }));
    });

    it('know who placed the order', async () => {
      const requestedAt = after(-1);
      await db()
        .insertInto('orders')
        .values({
          reference: 'SP-1',
          phase: 'PLACING',
          origin: 'placed',
          submitter: 'desk',
          requested_at: requestedAt,
          opened_at: requestedAt,
          changed_at: requestedAt,
        })
        .execute();
      const id = await finish('SP-1');
      expect(await recordsOfOrder(id)).toMatchObject([{ submitter: 'desk', requestedAt }]);
    });

    it('are one for each end, and none while an order has not finished', async () => {
      const open = openOrder({ reference: 'SP-1' });
      const id = open.record.portfolioOrderId;
      await store().save(saveOf(open));
      expect(await recordsOfOrder(id)).toEqual([]);
      const first = finishOf(open, { version: 2, basedOn: 1 });
      await store().save(first);
      const again = reopened(first.state, ADA, T + 60 * SECOND);
      await store().save(saveOf(again, { version: 3, basedOn: 2 }));
      const state = closed(again, { now: T + 80 * SECOND });
      await store().save(saveOf(state, { version: 4, basedOn: 3, finishedAt: after(90) }));
      expect(await recordsOfOrder(id)).toMatchObject([
        { version: 1, finishedAt: FINISHED_AT, state: first.state },
        { version: 2, finishedAt: after(90), state },
      ]);
    });
  });

  describe('an export', () => {
    const exported = async (from: string, to: string): Promise<ExportedRecord[]> => {
      const all: ExportedRecord[] = [];
      for await (const record of recordsOf(db(), { from, to })) all.push(record);
      return all;
    };

    it('has the records of the period once each, as they were hashed, oldest first', async () => {
      const ids: string[] = [];
      // More than one step, several of them at the same moment.
      for (let index = 0; index < 60; index += 1)
        ids.push(await finish(`SP-${index}`, after(100 + Math.floor(index / 30))));
      await finish('SP-before', after(99));
      await finish('SP-after', after(102));
      const all = await exported(after(100), after(102));
      expect(
        all.map(({ content }) => (JSON.parse(content) as { portfolioOrderId: string }).portfolioOrderId),
      ).toEqual(ids);
      for (const { content, sha256 } of all)
        expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    });

    it('as CSV has one line for each, with exact amounts', async () => {
      const state = settled(openOrder({ reference: '=cmd|x' }));
      await store().save(finishOf(state));
      const [record] = await exported(after(0), after(1000));
      if (record === undefined) throw new Error('there is a record');
      const names = CSV_HEADER.trim().split(',');
      const values = csvRecord(record).trim().split(',');
      expect(values).toHaveLength(names.length);
      expect(Object.fromEntries(names.map((name, index) => [name, values[index]]))).toMatchObject({
        portfolio_order_id: state.record.portfolioOrderId,
        version: '1',
        reference: "'=cmd|x",
        outcome: 'SETTLED',
        ordered: '1000.00',
        executed: '450.10',
        finished_at: FINISHED_AT,
        decisions: '1',
        events_accepted: '1',
        sha256: record.sha256,
      });
    });
  });

  describe('a hold', () => {
    it('is a decision in the chain, and so is its release', async () => {
      const portfolioOrderId = await finish('SP-1');
      expect(await holdOrder(db(), 'SP-1', ADA)).toMatchObject({
        kind: 'held',
        hold: { portfolioOrderId, ...ADA },
      });
      expect(
        await holdOrder(db(), portfolioOrderId.toUpperCase(), { ...ADA, reason: 'other' }),
      ).toMatchObject({
        kind: 'held-already',
        hold: ADA,
      });
      expect(await releaseOrder(db(), portfolioOrderId, { actor: 'bob', reason: 'over' })).toMatchObject({
        kind: 'released',
        hold: ADA,
      });
      expect(await releaseOrder(db(), 'SP-1', ADA)).toEqual({ kind: 'not-held', portfolioOrderId });
      expect(await holdOrder(db(), 'SP-2', ADA)).toEqual({ kind: 'unknown' });
      const decisions = await db()
        .selectFrom('decisions')
        .select(['rule', 'actor', 'reason', 'portfolio_order_id'])
        .where('rule', 'like', 'records:%')
        .orderBy('seq')
        .execute();
      expect(decisions).toEqual([
        { rule: 'records:hold', portfolio_order_id: portfolioOrderId, ...ADA },
        { rule: 'records:release', portfolio_order_id: portfolioOrderId, actor: 'bob', reason: 'over' },
      ]);
      await valid();
    });
  });

  describe('deletion after the retention period', () => {
    const RETENTION = { before: after(1000), actor: 'ada (direct)', reason: 'older than 10y' };

    /** An expired order, one on hold, a recent one, one that was reopened, and one that finished again lately. */
    async function stored(): Promise<Record<'expired' | 'held' | 'recent' | 'open' | 'again', string>> {
      const [expired, held, recent] = [
        await finish('SP-expired', after(100)),
        await finish('SP-held', after(100)),
        await finish('SP-recent', after(2000)),
      ];
      await holdOrder(db(), held, ADA);
      const ids: string[] = [];
      for (const [reference, end] of [
        ['SP-open', undefined],
        ['SP-again', after(2000)],
      ] as const) {
        const first = finishOf(openOrder({ reference }), { finishedAt: after(100) });
        await store().save(first);
        const state = reopened(first.state, ADA, T + 200 * SECOND);
        await store().save(saveOf(state, { version: 2, basedOn: 1 }));
        if (end !== undefined)
          await store().save(saveOf(closed(state), { version: 3, basedOn: 2, finishedAt: end }));
        ids.push(first.state.record.portfolioOrderId);
      }
      const [open = '', again = ''] = ids;
      return { expired, held, recent, open, again };
    }

    it('takes contents, rows, events and decisions of expired orders alone, and leaves a chain that is whole', async () => {
      const { expired, ...kept } = await stored();
      const would = await countExpired(db(), RETENTION);
      expect(would).toEqual({ orders: 1, records: 1, decisions: 1, placements: 0 });
      expect(await deleteExpired(db(), RETENTION)).toEqual(would);

      expect(await recordsOfOrder(expired)).toEqual([]);
      expect(await store().read(expired)).toBeUndefined();
      for (const id of Object.values(kept)) {
        expect(await recordsOfOrder(id)).not.toEqual([]);
        expect(await store().read(id)).toBeDefined();
      }
      for (const table of ['orders', 'order_events', 'order_children'] as const) {
        const rows = await db().selectFrom(table).select('portfolio_order_id').distinct().execute();
        expect(new Set(rows.map((row) => row.portfolio_order_id))).toEqual(new Set(Object.values(kept)));
      }
      expect(
        await db().selectFrom('records').selectAll().where('portfolio_order_id', '=', expired).execute(),
      ).toMatchObject([{ content: null, reference: null, version: 1, finished_at: new Date(after(100)) }]);
      expect(
        await db().selectFrom('decisions').selectAll().where('portfolio_order_id', '=', expired).execute(),
      ).toMatchObject([
        { content: null, reference: null, actor: null, reason: null, rule: 'operator:close' },
      ]);

      expect(await verifyChain(db())).toMatchObject({ deleted: 2, records: 6 });
      await valid();
      const decision = await db()
        .selectFrom('decisions')
        .selectAll()
        .where('rule', '=', 'records:delete-expired')
        .executeTakeFirstOrThrow();
      expect(decision).toMatchObject({
        actor: RETENTION.actor,
        reason: RETENTION.reason,
        subject: 'records',
      });
      expect(JSON.parse(decision.content ?? '')).toMatchObject({ before: RETENTION.before, deleted: [1, 2] });

      // The reference can be used again, and the chain goes on.
      await finish('SP-expired', after(3000));
      await valid();
    });

    it('does nothing when it runs again', async () => {
      await stored();
      await deleteExpired(db(), RETENTION);
      const { head } = await verifyChain(db());
      const nothing = { orders: 0, records: 0, decisions: 0, placements: 0 };
      expect(await countExpired(db(), RETENTION)).toEqual(nothing);
      expect(await deleteExpired(db(), RETENTION)).toEqual(nothing);
      expect((await verifyChain(db())).head).toEqual(head);
    });

    it('takes more orders than one transaction does', async () => {
      for (let index = 0; index < 210; index += 1) await finish(`SP-${index}`, after(100));
      expect(await deleteExpired(db(), RETENTION)).toMatchObject({
        orders: 210,
        records: 210,
        decisions: 210,
      });
      expect(await verifyChain(db())).toMatchObject({ records: 210, decisions: 212, deleted: 420 });
      await valid();
    });

    it('takes an order once it is released', async () => {
      const { held } = await stored();
      await releaseOrder(db(), held, ADA);
      expect(await deleteExpired(db(), RETENTION)).toMatchObject({ orders: 2, records: 2, decisions: 4 });
      expect(await recordsOfOrder(held)).toEqual([]);
      expect(await store().read(held)).toBeUndefined();
      await valid();
    });

    it('takes decisions and placements that belong to no order', async () => {
      const parked = (decidedAt: string): Promise<unknown> =>
        db()
          .transaction()
          .execute((transaction) =>
            appendToChain(transaction, [
              decisionRow({
                subject: 'parked-event/1',
                rule: 'parked:discard',
                ...ADA,
                decidedAt,
                facts: {},
              }),
            ]),
          );
      await parked(after(100));
      await parked(after(2000));
      const placement = (
        reference: string,
        phase: string,
        changed_at: string,
        finished_at = changed_at as string | null,
      ): Promise<unknown> =>
        db()
          .insertInto('orders')
          .values({ reference, phase, origin: 'placed', opened_at: changed_at, changed_at, finished_at })
          .execute();
      await placement('SP-refused', 'REFUSED', after(100));
      await placement('SP-none', 'NOT_PLACED', after(100));
      await placement('SP-late', 'REFUSED', after(2000));
      await placement('SP-unknown', 'UNKNOWN', after(100), null);
      const deleted = { orders: 0, records: 0, decisions: 1, placements: 2 };
      expect(await countExpired(db(), RETENTION)).toEqual(deleted);
      expect(await deleteExpired(db(), RETENTION)).toEqual(deleted);
      const left = await db().selectFrom('orders').select('reference').orderBy('reference').execute();
      expect(left.map(({ reference }) => reference)).toEqual(['SP-late', 'SP-unknown']);
      await valid();
    });

    it('is not what a content that is gone otherwise looks like', async () => {
      const { recent } = await stored();
      await deleteExpired(db(), RETENTION);
      const { seq: by } = await db()
        .selectFrom('decisions')
        .select('seq')
        .where('rule', '=', 'records:delete-expired')
        .executeTakeFirstOrThrow();
      await db()
        .updateTable('records')
        .set({ content: null, reference: null, deleted_by: by })
        .where('portfolio_order_id', '=', recent)
        .execute();
      expect((await verifyChain(db())).fault?.why).toBe(
        `its content is gone, and decision ${by} has not deleted it`,
      );
    });

    it('leaves no value in the columns of what it deleted', async () => {
      const { expired } = await stored();
      await deleteExpired(db(), RETENTION);
      await db()
        .updateTable('records')
        .set({ reference: 'SP-x' })
        .where('portfolio_order_id', '=', expired)
        .execute();
      expect((await verifyChain(db())).fault?.why).toBe(
        'columns that were deleted with its content have values',
      );
    });
  });
}
