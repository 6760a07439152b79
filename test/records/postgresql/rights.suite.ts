/**
 * Worker and server as users of their own, made and granted their rights as docker-compose.yml does it: what they do goes
 * through, and nothing else.
 */
import { sql } from 'kysely';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../src/lib/package-root';
import { connectRecords, type RecordsDatabase } from '../../../src/records/connect';
import { verifyChain } from '../../../src/records/chain/verify';
import { createDecisionLog } from '../../../src/records/lists/decision-log';
import { createOrderIndex } from '../../../src/records/lists/order-index';
import { createReports } from '../../../src/records/lists/settled-report';
import { checkMigrations } from '../../../src/records/migrate';
import { createOrderStore } from '../../../src/records/orders/order-store';
import { checkRecords } from '../../../src/records/start';
import { createOrderChildren } from '../../../src/records/registry/order-children';
import { createRegistry } from '../../../src/records/registry/registry';
import { RIGHTS } from '../../../src/records/rights';
import { findPostgres } from '../../../tools/postgresql/postgresql';
import { runInProcess } from '../../cli/in-process';
import { newClaim } from '../../support/claims';
import type { RealPostgres } from '../../support/real-postgresql';
import { finishOf, openOrder, saveOf } from '../../support/saved-orders';
import { until } from '../../support/until';

const PASSWORDS = {
  RECORDS_OWNER_PASSWORD: 'the owner\'s "password"',
  RECORDS_WORKER_PASSWORD: 'of-the-worker',
  RECORDS_SERVER_PASSWORD: 'of-the-server',
};
const GRANT = ['--grant-worker', 'records_worker', '--grant-server', 'records_server'];

export function describeRights(postgres: RealPostgres): void {
  const url = (user: string, password: string): string => {
    const { host, port } = postgres.superuser();
    return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/records`;
  };
  const ownerUrl = (): string => url('records_owner', PASSWORDS.RECORDS_OWNER_PASSWORD);

  /** As the service records-database does. */
  async function makeUsers(passwords = PASSWORDS): Promise<string> {
    const { host, port, user, password } = postgres.superuser();
    const { stdout, stderr } = await promisify(execFile)(
      'sh',
      [join(packageRoot(), 'deploy/records-database.sh')],
      {
        env: {
          ...passwords,
          PATH: `${dirname(findPostgres().initdb)}:${process.env.PATH}`,
          PGHOST: host,
          PGPORT: String(port),
          PGUSER: user,
          PGPASSWORD: password,
        },
      },
    );
    return stdout + stderr;
  }

  /** As the service records-setup does. */
  const migrate = (...options: string[]) =>
    runInProcess(['records', 'migrate', ...options], { DATABASE_URL: ownerUrl() });

  describe('the users of the records database', () => {
    let [owner, worker, server] = [] as unknown as [RecordsDatabase, RecordsDatabase, RecordsDatabase];
    beforeAll(async () => {
      // A second run changes passwords and nothing else.
      await makeUsers({ ...PASSWORDS, RECORDS_WORKER_PASSWORD: 'an-earlier-one' });
      expect(await makeUsers()).toBe('The database records and its users are ready.\n');
      expect(await migrate(...GRANT)).toMatchObject({ code: 0, stderr: '' });
      owner = connectRecords(ownerUrl());
      worker = connectRecords(url('records_worker', PASSWORDS.RECORDS_WORKER_PASSWORD));
      server = connectRecords(url('records_server', PASSWORDS.RECORDS_SERVER_PASSWORD));
    });
    afterAll(() => Promise.all([owner, worker, server].map((db) => db.destroy())));

    it('have rights on each table of the migrations', async () => {
      const tables = await owner.introspection.getTables({ withInternalKyselyTables: true });
      expect(tables.map(({ name }) => name).sort()).toEqual(Object.keys(RIGHTS).sort());
    });

    it('a second run of the set-up finds all of it there', async () => {
      expect(await migrate(...GRANT)).toEqual({
        code: 0,
        stdout: 'The tables are up to date.\n',
        stderr: '',
      });
    });

    it('worker and server may check the migrations at their start', async () => {
      for (const db of [worker, server]) expect(await checkMigrations(db, fail)).toEqual([]);
    });

    it('the worker saves orders, one with the row of its reference, and appends records and decisions', async () => {
      const store = createOrderStore(worker);
      const adopted = openOrder();
      const { portfolioOrderId } = adopted.record;
      await store.save(saveOf(adopted, { version: 10 }));
      await createRegistry(server).claim(newClaim({ reference: 'RIGHTS-1' }));
      const placed = openOrder({ reference: 'RIGHTS-1', portfolioOrderId });
      expect(await store.save(saveOf(placed, { version: 20, basedOn: 10 }))).toBe('saved');
      expect(await store.save(finishOf(placed, { version: 30, basedOn: 20 }))).toBe('saved');
      expect(await store.read(portfolioOrderId)).toMatchObject({ version: 30 });
      expect(await worker.selectFrom('orders').select(['reference', 'portfolio_order_id']).execute()).toEqual(
        [{ reference: 'RIGHTS-1', portfolio_order_id: portfolioOrderId }],
      );
      expect(await verifyChain(owner)).toMatchObject({ records: 1, decisions: 1 });
    });

    it('the server takes references, and the worker has placements go on from there', async () => {
      const [atServer, atWorker] = [createRegistry(server), createRegistry(worker)];
      const claim = newClaim({ reference: 'RIGHTS-2' });
      expect(await atServer.claim(claim)).toMatchObject({ isNew: true });
      expect(await atServer.claim(claim)).toMatchObject({ isNew: false });
      await atServer.started('RIGHTS-2');
      const attempt = { runId: 'run', activity: 1, attempt: 1 };
      expect(await atWorker.beginPost(claim, attempt)).toEqual({ kind: 'post' });
      await atWorker.save(claim, Date.now());
      expect(await atServer.read('RIGHTS-2')).toMatchObject({ name: 'RIGHTS-2' });
      await atServer.notStarted('RIGHTS-2', Date.now());
      const unstarted = await atServer.unstarted(new Date());
      expect(unstarted.map(({ name }) => name)).not.toContain('RIGHTS-2');
    });

    it('both learn and share the owners of child orders', async () => {
      for (const [db, orderId] of [
        [worker, randomUUID()],
        [server, randomUUID()],
      ] as const) {
        const children = createOrderChildren(db);
        children.learn(orderId, 'of-the-order');
        await children.stop();
        for (const reader of [createOrderChildren(worker), createOrderChildren(server)])
          await until(
            'the owner of the child',
            async () => (await reader.portfolioOrderOf(orderId)) === 'of-the-order',
          );
      }
    });

    it('the server lists orders, reports, and reads decisions', async () => {
      const part = { limit: 10 };
      const { orders } = await createOrderIndex(server).page({ phase: 'FINISHED' }, undefined, part);
      expect(orders).toMatchObject([{ reference: 'RIGHTS-1', phase: 'FINISHED' }]);
      const id = orders[0]?.portfolioOrderId ?? '';
      expect(await createOrderStore(server).read(id)).toMatchObject({
        state: { record: { portfolioOrderId: id } },
      });
      expect(await createReports(server).settled({ from: '2026-01-01', to: '2026-12-31' })).toEqual([]);
      expect(await createDecisionLog(server).page({}, part)).toMatchObject({
        decisions: [{ rule: 'operator:close' }],
      });
    });

    it.each(['records', 'decisions', 'legal_holds'])('neither can change or delete %s', async (table) => {
      const { rows } = await sql<{ column: string }>`
        select column_name as column from information_schema.columns where table_name = ${table} limit 1`.execute(
        owner,
      );
      const column = sql.ref(rows[0]?.column ?? '');
      for (const db of [worker, server])
        for (const statement of [
          sql`update ${sql.table(table)} set ${column} = ${column}`,
          sql`delete from ${sql.table(table)}`,
          sql`truncate ${sql.table(table)}`,
          sql`alter table ${sql.table(table)} disable trigger all`,
        ])
          await expect(statement.execute(db)).rejects.toThrow(
            /^(permission denied for|must be owner of) table/,
          );
    });

    it('the server can neither delete orders nor add or change events', async () => {
      for (const statement of [
        sql`delete from orders`,
        sql`delete from order_children`,
        sql`insert into order_events (event_id) values ('x')`,
        sql`update order_events set body = ''`,
      ])
        await expect(statement.execute(server)).rejects.toThrow(/^permission denied for table/);
    });

    it('neither can make tables, nor end the chain', async () => {
      for (const db of [worker, server])
        for (const statement of [
          sql`create table mine (id bigint)`,
          sql`insert into chain_head (seq, hash) values (1, '')`,
          sql`delete from chain_head`,
          sql`delete from kysely_migration`,
          sql`insert into legal_holds values ('x', 'y', 'z', now())`,
        ])
          await expect(statement.execute(db)).rejects.toThrow(/^permission denied for (table|schema)/);
    });

    it('a user without rights is a reason not to start, with what to do', async () => {
      const { host, port, user, password } = postgres.superuser();
      const admin = connectRecords(`postgresql://${user}:${password}@${host}:${port}/records`);
      await sql`create role stranger login password 'strange'`.execute(admin);
      await sql`grant connect on database records to stranger`.execute(admin);
      await admin.destroy();
      await expect(
        checkRecords(url('stranger', 'strange'), { warn: fail, error: fail }),
      ).rejects.toMatchObject({
        name: 'StartFailure',
        problems: ['permission denied for table kysely_migration'],
        remedy: expect.stringContaining('rights') as string,
      });
    });
  });
}

function fail(...args: unknown[]): never {
  throw new Error(`unexpected: ${JSON.stringify(args)}`);
}
