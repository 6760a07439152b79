/** The pause after a call that found the records database away. */
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';
import { createBreaker, type Breaker } from '../../src/records/breaker';
import { connectRecords } from '../../src/records/connect';
import { createOrderStore } from '../../src/records/orders/order-store';
import { openOrder, saveOf } from '../support/saved-orders';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('after a call that found the database away', () => {
  let time = 0;
  let calls = 0;
  let breaker: Breaker;
  beforeEach(() => {
    [time, calls] = [0, 0];
    breaker = createBreaker({ now: () => time, random: () => 0.5 });
  });
  const call = (outcome: () => Promise<string>): Promise<string> =>
    breaker(() => {
      calls += 1;
      return outcome();
    });
  const away = (): Promise<string> => Promise.reject(refused);
  const there = (): Promise<string> => Promise.resolve('there');

  it('further ones fail at once for five seconds, with the first cause', async () => {
    await expect(call(away)).rejects.toMatchObject({ name: 'RecordsUnavailable', cause: refused });
    time = 4_999;
    await expect(call(there)).rejects.toMatchObject({ name: 'RecordsUnavailable', cause: refused });
    expect(calls).toBe(1);
    time = 5_000;
    await expect(call(there)).resolves.toBe('there');
    await expect(call(there)).resolves.toBe('there');
    expect(calls).toBe(3);
  });

  it('a single one tries again, and begins another pause if it fails', async () => {
    await expect(call(away)).rejects.toThrow(RecordsUnavailable);
    time = 5_000;
    const trial = call(away);
    await expect(call(there)).rejects.toThrow(RecordsUnavailable);
    await expect(trial).rejects.toThrow(RecordsUnavailable);
    expect(calls).toBe(2);
    time = 9_999;
    await expect(call(there)).rejects.toThrow(RecordsUnavailable);
    time = 10_000;
    await expect(call(there)).resolves.toBe('there');
  });

  it.each([
    [0, 4_000],
    [0.999, 5_998],
  ])('the pause differs between processes: with %d it ends after %d ms', async (random, ends) => {
    breaker = createBreaker({ now: () => time, random: () => random });
    await expect(call(away)).rejects.toThrow(RecordsUnavailable);
    time = ends - 1;
    await expect(call(there)).rejects.toThrow(RecordsUnavailable);
    time = ends;
    await expect(call(there)).resolves.toBe('there');
  });

  it('an error of the query is an answer of a database that is there', async () => {
    const wrong = new Error('a fault of this program');
    await expect(call(() => Promise.reject(wrong))).rejects.toBe(wrong);
    await expect(call(there)).resolves.toBe('there');
    await expect(call(away)).rejects.toThrow(RecordsUnavailable);
    time = 5_000;
    await expect(call(() => Promise.reject(wrong))).rejects.toBe(wrong);
    await expect(call(there)).resolves.toBe('there');
  });

  it('saving and reading orders share it', async () => {
    // Nothing listens there.
    const db = connectRecords('postgresql://none@127.0.0.1:1/none');
    const store = createOrderStore(db, { breaker });
    const state = openOrder();
    await expect(store.save(saveOf(state))).rejects.toThrow(RecordsUnavailable);
    await db.destroy();
    // A call of the database would fail in another way now.
    await expect(store.read(state.record.portfolioOrderId)).rejects.toMatchObject({
      name: 'RecordsUnavailable',
      cause: { code: 'ECONNREFUSED' },
    });
  });
});
