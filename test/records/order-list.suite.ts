/** The list of orders in SQL: filters, sorts, pages, counts. */
import type { OrderFilter, OrderSort, OrderSummary } from '../../src/app/ports/order-list';
import { UnreadablePosition } from '../../src/app/ports/order-list';
import type { RecordsDatabase } from '../../src/records/connect';
import { createOrderIndex } from '../../src/records/lists/order-index';
import { createRegistry } from '../../src/records/registry/registry';
import { newClaim } from '../support/claims';
import { at, openOrder, rejectedOrder, settledOrder, store } from './listed-orders';

const ACCOUNT = '5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01';
const ORDER_ID = '4d3e91c2-0b8f-4a0e-9f43-5c4f3a7e2b10';
const CHILD_ID = 'c0ffee00-0b8f-4a0e-9f43-5c4f3a7e2b10';

export function describeOrderList(records: () => RecordsDatabase): void {
  describe('the list of orders', () => {
    const index = () => createOrderIndex(records());
    const name = ({ reference = '' }: OrderSummary): string => reference;
    const names = async (filter: OrderFilter, sort?: OrderSort): Promise<string[]> =>
      (await index().page(filter, sort, { limit: 100 })).orders.map(name);

    beforeAll(async () => {
      await store(records(), {
        'old.open': openOrder({ opened_at: at('08:00'), attention: ['PROCESSING_OVERDUE', 'MISTRADE'] }),
        'new.open': openOrder({ opened_at: at('11:00'), status: 'NEW', type: 'SELL', ordered: '250.5' }),
        placing: openOrder({
          ...{ phase: 'HANDING_OVER', status: null, portfolio_order_id: null, account_id: ACCOUNT },
          opened_at: at('09:30'),
        }),
        unknown: openOrder({
          ...{ phase: 'UNKNOWN', status: null, portfolio_order_id: null, attention: ['PLACEMENT_UNKNOWN'] },
          opened_at: at('09:20'),
        }),
        'first.done': settledOrder({ settled_at: at('09:50'), finished_at: at('10:00'), ordered: '1000' }),
        'last.done': settledOrder({
          ...{ settled_at: at('11:00'), finished_at: at('12:00'), changed_at: at('13:00') },
          ...{ portfolio_order_id: ORDER_ID, account_id: ACCOUNT, ordered: '99.99' },
        }),
        cancelled: settledOrder({
          ...{ status: 'CANCELLED', settled_at: null, finished_at: at('11:00'), ordered: null },
          ...{ type: 'REBALANCING', attention: ['CANCELLED_BY_BROKER'] },
        }),
        rejected: rejectedOrder({ finished_at: at('10:30'), portfolio_order_id: null }),
        'not-placed': rejectedOrder({
          ...{ phase: 'NOT_PLACED', finished_at: at('10:40'), portfolio_order_id: null },
        }),
      });
      await records()
        .insertInto('order_children')
        .values({ order_id: CHILD_ID, portfolio_order_id: ORDER_ID })
        .execute();
    });

    const OPEN = ['new.open', 'placing', 'unknown', 'old.open'];
    const FINISHED = ['last.done', 'cancelled', 'not-placed', 'rejected', 'first.done'];

    it('has open orders, newest first, then finished ones, most recently finished first', async () => {
      expect(await names({})).toEqual([...OPEN, ...FINISHED]);
    });

    it.each<[string, OrderFilter, string[]]>([
      ['open', { open: true }, OPEN],
      ['finished', { open: false }, FINISHED],
      ['a status', { status: 'SETTLED' }, ['last.done', 'first.done']],
      ['a phase', { phase: 'TRACKED' }, ['new.open', 'old.open']],
      ['a phase of two', { phase: 'REFUSED' }, ['not-placed', 'rejected']],
      ['a phase that the handoff belongs to', { phase: 'PLACING' }, ['placing']],
      ['finished as a phase', { phase: 'FINISHED' }, ['last.done', 'cancelled', 'first.done']],
      ['a phase that contradicts', { phase: 'TRACKED', open: false }, []],
      ['a type', { type: 'SELL' }, ['new.open']],
      ['any attention', { attention: 'any' }, ['unknown', 'old.open', 'cancelled']],
      ['an attention', { attention: 'MISTRADE' }, ['old.open']],
      ['an attention of no order', { attention: 'MISTRAD' }, []],
      ['an account', { accountId: ACCOUNT }, ['placing', 'last.done']],
      ['an account in capitals', { accountId: ACCOUNT.toUpperCase() }, ['placing', 'last.done']],
      ['a reference', { reference: 'placing' }, ['placing']],
      ['the beginning of a reference', { reference: 'plac' }, []],
      ['an amount from', { amount: { from: '250.50' } }, ['new.open', 'first.done']],
      ['an amount to', { amount: { to: '99.990' } }, ['last.done']],
      ['an amount from and to', { amount: { from: '100', to: '250.5' }, open: true }, OPEN],
      ['status and account', { status: 'SETTLED', accountId: ACCOUNT }, ['last.done']],
    ])('filters by %s', async (_what, filter, expected) => {
      expect(await names(filter)).toEqual(expected);
      expect(await index().count(filter)).toBe(expected.length);
    });

    it.each<[string, OrderFilter, string[]]>([
      [
        'opened',
        { times: { opened: { from: at('09:20'), to: at('11:00') } }, open: true },
        ['placing', 'unknown'],
      ],
      ['changed', { times: { changed: { from: at('13:00') } } }, ['last.done']],
      ['settled', { times: { settled: { to: at('11:00') } } }, ['first.done']],
      ['finished', { times: { finished: { from: at('10:40') } } }, ['last.done', 'cancelled', 'not-placed']],
    ])('filters by when it was %s: from is included, to is not', async (_what, filter, expected) => {
      expect(await names(filter)).toEqual(expected);
      expect(await index().count(filter)).toBe(expected.length);
    });

    it('is sorted by the time that filters it', async () => {
      const filter: OrderFilter = { times: { opened: { from: at('09:00') } } };
      expect((await names(filter)).slice(0, 3)).toEqual(['new.open', 'placing', 'unknown']);
      expect((await names(filter)).at(-1)).toBe('first.done');
    });

    it.each<[OrderSort['by'], string[]]>([
      ['opened', ['new.open', 'placing', 'unknown']],
      ['changed', ['last.done']],
      ['amount', ['first.done', 'new.open']],
      ['settled', ['last.done', 'first.done']],
      ['finished', FINISHED],
    ])('sorts by %s, descending', async (by, first) => {
      const sorted = await names({}, { by, direction: 'desc' });
      expect(sorted.slice(0, first.length)).toEqual(first);
      expect(sorted).toHaveLength(9);
    });

    it.each<[OrderSort['by'], string[]]>([
      ['opened', ['old.open']],
      ['amount', ['last.done']],
      ['settled', ['first.done', 'last.done']],
      ['finished', [...FINISHED].reverse()],
    ])('sorts by %s, ascending', async (by, first) => {
      const sorted = await names({}, { by, direction: 'asc' });
      expect(sorted.slice(0, first.length)).toEqual(first);
      expect(sorted).toHaveLength(9);
    });

    it('has orders without the value that sorts last, whatever the direction', async () => {
      expect((await names({}, { by: 'amount', direction: 'asc' })).at(-1)).toBe('cancelled');
      expect((await names({}, { by: 'amount', direction: 'desc' })).at(-1)).toBe('cancelled');
      expect((await names({}, { by: 'finished', direction: 'asc' })).slice(-4)).toEqual(OPEN);
    });

    describe('searched', () => {
      it.each([
        ['the beginning of references, in their order', 'p', ['placing']],
        ['a whole reference', 'last.done', ['last.done']],
        ['a character that is a wildcard elsewhere', '_', []],
        ['the id of an order', ORDER_ID, ['last.done']],
        ['the id of an order in capitals', ORDER_ID.toUpperCase(), ['last.done']],
        ['the id of a child order', CHILD_ID, ['last.done']],
        ['the id of an account', ACCOUNT, ['placing', 'last.done']],
        ['an unknown id', '00000000-0000-4000-8000-000000000000', []],
      ])('finds %s', async (_what, search, expected) => {
        expect(await names({ search })).toEqual(expected);
        expect(await index().count({ search })).toBe(expected.length);
      });

      it('has other filters as well', async () => {
        expect(await names({ search: ACCOUNT, open: true })).toEqual(['placing']);
        expect(await names({ search: ORDER_ID, open: true })).toEqual([]);
        expect(await names({ search: ACCOUNT, accountId: CHILD_ID })).toEqual([]);
        expect(await names({ search: ACCOUNT, accountId: ACCOUNT })).toEqual(['placing', 'last.done']);
      });

      it('sorts by reference where it is the beginning of many', async () => {
        await store(records(), { 'many-2': {}, 'many-10': {}, 'many-1': {}, 'Many-3': {} });
        expect(await names({ search: 'many-' })).toEqual(['many-1', 'many-10', 'many-2']);
        await records().deleteFrom('orders').where('reference', 'ilike', 'many-%').execute();
      });
    });

    describe('with interrupted orders', () => {
      const interrupted = { portfolioOrderIds: [ORDER_ID], references: ['placing', 'last.done'] };
      it('has only them', async () => {
        // The reference of an order is not that of its placement.
        expect(await names({ interrupted })).toEqual(['placing', 'last.done']);
        expect(await names({ interrupted: { portfolioOrderIds: [], references: [] } })).toEqual([]);
      });

      it('has one that was placed and ended before its first save, by the row of its reference', async () => {
        const claim = newClaim({ reference: 'not.saved.yet' });
        const portfolioOrderId = '99999999-0000-4000-8000-000000000001';
        const placed = { ...claim.view, phase: 'PLACED' as const, portfolioOrderId };
        await createRegistry(records()).save({ ...claim, view: placed }, Date.parse(at('12:30')));
        const { orders } = await index().page(
          { interrupted: { portfolioOrderIds: [portfolioOrderId], references: [] } },
          undefined,
          { limit: 10 },
        );
        expect(orders).toMatchObject([
          { reference: 'not.saved.yet', portfolioOrderId, phase: 'HANDING_OVER' },
        ]);
        await records().deleteFrom('orders').where('reference', '=', 'not.saved.yet').execute();
      });

      it('has them among those with any attention', async () => {
        const filter: OrderFilter = { attention: 'any', interrupted };
        expect(await names(filter)).toEqual(['placing', 'unknown', 'old.open', 'last.done', 'cancelled']);
        expect(await index().count(filter)).toBe(5);
      });
    });

    describe('in pages', () => {
      const sorts: (OrderSort | undefined)[] = [
        undefined,
        ...(['opened', 'changed', 'settled', 'finished', 'amount'] as const).flatMap((by) => [
          { by, direction: 'asc' as const },
          { by, direction: 'desc' as const },
        ]),
      ];
      it.each(sorts)('has every order once, sorted by %j', async (sort) => {
        const seen: string[] = [];
        for (let cursor: string | undefined; ;) {
          const { orders, next } = await index().page({}, sort, { limit: 2, ...(cursor && { cursor }) });
          seen.push(...orders.map(name));
          if (next === undefined) break;
          expect(orders).toHaveLength(2);
          cursor = next;
        }
        expect(seen).toEqual(await names({}, sort));
        expect(seen).toHaveLength(9);
      });

      it('ends without a position after exactly the last order', async () => {
        expect(await index().page({}, undefined, { limit: 9 })).not.toHaveProperty('next');
      });

      it('has every later order once although others come and go', async () => {
        const first = await index().page({}, undefined, { limit: 5 });
        expect(first.orders.map(name)).toEqual([...OPEN, 'last.done']);
        await store(records(), {
          between: openOrder({ opened_at: at('12:00') }),
          'newest.done': settledOrder({ finished_at: at('14:00') }),
        });
        const second = await index().page({}, undefined, { limit: 100, cursor: first.next ?? '' });
        expect(second.orders.map(name)).toEqual(FINISHED.slice(1));
        await records().deleteFrom('orders').where('reference', 'in', ['between', 'newest.done']).execute();
      });

      it('has orders of the same instant once, in the order of their rows', async () => {
        const same = openOrder({ opened_at: '2027-01-01T00:00:00.000123Z' });
        await store(records(), { 'same-1': same, 'same-2': same, 'same-3': same });
        const first = await index().page({ open: true }, undefined, { limit: 2 });
        const second = await index().page({ open: true }, undefined, { limit: 2, cursor: first.next ?? '' });
        expect([...first.orders, ...second.orders].map(name)).toEqual([
          ...['same-3', 'same-2', 'same-1'],
          'new.open',
        ]);
        await records().deleteFrom('orders').where('reference', 'like', 'same-%').execute();
      });

      const position = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      it.each([
        ['no JSON', 'AAAA'],
        ['no list', position({ part: 0 })],
        ['a part that is not there', position([2, '2026-01-01 00:00:00+00', 1])],
        ['no time', position([0, '1 or 1=1', 1])],
        ['a time that is none', position([0, '2026-99-99 00:00:00+00', 1])],
        ['no id', position([0, '2026-01-01 00:00:00+00', '1'])],
        ['an id that is too large', position([0, '2026-01-01 00:00:00+00', 2 ** 60])],
      ])('refuses a position that is %s', async (_what, cursor) => {
        await expect(index().page({}, undefined, { limit: 2, cursor })).rejects.toBeInstanceOf(
          UnreadablePosition,
        );
      });
    });

    it('shows of an order what its row has', async () => {
      await store(records(), {
        whole: openOrder({
          ...{ held: 'FIRST_SEEN_FINISHED', children: 5, children_final: 4, executions: 6 },
          ...{ executions_settled: 3, executions_cancelled: 1, settlement_due: at('4T17:00') },
          ...{ pending_events: 2, pending_since: at('09:10'), next_try_at: at('09:40') },
          ...{ esw_error: 'ESW answered 503.', esw_failing_since: at('09:11') },
          ...{ attention: ['REGRESSION', 'MISTRADE'], waiting_for: 'An answer of ESW.' },
        }),
      });
      const { orders } = await index().page({ reference: 'whole' }, undefined, { limit: 1 });
      expect(orders).toEqual([
        {
          reference: 'whole',
          portfolioOrderId: 'id-of-whole',
          phase: 'TRACKED',
          status: 'PROCESSING',
          type: 'BUY',
          accountId: '00000000-0000-4000-8000-00000000000a',
          cashAmount: '100.00',
          currency: 'EUR',
          attention: ['MISTRADE', 'REGRESSION'],
          troubles: [{ partner: 'esw', since: at('09:11'), error: 'ESW answered 503.' }],
          nextTryAt: at('09:40'),
          waitingFor: 'An answer of ESW.',
          held: 'FIRST_SEEN_FINISHED',
          progress: { orders: 5, final: 4, executions: 6, settled: 3, cancelled: 1 },
          totals: { executed: '99.00', settled: '99.00', fees: '0.99', taxes: '0' },
          pending: { events: 2, since: at('09:10') },
          settlementDue: at('4T17:00'),
          openedAt: at('09:00'),
          changedAt: at('10:00'),
        },
      ]);
      await records().deleteFrom('orders').where('reference', '=', 'whole').execute();
    });

    it('shows an order as tracked until its final record is stored', async () => {
      await store(records(), { 'last.word': openOrder({ phase: 'FINISHED', status: 'SETTLED' }) });
      const phases = async (filter: OrderFilter) =>
        (await index().page({ reference: 'last.word', ...filter }, undefined, { limit: 1 })).orders.map(
          ({ phase }) => phase,
        );
      expect(await phases({})).toEqual(['TRACKED']);
      expect(await phases({ phase: 'TRACKED' })).toEqual(['TRACKED']);
      expect(await phases({ phase: 'FINISHED' })).toEqual([]);
      await records().deleteFrom('orders').where('reference', '=', 'last.word').execute();
    });

    it('shows of a placement without an order what the client requested', async () => {
      const { orders } = await index().page({ reference: 'unknown' }, undefined, { limit: 1 });
      expect(orders[0]).not.toHaveProperty('progress');
      expect(orders[0]).not.toHaveProperty('totals');
      expect(orders[0]).toMatchObject({ phase: 'UNKNOWN', cashAmount: '100.00', currency: 'EUR' });
    });

    it('cannot have a finished order without the time, nor an open one with it', async () => {
      const wrong = [openOrder({ finished_at: at('10:00') }), rejectedOrder({ finished_at: null })];
      for (const row of wrong)
        await expect(store(records(), { wrong: row })).rejects.toThrow(/check constraint/);
    });
  });
}
