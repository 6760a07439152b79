/** Watching orders: one question for all who watch the same, none while nobody does. */
import { createOrderWatch, lookAt, watchedName, type Look } from '../../src/http/order-watch';
import type { OrderStatusView } from '../../src/temporal/order-reader';
import { until } from '../support/until';

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
  const watch = createOrderWatch(look, EVERY_MS);
  const told: (Look | undefined)[][] = [[], [], []];
  const ends = told.map((looks) => watch.follow('a', (seen) => void looks.push(seen)));
  await until('three looks', () => told[0]?.length === 3);
  for (const end of ends) end();
  expect(names).toEqual(['a', 'a', 'a']);
  expect(told[1]).toEqual(told[0]);
  expect(told[2]).toEqual(told[0]);
});

it('asks no more when nobody watches, and again when somebody does', async () => {
  const { names, look } = asked();
  const watch = createOrderWatch(look, EVERY_MS);
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
  const watch = createOrderWatch(() => {
    questions += 1;
    return questions === 1
      ? Promise.reject(new Error('away'))
      : Promise.resolve({ phase: 'TRACKED' as const });
  }, EVERY_MS);
  const told: (Look | undefined)[] = [];
  const end = watch.follow('a', (seen) => void told.push(seen));
  await until('two answers', () => told.length >= 2);
  end();
  expect(told.slice(0, 2)).toEqual([undefined, lookAt({ phase: 'TRACKED' })]);
});

it('has one name for an order, however it was asked for', () => {
  const view: OrderStatusView = { phase: 'TRACKED', reference: 'mine', portfolioOrderId: 'id' };
  expect(watchedName('id', view)).toBe(watchedName('mine', view));
  expect(watchedName('id', { phase: 'TRACKED', portfolioOrderId: 'id' })).toBe('id');
});
