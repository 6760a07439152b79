import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench({ children: 2 });
});
afterAll(() => bench.close());

describe('the truth log', () => {
  it('lists every status of every object in order, with the event that reports it', async () => {
    const { control } = bench.simulator;
    const request = placement();
    control.configureAccount(String(request.account_id), { scenario: 'LAGGING_TYPE' });
    const { id } = (await bench.client.place(request)).json as { id: string };
    await until(() => control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
    const truth = control.truth();
    const { events, orders } = control.portfolioOrder(id);
    // In the log at once, although its event was late.
    expect(truth[0]).toMatchObject({ kind: 'PORTFOLIO_ORDER', id, status: 'NEW' });
    expect(truth.filter((entry) => entry.id === id).map(({ status }) => status)).toEqual([
      'NEW',
      'PROCESSING',
      'FILLED',
      'SETTLED',
    ]);
    for (const order of orders) {
      const own = truth.filter((entry) => entry.id === order.id || entry.orderId === order.id);
      expect(own.map(({ kind, status }) => `${kind}.${status}`)).toEqual([
        'ORDER.NEW',
        'ORDER.PROCESSING',
        'EXECUTION.FILLED',
        'ORDER.FILLED',
        'EXECUTION.SETTLED',
      ]);
      expect(own[2]?.id).toBe(order.executions[0]?.id);
    }
    expect(new Set(truth.map(({ portfolioOrderId }) => portfolioOrderId))).toEqual(new Set([id]));
    expect(truth.map(({ eventId }) => eventId).sort()).toEqual(events.map((event) => event.id).sort());
    const moments = truth.map(({ at }) => Date.parse(at));
    expect(moments).toEqual([...new Set(moments)].sort((one, other) => one - other));
    expect((await bench.client.control('GET', '/truth')).json).toEqual(truth);
  });
});
