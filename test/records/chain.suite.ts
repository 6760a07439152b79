/** The chain over final records and decisions, on whatever database it runs. */
import { sql } from 'kysely';
import type { ParkedDecision } from '../../contracts/parked-event';
import type { RecordsDatabase } from '../../src/records/connect';
import { createBreaker } from '../../src/records/breaker';
import { createParkedDecisionLog } from '../../src/records/chain/parked-decisions';
import { createDecisionLog } from '../../src/records/lists/decision-log';
import { createOrderStore } from '../../src/records/orders/order-store';
import { readHead } from '../../src/records/chain/append';
import { verifyChain, type ChainReport } from '../../src/records/chain/verify';
import { at } from '../domain/samples';
import { emptyRecords, finishOf, idOf, openOrder } from '../support/saved-orders';

/** Each has a decision and a record: links 1 and 2, 3 and 4, and so on. */
const NAMES = ['a', 'b', 'c', 'd'];

export function describeChain(records: () => RecordsDatabase): void {
  describe('the chain', () => {
    const db = (): RecordsDatabase => records();
    beforeEach(async () => {
      await emptyRecords(db());
      const store = createOrderStore(db());
      for (const name of NAMES)
        await store.save(finishOf(openOrder({ portfolioOrderId: idOf(name), reference: `SP-${name}` })));
    });
    const verify = (): Promise<ChainReport> => verifyChain(db());
    const run = (statement: string): Promise<unknown> => sql.raw(statement).execute(db());

    it('is valid as it was stored, and names its head', async () => {
      const head = await readHead(db());
      expect(await verify()).toEqual({ records: 4, decisions: 4, deleted: 0, head });
      expect(head).toEqual({ seq: 8, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    });

    it('of nothing is valid', async () => {
      await emptyRecords(db());
      expect(await verify()).toEqual({
        records: 0,
        decisions: 0,
        deleted: 0,
        head: { seq: 0, hash: '0'.repeat(64) },
      });
    });

    it.each<[what: string, statement: string, seq: number, why: string]>([
      [
        'one changed byte of a record',
        `update records set content = replace(content, '"SP-b"', '"SP-B"') where seq = 4`,
        4,
        'its content is not the one that was stored',
      ],
      [
        'one changed byte of a decision',
        `update decisions set content = replace(content, 'ticket 4711', 'ticket 4712') where seq = 5`,
        5,
        'its content is not the one that was stored',
      ],
      [
        'a content that was changed together with its hash',
        `update records set content = '{}', sha256 = encode(sha256('{}'), 'hex') where seq = 4`,
        4,
        'its columns are not those that were stored',
      ],
      [
        'a link that was computed anew',
        `update records set hash = repeat('a', 64) where seq = 4`,
        4,
        'its columns are not those that were stored',
      ],
      ['a missing record', 'delete from records where seq = 4', 4, 'it is missing after 3'],
      ['a missing decision', 'delete from decisions where seq = 1', 1, 'it is missing'],
      ['the last record deleted', 'delete from records where seq = 8', 8, 'it is missing after 7'],
      ['all records deleted', 'truncate records, decisions', 1, 'it is missing'],
      [
        'the last record deleted, and the head put back',
        `delete from records where seq = 8;
         update chain_head set seq = 7, hash = repeat('a', 64)`,
        7,
        'its hash is not the one that chain_head has recorded',
      ],
      [
        'the head put back',
        'update chain_head set seq = 6, hash = (select hash from records where seq = 6)',
        8,
        'chain_head has recorded 6 as the last one',
      ],
      [
        'two swapped records',
        `update records set seq = 100 where seq = 4; update records set seq = 4 where seq = 6;
         update records set seq = 6 where seq = 100`,
        4,
        'it does not follow the link before it',
      ],
      [
        'two swapped contents',
        `update records as r set content = other.content, sha256 = other.sha256 from records as other
         where (r.seq, other.seq) in ((4, 6), (6, 4))`,
        4,
        'its columns are not those that were stored',
      ],
      [
        'a link with the number of another one',
        `insert into decisions select 4, 'x', portfolio_order_id, reference, subject, rule, actor, reason, decided_at,
         content, sha256, previous_hash, hash from decisions where seq = 3`,
        4,
        '',
      ],
      [
        'another order',
        `update records set portfolio_order_id = 'x' where seq = 4`,
        4,
        'its columns are not those that were stored',
      ],
      [
        'another version',
        'update records set version = 2 where seq = 4',
        4,
        'its columns are not those that were stored',
      ],
      [
        'another time of the end',
        `update records set finished_at = finished_at + interval '1 microsecond' where seq = 4`,
        4,
        'its columns are not those that were stored',
      ],
      [
        'another time of a decision',
        `update decisions set decided_at = decided_at - interval '1 day' where seq = 3`,
        3,
        'its columns are not those that were stored',
      ],
      [
        'another actor',
        `update decisions set actor = 'bob' where seq = 3`,
        3,
        'its columns differ from its content: actor',
      ],
      [
        'no reason',
        'update decisions set reason = null where seq = 3',
        3,
        'its columns differ from its content: reason',
      ],
      [
        'another reference',
        `update records set reference = 'SP-x' where seq = 4`,
        4,
        'its columns differ from its content: reference',
      ],
      ['a content that is gone', 'update records set content = null where seq = 4', 4, 'its content is gone'],
      [
        'a content that is said to be deleted',
        'update records set content = null, deleted_by = 5 where seq = 4',
        4,
        'its content is gone, and decision 5 has not deleted it',
      ],
      [
        'a mark of deletion',
        'update records set deleted_by = 5 where seq = 4',
        4,
        'it is marked as deleted, and has its content',
      ],
    ])('names %s', async (_, statement, seq, why) => {
      await run(statement);
      const { fault, head } = await verify();
      expect(fault).toMatchObject({ seq, why: expect.stringContaining(why) as string });
      expect(head.seq).toBeLessThanOrEqual(seq);
    });

    it('names the order of a link that is wrong', async () => {
      await run(`update records set version = 2 where seq = 4`);
      expect((await verify()).fault?.link).toBe(`record 4 (order ${idOf('b')}, version 2)`);
      await run(`update decisions set actor = 'bob' where seq = 3`);
      expect((await verify()).fault?.link).toBe(`decision 3 (operator:close on ${idOf('b')})`);
    });

    it('still has a head that was recorded elsewhere, until it is written anew', async () => {
      const recorded = (await readHead(db())).hash;
      await createOrderStore(db()).save(finishOf(openOrder()));
      expect((await verifyChain(db(), { recordedHead: recorded })).fault).toBeUndefined();
      expect((await verifyChain(db(), { recordedHead: 'f'.repeat(64) })).fault).toEqual({
        seq: 10,
        link: 'the chain',
        why: 'no link has the hash that was recorded: the chain was cut or written anew since then',
      });
    });

    it('takes no link while its head is lost, and says what to do', async () => {
      await run('delete from chain_head');
      const save = createOrderStore(db()).save(finishOf(openOrder()));
      await expect(save).rejects.toThrow(/chain_head has lost its row: restore/);
      await run(`insert into chain_head (seq, hash) values (0, repeat('0', 64))`);
    });

    describe('with decisions about parked events', () => {
      const subject = 'parked-event/e-1/0123456789abcdef';
      const event = { eventId: 'e-1', reason: 'LATE', detail: 'It is finished', receivedAt: at(0) } as const;
      const retried: ParkedDecision = {
        ...{ actor: 'ada (desk)', reason: 'reopened', key: 'key-1', decidedAt: at(1) },
        operation: 'retry',
        outcome: { outcome: 'kept', why: 'LATE, it is finished' },
      };
      const discarded: ParkedDecision = {
        ...{ actor: 'bob', reason: 'a test event', key: 'key-2', decidedAt: at(2) },
        operation: 'discard',
        outcome: { outcome: 'discarded', actor: 'bob', reason: 'a test event' },
      };
      const log = () => createParkedDecisionLog(db(), createBreaker());

      it('goes on with each of them once, however often it is stored', async () => {
        await log().add({ subject, event, decisions: [retried] });
        await log().add({ subject, event, decisions: [retried, discarded] });
        await log().add({ subject, event, decisions: [] });
        expect(await verify()).toEqual({ records: 4, decisions: 6, deleted: 0, head: await readHead(db()) });
      });

      it('keeps decisions of the same moment apart by their keys', async () => {
        const again = { ...retried, key: 'key-3' };
        await log().add({ subject, event, decisions: [retried, again] });
        expect(await verify()).toMatchObject({ decisions: 6 });
      });

      it('has them in the log of decisions: who, when, why, and what became of the event', async () => {
        await log().add({ subject, event, decisions: [retried, discarded] });
        const { decisions } = await createDecisionLog(db()).page({ actor: 'ada (desk)' }, { limit: 10 });
        expect(decisions).toEqual([
          {
            ...{ number: 9, decidedAt: at(1), rule: 'parked:retry', actor: 'ada (desk)', reason: 'reopened' },
            subject,
            content: expect.objectContaining({
              ...{ token: 'desk', key: 'key-1', event, outcome: retried.outcome },
            }) as unknown,
            hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          },
        ]);
      });

      it('names one that was changed', async () => {
        await log().add({ subject, event, decisions: [retried, discarded] });
        await run(
          `update decisions set content = replace(content, 'a test event', 'lost event') where seq = 10`,
        );
        expect((await verify()).fault).toEqual({
          seq: 10,
          link: `decision 10 (parked:discard on ${subject})`,
          why: 'its content is not the one that was stored',
        });
      });
    });

    it('is checked in steps, each of them whole', async () => {
      const store = createOrderStore(db());
      for (let index = 0; index < 60; index += 1) await store.save(finishOf(openOrder()));
      expect(await verify()).toMatchObject({ records: 64, decisions: 64, head: { seq: 128 } });
      await run('delete from records where seq > 60 and seq <= 120');
      await run('delete from decisions where seq > 60 and seq <= 120');
      expect((await verify()).fault).toMatchObject({ seq: 61, why: 'it is missing after 60' });
    });
  });
}
