/** An account whose events nobody is told. */
import { randomUUID } from 'node:crypto';
import { startBench, until, type UpvestBench } from './support/upvest-bench';
import { orderPlacement, placement } from './support/upvest-client';
import { Lives } from './support/upvest-lives';

let bench: UpvestBench;
let lives: Lives;

beforeEach(async () => {
  bench = await startBench({ children: 2 });
  lives = new Lives(bench);
  await bench.client.subscribe(bench.receiver.url);
});
afterEach(() => bench.close());

const lostIds = (): string[] => bench.simulator.control.lostEvents().map(({ id }) => id);
const received = (): string[] => bench.receiver.events.map(({ id }) => id);

it('delivers nothing of the account, executions included, and everything of others', async () => {
  const silent = await lives.placed({ webhooks: 'none' });
  const other = await lives.placed({});
  await lives.ended(silent);
  await lives.ended(other);
  await bench.simulator.control.whenDelivered();
  expect(lostIds()).toEqual(lives.truth(silent).events.map(({ id }) => id));
  expect(received()).toEqual(lives.truth(other).events.map(({ id }) => id));
  expect((await lives.read(silent)).status).toBe('SETTLED');
});

it('loses for good what came up before it was switched on again', async () => {
  const { control } = bench.simulator;
  const request = placement();
  const path = `/accounts/${String(request.account_id)}`;
  await bench.client.control('PUT', path, { scenario: 'WAITS_IN_FILLED', webhooks: 'none' });
  const { id } = (await bench.client.place(request)).json as { id: string };
  await lives.ended(id, 'FILLED');
  await bench.client.control('PUT', path, { webhooks: 'all' });
  const lost = lives.truth(id).events.map((event) => event.id);
  control.proceed(id);
  await control.whenDelivered();
  expect(lostIds()).toEqual(lost);
  expect(received()).toEqual(
    lives
      .truth(id)
      .events.map((event) => event.id)
      .filter((eventId) => !lost.includes(eventId)),
  );
  expect(bench.receiver.events.map(({ type }) => type)).toEqual([
    'EXECUTION.SETTLED',
    'EXECUTION.SETTLED',
    'PORTFOLIO_ORDER.SETTLED',
  ]);
});

it('covers individual orders, refused cancels and rebalancings', async () => {
  const { control } = bench.simulator;
  const account_id = randomUUID();
  control.configureAccount(account_id, { webhooks: 'none' });
  const { id } = (await bench.client.placeOrder(orderPlacement({ account_id }))).json as { id: string };
  const settled = (): boolean =>
    control.truth().some((entry) => entry.orderId === id && entry.status === 'SETTLED');
  await until(settled);
  await bench.client.call('DELETE', `/orders/${id}`);
  await bench.client.rebalance({ accounts: [account_id] });
  await until(() =>
    control.truth().some((one) => one.kind === 'PORTFOLIO_ORDER' && one.status === 'SETTLED'),
  );
  await control.whenDelivered();
  expect(received()).toEqual([]);
  expect(lostIds()).toEqual(control.truth().map(({ eventId }) => eventId));
  expect(new Set(control.truth().map(({ kind }) => kind)).size).toBe(5);
});

it('loses what a disturbance would have lost only once', async () => {
  bench.simulator.control.disturbWebhooks({ seed: 1, lose: 1 });
  const id = await lives.placed({ webhooks: 'none' });
  await lives.ended(id);
  expect(lostIds()).toEqual(lives.truth(id).events.map((event) => event.id));
});
