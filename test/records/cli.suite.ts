/** `portfolio-orders records …`, on whatever database it runs. */
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { createOrderStore } from '../../src/records/orders/order-store';
import { runInProcess } from '../cli/in-process';
import type { Ended } from '../cli/processes';
import { SECOND, T } from '../domain/order/waiting';
import { startMigratedDatabase, type TestDatabase } from '../support/records';
import { emptyRecords, finishOf, openOrder } from '../support/saved-orders';

/** Wrong usage: the database is not asked. */
const WRONG: [what: string, args: string[], message: RegExp][] = [
  ['no command', [], /Usage/],
  ['an unknown one', ['forget'], /unknown command/],
  ['a head that is none', ['verify', '--head', 'abc'], /64 hexadecimal digits/],
  ['an export of no period', ['export', '--from', '2026-01-01'], /--to/],
  ['a day that no month has', ['export', '--from', '2026-02-30', '--to', '2026-03-01'], /enter a day/],
  ['a time of no zone', ['export', '--from', '2026-02-01T10:00:00', '--to', '2026-03-01'], /enter a day/],
  [
    'an end before the beginning',
    ['export', '--from', '2026-03-02', '--to', '2026-03-01'],
    /--from must be before/,
  ],
  [
    'an unknown format',
    ['export', '--from', '2026-03-01', '--to', '2026-03-01', '--format', 'xml'],
    /jsonl, csv/,
  ],
  ['a hold of no order', ['hold', '--reason', 'x'], /order/],
  ['a hold for no reason', ['hold', 'SP-1'], /--reason/],
  ['a blank reason', ['release', 'SP-1', '--reason', ' '], /1 to 1,000 characters/],
  ['a long actor', ['hold', 'SP-1', '--reason', 'x', '--actor', 'x'.repeat(1001)], /1 to 1,000 characters/],
  ['no retention period', ['delete-expired'], /--older-than/],
  ...['10', 'y', '-1y', '1.5y', '10w', '0y', '364d', '101y', '999999d'].map(
    (period): (typeof WRONG)[number] => [
      `a period of ${period}`,
      ['delete-expired', '--older-than', period],
      /.+/,
    ],
  ),
];

export function describeRecordsCommands(start?: () => Promise<TestDatabase>): void {
  describe('portfolio-orders records', () => {
    let database: TestDatabase;
    let db: RecordsDatabase;
    beforeAll(async () => {
      database = await startMigratedDatabase(start);
      db = connectRecords(database.url);
    });
    afterAll(async () => {
      await db.destroy();
      await database.stop();
    });
    const run = (...args: string[]): Promise<Ended> =>
      runInProcess(['records', ...args], { DATABASE_URL: database.url });
    const at = (years: number): string => new Date(T + years * 365 * 24 * 3600 * SECOND).toISOString();
    const finish = async (reference: string, finishedAt = at(0)): Promise<string> => {
      const state = openOrder({ reference });
      await createOrderStore(db).save(finishOf(state, { finishedAt }));
      return state.record.portfolioOrderId;
    };
    beforeEach(() => emptyRecords(db));

    it.each(WRONG)('(%s) is wrong usage, and changes nothing', async (_, args, message) => {
      const { code, stdout, stderr } = await runInProcess(['records', ...args], {
        DATABASE_URL: 'postgresql://none@127.0.0.1:1/none',
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    });

    it.each([
      ['verify'],
      ['export', '--from', '2026-01-01', '--to', '2026-01-01'],
      ['hold', 'SP-1', '--reason', 'x'],
      ['release', 'SP-1', '--reason', 'x'],
      ['delete-expired', '--older-than', '10y'],
    ])('%s says that the database is away', async (...args) => {
      const { code, stdout, stderr } = await runInProcess(['records', ...args], {
        DATABASE_URL: 'postgresql://none:secret@127.0.0.1:1/none',
      });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('127.0.0.1:1/none');
      expect(stderr).not.toContain('secret');
    });

    it('verify prints the head of a whole chain, and ends with 1 for a changed one', async () => {
      const id = await finish('SP-1');
      const whole = await run('verify');
      expect(whole).toMatchObject({ code: 0, stderr: '' });
      expect(whole.stdout).toMatch(
        /^The chain is whole: 1 records and 1 decisions\.\nHead 2: [0-9a-f]{64}\n$/,
      );
      const head = /[0-9a-f]{64}/.exec(whole.stdout)?.[0] ?? '';
      expect(await run('verify', '--head', head.toUpperCase())).toMatchObject({ code: 0 });
      expect(await run('verify', '--head', 'f'.repeat(64))).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('no link has the hash that was recorded') as string,
      });
      expect(JSON.parse((await run('verify', '--json')).stdout)).toEqual({
        valid: true,
        records: 1,
        decisions: 1,
        deleted: 0,
        head: { seq: 2, hash: head },
      });

      await db.updateTable('records').set({ content: '{}' }).execute();
      const changed = await run('verify');
      expect(changed.code).toBe(1);
      expect(changed.stdout).toContain(
        `Wrong at link 2: record 2 (order ${id}, version 1): its content is not the one that was stored.`,
      );
      const json = await run('verify', '--json');
      expect(json.code).toBe(1);
      expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, fault: { seq: 2 } });
    });

    it('export prints the contents of the period, or flat lines', async () => {
      await finish('SP-before', '2026-03-01T23:59:59.999Z');
      const id = await finish('SP-1', '2026-03-02T23:59:59.999Z');
      await finish('SP-after', '2026-03-03T00:00:00.000Z');
      const { content } = await db
        .selectFrom('records')
        .select('content')
        .where('reference', '=', 'SP-1')
        .executeTakeFirstOrThrow();
      const day = ['export', '--from', '2026-03-02', '--to', '2026-03-02'];
      expect(await run(...day)).toEqual({ code: 0, stdout: `${content}\n`, stderr: '' });
      const csv = await run(...day, '--format', 'csv');
      const [header, line, rest] = csv.stdout.split('\r\n');
      expect(header).toMatch(/^portfolio_order_id,version,reference,outcome,/);
      expect(line).toMatch(new RegExp(`^${id},1,SP-1,NEW,`));
      expect(rest).toBe('');
      const moments = ['export', '--from', '2026-03-03T00:00:00+00:00', '--to', '2026-03-03T00:00:00.001Z'];
      expect((await run(...moments)).stdout).toContain('"reference":"SP-after"');
      expect(await run('export', '--from', '2026-04-01', '--to', '2026-04-30')).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
    });

    it('hold and release say who did what, and refuse what is already so', async () => {
      const id = await finish('SP-1');
      expect(await run('hold', 'SP-2', '--reason', 'x')).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('no order SP-2') as string,
      });
      expect(await run('release', 'SP-1', '--reason', 'x')).toMatchObject({ code: 5 });
      expect(await run('hold', 'SP-1', '--reason', 'case 4711', '--actor', 'ada')).toEqual({
        code: 0,
        stdout: `${id} is on hold.\n`,
        stderr: '',
      });
      const again = await run('hold', id, '--reason', 'other');
      expect(again.code).toBe(5);
      expect(again.stderr).toMatch(/is on hold since .* \(ada \(direct\): case 4711\)/);
      const released = await run('release', id, '--reason', 'over', '--json');
      expect(released.code).toBe(0);
      expect(JSON.parse(released.stdout)).toMatchObject({ kind: 'released', hold: { portfolioOrderId: id } });
      expect(await run('verify')).toMatchObject({ code: 0 });
    });

    it('delete-expired counts what it would delete, deletes it, and leaves what is on hold', async () => {
      await finish('SP-old', '2010-01-01T00:00:00.000Z');
      await finish('SP-held', '2010-01-01T00:00:00.000Z');
      await finish('SP-new', new Date().toISOString());
      await run('hold', 'SP-held', '--reason', 'case');
      const dry = await run('delete-expired', '--older-than', '3650d', '--dry-run');
      expect(dry.code).toBe(0);
      expect(dry.stdout).toMatch(
        /^Would delete what finished before 20\d\d-.*Z: 1 orders with 1 records, 1 decisions, 0 placements/,
      );
      expect(JSON.parse((await run('delete-expired', '--older-than', '10y', '--json')).stdout)).toMatchObject(
        {
          dryRun: false,
          orders: 1,
          records: 1,
          decisions: 1,
        },
      );
      const { actor, reason } = await db
        .selectFrom('decisions')
        .select(['actor', 'reason'])
        .where('rule', '=', 'records:delete-expired')
        .executeTakeFirstOrThrow();
      expect(actor).toMatch(/ \(direct\)$/);
      expect(reason).toBe('older than 10y');
      const left = await db.selectFrom('orders').select('reference').orderBy('reference').execute();
      expect(left.map(({ reference }) => reference)).toEqual(['SP-held', 'SP-new']);
      const { code, stdout } = await run('verify');
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('2 of them deleted') as string,
      });
    });
  });
}
