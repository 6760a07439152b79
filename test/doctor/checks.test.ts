/** Each check of the doctor, against parties with scripted behaviour. */
import { generateKeyPairSync } from 'node:crypto';
import { runCheck, failed, ok } from '../../src/doctor/check';
import { eswResults } from '../../src/doctor/esw';
import { adminResult } from '../../src/doctor/admin';
import { httpServerResults } from '../../src/doctor/http-server';
import { webhookPathResult } from '../../src/doctor/webhook-path';
import { temporalResults } from '../../src/doctor/temporal';
import { upvestResults } from '../../src/doctor/upvest';
import { createUpvestProbe, type UpvestProbe } from '../../src/doctor/upvest-probe';
import { connectClient } from '../../src/temporal/client';
import { freePort } from '../../src/lib/free-port';
import { UpvestRetry, UpvestUnauthorised } from '../../src/upvest/client/errors';
import type { UpvestWebhook } from '../../src/upvest/model/schemas';
import { json, silence, startStub, type Reply } from '../upvest/client/http-stub';
import { named } from './named';

const timeoutMs = 5_000;

describe('a look', () => {
  const base = { area: 'ESW' as const, name: 'it', remedy: 'Do this.' };

  it('that never ends has failed when its time is over', async () => {
    const look = () => new Promise<never>(() => undefined);
    expect(await runCheck({ ...base, run: look }, 20)).toEqual({
      ...{ area: 'ESW', name: 'it', result: 'failed' },
      ...{ detail: 'no answer within 0.02 s', remedy: 'Do this.' },
    });
  });

  it('that rejects has failed, with the reason', async () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const result = await runCheck({ ...base, run: () => Promise.reject(cause) }, 1000);
    expect(result).toMatchObject({ result: 'failed', detail: 'ECONNREFUSED connect', remedy: 'Do this.' });
  });

  it('says what to do by itself where it knows better', async () => {
    const look = () => Promise.resolve(failed('odd', 'Do that.'));
    expect(await runCheck({ ...base, run: look }, 1000)).toMatchObject({ remedy: 'Do that.' });
    expect(await runCheck({ ...base, run: () => Promise.resolve(ok('fine')) }, 1000)).toEqual({
      ...{ area: 'ESW', name: 'it', result: 'ok', detail: 'fine' },
    });
  });
});

describe('Upvest', () => {
  const TYPES = [
    'PORTFOLIO_ORDER',
    'ORDER',
    'EXECUTION',
    'ORDER_CANCELLATION',
    'REBALANCING_EXECUTION_ORDER',
  ];
  const webhook: UpvestWebhook = {
    ...{ id: 'w', title: 't', url: 'https://hooks.example.com/webhooks/upvest', enabled: true, type: TYPES },
  };
  const probe = (changes: Partial<UpvestProbe> = {}): UpvestProbe => ({
    token: () => Promise.resolve(),
    skewMs: () => 300,
    listWebhooks: () => Promise.resolve([webhook]),
    readVerifyKeys: () => Promise.resolve([{}] as never),
    close: () => Promise.resolve(),
    ...changes,
  });
  const results = (
    changes: Partial<UpvestProbe> = {},
    more: { webhookPath?: string; webhookUrl?: string } = {},
  ) => upvestResults({ probe: probe(changes), webhookPath: '/webhooks/upvest', timeoutMs, ...more });
  const withWebhooks = (...all: UpvestWebhook[]) => ({ listWebhooks: () => Promise.resolve(all) });

  it('is well', async () => {
    expect((await results()).map(({ name, result }) => `${name} ${result}`)).toEqual([
      ...['token ok', 'clock ok', 'signature ok', 'webhook ok', 'webhook keys ok'],
    ]);
  });

  it.each([
    [new UpvestUnauthorised('No token for portfolios:admin: 401'), 'UPVEST_CLIENT_SECRET'],
    [new UpvestRetry('No token: ECONNREFUSED'), 'UPVEST_BASE_URL'],
  ])('without a token nothing else is asked (%s)', async (error, remedy) => {
    const listWebhooks = jest.fn();
    const all = await results({ token: () => Promise.reject(error), listWebhooks });
    expect(named(all, 'token')).toMatchObject({ result: 'failed', detail: error.message });
    expect(JSON.stringify(named(all, 'token'))).toContain(remedy);
    for (const name of ['signature', 'webhook', 'webhook keys'])
      expect(named(all, name)).toMatchObject({ result: 'not-checked' });
    expect(named(all, 'clock').result).toBe('ok');
    expect(listWebhooks).not.toHaveBeenCalled();
  });

  it('a rejected signature is distinguished from a rejected token', async () => {
    const all = await results({
      listWebhooks: () => Promise.reject(new UpvestUnauthorised('401 bad signature')),
    });
    expect(named(all, 'token').result).toBe('ok');
    expect(named(all, 'signature')).toMatchObject({ result: 'failed', detail: '401 bad signature' });
    expect(JSON.stringify(named(all, 'signature'))).toContain('UPVEST_PRIVATE_KEY_FILE');
  });

  it.each([
    [30_000, 'failed', "this machine's clock is 30 s ahead of Upvest"],
    [-6_000, 'failed', "this machine's clock is 6 s behind Upvest"],
    [1_600, 'ok', '2 s ahead of Upvest'],
    [-200, 'ok', 'in sync with Upvest'],
    [undefined, 'not-checked', 'no answer from Upvest had a time'],
  ])('a clock that is %s ms ahead', async (skew, result, detail) => {
    expect(named(await results({ skewMs: () => skew }), 'clock')).toMatchObject({ result, detail });
  });

  it.each([
    ['there is none', [], /^none of the 0 webhooks at Upvest has the path \/webhooks\/upvest$/],
    [
      'it leads elsewhere',
      [{ ...webhook, url: 'https://hooks.example.com/other' }],
      /^none of the 1 webhooks/,
    ],
    ['it is not enabled', [{ ...webhook, enabled: false }], /upvest is not enabled$/],
    [
      'it lacks types',
      [{ ...webhook, enabled: false, type: ['ORDER', 'PORTFOLIO_ORDER'] }],
      /is not enabled and lacks EXECUTION, ORDER_CANCELLATION, REBALANCING_EXECUTION_ORDER$/,
    ],
  ])('a webhook: %s', async (_what, all, detail) => {
    const found = named(await results(withWebhooks(...all)), 'webhook');
    expect(found).toMatchObject({ result: 'failed', detail: expect.stringMatching(detail) as string });
    expect(JSON.stringify(found)).toContain(
      'portfolio-orders webhook register https://<host>/webhooks/upvest',
    );
  });

  it('a webhook for ALL events is enough, and so is one of two', async () => {
    const idle = { ...webhook, id: 'idle', url: 'https://old.example.com/webhooks/upvest', enabled: false };
    expect(named(await results(withWebhooks(idle, { ...webhook, type: ['ALL'] })), 'webhook')).toMatchObject({
      result: 'ok',
      detail: `enabled with all required events: ${webhook.url}`,
    });
  });

  it('the webhook has to be at the address that is named', async () => {
    const webhookUrl = 'https://new.example.com/webhooks/upvest';
    const found = named(await results({}, { webhookUrl }), 'webhook');
    expect(found).toMatchObject({ result: 'failed', detail: `${webhookUrl} has no webhook at Upvest` });
    expect(JSON.stringify(found)).toContain(`register ${webhookUrl}`);
  });

  it('no keys to verify webhooks with is a failure', async () => {
    const found = named(await results({ readVerifyKeys: () => Promise.resolve([]) }), 'webhook keys');
    expect(found.result).toBe('failed');
  });

  it('the clock is compared with the Date of its answers', async () => {
    const date = new Date(Date.now() - 60_000).toUTCString();
    const stub = await startStub((response) => {
      response.sendDate = false;
      json(
        401,
        {},
        { date },
      )(response, { method: '', url: '', rawHeaders: [], headers: {}, body: Buffer.of() });
    });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
    const options = { baseUrl: stub.url, clientId: 'c', clientSecret: 's', keyId: 'k', privateKey };
    const real = createUpvestProbe(options, timeoutMs);
    expect(real.skewMs()).toBeUndefined();
    await expect(real.token('webhooks:read')).rejects.toThrow('401');
    const skew = real.skewMs() ?? 0;
    expect(Math.abs(skew - 60_000)).toBeLessThan(2_000);
    await real.close();
    await stub.close();
  });
});

describe('ESW', () => {
  async function results(
    reply: Reply,
    changes: { clientId?: string; tenantCode?: string } = {},
    limitMs = timeoutMs,
  ) {
    const stub = await startStub(reply);
    const esw = {
      ...{ baseUrl: `${stub.url}/`, tokenUrl: `${stub.url}/connect/token`, clientId: 'PFOLIO.coordinator' },
      ...{ clientSecret: 's3cret', scope: 'logistics', ...changes },
    };
    const all = await eswResults({ esw, tenantCode: changes.tenantCode ?? 'PFOLIO', timeoutMs: limitMs });
    const asked = stub.arrived.map(({ method, url }) => `${method} ${url}`).sort();
    await stub.close();
    return { all, asked };
  }
  const well: Reply = (response, request) => {
    const token = { access_token: 'abc', expires_in: 3600 };
    json(200, request.url === '/connect/token' ? token : {})(response, request);
  };

  it('is well as far as that can be known without storing an event', async () => {
    const { all, asked } = await results(well);
    expect(all.map(({ name, result }) => `${name} ${result}`)).toEqual([
      ...['token ok', 'clock ok', 'tenant ok', 'address ok', 'events not-checked'],
    ]);
    expect(asked).toEqual(['GET /probe', 'POST /connect/token']);
  });

  it('refuses the client', async () => {
    const { all } = await results((response, request) => {
      json(400, { error: 'invalid_client', hint: 's3cret' })(response, request);
    });
    expect(named(all, 'token')).toMatchObject({ result: 'failed' });
    expect(JSON.stringify(all)).toContain('ESW_CLIENT_SECRET');
    expect(JSON.stringify(all)).not.toContain('s3cret');
  });

  it('is away', async () => {
    const { all } = await results((response) => response.writeHead(503).end());
    expect(named(all, 'token')).toMatchObject({ result: 'failed' });
    expect(named(all, 'address')).toMatchObject({
      result: 'failed',
      detail: expect.stringContaining('503') as string,
    });
  });

  it('says nothing', async () => {
    const { all } = await results(silence, {}, 100);
    for (const name of ['token', 'address']) expect(named(all, name).result).toBe('failed');
  });

  it('the tenant is that of the client, where its id says one', async () => {
    const other = await results(well, { tenantCode: 'OTHER' });
    expect(named(other.all, 'tenant')).toMatchObject({
      ...{ result: 'failed', detail: 'ESW_TENANT_CODE is OTHER, the client belongs to PFOLIO' },
    });
    expect(named((await results(well, { clientId: 'plain' })).all, 'tenant').result).toBe('not-checked');
  });
});

describe('Temporal', () => {
  it('is away: the rest is not asked', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const client = connectClient({ address });
    const all = await temporalResults({
      ...{ client, address, timeoutMs, queues: { orders: 'orders', broker: 'broker', emission: 'esw' } },
    });
    await client.connection.close();
    expect(all.map(({ result }) => result)).toEqual(['failed', 'not-checked', 'not-checked']);
    expect(JSON.stringify(all[0])).toContain('TEMPORAL_ADDRESS');
  });
});

describe('the HTTP server', () => {
  async function results(reply: Reply, token?: string) {
    const stub = await startStub(reply);
    const all = await httpServerResults({
      url: `${stub.url}/`,
      timeoutMs,
      ...(token !== undefined && { token }),
    });
    await stub.close();
    return all;
  }

  it('is alive', async () => {
    const all = await results(json(200, {}));
    expect(named(all, 'alive').result).toBe('ok');
    expect(named(all, 'API token').result).toBe('not-checked');
  });

  it('knows the token, and says what it may do', async () => {
    const all = await results(json(200, { name: 'ada', role: 'operate', may: ['read', 'cancel'] }), 't');
    expect(named(all, 'API token')).toMatchObject({
      result: 'ok',
      detail: 'ada has the role operate (read, cancel)',
    });
  });

  it('names all roles of a token that has several', async () => {
    const roles = ['submit', 'operate'];
    const all = await results(json(200, { name: 'ada', role: 'submit', roles, may: ['read', 'place'] }), 't');
    expect(named(all, 'API token')).toMatchObject({
      detail: 'ada has the roles submit, operate (read, place)',
    });
  });

  it.each([
    [undefined, 'ok', 'none'],
    [{ address: '10.0.0.1', trusted: true }, 'ok', '10.0.0.1 is trusted'],
    [{ address: '::ffff:10.0.0.1', trusted: false }, 'failed', 'that of every caller'],
  ])('sees whether the proxy in front of it (%j) is trusted (14.33)', async (proxy, result, detail) => {
    const found = named(
      await results(json(200, { name: 'ada', role: 'read', may: [], proxy }), 't'),
      'proxy',
    );
    expect(found).toMatchObject({ result, detail: expect.stringContaining(detail) as string });
    if (found.result === 'failed') expect(found.remedy).toMatch(/HTTP_TRUSTED_PROXIES .* 10\.0\.0\.1\.$/);
  });

  it.each([
    ['/hooks', { code: 'SIGNATURE_INVALID', status: 401 }, 'ok', 'leads to the server'],
    ['/hooks', { code: 'NOT_FOUND', status: 404, detail: 'No route POST /inner.' }, 'failed', 'POST /inner'],
    ['/hooks', { status: 301 }, 'failed', 'answered 301'],
    [
      '/webhooks/upvest',
      { status: 200 },
      'failed',
      'Upvest signs the path /hooks, the server expects /webhooks',
    ],
  ])('gets webhooks for %s: %j is %s (14.46)', async (signedPath, { status, ...body }, result, detail) => {
    const stub = await startStub(json(status, body));
    const found = await webhookPathResult({ webhookUrl: `${stub.url}/hooks`, signedPath, timeoutMs });
    await stub.close();
    expect(found).toMatchObject({ result, detail: expect.stringContaining(detail) as string });
  });

  it('does not know the token', async () => {
    const all = await results(json(401, { detail: 'The token is not known.' }), 't');
    expect(named(all, 'API token')).toMatchObject({ result: 'failed', detail: 'The token is not known.' });
  });
});

describe('the readiness of a process', () => {
  async function readiness(reply: Reply) {
    const stub = await startStub(reply);
    const { hostname: host, port } = new URL(stub.url);
    const result = await adminResult('worker', { host, port: Number(port) }, timeoutMs);
    await stub.close();
    return result;
  }

  it('is what its admin address says, with the reason', async () => {
    expect(await readiness(json(200, { status: 'ready' }))).toMatchObject({
      ...{ area: 'readiness', name: 'worker', result: 'ok' },
      detail: expect.stringMatching(/^the worker at http:\S+ is ready$/) as string,
    });
    expect(await readiness(json(503, { reason: 'Not running: esw' }))).toMatchObject({
      ...{ result: 'failed', detail: 'Not running: esw' },
      remedy: 'Fix what the detail says; see the log of the worker.',
    });
  });

  it('is unknown where the address is not reached', async () => {
    const admin = { host: '127.0.0.1', port: await freePort() };
    expect(await adminResult('server', admin, timeoutMs)).toMatchObject({
      result: 'not-checked',
      detail: expect.stringContaining('ADMIN_HOST') as string,
    });
  });
});
