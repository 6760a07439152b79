/** A cancel belongs to the order, not to one run of its workflow. */
import type { Stack } from '../../src/cli/dev-stack';
import { cancelUpdate } from '../../workflows/messages';
import { finished, startTestStack, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import {
  decide,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  handleOf,
  HELD_MS,
  intoLaterRun,
  place,
  tell,
  viewWhen,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({
    policies: { historyEventsPerRun: 12 },
    deadlines: { ...FAR_DEADLINES, cancel: { askAfterMs: 400, attentionAfter: { ms: 600_000 } } },
  });
});
afterEach(() => {
  stack.upvest.control.clearFaults();
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

const deletesOf = (id: string) =>
  stack.upvest.control
    .requests({ method: 'DELETE', path: '/portfolios/orders/{id}' })
    .filter(({ url }) => url.endsWith(id));

async function newOrder(): Promise<{ reference: string; id: string }> {
  const placed = await place(stack, { scenario: 'WAITS_IN_NEW' });
  await viewWhen(stack, placed.id, 'NEW', ({ status }) => status === 'NEW');
  return placed;
}

async function isCancelled({ reference, id }: { reference: string; id: string }) {
  const { order } = await finished(stack, reference);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.status).toBe('CANCELLED');
  expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
  return order;
}

it('a cancellation from the Temporal UI in a later run is a business cancel', async () => {
  const placed = await newOrder();
  await intoLaterRun(stack, placed.id, 2);
  await handleOf(stack, placed.id).cancel();
  const order = await isCancelled(placed);
  expect(order.run).toBeGreaterThan(2);
  expect(order.cancel?.actor).toBe('temporal');
  expect(deletesOf(placed.id)).toHaveLength(1);
});

it('one that was refused in an earlier run may be asked for again in a later one', async () => {
  const placed = await place(stack, { scenario: 'WAITS_IN_NEW', cancelAnswer: 409 });
  await viewWhen(stack, placed.id, 'NEW', ({ status }) => status === 'NEW');
  await handleOf(stack, placed.id).cancel();
  await viewWhen(stack, placed.id, 'CANCEL_REFUSED', ({ attention }) => attention.includes('CANCEL_REFUSED'));
  const { run } = await viewWhen(stack, placed.id, 'a view', () => true);
  await intoLaterRun(stack, placed.id, run);
  const { attention } = await viewWhen(stack, placed.id, 'a view', () => true);
  expect(attention).toEqual(['CANCEL_REFUSED']);
  stack.upvest.control.configureAccount(placed.accountId, {});
  await handleOf(stack, placed.id).cancel();
  await isCancelled(placed);
  expect(deletesOf(placed.id)).toHaveLength(2);
});

it('a DELETE under way holds the hand-over back, and is sent once', async () => {
  const placed = await newOrder();
  stack.upvest.control.delayAnswers({ method: 'DELETE', path: '/portfolios/orders', ms: HELD_MS });
  await decide(stack, placed.id, cancelUpdate);
  await until('the DELETE', () => deletesOf(placed.id).length === 1);
  const [event] = eventsOf(stack, placed.id, 'PORTFOLIO_ORDER.NEW');
  for (let copies = 0; copies < 12; copies += 1) await tell(stack, [event]);
  stack.upvest.control.clearFaults();
  await isCancelled(placed);
  expect(deletesOf(placed.id)).toHaveLength(1);
});

it('the wait for what comes of it goes on in the next run', async () => {
  const placed = await place(stack, { scenario: 'WAITS_IN_FILLED' });
  await viewWhen(stack, placed.id, 'FILLED', ({ status }) => status === 'FILLED');
  await decide(stack, placed.id, cancelUpdate);
  const before = await viewWhen(stack, placed.id, 'the wait', ({ waits }) =>
    waits.some(({ rule }) => rule === 'deadline:cancel'),
  );
  await intoLaterRun(stack, placed.id, before.run);
  const after = await viewWhen(stack, placed.id, 'a view', () => true);
  const sinceOf = ({ waits }: typeof after) => waits.find(({ rule }) => rule === 'deadline:cancel')?.since;
  expect(sinceOf(after)).toBe(sinceOf(before));
  stack.upvest.control.proceed(placed.id);
  const { order } = await finished(stack, placed.reference);
  expect(order.status).toBe('SETTLED');
});
