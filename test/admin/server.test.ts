/** The admin address of a process, on a real socket. */
import { pino } from 'pino';
import { request } from 'undici';
import { startAdmin, type Admin, type AdminParts } from '../../src/admin/server';
import { StartFailure } from '../../src/lib/start-failure';

const ANY = { host: '127.0.0.1', port: 0 };
const parts = (changes: Partial<AdminParts> = {}): AdminParts => ({
  processName: 'worker',
  logger: pino({ level: 'silent' }),
  ready: () => Promise.resolve(),
  metrics: () => Promise.resolve({ text: 'up 1\n', contentType: 'text/plain; version=0.0.4; charset=utf-8' }),
  ...changes,
});

let admin: Admin | undefined;
afterEach(() => admin?.stop());

async function get(path: string): Promise<{ status: number; type: unknown; text: string }> {
  const { statusCode, headers, body } = await request(`${admin?.url ?? ''}${path}`);
  return { status: statusCode, type: headers['content-type'], text: await body.text() };
}

it('says that the process lives, is ready, and what runs', async () => {
  admin = await startAdmin(ANY, parts());
  expect(await get('/livez')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
  expect(JSON.parse((await get('/version')).text)).toEqual({
    name: 'portfolio-order-coordinator',
    process: 'worker',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    node: process.versions.node,
  });
});

it('says why it is not ready, and lives all the same', async () => {
  admin = await startAdmin(ANY, parts({ ready: () => Promise.reject(new Error('Not running: esw')) }));
  expect(await get('/readyz')).toMatchObject({
    status: 503,
    text: '{"status":"not ready","reason":"Not running: esw"}',
  });
  expect((await get('/livez')).status).toBe(200);
});

it('has the metrics in the format of Prometheus', async () => {
  admin = await startAdmin(ANY, parts());
  expect(await get('/metrics')).toEqual({
    ...{ status: 200, text: 'up 1\n' },
    type: 'text/plain; version=0.0.4; charset=utf-8',
  });
});

it('says which variables to set where it cannot listen', async () => {
  admin = await startAdmin(ANY, parts());
  const { port } = new URL(admin.url);
  const failure: unknown = await startAdmin({ ...ANY, port: Number(port) }, parts()).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StartFailure);
  expect(failure).toMatchObject({
    title: `The admin address of the worker cannot listen on 127.0.0.1:${port}`,
    problems: ['the port is already in use'],
    remedy: expect.stringContaining('ADMIN_PORT') as string,
  });
});
