/**
 * A worker that starts while the records database is away: webhooks are taken, orders are tracked, ESW is served. Only the end of
 * an order waits for its records.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import type { Stack } from '../../demo/stack';
import { connectRecords } from '../../src/records/connect';
import { freePort } from '../../src/lib/free-port';
import { EVERY_STATE } from '../support/orders';
import { startMigratedDatabase, type TestDatabase } from '../support/records';
import { finished, show, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { workerProcesses, type WorkerProcesses } from '../support/worker-process';

let port: number;
let database: TestDatabase;
let stack: Stack;
let workers: WorkerProcesses;
let way: Server | undefined;
beforeAll(async () => {
  port = await freePort();
  database = await startMigratedDatabase();
  stack = await startTestStack({ databaseUrl: `postgresql://postgres@127.0.0.1:${port}/postgres` });
  await stack.stopWorker();
  workers = await workerProcesses(stack);
  await workers.start();
});
afterAll(async () => {
  await workers.stopAll();
  await stack.stop();
  way?.close();
  await database.stop();
  await closeTemporal();
});

/** From the address that worker and server know. */
async function bringBack(): Promise<void> {
  const { hostname, port: behind } = new URL(database.url);
  way = createServer((socket) => {
    const database = connect(Number(behind), hostname);
    socket.pipe(database).pipe(socket);
    socket.on('error', () => database.destroy());
    database.on('error', () => socket.destroy());
  }).listen(port, '127.0.0.1');
  await once(way, 'listening');
}

it('goes on without it, and saves the order once it is back', async () => {
  const { portfolioOrder } = stack.upvest.control.initiate({
    userId: randomUUID(),
    accountId: randomUUID(),
    cashAmount: '50.00',
    initiationFlow: 'SAVINGS_PLAN',
  });
  const { id } = portfolioOrder;
  await until('ESW to have every status', () => statusesAtEsw(stack, id).length === EVERY_STATE.length);
  expect(statusesAtEsw(stack, id)).toEqual(EVERY_STATE);
  expect(await show(stack, id)).toMatchObject({ phase: 'TRACKED', order: { status: 'SETTLED' } });

  await bringBack();
  await finished(stack, id);
  const records = connectRecords(database.url);
  try {
    const rows = await records
      .selectFrom('orders')
      .select(['portfolio_order_id', 'phase', 'status'])
      .execute();
    expect(rows).toEqual([{ portfolio_order_id: id, phase: 'FINISHED', status: 'SETTLED' }]);
    expect(await records.selectFrom('records').select(['portfolio_order_id', 'version']).execute()).toEqual([
      { portfolio_order_id: id, version: 1 },
    ]);
  } finally {
    await records.destroy();
  }
});
