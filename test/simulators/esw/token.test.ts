import { request } from 'undici';
import { startEswSimulator } from '../../../simulators/esw';
import {
  client,
  noCounts,
  postEvent,
  postForm,
  scope,
  smallEvent,
  start,
  stopAll,
  token,
  tokenForm,
} from './fixtures';

afterEach(stopAll);

describe('the token endpoint', () => {
  it('issues a bearer token for the events endpoint', async () => {
    const simulator = await start({ tokenLifetimeSeconds: 1200 });
    const answer = await postForm(simulator, tokenForm);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    const grant = JSON.parse(answer.body) as Record<string, unknown>;
    expect(grant).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as unknown,
      token_type: 'Bearer',
      expires_in: 1200,
      scope,
    });
    const accepted = await postEvent(simulator, smallEvent, {
      authorization: `Bearer ${String(grant.access_token)}`,
    });
    expect(accepted.status).toBe(200);
  });

  it.each([
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant', { grant_type: '' }, 'unsupported_grant_type'],
    ['an unknown client', { client_id: 'PFOLIO.other' }, 'invalid_client'],
    ['a wrong secret', { client_secret: 'guess' }, 'invalid_client'],
    ['an unknown scope', { scope: 'everything' }, 'invalid_scope'],
    ['a known and an unknown scope', { scope: `${scope} everything` }, 'invalid_scope'],
    ['no scope', { scope: '' }, 'invalid_scope'],
  ])('rejects %s', async (_case, change, error) => {
    const answer = await postForm(await start(), { ...tokenForm, ...change });
    expect([answer.status, answer.body]).toEqual([400, JSON.stringify({ error })]);
  });

  it('rejects a JSON body and a repeated parameter', async () => {
    const url = `${(await start()).url}/connect/token`;
    const json = await request(url, {
      method: 'POST',
      body: JSON.stringify(tokenForm),
      headers: { 'content-type': 'application/json' },
    });
    expect([json.statusCode, await json.body.json()]).toEqual([400, { error: 'invalid_request' }]);
    const twice = await request(url, {
      method: 'POST',
      body: `${new URLSearchParams(tokenForm).toString()}&scope=x`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([twice.statusCode, await twice.body.json()]).toEqual([400, { error: 'invalid_request' }]);
  });
});

describe('authorization of events', () => {
  const invalid = 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl';

  it.each([
    ['no token', ''],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no JWT', 'Bearer opaque'],
    ['a token with an invalid signature', `Bearer ${invalid}`],
  ])('responds with 401 without a body to %s', async (_case, authorization) => {
    const simulator = await start();
    const answer = await postEvent(simulator, smallEvent, { authorization });
    expect([answer.status, answer.headers['www-authenticate'], answer.body]).toEqual([401, 'Bearer', '']);
    expect(simulator.control.counts()).toEqual({ ...noCounts, rejected: 1 });
  });

  it('responds with 401 to a token of another simulator', async () => {
    const [ours, theirs] = [await start(), await start()];
    const answer = await postEvent(ours, smallEvent, { authorization: `Bearer ${await token(theirs)}` });
    expect(answer.status).toBe(401);
  });

  it('responds with 401 from the second of expiry', async () => {
    let now = Date.parse('2026-03-02T09:00:00Z');
    const simulator = await start({ tokenLifetimeSeconds: 60, now: () => now });
    const authorization = `Bearer ${await token(simulator)}`;
    now += 59_999;
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(200);
    now += 1;
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(401);
  });

  it('expireTokens expires the tokens issued before, not those issued after', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator)}`;
    simulator.control.expireTokens();
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(401);
    expect((await postEvent(simulator, smallEvent)).status).toBe(200);
  });

  it('responds with 403 to a token without the scope of this service', async () => {
    const simulator = await start();
    const authorization = `Bearer ${await token(simulator, 'logistics.package.api.all')}`;
    const answer = await postEvent(simulator, smallEvent, { authorization });
    expect([answer.status, answer.body]).toEqual([403, '']);
  });

  it('responds with 403 to an event of another tenant', async () => {
    const simulator = await start();
    expect((await postEvent(simulator, { ...smallEvent, tenantCode: 'OTHERS' })).status).toBe(403);
    expect(simulator.control.events()).toEqual([]);
  });

  it('accepts the scheme in any case', async () => {
    const simulator = await start();
    const authorization = `BEARER ${await token(simulator)}`;
    expect((await postEvent(simulator, smallEvent, { authorization })).status).toBe(200);
  });
});

describe('options', () => {
  it.each([
    ['a client id without tenant', { clientId: 'coordinator' }, /clientId/],
    ['an empty secret', { clientSecret: '' }, /clientSecret/],
    ['a blank scope', { scope: ' ' }, /scope/],
    ['no lifetime', { tokenLifetimeSeconds: 0 }, /tokenLifetimeSeconds/],
  ])('reject %s at start', async (_case, change, message) => {
    await expect(startEswSimulator({ ...client, ...change })).rejects.toThrow(message);
  });
});
