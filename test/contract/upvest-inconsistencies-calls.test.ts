/** Lenient API client, over real sockets. Webhooks: upvest-inconsistencies and -values. */
import { generateKeyPairSync } from 'node:crypto';
import {
  UpvestOutcomeUnknown,
  UpvestRefused,
  UpvestRetry,
  UpvestUnauthorised,
} from '../../src/upvest/client/errors';
import { toPortfolioOrderObservation } from '../../src/upvest/model/observations';
import { loadPrivateKey } from '../../src/upvest/client/private-key';
import { createRebalancingOwners } from '../../src/upvest/webhooks/rebalancing-owners';
import { ensureSubscription } from '../../src/upvest/webhooks/subscription';
import { json, rejection, text, type Reply } from '../upvest/client/http-stub';
import { fieldOf, verifyRequest } from '../upvest/client/independent-verifier';
import {
  placedOrder,
  placeRequest,
  publicKey,
  startUpvest,
  type UpvestStub,
} from '../upvest/client/upvest-stub';
import { idempotencyKey, recordEveryCall, startAnswering, wireOf } from './upvest-calls';

let stub: UpvestStub;
const open: UpvestStub[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function upvest(...given: Parameters<typeof startUpvest>): Promise<UpvestStub['client']> {
  stub = await startUpvest(...given);
  open.push(stub);
  return stub.client;
}
const place = (client: UpvestStub['client']) => client.createPortfolioOrder(placeRequest, idempotencyKey);
const calls = () => stub.arrived.filter(({ url }) => url !== '/auth/token');
/** The body of the n-th call, as JSON. */
const sent = (index = 0) =>
  JSON.parse(calls()[index]?.body.toString() ?? 'null') as Record<string, unknown> | null;

const ANY_SUCCESS = [200, 201, 202, 203, 206, 299];
const webhook = { id: 'w', title: 't', url: 'https://h.example/x', enabled: true, type: ['ALL'] };
/** Starts an Upvest stub without webhooks that creates the requested one. */
const withoutWebhooks: Reply = (response, arrived) => {
  json(200, arrived.method === 'GET' ? { data: [] } : webhook)(response, arrived);
};

describe('references/upvest.md#known-inconsistencies', () => {
  it.each(ANY_SUCCESS)('no. 5: POST of a portfolio order succeeds with %i', async (status) => {
    const client = await upvest(json(status, placedOrder));
    await expect(place(client)).resolves.toMatchObject({ id: placedOrder.id, status: 'NEW' });
    expect(calls()).toHaveLength(1);
  });

  it('no. 5: the id is `id`; an answer with only the guide’s `portfolio_order_id` does not count as a refusal', async () => {
    const client = await upvest(json(202, { portfolio_order_id: placedOrder.id }));
    expect(await rejection(place(client))).toBeInstanceOf(UpvestOutcomeUnknown);
  });

  it.each([...ANY_SUCCESS, 204])('no. 6: DELETE of a portfolio order succeeds with %i', async (status) => {
    const client = await upvest(text(status, ''));
    await expect(client.cancelPortfolioOrder('p')).resolves.toBe('accepted');
  });

  it('no. 6: a cancel is sent without checking the status, even when the order is PROCESSING', async () => {
    const client = await upvest((response, arrived) => {
      const reply =
        arrived.method === 'DELETE' ? text(202, '') : json(200, { id: 'p', status: 'PROCESSING' });
      reply(response, arrived);
    });
    await client.readPortfolioOrder('p');
    await expect(client.cancelPortfolioOrder('p')).resolves.toBe('accepted');
    expect(calls().map(wireOf)).toEqual(['GET /portfolios/orders/p', 'DELETE /portfolios/orders/p']);
  });

  it.each([400, 409, 422])('no. 6: Upvest’s refusal (%i) is returned, not thrown', async (status) => {
    const client = await upvest(json(status, { type: 'conflict', status }));
    await expect(client.cancelPortfolioOrder('p')).resolves.toMatchObject({ refused: { status } });
  });

  it('no. 7: requests have `side`, answers have `type`, and children have `side`', async () => {
    const orders = [{ id: 'c', side: 'SELL', status: 'NEW' }];
    const client = await upvest(json(200, { ...placedOrder, type: 'SELL', side: 'BUY', orders }));
    const answer = await client.createPortfolioOrder({ ...placeRequest, side: 'SELL' }, idempotencyKey);
    expect(sent()).toMatchObject({ side: 'SELL' });
    expect(sent()).not.toHaveProperty('type');
    const observation = toPortfolioOrderObservation(
      answer,
      { kind: 'placement' },
      '2026-01-02T09:00:00.000Z',
    );
    expect(observation).toMatchObject({ type: 'SELL', orders });
    expect(observation).not.toHaveProperty('side');
  });

  it('no. 8: `client_reference` is never sent, but read where Upvest sends one', async () => {
    const client = await upvest(json(200, { ...placedOrder, client_reference: 'plan-7' }));
    const extra = { clientReference: 'mine', client_reference: 'mine' };
    const answer = await client.createPortfolioOrder({ ...placeRequest, ...extra }, idempotencyKey);
    expect(Object.keys(sent() ?? {}).sort()).toEqual(
      ['account_id', 'cash_amount', 'currency', 'side', 'user_id'].sort(),
    );
    expect(answer.client_reference).toBe('plan-7');
    const blank = await upvest(json(200, { ...placedOrder, client_reference: '' }));
    expect((await place(blank)).client_reference).toBeUndefined();
  });

  it('no. 13: calls are signed in v15 and declare it', async () => {
    const answering = await startAnswering();
    open.push(answering);
    const { tokens, calls: all } = await recordEveryCall(answering);
    for (const call of [...tokens, ...all]) {
      expect(fieldOf(call, 'upvest-signature-version')).toBe('15');
      // By draft -15, names in the signature base are quoted, and `content-digest` covers the body.
      expect(verifyRequest(call, publicKey).components).toContain('@method');
      expect(fieldOf(call, 'digest')).toBeUndefined();
    }
  });

  it('no. 14: keys are on P-521; a P-256 key, as in the proxy’s README, is rejected before any call', () => {
    const pem = (namedCurve: string) =>
      generateKeyPairSync('ec', { namedCurve })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString();
    expect(() => loadPrivateKey(pem('P-256'))).toThrow('P-521');
    expect(loadPrivateKey(pem('P-521')).asymmetricKeyDetails?.namedCurve).toBe('secp521r1');
  });

  it.each(['https://docs.upvest.co/errors/conflict', '/errors/Conflict', 'conflict', 'conflict/'])(
    'no. 15: the last path segment of the error `type` %s counts',
    async (type) => {
      const client = await upvest(json(422, { type, status: 500 }));
      const error = await rejection(place(client));
      expect(error).toBeInstanceOf(UpvestRefused);
      expect(error).toMatchObject({ status: 422, problem: { code: 'conflict', type } });
    },
  );

  it('no. 15: the status counts first: a 503 with the type `method_not_allowed` is an outage', async () => {
    const client = await upvest(json(503, { type: 'method_not_allowed', status: 405 }));
    expect(await rejection(place(client))).toBeInstanceOf(UpvestOutcomeUnknown);
    expect(await rejection(client.readOrder('o'))).toBeInstanceOf(UpvestRetry);
  });

  it.each(['unauthorised', 'unauthorized', 'https://docs.upvest.co/errors/unauthorised', undefined])(
    'no. 15: a 401 of type %s is retried once with a new token',
    async (type) => {
      const client = await upvest((response, arrived) => {
        const isFirst = fieldOf(arrived, 'authorization') === 'Bearer token-1';
        json(isFirst ? 401 : 200, isFirst ? { type } : placedOrder)(response, arrived);
      });
      await expect(place(client)).resolves.toMatchObject({ id: placedOrder.id });
      expect(calls()).toHaveLength(2);
      const refusing = await upvest(json(401, { type }));
      expect(await rejection(place(refusing))).toBeInstanceOf(UpvestUnauthorised);
      expect(calls()).toHaveLength(2);
    },
  );

  it.each(['detail', 'details'])('no. 15: `%s` contains the error text', async (field) => {
    const client = await upvest(json(403, { type: 'forbidden', [field]: 'the scope is missing' }));
    expect(await rejection(place(client))).toMatchObject({ problem: { detail: 'the scope is missing' } });
  });

  it('no. 16: answers with unknown fields and values are read', async () => {
    const order = { ...placedOrder, status: 'OF_TOMORROW', initiation_flow: 'AUTO_INVESTMENT', new: {} };
    const answer = await place(await upvest(json(200, order)));
    expect(answer).toMatchObject({ status: 'OF_TOMORROW', initiation_flow: 'AUTO_INVESTMENT' });
    expect(answer).not.toHaveProperty('new');
  });

  it('no. 17: answers with nothing but `id` and `status` are read', async () => {
    const client = await upvest(json(200, { id: 'x', status: 'NEW' }));
    await expect(place(client)).resolves.toMatchObject({ id: 'x', status: 'NEW', orders: [] });
    await expect(client.readOrder('x')).resolves.toMatchObject({ id: 'x', status: 'NEW', executions: [] });
  });

  it.each([
    [1799, 1739],
    [86_400, 86_340],
  ])('no. 22: a token with `expires_in` %i is used for exactly %i s', async (lifetime, used) => {
    let seconds = 1_800_000_000;
    let issued = 0;
    const token: Reply = (response, arrived) => {
      issued += 1;
      json(200, { access_token: `t-${issued}`, expires_in: lifetime })(response, arrived);
    };
    const clock = { now: () => seconds * 1000 };
    const client = await upvest(json(200, { id: 'o', status: 'NEW' }), { clock }, token);
    await client.readOrder('o');
    seconds += used - 1;
    await client.readOrder('o');
    expect(issued).toBe(1);
    seconds += 1;
    await client.readOrder('o');
    expect(calls().map((call) => fieldOf(call, 'authorization'))).toEqual([
      'Bearer t-1',
      'Bearer t-1',
      'Bearer t-2',
    ]);
  });

  it('no. 23: a `limit` is at least 1, and lists are requested in ascending order only', async () => {
    const answering = await startAnswering();
    open.push(answering);
    const { calls: all } = await recordEveryCall(answering);
    const queries = all.map(({ url }) => new URL(url, answering.url).searchParams);
    expect(queries.filter((query) => query.has('limit')).length).toBeGreaterThan(0);
    for (const query of queries) {
      const limit = Number(query.get('limit') ?? '1');
      expect([limit >= 1, limit <= 1000]).toEqual([true, true]);
      expect(query.get('order') ?? 'ASC').toBe('ASC');
    }
  });

  it('no. 23: long lists are read page by page to their end', async () => {
    const known = Array.from({ length: 1001 }, (_, index) => ({
      id: `r-${index}`,
      status: 'PROCESSING',
      portfolio_order_id: `p-${index}`,
    }));
    const client = await upvest((response, arrived) => {
      const query = new URL(arrived.url, 'http://x').searchParams;
      const [offset, limit] = [Number(query.get('offset')), Number(query.get('limit'))];
      json(200, { data: known.slice(offset, offset + limit) })(response, arrived);
    });
    const options = { upvest: client, lookupTimeLimitMs: 5_000, cacheSize: 10 };
    const last = { rebalancingOrderId: 'r-1000', executionId: 'x', status: 'NEW' };
    await expect(createRebalancingOwners(options).ownerOf(last)).resolves.toEqual({
      portfolioOrderId: 'p-1000',
    });
    expect(calls().map(({ url }) => url.split('?')[1])).toEqual([
      'limit=1000&offset=0',
      'limit=1000&offset=1000',
    ]);
  });

  it('no. 24: the subscription has a delay of 1s to 30s and a title of at most 32 safe characters', async () => {
    const client = await upvest(withoutWebhooks);
    await ensureSubscription(client, webhook.url);
    const creation = calls().findIndex(({ method }) => method === 'POST');
    expect(sent(creation)).toMatchObject({
      title: expect.stringMatching(/^[a-zA-Z0-9 ()[\]{}.-]{1,32}$/) as string,
      url: webhook.url,
      config: { delay: expect.stringMatching(/^([1-9]|[12][0-9]|30)s$/) as string },
    });
  });
});
