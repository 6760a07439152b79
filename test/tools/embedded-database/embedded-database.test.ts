/** The database without installation, as several clients of real drivers use it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import {
  startEmbeddedDatabase,
  type EmbeddedDatabase,
} from '../../../tools/embedded-database/embedded-database';

let database: EmbeddedDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await startEmbeddedDatabase();
  pool = new Pool({ connectionString: database.url, max: 10 });
  await pool.query('create table numbers (id integer primary key, words text)');
});
afterAll(async () => {
  await pool.end();
  await database.stop();
});

async function inTransaction(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('begin');
    await work(client);
  } finally {
    await client.end();
  }
}

test('requests with parameters of ten clients at once get their own answers', async () => {
  const asked = Array.from({ length: 400 }, (_, number) => number);
  const answers = await Promise.all(
    asked.map(async (number) => {
      const { rows } = await pool.query<{ number: number; words: string }>(
        'select $1::integer as number, $2::text as words',
        [number, `words ${number}`],
      );
      return rows[0];
    }),
  );
  expect(answers).toEqual(asked.map((number) => ({ number, words: `words ${number}` })));
});

test('an SQL error between other requests is that of its client alone', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 90 }, (_, number) =>
      number % 3 === 0
        ? pool.query('select $1::integer / 0', [number])
        : pool.query<{ number: number }>('select $1::integer as number', [number]),
    ),
  );
  const numbers = outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? (outcome.value.rows[0] as { number: number }).number : 'failed',
  );
  expect(numbers).toEqual(Array.from({ length: 90 }, (_, number) => (number % 3 === 0 ? 'failed' : number)));
});

test('transactions of several clients do not see each other, and all of them end', async () => {
  await pool.query("insert into numbers values (1, '0')");
  await Promise.all(
    Array.from({ length: 25 }, async () => {
      await inTransaction(async (client) => {
        const { rows } = await client.query<{ words: string }>(
          'select words from numbers where id = $1',
          [1],
        );
        await new Promise((resolve) => setTimeout(resolve, 2));
        await client.query('update numbers set words = $1 where id = 1', [
          String(Number(rows[0]?.words) + 1),
        ]);
        await client.query('commit');
      });
    }),
  );
  expect((await pool.query('select words from numbers where id = 1')).rows).toEqual([{ words: '25' }]);
});

test('a client that goes away in its transaction leaves nothing, and holds no other client up', async () => {
  const client = new Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await client.query("insert into numbers values (2, 'lost')");
  const waiting = pool.query('select * from numbers where id = 2');
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  expect((await waiting).rows).toEqual([]);
});

test('a portal that is read in parts has the session until its end', async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const portal = { text: 'select * from generate_series(1, $1::integer) as number', values: [25], rows: 10 };
  const [read, other] = await Promise.all([
    client.query<{ number: number }>(portal),
    pool.query<{ other: number }>('select $1::integer as other', [7]),
  ]);
  expect(read.rows.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  expect(other.rows).toEqual([{ other: 7 }]);
  await client.end();
});

test('bytes that are no message end the connection, and nothing else', async () => {
  const port = Number(new URL(database.url).port);
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
  await new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('with a folder, which no other process may use meanwhile, the data outlives the process', async () => {
  const root = await mkdtemp(join(tmpdir(), 'portfolio-order-coordinator-database-'));
  const folder = join(root, 'records');
  const query = async (sql: string, fresh = false): Promise<unknown[]> => {
    const kept = await startEmbeddedDatabase({ folder, fresh });
    await expect(startEmbeddedDatabase({ folder })).rejects.toThrow(/records is in use by process \d+/);
    const client = new Client({ connectionString: kept.url });
    await client.connect();
    const { rows } = await client.query<object>(sql);
    await client.end();
    await kept.stop();
    await kept.stop();
    return rows;
  };
  await query('create table kept as select 1 as one');
  expect(await query('select * from kept')).toEqual([{ one: 1 }]);
  expect(await query("select to_regclass('kept') as kept", true)).toEqual([{ kept: null }]);
  await rm(root, { recursive: true });
});
