import { request, type Dispatcher } from 'undici';
import { postEvent, smallEvent, start, stopAll } from './fixtures';

afterEach(stopAll);

async function call(
  url: string,
  method: Dispatcher.HttpMethod,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await request(`${url}/__sim/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
  });
  const text = await response.body.text();
  return response.statusCode === 200 ? JSON.parse(text) : response.statusCode;
}

describe('the control plane over HTTP', () => {
  it('returns the same as the programmatic control', async () => {
    const simulator = await start();
    const { url, control } = simulator;
    await postEvent(simulator, { ...smallEvent, brandOrderReference: 'A' });
    await postEvent(simulator, smallEvent);
    await postEvent(simulator, {});
    for (const [path, expected] of [
      ['events', control.events()],
      ['counts', control.counts()],
      ['audit', control.audit()],
      ['rejections', control.rejections()],
    ] as const) {
      expect(await call(url, 'GET', path)).toEqual(JSON.parse(JSON.stringify(expected)));
    }
    expect(await call(url, 'GET', 'events?reference=A')).toHaveLength(1);
    expect(await call(url, 'GET', 'events?reference=B')).toEqual([]);
    expect(await call(url, 'GET', 'events?order=A')).toBe(400);
  });

  it('arms and clears faults', async () => {
    const simulator = await start();
    expect(await call(simulator.url, 'POST', 'faults', { kind: '503', count: 2 })).toBe(204);
    expect((await postEvent(simulator, smallEvent)).status).toBe(503);
    expect(await call(simulator.url, 'GET', 'faults')).toMatchObject([{ kind: '503', count: 1 }]);
    expect(await call(simulator.url, 'DELETE', 'faults')).toBe(204);
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
    expect(await call(simulator.url, 'POST', 'faults', { kind: 'boom' })).toBe(400);
    expect(await call(simulator.url, 'POST', 'faults', { kind: '503', times: 2 })).toBe(400);
  });

  it('starts and ends an outage, and works during one', async () => {
    const simulator = await start();
    expect(await call(simulator.url, 'PUT', 'outage', { kind: 'refuse', scope: 'events' })).toBe(204);
    await expect(postEvent(simulator, smallEvent)).rejects.toThrow();
    expect(await call(simulator.url, 'DELETE', 'outage')).toBe(204);
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
    expect(await call(simulator.url, 'PUT', 'outage', {})).toBe(400);
  });

  it('expires tokens and resets', async () => {
    const simulator = await start();
    await postEvent(simulator, smallEvent);
    expect(await call(simulator.url, 'POST', 'tokens/expire')).toBe(204);
    expect(await call(simulator.url, 'POST', 'reset')).toBe(204);
    expect(await call(simulator.url, 'GET', 'counts')).toEqual(simulator.control.counts());
    expect(simulator.control.events()).toEqual([]);
  });

  it('lists every arrival, bytes as base64', async () => {
    const simulator = await start();
    const event = { ...smallEvent, brandOrderReference: 'A', parentBrandOrderReference: 'P' };
    for (const body of [event, JSON.stringify(event, null, 1)]) await postEvent(simulator, body);
    const receipts = (await call(simulator.url, 'GET', 'receipts?parent=P')) as Record<string, unknown>[];
    expect(receipts).toEqual(
      simulator.control.receipts().map((one) => ({ ...one, bytes: one.bytes.toString('base64') })),
    );
    expect(receipts.map(({ bytes }) => Buffer.from(String(bytes), 'base64').toString())).toEqual([
      JSON.stringify(event),
      JSON.stringify(event, null, 1),
    ]);
    expect(await call(simulator.url, 'GET', 'receipts?parent=A')).toEqual([]);
    expect(await call(simulator.url, 'GET', 'events?parent=P')).toHaveLength(1);
  });

  it('arms faults of the token endpoint', async () => {
    const { url, control } = await start();
    expect(await call(url, 'POST', 'faults/token', { kind: 'short-lived', expiresInSeconds: 5 })).toBe(204);
    expect(await call(url, 'GET', 'faults/token')).toEqual(control.tokenFaults());
    expect(control.tokenFaults()).toMatchObject([{ kind: 'short-lived', count: 1, expiresInSeconds: 5 }]);
    expect(await call(url, 'POST', 'faults/token', { kind: 'accept-then-drop' })).toBe(400);
    expect(await call(url, 'DELETE', 'faults')).toBe(204);
    expect(control.tokenFaults()).toEqual([]);
  });

  it('fails events at random', async () => {
    const simulator = await start();
    const disturbance = { seed: 1, failBefore: 1, outcomes: ['504'] };
    expect(await call(simulator.url, 'PUT', 'faults/disturbance', disturbance)).toBe(204);
    expect((await postEvent(simulator, smallEvent)).status).toBe(504);
    expect(await call(simulator.url, 'PUT', 'faults/disturbance', { failBefore: 1 })).toBe(400);
    expect((await postEvent(simulator, smallEvent)).status).toBe(504);
    expect(await call(simulator.url, 'DELETE', 'faults/disturbance')).toBe(204);
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
  });

  it('is off in production unless enabled', async () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      const [usual, asked] = [await start(), await start({ controlPlane: true })];
      expect(await call(usual.url, 'GET', 'counts')).toBe(404);
      expect(await call(usual.url, 'POST', 'reset')).toBe(404);
      expect(await call(asked.url, 'GET', 'counts')).toEqual(asked.control.counts());
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  it('can be disabled', async () => {
    const simulator = await start({ controlPlane: false });
    expect(await call(simulator.url, 'GET', 'counts')).toBe(404);
  });
});
