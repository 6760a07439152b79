/** Why a server does not start, as far as it needs its records database to find out. */
import { createServer, type AddressInfo } from 'node:net';
import { main as serverMain } from '../../src/server';
import { required, temporaryFiles } from '../config/environment';
import { failedStart, type Outcome } from '../config/start-log';
import { startDatabase, startMigratedDatabase, type TestDatabase } from '../support/records';

const files = temporaryFiles();
const { common, server } = required(files);
const running: TestDatabase[] = [];
afterAll(async () => {
  for (const database of running) await database.stop();
  files.remove();
});

async function started(starting: Promise<TestDatabase>): Promise<string> {
  const database = await starting;
  running.push(database);
  return database.url;
}

const failed = (environment: Record<string, string>): Promise<Outcome> =>
  failedStart(serverMain, { ...common, ...server, ...environment }, files.folder);

it('a server whose database lacks migrations ends with 1, and names the command', async () => {
  const { code, failure } = await failed({ DATABASE_URL: await started(startDatabase()) });
  expect(code).toBe(1);
  expect(failure).toMatchObject({
    msg: 'The records database is not up to date',
    problems: [expect.stringMatching(/^The records database lacks .*"portfolio-orders records migrate"/)],
  });
});

it('a server whose port is taken ends with 1 and says so', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => other.once('listening', listening));
  const { port } = other.address() as AddressInfo;
  const { code, failure } = await failed({
    HTTP_PORT: String(port),
    DATABASE_URL: await started(startMigratedDatabase()),
  });
  await new Promise((closed) => other.close(closed));
  expect(code).toBe(1);
  expect(failure).toMatchObject({
    msg: `The server cannot listen on 127.0.0.1:${port}`,
    problems: ['the port is already in use'],
    remedy: expect.stringContaining('HTTP_PORT') as string,
  });
});
