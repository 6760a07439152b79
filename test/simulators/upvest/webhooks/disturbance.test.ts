import type { Disturbance } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';
import { eventsOf, type ReceivedEvent } from '../support/webhook-receiver';

let bench: UpvestBench;

beforeEach(async () => {
  bench = await startBench();
  await bench.client.subscribe(bench.receiver.url);
});
afterEach(() => bench.close());

/** Runs one order to its end; returns its events as emitted. */
async function runOrder(): Promise<string[]> {
  const { control } = bench.simulator;
  const { id } = (await bench.client.place(placement())).json as { id: string };
  await until(() => control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
  await control.whenDelivered();
  return control.portfolioOrder(id).events.map((event) => event.id);
}

const idsOf = (events: { id: string }[]): string[] => events.map(({ id }) => id);
const sorted = (ids: string[]): string[] => [...ids].sort();
const momentsOf = (events: ReceivedEvent[]): number[] =>
  events.map(({ created_at: moment }) => Date.parse(moment));

/** Events ascend within every request, whatever the disturbance. */
function expectAscendingRequests(): void {
  for (const request of bench.receiver.requests) {
    const moments = momentsOf(eventsOf(request));
    expect(moments).toEqual([...new Set(moments)].sort((one, other) => one - other));
  }
}

describe('disturbed webhooks', () => {
  it('lose events, which the control plane lists', async () => {
    bench.simulator.control.disturbWebhooks({ seed: 1, lose: 0.3 });
    const emitted = await runOrder();
    const lost = idsOf(bench.simulator.control.lostEvents());
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(emitted.length);
    expect(idsOf(bench.receiver.events)).toEqual(emitted.filter((id) => !lost.includes(id)));
  });

  it('deliver some events a second time, in later requests', async () => {
    bench.simulator.control.disturbWebhooks({ seed: 2, duplicate: 0.4 });
    const emitted = await runOrder();
    const received = idsOf(bench.receiver.events);
    expect(received.length).toBeGreaterThan(emitted.length);
    expect([...new Set(received)]).toEqual(emitted);
    expectAscendingRequests();
  });

  it('are reordered across requests, each delivered once', async () => {
    bench.simulator.control.disturbWebhooks({ seed: 3, shuffle: 0.5 });
    const emitted = await runOrder();
    const received = idsOf(bench.receiver.events);
    expect(sorted(received)).toEqual(sorted(emitted));
    const overtaken = emitted.map(
      (id, place) =>
        emitted.slice(place).filter((later) => received.indexOf(later) < received.indexOf(id)).length,
    );
    expect(Math.max(...overtaken)).toBeGreaterThan(1);
    expect(Math.max(...overtaken)).toBeLessThanOrEqual(6);
    expectAscendingRequests();
  });

  it('delay events', async () => {
    bench.simulator.control.disturbWebhooks({ seed: 4, delay: { probability: 0.3, ms: 300 } });
    const emitted = await runOrder();
    const received = idsOf(bench.receiver.events);
    expect(received).not.toEqual(emitted);
    expect(sorted(received)).toEqual(sorted(emitted));
    expectAscendingRequests();
  });

  it('are split into one request per event', async () => {
    bench.simulator.control.disturbWebhooks({ seed: 5, split: 1 });
    const emitted = await runOrder();
    expect(bench.receiver.requests.map((request) => idsOf(eventsOf(request)))).toEqual(
      emitted.map((id) => [id]),
    );
  });

  it('affect the same events for the same seed, others for another seed', async () => {
    const placesOfLost = async (disturbance: Disturbance): Promise<number[]> => {
      const { control } = bench.simulator;
      control.disturbWebhooks(disturbance);
      const before = control.lostEvents().length;
      const emitted = await runOrder();
      const lost = idsOf(control.lostEvents().slice(before));
      return emitted.flatMap((id, place) => (lost.includes(id) ? [place] : []));
    };
    const first = await placesOfLost({ seed: 6, lose: 0.4 });
    expect(await placesOfLost({ seed: 6, lose: 0.4, duplicate: 0.5, shuffle: 0.5 })).toEqual(first);
    expect(await placesOfLost({ seed: 7, lose: 0.4 })).not.toEqual(first);
  });

  it('keep ascending order within requests after hold and regrouping', async () => {
    const { control } = bench.simulator;
    control.disturbWebhooks({ seed: 8, shuffle: 0.5 });
    control.holdWebhooks();
    const { id } = (await bench.client.place(placement())).json as { id: string };
    await until(() => control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
    await control.releaseWebhooks({ batches: 3 });
    expect(bench.receiver.requests).toHaveLength(3);
    expectAscendingRequests();
  });

  it('can be ended, also over HTTP', async () => {
    const { client } = bench;
    expect((await client.control('PUT', '/webhooks/disturbance', { seed: 9, lose: 1 })).status).toBe(200);
    const lost = await runOrder();
    expect(
      ((await client.control('GET', '/webhooks/lost')).json as { id: string }[]).map(({ id }) => id),
    ).toEqual(lost);
    expect((await client.control('DELETE', '/webhooks/disturbance')).status).toBe(200);
    const emitted = await runOrder();
    expect(idsOf(bench.receiver.events)).toEqual(emitted);
    expect((await client.control('PUT', '/webhooks/disturbance', { seed: 9, lose: 2 })).status).toBe(400);
  });
});

describe('schema drift', () => {
  it('adds fields to events, objects and responses, but not to the truth log', async () => {
    const { control } = bench.simulator;
    expect((await bench.client.control('PUT', '/drift', { unknownField: true })).status).toBe(200);
    await runOrder();
    for (const event of bench.receiver.events) {
      expect([event, event.object]).toMatchObject([{ added_by_drift: {} }, { added_by_drift: {} }]);
    }
    const { data } = (await bench.client.call('GET', '/portfolios/orders')).json as { data: object[] };
    expect(data).toMatchObject([{ added_by_drift: {}, orders: expect.any(Array) as unknown }]);
    const [truth] = control.portfolioOrders();
    expect(truth?.portfolioOrder).not.toHaveProperty('added_by_drift');
  });

  it('shows another status instead of PROCESSING', async () => {
    const { control } = bench.simulator;
    control.drift({ unknownStatus: 'IN_AUCTION' });
    await runOrder();
    const statuses = new Set(bench.receiver.events.map(({ object }) => object.status));
    expect(statuses).toEqual(new Set(['NEW', 'IN_AUCTION', 'FILLED', 'SETTLED']));
    control.changePace({ fillAfterMs: 60_000 });
    const { id } = (await bench.client.place(placement())).json as { id: string };
    await until(() =>
      control.portfolioOrder(id).portfolioOrder.orders.some(({ status }) => status === 'PROCESSING'),
    );
    const read = (await bench.client.call('GET', `/portfolios/orders/${id}`)).json;
    expect(read).toMatchObject({
      status: 'IN_AUCTION',
      orders: expect.arrayContaining([
        expect.objectContaining({ status: 'IN_AUCTION' }) as unknown,
      ]) as unknown,
    });
    expect(control.truth().map(({ status }) => status)).not.toContain('IN_AUCTION');
  });

  it('sends events of unknown type until it ends', async () => {
    const { control } = bench.simulator;
    control.drift({ unknownEventType: 'PORTFOLIO_ORDER.REVIEWED' });
    const emitted = await runOrder();
    const reviewed = bench.receiver.events.filter(({ type }) => type === 'PORTFOLIO_ORDER.REVIEWED');
    expect(reviewed).toHaveLength(4);
    expect(new Set(idsOf(bench.receiver.events)).size).toBe(emitted.length + 4);
    expectAscendingRequests();
    control.drift({});
    await runOrder();
    expect(bench.receiver.events).toHaveLength(2 * emitted.length + 4);
  });
});
