/** Muted accounts: events of their orders are never delivered. */
import { randomUUID } from 'node:crypto';
import { startBench, until, type UpvestBench } from '../support/bench';
import { orderPlacement, placement } from '../support/client';
import { ScenarioOrders } from '../support/scenario-orders';

let bench: UpvestBench;
let scenarioOrders: ScenarioOrders;

beforeEach(async () => {
  bench = await startBench({ children: 2 });
  scenarioOrders = new ScenarioOrders(bench);
  await bench.client.subscribe(bench.receiver.url);
});
afterEach(() => bench.close());

const lostIds = (): string[] => bench.simulator.control.lostEvents().map(({ id }) => id);
const received = (): string[] => bench.receiver.events.map(({ id }) => id);

it('delivers no event of a muted account, including executions, and all events of others', async () => {
  const silent = await scenarioOrders.placed({ webhooks: 'none' });
  const other = await scenarioOrders.placed({});
  await scenarioOrders.ended(silent);
  await scenarioOrders.ended(other);
  await bench.simulator.control.whenDelivered();
  expect(lostIds()).toEqual(scenarioOrders.truth(silent).events.map(({ id }) => id));
  expect(received()).toEqual(scenarioOrders.truth(other).events.map(({ id }) => id));
  expect((await scenarioOrders.read(silent)).status).toBe('SETTLED');
});

it('never delivers events from the time the account was muted', async () => {
  const { control } = bench.simulator;
  const request = placement();
  const path = `/accounts/${String(request.account_id)}`;
  await bench.client.control('PUT', path, { scenario: 'WAITS_IN_FILLED', webhooks: 'none' });
  const { id } = (await bench.client.place(request)).json as { id: string };
  await scenarioOrders.ended(id, 'FILLED');
  await bench.client.control('PUT', path, { webhooks: 'all' });
  const lost = scenarioOrders.truth(id).events.map((event) => event.id);
  control.proceed(id);
  await control.whenDelivered();
  expect(lostIds()).toEqual(lost);
  expect(received()).toEqual(
    scenarioOrders
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

it('covers individual orders, rejected cancels and rebalancings', async () => {
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

it('counts an event only once if a disturbance would also lose it', async () => {
  bench.simulator.control.disturbWebhooks({ seed: 1, lose: 1 });
  const id = await scenarioOrders.placed({ webhooks: 'none' });
  await scenarioOrders.ended(id);
  expect(lostIds()).toEqual(scenarioOrders.truth(id).events.map((event) => event.id));
});
