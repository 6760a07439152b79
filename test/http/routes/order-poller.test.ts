/** Watching orders: one question for all watchers of an order, none without watchers. */
import {
  createOrderPoller,
  takeSnapshot,
  watchedName,
  type Snapshot,
} from '../../../src/http/routes/order-poller';
import type { OrderStatusView } from '../../../src/app/orders/read';
import { until } from '../../support/until';

const EVERY_MS = 20;

/** An order that changes with each question, and the names it was asked for by. */
function asked() {
  const names: string[] = [];
  const look = (name: string): Promise<OrderStatusView> => {
    names.push(name);
    return Promise.resolve({ phase: 'TRACKED', reference: `${name} ${names.length}` });
  };
  return { names, look };
}

it('asks once for all who watch one order, and tells all of them', async () => {
  const { names, look } = asked();
  const watch = createOrderPoller(look, EVERY_MS);
  const received: (Snapshot | undefined)[][] = [[], [], []];
  const ends = received.map((looks) => watch.follow('a', (seen) => void looks.push(seen)));
  await until('three looks', () => received[0]?.length === 3);
  for (const end of ends) end();
  expect(names).toEqual(['a', 'a', 'a']);
  expect(received[1]).toEqual(received[0]);
  expect(received[2]).toEqual(received[0]);
});

it('stops asking without watchers, and asks again with a new one', async () => {
  const { names, look } = asked();
  const watch = createOrderPoller(look, EVERY_MS);
  let looks = 0;
  const once = async (): Promise<void> => {
    const before = looks;
    const end = watch.follow('a', () => void (looks += 1));
    await until('a look', () => looks > before);
    end();
  };
  await once();
  const { length } = names;
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS * 5));
  expect(names).toHaveLength(length);
  await once();
  expect(names.length).toBe(length + 1);
});

it('goes on after a question without an answer', async () => {
  let questions = 0;
  const watch = createOrderPoller(() => {
    questions += 1;
    return questions === 1
      ? Promise.reject(new Error('away'))
      : Promise.resolve({ phase: 'TRACKED' as const });
  }, EVERY_MS);
  const received: (Snapshot | undefined)[] = [];
  const end = watch.follow('a', (seen) => void received.push(seen));
  await until('two answers', () => received.length >= 2);
  end();
  expect(received.slice(0, 2)).toEqual([undefined, takeSnapshot({ phase: 'TRACKED' })]);
});

it('has one name for an order, however it was asked for', () => {
  const view: OrderStatusView = { phase: 'TRACKED', reference: 'mine', portfolioOrderId: 'id' };
  expect(watchedName('id', view)).toBe(watchedName('mine', view));
  expect(watchedName('id', { phase: 'TRACKED', portfolioOrderId: 'id' })).toBe('id');
});
