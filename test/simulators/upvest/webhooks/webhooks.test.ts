import { createHash } from 'node:crypto';
import { webhookSignatureBase } from '../../../../simulators/upvest/webhooks/webhook-signature';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';
import { eventsOf, type ReceivedRequest } from '../support/webhook-receiver';
import { isSigned } from '../support/webhook-verification';

let bench: UpvestBench;

beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

async function placeOne(): Promise<string> {
  return ((await bench.client.place(placement())).json as { id: string }).id;
}

async function settled(id: string): Promise<void> {
  await until(() => bench.simulator.control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
}

const isSignedByUpvest = (request: ReceivedRequest): Promise<boolean> => isSigned(request, bench.client);

it('signature base matches the vector in references/upvest.md#signed-webhook-example', () => {
  const covered = {
    '@method': 'POST',
    '@path': '/webhooks/upvest',
    'content-length': '199',
    'content-type': 'application/json',
    digest: 'SHA-256=FX6LKod527bTSvrlyd6xJF8i4mymnYRdxtKemYrHgZg=',
  };
  const params =
    '("@method" "@path" "content-length" "content-type" "digest");keyid="11111111-2222-4333-8444-555555555555"' +
    ';created=1767344401;nonce="5173920486";expires=1767344461';
  expect(createHash('sha512').update(webhookSignatureBase(covered, params)).digest('hex')).toBe(
    '66f3e3a7ee63fa237e7326551f2c1b6c2c99c4cab44e52d5762649cd621195243ece2c88ace54f4868f4d8bf2fb953d07ac0d7340b0c8006f0c80b549db34fe5',
  );
});

describe('deliveries', () => {
  it('contain the 4 + 5N events of an order, ascending, addressed and signed', async () => {
    const webhookId = await bench.client.subscribe(bench.receiver.url);
    const id = await placeOne();
    await settled(id);
    await bench.simulator.control.whenDelivered();
    const { events, requests } = bench.receiver;
    expect(events).toHaveLength(4 + 5 * 5);
    const truth = bench.simulator.control.portfolioOrder(id).events;
    expect(events).toEqual(truth.map((event) => ({ ...event, webhook_id: webhookId })));
    for (const request of requests) expect(await isSignedByUpvest(request)).toBe(true);
    expect(requests[0]?.headers).not.toHaveProperty('upvest-signature-version');
  });

  it('repeat identical bytes until exactly 200, blocking later batches', async () => {
    await bench.client.subscribe(bench.receiver.url);
    bench.receiver.statuses = [503, 204, 302];
    const id = await placeOne();
    await settled(id);
    await bench.simulator.control.whenDelivered();
    const [first, ...others] = bench.receiver.requests;
    expect(others.slice(0, 3).map(({ answered }) => answered)).toEqual([204, 302, 200]);
    for (const again of others.slice(0, 3)) {
      expect(again.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
      expect(again.headers.signature).toBe(first?.headers.signature);
      expect(again.headers['signature-input']).toBe(first?.headers['signature-input']);
    }
    expect(others[3]?.headers.signature).not.toBe(first?.headers.signature);
    expect(bench.receiver.events).toHaveLength(29);
    const attempts = bench.simulator.control.deliveries();
    expect(attempts.slice(0, 4).map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 503],
      [2, 204],
      [3, 302],
      [4, 200],
    ]);
    expect(attempts[0]?.eventIds).toEqual(attempts[3]?.eventIds);
    // 1, 2 and 3 seconds of Upvest's clock, 10 ms each; a timer may fire a millisecond early.
    const took = Date.parse(attempts[3]?.at ?? '') - Date.parse(attempts[0]?.at ?? '');
    expect(took).toBeGreaterThanOrEqual(57);
  });

  it('respect the package size and send a larger event alone', async () => {
    await bench.client.subscribe(bench.receiver.url, { delay: '30s', max_package_size: 2000 });
    await settled(await placeOne());
    await bench.simulator.control.whenDelivered();
    for (const request of bench.receiver.requests) {
      expect(request.body.length <= 2000 || eventsOf(request).length === 1).toBe(true);
    }
    expect(bench.receiver.requests.length).toBeGreaterThan(5);
    expect(bench.receiver.requests.length).toBeLessThan(29);
  });

  it('go to enabled webhooks only, for subscribed categories', async () => {
    await bench.client.call('POST', '/webhooks', { body: { title: 'disabled', url: bench.receiver.url } });
    await bench.client.subscribe(bench.receiver.url, {}, { type: ['PORTFOLIO_ORDER'] });
    await settled(await placeOne());
    await bench.simulator.control.whenDelivered();
    expect(bench.receiver.events.map(({ type }) => type)).toEqual(
      ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'].map((status) => `PORTFOLIO_ORDER.${status}`),
    );
  });
});

describe('held deliveries', () => {
  it('are released in reverse order, each batch duplicated byte for byte', async () => {
    await bench.client.subscribe(bench.receiver.url);
    bench.simulator.control.holdWebhooks();
    const id = await placeOne();
    await settled(id);
    expect(bench.receiver.requests).toHaveLength(0);
    await bench.simulator.control.releaseWebhooks({ order: 'reverse', copies: 2, batches: 4 });
    const { requests } = bench.receiver;
    expect(requests).toHaveLength(8);
    for (let index = 0; index < 8; index += 2) {
      expect(requests[index]?.headers.signature).toBe(requests[index + 1]?.headers.signature);
    }
    const once = requests
      .filter((_, index) => index % 2 === 0)
      .map((request) => eventsOf(request).map((event) => event.id));
    expect(once.map(({ length }) => length)).toEqual([8, 7, 7, 7]);
    const emitted = bench.simulator.control.portfolioOrder(id).events.map((event) => event.id);
    expect([...once].reverse().flat()).toEqual(emitted);
  });

  it('are released in their original batches by default, before later events', async () => {
    await bench.client.subscribe(bench.receiver.url, { delay: '1s', max_package_size: 1500 });
    bench.simulator.control.holdWebhooks();
    const first = await placeOne();
    await settled(first);
    const { batches } = await bench.simulator.control.releaseWebhooks();
    expect(bench.receiver.requests).toHaveLength(batches);
    const second = await placeOne();
    await settled(second);
    await bench.simulator.control.whenDelivered();
    const { control } = bench.simulator;
    const emitted = [first, second].flatMap((id) =>
      control.portfolioOrder(id).events.map((event) => event.id),
    );
    expect(bench.receiver.events.map((event) => event.id)).toEqual(emitted);
  });
});

describe('subscriptions', () => {
  it('start disabled and can be changed, listed and removed', async () => {
    const { client } = bench;
    const created = await client.call('POST', '/webhooks', {
      body: { title: 'one', url: 'https://hooks.example.com/x' },
    });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ enabled: false, type: ['ALL'], title: 'one' });
    const { id } = created.json as { id: string };
    const changed = await client.call('PATCH', `/webhooks/${id}`, { body: { enabled: true, title: 'two' } });
    expect([changed.status, changed.json]).toEqual([
      200,
      expect.objectContaining({ enabled: true, title: 'two' }),
    ]);
    expect((await client.call('GET', `/webhooks/${id}`)).json).toEqual(changed.json);
    expect((await client.call('GET', '/webhooks')).json).toMatchObject({
      meta: { total_count: 1 },
      data: [{ id }],
    });
    const removed = await client.call('DELETE', `/webhooks/${id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await client.call('GET', `/webhooks/${id}`)).status).toBe(404);
  });

  it.each([
    [{ title: 'ünlaut', url: 'https://hooks.example.com' }],
    [{ title: 'one', url: 'ftp://hooks.example.com' }],
    [{ title: 'one', url: 'https://hooks.example.com', config: { delay: '31s' } }],
    [{ title: 'one', url: 'https://hooks.example.com', type: ['ORDER'], exclude_type: ['EXECUTION'] }],
    [{ title: 'one', url: 'https://hooks.example.com', enabled: true }],
  ])('reject %j', async (body) => {
    expect((await bench.client.call('POST', '/webhooks', { body })).status).toBe(400);
  });

  it('report the response to a test', async () => {
    const id = await bench.client.subscribe(bench.receiver.url);
    bench.receiver.statuses = [418];
    const report = await bench.client.call('POST', `/webhooks/${id}/test`);
    expect(report.status).toBe(200);
    expect(report.json).toMatchObject({
      url: bench.receiver.url,
      response: { status: 418, body: 'received' },
    });
  });
});

describe('raw webhooks', () => {
  it('are signed, and tampered with on demand', async () => {
    await bench.client.subscribe(bench.receiver.url);
    const { control } = bench.simulator;
    expect(await control.sendRaw({ events: [{ id: 1 }] })).toMatchObject({ status: 200, body: 'received' });
    await control.sendRaw({ body: '{"payload":', tamper: { signature: 'corrupt' } });
    await control.sendRaw({ events: [], tamper: { digest: 'corrupt' } });
    await control.sendRaw({ events: [], tamper: { keyId: 'unknown' } });
    const { requests } = bench.receiver;
    expect(requests[0]?.body.toString()).toBe('{"payload":[{"id":1}]}');
    expect(requests[1]?.body.toString()).toBe('{"payload":');
    const good = await Promise.all(requests.map(isSignedByUpvest));
    expect(good).toEqual([true, false, false, false]);
  });

  it('are signed with the new key after a rotation; the old key stays listed', async () => {
    await bench.client.subscribe(bench.receiver.url);
    const { control } = bench.simulator;
    await control.sendRaw({ events: [] });
    const keyId = control.rotateWebhookKey();
    await control.sendRaw({ events: [] });
    const [before, after] = bench.receiver.requests;
    expect(before?.headers['signature-input']).not.toContain(keyId);
    expect(after?.headers['signature-input']).toContain(keyId);
    expect(await Promise.all(bench.receiver.requests.map(isSignedByUpvest))).toEqual([true, true]);
  });
});
