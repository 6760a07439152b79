/** The list of orders with those whose workflow was interrupted: Temporal's index is asked for them alone. */
import type {
  InterruptedOrders,
  OrderFilter,
  OrderIndex,
  OrderSummary,
} from '../../../src/app/ports/order-list';
import { UnreadablePosition } from '../../../src/app/ports/order-list';
import { CallError } from '../../../src/app/errors';
import { createOrderList } from '../../../src/app/orders/list';

const row = (portfolioOrderId: string | undefined, reference: string): OrderSummary => ({
  ...(portfolioOrderId !== undefined && { portfolioOrderId }),
  reference,
  phase: 'TRACKED',
  attention: [],
  openedAt: '2026-03-02T09:00:00.000Z',
  changedAt: '2026-03-02T09:00:00.000Z',
});
const INTERRUPTED: InterruptedOrders = { portfolioOrderIds: ['id-1'], references: ['placing', 'of-id-2'] };
const NONE: InterruptedOrders = { portfolioOrderIds: [], references: [] };

function listOf({
  known,
  current = () => Promise.resolve(known ?? NONE),
  page = () =>
    Promise.resolve({ orders: [row('id-1', 'a'), row('id-2', 'of-id-2'), row(undefined, 'placing')] }),
}: {
  known?: InterruptedOrders;
  current?: () => Promise<InterruptedOrders>;
  page?: OrderIndex['page'];
}) {
  const filters: OrderFilter[] = [];
  const index: OrderIndex = {
    page: (filter, sort, part) => {
      filters.push(filter);
      return page(filter, sort, part);
    },
    count: (filter) => {
      filters.push(filter);
      return Promise.resolve(1);
    },
  };
  return { list: createOrderList(index, { current, known: () => known }), filters };
}
const away = (): Promise<never> => Promise.reject(new Error('Temporal is away'));

it('marks rows that are known to be interrupted: orders by their id, placements by their reference', async () => {
  const { list } = listOf({ known: INTERRUPTED, current: away });
  const { orders } = await list.page({}, undefined, { limit: 3 });
  expect(orders.map(({ interrupted }) => interrupted)).toEqual([true, undefined, true]);
});

it('waits for nothing of Temporal without a filter that needs it', async () => {
  const { list, filters } = listOf({ current: () => new Promise(() => undefined) });
  const { orders } = await list.page({ status: 'NEW' }, undefined, { limit: 3 });
  expect(orders.map(({ interrupted }) => interrupted)).toEqual([undefined, undefined, undefined]);
  expect(filters).toEqual([{ status: 'NEW' }]);
});

it('asks for those alone with INTERRUPTED, and fails where they cannot be read', async () => {
  const { list, filters } = listOf({ current: () => Promise.resolve(INTERRUPTED) });
  await list.page({ attention: 'INTERRUPTED', open: true }, undefined, { limit: 3 });
  expect(await list.count({ attention: 'INTERRUPTED' })).toBe(1);
  expect(filters).toEqual([{ open: true, interrupted: INTERRUPTED }, { interrupted: INTERRUPTED }]);
  const failing = listOf({ known: INTERRUPTED, current: away });
  await expect(failing.list.page({ attention: 'INTERRUPTED' }, undefined, { limit: 3 })).rejects.toThrow(
    'away',
  );
});

it('has them among any attention, as far as they are known', async () => {
  const { list, filters } = listOf({ known: INTERRUPTED });
  await list.page({ attention: 'any' }, undefined, { limit: 3 });
  const unknown = listOf({ current: away });
  await unknown.list.page({ attention: 'any' }, undefined, { limit: 3 });
  const none = listOf({ known: NONE });
  await none.list.page({ attention: 'any' }, undefined, { limit: 3 });
  const any = { attention: 'any' };
  expect([...filters, ...unknown.filters, ...none.filters]).toEqual([
    { ...any, interrupted: INTERRUPTED },
    any,
    any,
  ]);
});

it('has all orders in batches, page after page', async () => {
  const cursors: (string | undefined)[] = [];
  const { list } = listOf({
    page: (_filter, _sort, { cursor }) => {
      cursors.push(cursor);
      const number = cursors.length;
      return Promise.resolve({
        orders: [row(`id-${number}`, `r-${number}`)],
        ...(number < 3 && { next: `p${number}` }),
      });
    },
  });
  const batches: (string | undefined)[][] = [];
  for await (const batch of list.all({}, undefined)) batches.push(batch.map(({ reference }) => reference));
  expect(batches).toEqual([['r-1'], ['r-2'], ['r-3']]);
  expect(cursors).toEqual([undefined, 'p1', 'p2']);
});

it('refuses a position that no page had as an invalid cursor', async () => {
  const { list } = listOf({ page: () => Promise.reject(new UnreadablePosition('no')) });
  const error: unknown = await list
    .page({}, undefined, { limit: 1, cursor: 'x' })
    .catch((one: unknown) => one);
  expect(error).toBeInstanceOf(CallError);
  expect((error as CallError).errors).toMatchObject([{ field: 'cursor' }]);
});
