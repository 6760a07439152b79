/** Windows, suspects and breaks of sweeps, on whatever database it runs. */
import { sql } from 'kysely';
import type { FoundBreak } from '../../src/app/ports/sweeps';
import type { RecordsDatabase } from '../../src/records/connect';
import { createOrderStore } from '../../src/records/orders/order-store';
import { createBreakReport } from '../../src/records/sweeps/break-report';
import { createSweepStore } from '../../src/records/sweeps/sweep-store';
import { emptyRecords, idOf, openOrder, saveOf } from '../support/saved-orders';

const HOUR_MS = 3_600_000;
const now = new Date('2026-03-02T12:00:00.000Z');
const input = { brokerTaskQueue: 'broker', graceMs: 1_000 };

export function describeSweeps(records: () => RecordsDatabase): void {
  describe('sweeps', () => {
    const db = (): RecordsDatabase => records();
    const store = (): ReturnType<typeof createSweepStore> => createSweepStore(db());
    const breaksOf = async (filter = {}) =>
      (await createBreakReport(db()).page(filter, { limit: 100 })).breaks.map(
        ({ cause, subject, sweepId, resolvedAt }) => ({
          cause,
          subject,
          sweepId,
          open: resolvedAt === undefined,
        }),
      );
    beforeEach(async () => {
      await emptyRecords(db());
      await sql`truncate sweeps, sweep_orders, breaks`.execute(db());
    });

    const status: FoundBreak = {
      cause: 'STATUS_DIFFERS',
      subject: '',
      ours: 'NEW',
      theirs: 'FILLED',
      text: 'x',
    };
    const child: FoundBreak = { cause: 'CHILD_MISSING', subject: 'a-child', text: 'y' };

    it('begin two hours before the end of the last complete one, the first a day ago', async () => {
      const first = await store().begin('one', input, now);
      expect(first).toEqual({
        id: 'one',
        since: '2026-03-01T12:00:00.000Z',
        until: now.toISOString(),
        graceMs: 1_000,
      });
      const later = new Date(now.getTime() + HOUR_MS);
      // The first has not ended: its window is covered again.
      expect((await store().begin('two', input, later)).since).toBe('2026-03-01T13:00:00.000Z');
      await store().end(first, later);
      expect((await store().begin('three', input, later)).since).toBe('2026-03-02T10:00:00.000Z');
      expect(await store().begin('one', { ...input, since: '2020-01-01T00:00:00Z' }, later)).toEqual(first);
    });

    it('an import is no sweep to continue from', async () => {
      const imports = await store().begin('i', { ...input, import: { emit: 'none', dryRun: false } }, now);
      await store().end(imports, now);
      expect((await store().begin('one', input, now)).since).toBe('2026-03-01T12:00:00.000Z');
    });

    it('know which open orders no list had, page by page', async () => {
      const orders = createOrderStore(db());
      const ids = ['a', 'b', 'c'].map(idOf).sort();
      for (const portfolioOrderId of ids) await orders.save(saveOf(openOrder({ portfolioOrderId })));
      const sweep = await store().begin('one', input, now);
      const [first = '', second = '', third = ''] = ids;
      expect(await store().unlisted(sweep, '', 2)).toEqual([first, second]);
      expect(await store().unlisted(sweep, second, 2)).toEqual([third]);
      await store().note('one', [{ id: second, isSuspect: true }]);
      expect(await store().unlisted(sweep, '', 10)).toEqual([first, third]);
      const [read] = await store().read([second, idOf('unknown')]);
      expect(read).toMatchObject({
        portfolioOrderId: second,
        isFinished: false,
        facts: { status: 'NEW', children: 1 },
      });
      expect(read?.state.record.portfolioOrderId).toBe(second);
    });

    it('a suspect stays one until it is checked', async () => {
      await store().begin('one', input, now);
      await store().note('one', [{ id: 'a', isSuspect: true }]);
      await store().note('one', [{ id: 'a', isSuspect: false }]);
      expect(await store().suspects('one', 10)).toEqual(['a']);
      await store().checked('one', { id: 'a' }, []);
      expect(await store().countSuspects('one')).toBe(0);
    });

    it('a break that is found again is the same one, and resolved once it is not', async () => {
      await store().checked('one', { id: 'a', reference: 'SP-1' }, [status, child]);
      await store().checked('two', { id: 'a', reference: 'SP-1' }, [child]);
      expect(await breaksOf()).toEqual([
        { cause: 'CHILD_MISSING', subject: 'a-child', sweepId: 'two', open: true },
        { cause: 'STATUS_DIFFERS', subject: '', sweepId: 'one', open: false },
      ]);
      // An order that is changing is left to the next sweep.
      await store().checked('three', { id: 'a', isChanging: true }, []);
      expect(await breaksOf({ open: true, order: 'SP-1' })).toHaveLength(1);
      await store().resolve(['a']);
      expect(await breaksOf({ open: true })).toEqual([]);
      await store().checked('four', { id: 'a' }, [status]);
      expect(await breaksOf({ open: true })).toEqual([
        { cause: 'STATUS_DIFFERS', subject: '', sweepId: 'four', open: true },
      ]);
    });

    it('what was repaired is counted, and never open', async () => {
      const sweep = await store().begin('one', input, now);
      await store().note('one', [{ id: 'a', isSuspect: true }]);
      await store().checked('one', { id: 'a' }, [{ ...status, repaired: 'delivered' }, child]);
      expect(await store().end(sweep, now)).toMatchObject({ orders: 1, breaks: 2, repaired: 1, changing: 0 });
      expect((await breaksOf({ open: true })).map(({ cause }) => cause)).toEqual(['CHILD_MISSING']);
    });

    it('placements that were never started are listed, and resolved once they are', async () => {
      const unstarted: FoundBreak = {
        cause: 'UNSTARTED_PLACEMENT',
        subject: '',
        reference: 'SP-1',
        text: 'x',
      };
      await store().replace('one', 'UNSTARTED_PLACEMENT', [unstarted]);
      await store().checked('one', { id: 'a' }, [status]);
      await store().replace('two', 'UNSTARTED_PLACEMENT', []);
      expect((await breaksOf({ open: true })).map(({ cause }) => cause)).toEqual(['STATUS_DIFFERS']);
    });

    it('orders of earlier sweeps go with the end of a later one, those of imports stay', async () => {
      const first = await store().begin('one', input, now);
      await store().note('one', [{ id: 'a', isSuspect: false }]);
      await store().end(first, now);
      const importing = { ...input, import: { emit: 'none' as const, dryRun: true } };
      const imports = await store().begin('i', importing, now);
      await store().note('i', [{ id: 'b', isSuspect: true }]);
      await store().noteImported('i', { portfolioOrderId: 'b', outcome: 'adopted', status: 'NEW' });
      expect(await store().end(imports, now)).toMatchObject({
        imported: { adopted: 1, known: 0, finished: 0, failed: 0 },
      });
      const later = await store().begin('two', input, new Date(now.getTime() + HOUR_MS));
      await store().note('two', [{ id: 'a', isSuspect: false }]);
      await store().end(later, now);
      const left = await db().selectFrom('sweep_orders').select('sweep_id').orderBy('sweep_id').execute();
      expect(left.map(({ sweep_id }) => sweep_id)).toEqual(['i', 'two']);
      const listed = [];
      for await (const batch of createBreakReport(db()).imported('i')) listed.push(...batch);
      expect(listed).toEqual([{ portfolioOrderId: 'b', outcome: 'adopted', status: 'NEW' }]);
    });
  });
}
