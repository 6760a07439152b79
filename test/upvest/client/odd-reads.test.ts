/** Reads whose answers are about other objects, cannot be read in part, or never end. */
import { allPages } from '../../../src/upvest/client/all-pages';
import { UpvestRetry } from '../../../src/upvest/client/errors';
import type { UpvestClient } from '../../../src/upvest/client/client';
import { readDate, readTimestamp } from '../../../src/upvest/model/timestamp';
import { json, rejection } from './http-stub';
import { placedOrder, startUpvest, type UpvestStub } from './upvest-stub';

let stub: UpvestStub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

const OTHER = '11111111-0000-4000-8000-000000000000';
const execution = { status: 'FILLED', cash_amount: '1', currency: 'EUR', share_quantity: '1', price: '1' };

it.each<[string, (client: UpvestClient, id: string) => Promise<unknown>, object]>([
  ['portfolio order', (client, id) => client.readPortfolioOrder(id), placedOrder],
  ['order', (client, id) => client.readOrder(id), { id: placedOrder.id, status: 'NEW' }],
  [
    'execution',
    (client, id) => client.readExecution(placedOrder.id, id),
    { id: placedOrder.id, ...execution },
  ],
])('a read that is answered with another %s is unreadable (14.1)', async (_what, read, answer) => {
  stub = await startUpvest(json(200, answer));
  const error = await rejection(read(stub.client, OTHER));
  expect(error).toBeInstanceOf(UpvestRetry);
  expect((error as Error).message).toContain('id: is that of another object');
  await expect(read(stub.client, placedOrder.id.toUpperCase())).resolves.toMatchObject({
    id: placedOrder.id,
  });
});

it('one portfolio order of a list that cannot be read does not hide the others (14.51)', async () => {
  const bad = { ...placedOrder, id: OTHER, cash_amount: 250 };
  stub = await startUpvest(json(200, { meta: { total_count: 2 }, data: [bad, placedOrder] }));
  const page = await stub.client.listPortfolioOrders({ limit: 1000 });
  expect(page.orders).toMatchObject([{ id: placedOrder.id }]);
  expect(page.unreadable).toEqual([expect.stringContaining('cash_amount')]);
});

it.each([
  ['true', true],
  ['false', false],
  ['yes', undefined],
  [1, undefined],
])('post_tax as %j is compared as %s (14.1)', async (post_tax, expected) => {
  stub = await startUpvest(json(200, { ...placedOrder, post_tax }));
  expect((await stub.client.readPortfolioOrder(placedOrder.id)).post_tax).toBe(expected);
});

describe('a list of Upvest', () => {
  const page = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `order-${from + index}` }));

  it('that repeats its page for every offset ends with an error (14.22)', async () => {
    const read = allPages(() => Promise.resolve({ orders: page(0, 1000) }));
    await expect(read).rejects.toThrow('repeats itself before item 2000');
  });

  it('whose pages are shorter than requested is read to its end (14.6)', async () => {
    const offsets: number[] = [];
    const { orders } = await allPages(({ offset }) => {
      offsets.push(offset);
      return Promise.resolve({ orders: page(offset, Math.min(100, 250 - offset)), totalCount: 250 });
    });
    expect(orders).toHaveLength(250);
    expect(offsets).toEqual([0, 100, 200]);
  });

  it('without a count ends with a short page', async () => {
    const { orders } = await allPages(({ offset }) =>
      Promise.resolve({ orders: page(offset, offset === 0 ? 1000 : 1) }),
    );
    expect(orders).toHaveLength(1001);
  });
});

describe('a date that no calendar has is unreadable (14.54)', () => {
  it.each(['2026-02-29', '2026-02-31', '2026-04-31', '2026-13-01', '2026-00-10'])('%s', (date) => {
    expect(readDate(date)).toBeUndefined();
    expect(readTimestamp(`${date}T10:00:00Z`)).toBeUndefined();
  });

  it.each(['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+01:00'])(
    'and so is a time without a year of four digits: %s',
    (time) => {
      expect(readTimestamp(time)).toBeUndefined();
    },
  );

  it('a day of a leap year is a date', () => {
    expect(readDate('2028-02-29')).toBe('2028-02-29');
    expect(readTimestamp('2028-02-29T23:30:00-01:00')).toBe('2028-03-01T00:30:00.000Z');
  });
});
