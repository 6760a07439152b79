/** Reads of one order at the same time share a request, as long as it is not sent. */
import { randomUUID } from 'node:crypto';
import { startUpvest, type UpvestUnderTest } from '../../support/upvest-under-test';
import { until } from '../../support/until';
import { rejection } from './http-stub';

let upvest: UpvestUnderTest;
/** A slot every half second, so that reads wait. */
beforeEach(async () => {
  upvest = await startUpvest({}, { requestsPerSecond: 2 });
});
afterEach(() => upvest.stop());

const gets = () => upvest.control.requests({ method: 'GET' });
const unknown = async (read: Promise<unknown>): Promise<number | undefined> =>
  ((await rejection(read)) as { status?: number }).status;

it('two readers of one order get one answer, in any spelling of its id', async () => {
  const id = randomUUID();
  const readers = [upvest.client.readOrder(id), upvest.client.readOrder(id.toUpperCase())];
  expect(await Promise.all(readers.map(unknown))).toEqual([404, 404]);
  expect(gets()).toHaveLength(1);
});

it('orders and portfolio orders, and different orders, are read apart', async () => {
  const id = randomUUID();
  const reads = [
    upvest.client.readOrder(id),
    upvest.client.readPortfolioOrder(id),
    upvest.client.readOrder(randomUUID()),
  ];
  await Promise.all(reads.map(unknown));
  expect(gets()).toHaveLength(3);
});

it('a read that is sent is not joined: it may be answered before the second reader asks', async () => {
  const id = randomUUID();
  const first = unknown(upvest.client.readOrder(id));
  await until('the request', () => gets().length === 1);
  await Promise.all([first, unknown(upvest.client.readOrder(id))]);
  expect(gets()).toHaveLength(2);
});

it('a reader that gives up leaves the request to the others; without readers it is not sent', async () => {
  await unknown(upvest.client.readOrder(randomUUID()));
  const id = randomUUID();
  const impatient = new AbortController();
  const given = rejection(upvest.client.readOrder(id, { signal: impatient.signal }));
  const other = unknown(upvest.client.readOrder(id));
  impatient.abort(new Error('enough'));
  expect(await given).toEqual(new Error('enough'));
  expect(await other).toBe(404);

  const alone = new AbortController();
  const abandoned = rejection(upvest.client.readOrder(id, { signal: alone.signal }));
  alone.abort(new Error('enough'));
  expect(await abandoned).toEqual(new Error('enough'));
  // A reader after that has a request of its own.
  expect(await unknown(upvest.client.readOrder(id))).toBe(404);
  expect(gets()).toHaveLength(3);
});
