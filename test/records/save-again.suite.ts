/** The save in one statement stores what the transaction stores, on whatever database it runs. */
import type { OrderSave } from '../../src/app/ports/order-store';
import type { OrderState } from '../../src/domain/order-state/state';
import type { RecordsDatabase } from '../../src/records/connect';
import { createOrderStore } from '../../src/records/orders/order-store';
import { saveAgain } from '../../src/records/orders/save-again';
import { saveOrder } from '../../src/records/orders/save-order';
import {
  accepted,
  closed,
  emptyRecords,
  finishOf,
  inFlight,
  openOrder,
  saveOf,
  settled,
} from '../support/saved-orders';

type Save = (order: OrderSave) => Promise<unknown>;

export function describeSaveAgain(records: () => RecordsDatabase): void {
  describe('saving an order again', () => {
    const db = (): RecordsDatabase => records();
    beforeEach(() => emptyRecords(db()));

    const byTransaction: Save = (order) =>
      db()
        .transaction()
        .execute((transaction) => saveOrder(transaction, order));
    const inOneStatement: Save = async (order) => {
      const result = await saveAgain(db(), order);
      if (result === undefined) throw new Error(`version ${order.version} is no save in one statement`);
      return result;
    };

    async function stored(): Promise<object> {
      const orders = await db().selectFrom('orders').selectAll().execute();
      const events = await db().selectFrom('order_events').selectAll().orderBy('event_id').execute();
      return {
        orders: orders.map(({ id: _, ...order }) => order),
        children: await db().selectFrom('order_children').selectAll().orderBy('order_id').execute(),
        events: events.map(({ built_at: _, ...event }) => event),
      };
    }

    function refused(state: OrderState): OrderState {
      const { inFlight: events, ...emission } = inFlight(state).emission;
      const refusal = { message: 'No', at: '2026-03-02T09:00:07.000Z' };
      return {
        ...state,
        emission: { ...emission, inFlight: [], refused: events.map((event) => ({ ...event, refusal })) },
      };
    }

    it.each(['SP-1', undefined])('stores the same (reference: %s)', async (reference) => {
      const portfolioOrderId = '0f1e2d3c-4b5a-4697-8877-665544332211';
      const state = openOrder({ portfolioOrderId, ...(reference !== undefined && { reference }) });
      const sent = inFlight(state);
      const next = settled(accepted(sent));
      const saves = [
        // Answered while the database was away.
        { state: accepted(sent), events: sent.emission.inFlight },
        { state: sent },
        { state: accepted(sent) },
        { state: refused(next) },
        { state: inFlight(next) },
        { state: accepted(inFlight(next)) },
      ].map((one, index) => ({
        ...saveOf(one.state, { version: 20 + 10 * index, basedOn: 10 + 10 * index }),
        ...one,
      }));
      const after = async (save: Save): Promise<object[]> => {
        await emptyRecords(db());
        await byTransaction(saveOf(state, { version: 10 }));
        const steps: object[] = [];
        for (const one of saves) {
          expect(await save(one)).toEqual({ outcome: 'saved', changedEvents: [] });
          steps.push(await stored());
        }
        return steps;
      };
      expect(await after(inOneStatement)).toEqual(await after(byTransaction));
    });

    it('leaves the first bytes of an event, and names it', async () => {
      const state = openOrder();
      await byTransaction(saveOf(inFlight(state), { version: 10 }));
      const before = await stored();
      const changed = inFlight(state, '{"status":"other"}');
      const [event] = changed.emission.inFlight;
      expect(await inOneStatement(saveOf(changed, { version: 20, basedOn: 10 }))).toEqual({
        outcome: 'saved',
        changedEvents: [event?.id],
      });
      expect(await stored()).toMatchObject({ events: (before as { events: object[] }).events });
    });

    it.each<[string, (state: OrderState) => OrderSave]>([
      ['the first save', (state) => saveOf(state, { version: 20, basedOn: 0 })],
      ['a stored version of another run', (state) => saveOf(state, { version: 20, basedOn: 9 })],
      ['a decision', (state) => saveOf(closed(state), { version: 20, basedOn: 10 })],
      ['a final record', (state) => finishOf(state, { version: 20, basedOn: 10 })],
      [
        'a reference that the row lacks',
        ({ record }) => saveOf(openOrder({ ...record, reference: 'SP-2' }), { version: 20, basedOn: 10 }),
      ],
    ])('leaves %s to the transaction', async (_, saveOfState) => {
      const state = openOrder();
      await byTransaction(saveOf(state, { version: 10 }));
      const before = await stored();
      const save = saveOfState(state);
      expect(await saveAgain(db(), save)).toBeUndefined();
      expect(await stored()).toEqual(before);
    });

    it('is what the store does as a rule', async () => {
      const state = openOrder();
      const store = createOrderStore(db());
      await store.save(saveOf(state, { version: 10 }));
      const transactions = jest.spyOn(db(), 'transaction');
      await store.save(saveOf(inFlight(state), { version: 20, basedOn: 10 }));
      const { basedOn: _, ...answered } = saveOf(accepted(inFlight(state)), { version: 21 });
      await store.save(answered);
      expect(transactions).not.toHaveBeenCalled();
      await store.save(saveOf(closed(state), { version: 30, basedOn: 21 }));
      expect(transactions).toHaveBeenCalledTimes(1);
      transactions.mockRestore();
    });
  });
}
