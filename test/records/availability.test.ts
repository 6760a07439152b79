/** How a database that is away differs from a query that is wrong: on real sockets of the driver. */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { Client, DatabaseError } from 'pg';
import { callRecords, isAway } from '../../src/records/availability';
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';

const answer = (code: string): DatabaseError => Object.assign(new DatabaseError('no', 2, 'error'), { code });

async function listening(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer(onSocket).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

const connect = (port: number): Promise<Client> =>
  new Client({ host: '127.0.0.1', port, user: 'x', database: 'x', connectionTimeoutMillis: 200 }).connect();

describe('the records database is away', () => {
  it('when nothing listens at its address', async () => {
    const { server, port } = await listening(() => undefined);
    server.close();
    await once(server, 'close');
    await expect(callRecords(() => connect(port))).rejects.toBeInstanceOf(RecordsUnavailable);
  });

  it('when it hangs up', async () => {
    const { server, port } = await listening((socket) => socket.destroy());
    try {
      await expect(callRecords(() => connect(port))).rejects.toBeInstanceOf(RecordsUnavailable);
    } finally {
      server.close();
    }
  });

  it('when it says nothing', async () => {
    const sockets: Socket[] = [];
    const { server, port } = await listening((socket) => sockets.push(socket));
    try {
      await expect(callRecords(() => connect(port))).rejects.toBeInstanceOf(RecordsUnavailable);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it.each([
    ['it shuts down', '57P01'],
    ['it starts', '57P03'],
    ['a statement reached its time limit', '57014'],
    ['all connections are taken', '53300'],
    ['its disk is full', '53100'],
    ['it is a standby', '25006'],
    ['its user is gone', '28P01'],
    ['its database is gone', '3D000'],
  ])('when %s (%s)', (_what, code) => {
    expect(isAway(answer(code))).toBe(true);
  });

  it('keeps the error of the driver as the cause', async () => {
    const cause = answer('57P01');
    await expect(callRecords(() => Promise.reject(cause))).rejects.toMatchObject({ cause });
  });
});

describe('the records database answers, and the query is wrong', () => {
  it.each([
    ['a table is missing', answer('42P01')],
    ['a value is taken', answer('23505')],
    ['the syntax is wrong', answer('42601')],
    ['our code is wrong', new TypeError('x is not a function')],
    ['our code says no', new Error('a rule')],
  ])('when %s: the same error', async (_what, error) => {
    await expect(callRecords(() => Promise.reject(error))).rejects.toBe(error);
  });
});
