import type { UpvestSimulatorOptions } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';
import { eventsOf, WebhookReceiver } from '../support/webhook-receiver';
import { isSigned } from '../support/webhook-verification';

let bench: UpvestBench;

afterEach(() => bench.close());

async function start(options: Partial<UpvestSimulatorOptions> = {}): Promise<UpvestBench> {
  bench = await startBench(options);
  return bench;
}

async function runOrder(): Promise<string[]> {
  const { control } = bench.simulator;
  const { id } = (await bench.client.place(placement())).json as { id: string };
  await until(() => control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
  return control.portfolioOrder(id).events.map((event) => event.id);
}

describe('webhook list', () => {
  it('is in order of creation, whatever the length of second fractions', async () => {
    // Signatures expire by the simulator’s clock: at its usual speed a slow machine is late.
    const { client, receiver } = await start({ pace: { secondMs: 1_000 } });
    const body = { title: 'x', url: receiver.url };
    // Created in quick succession, so that some timestamps end in a zero.
    await Promise.all(Array.from({ length: 40 }, () => client.call('POST', '/webhooks', { body })));
    const { json } = await client.call('GET', '/webhooks');
    const times = (json as { data: { created_at: string }[] }).data.map((one) => Date.parse(one.created_at));
    expect(times).toHaveLength(40);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('failing deliveries', () => {
  it('back off up to 600 seconds and never give up', async () => {
    const { client, receiver, simulator } = await start({ pace: { secondMs: 0 } });
    await client.subscribe(receiver.url);
    receiver.statuses = Array<number>(16).fill(503);
    const emitted = await runOrder();
    await simulator.control.whenDelivered();
    const waits = simulator.control.deliveries().map(({ retryInSeconds }) => retryInSeconds);
    expect(waits.slice(0, 17)).toEqual([
      ...[1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 600, 600, 600],
      undefined,
    ]);
    expect(new Set(waits.slice(17))).toEqual(new Set([undefined]));
    expect(receiver.events.map(({ id }) => id)).toEqual(emitted);
  });

  it('block later events of the same webhook only', async () => {
    const { client, receiver } = await start();
    const failing = await WebhookReceiver.start();
    failing.statuses = Array<number>(1000).fill(500);
    await client.subscribe(failing.url);
    await client.subscribe(receiver.url);
    const emitted = await runOrder();
    await until(() => receiver.events.length === emitted.length);
    expect(new Set(failing.requests.map(({ body }) => body.toString())).size).toBe(1);
    failing.statuses = [];
    await until(() => failing.events.length === emitted.length);
    await failing.close();
  });

  it('can get a new signature each time', async () => {
    const { client, receiver, simulator } = await start({ resignRedeliveries: true });
    await client.subscribe(receiver.url);
    receiver.statuses = [503, 503];
    await runOrder();
    await simulator.control.whenDelivered();
    const attempts = receiver.requests.slice(0, 3);
    expect(new Set(attempts.map(({ body }) => body.toString())).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers['signature-input'])).size).toBe(3);
    expect(await Promise.all(attempts.map((request) => isSigned(request, client)))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

it('a longer delay collects more events per request', async () => {
  const { client, receiver } = await start({ pace: { secondMs: 50 } });
  await client.subscribe(receiver.url, { delay: '30s', max_package_size: 1_048_576 });
  const emitted = await runOrder();
  expect(receiver.requests).toEqual([]);
  await until(() => receiver.requests.length > 0);
  expect(receiver.requests.map((request) => eventsOf(request).map(({ id }) => id))).toEqual([emitted]);
});

describe('webhook signatures', () => {
  it('support version 15', async () => {
    const { client, receiver, simulator } = await start({ webhookSignatureVersion: 15 });
    await client.subscribe(receiver.url);
    await simulator.control.sendRaw({ events: [] });
    await simulator.control.sendRaw({ events: [], tamper: { digest: 'corrupt' } });
    const [good, bad] = receiver.requests;
    expect(good?.headers).toMatchObject({ 'upvest-signature-version': '15' });
    expect(good?.headers).not.toHaveProperty('digest');
    expect(good && (await isSigned(good, client))).toBe(true);
    expect(bad && (await isSigned(bad, client))).toBe(false);
  });

  it('can drop the old key on rotation', async () => {
    const { client, receiver, simulator } = await start();
    await client.subscribe(receiver.url);
    await simulator.control.sendRaw({ events: [] });
    const keysOf = (answer: { json: unknown }): string[] =>
      (answer.json as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    expect(keysOf(await client.call('GET', '/auth/verify_keys'))).toHaveLength(1);
    const rotated = await client.control('POST', '/webhooks/rotate-key');
    expect(keysOf(await client.call('GET', '/auth/verify_keys'))).toHaveLength(2);
    const dropped = await client.control('POST', '/webhooks/rotate-key', { keepOld: false });
    const { keyId } = dropped.json as { keyId: string };
    expect(keysOf(await client.call('GET', '/auth/verify_keys'))).toEqual([keyId]);
    expect((rotated.json as { keyId: string }).keyId).not.toBe(keyId);
    await simulator.control.sendRaw({ events: [] });
    const signed = await Promise.all(receiver.requests.map((request) => isSigned(request, client)));
    expect(signed).toEqual([false, true]);
  });
});

describe('success status codes', () => {
  it('are configurable', async () => {
    const { client, receiver } = await start({
      placementStatus: 202,
      cancelStatus: 204,
      webhookCreationStatus: 200,
      webhookTestStatus: 202,
    });
    const created = await client.call('POST', '/webhooks', { body: { title: 'x', url: receiver.url } });
    expect(created.status).toBe(200);
    const { id } = created.json as { id: string };
    const tested = await client.call('POST', `/webhooks/${id}/test`);
    expect([tested.status, tested.text]).toEqual([202, '']);
    await until(() => receiver.events.some(({ type }) => type === 'WEBHOOK.TEST'));
    const placed = await client.place(placement());
    expect([placed.status, placed.json]).toMatchObject([202, { status: 'NEW' }]);
    const cancelled = await client.call('DELETE', `/portfolios/orders/${(placed.json as { id: string }).id}`);
    expect([cancelled.status, cancelled.text]).toEqual([204, '']);
  });
});
