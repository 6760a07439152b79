import { createHash } from 'node:crypto';
import { json, rejection } from '../upvest/client/http-stub';
import type { Arrived } from '../upvest/client/http-stub';
import { fieldOf, verifyRequest } from '../upvest/client/independent-verifier';
import type { UpvestStub } from '../upvest/client/upvest-stub';
import { clientId, publicKey, startUpvest } from '../upvest/client/upvest-stub';
import {
  CALLS,
  idempotencyKey,
  recordEveryCall,
  startAnswering,
  wireOf,
  type Recorded,
} from './upvest-calls';

let stub: UpvestStub;
let recorded: Recorded;
let all: Arrived[];
beforeAll(async () => {
  stub = await startAnswering();
  recorded = await recordEveryCall(stub);
  all = [...recorded.tokens, ...recorded.calls];
});
afterAll(() => stub.close());

/** Distinct values of a header over all requests; includes `undefined` where it was missing. */
const valuesOf = (name: string, requests: Arrived[]) => [
  ...new Set(requests.map((request) => fieldOf(request, name))),
];
const hasBody = ({ body }: Arrived) => body.length > 0;

describe('references/upvest.md#headers-on-every-call', () => {
  it('(every call was made, and a token was requested for each scope set)', () => {
    expect(recorded.calls).toHaveLength(CALLS.length);
    expect(recorded.tokens).toHaveLength(4);
  });

  it('`upvest-client-id`: the client, on all of them', () => {
    expect(valuesOf('upvest-client-id', all)).toEqual([clientId]);
  });

  it('`authorization`: a bearer token of the documented pattern on all of them but the token call', () => {
    for (const request of recorded.calls)
      expect(fieldOf(request, 'authorization')).toMatch(/^Bearer [a-zA-Z0-9\-._~+/]+=*$/);
    expect(valuesOf('authorization', recorded.tokens)).toEqual([undefined]);
  });

  it('`signature`, `signature-input`: on all of them, and they verify', () => {
    for (const request of all) expect(() => verifyRequest(request, publicKey)).not.toThrow();
  });

  it('`upvest-signature-version`: 15, because without it Upvest assumes v6', () => {
    expect(valuesOf('upvest-signature-version', all)).toEqual(['15']);
  });

  it('`upvest-api-version`: 1, without quotation marks', () => {
    expect(valuesOf('upvest-api-version', all)).toEqual(['1']);
  });

  it('`accept`: exactly application/json', () => {
    expect(valuesOf('accept', all)).toEqual(['application/json']);
  });

  it('`content-type`: with a body exactly application/json, without a charset; the token call sends a form', () => {
    expect(valuesOf('content-type', recorded.calls.filter(hasBody))).toEqual(['application/json']);
    expect(valuesOf('content-type', recorded.tokens)).toEqual(['application/x-www-form-urlencoded']);
    const bare = recorded.calls.filter((request) => !hasBody(request));
    expect(valuesOf('content-type', bare)).toEqual([undefined]);
  });

  it('`content-digest`, `content-length`: match the received bytes of a body', () => {
    const withBody = all.filter(hasBody);
    expect(withBody.length).toBeGreaterThan(recorded.tokens.length);
    for (const request of withBody) {
      const digest = createHash('sha512').update(request.body).digest('base64');
      expect(fieldOf(request, 'content-digest')).toBe(`sha-512=:${digest}:`);
      expect(fieldOf(request, 'content-length')).toBe(String(request.body.length));
    }
    const bare = all.filter((request) => !hasBody(request));
    expect(valuesOf('content-digest', bare)).toEqual([undefined]);
  });

  it('`idempotency-key`: on the POSTs of references/upvest.md#idempotency and nowhere else', () => {
    const keyed = all.filter((request) => fieldOf(request, 'idempotency-key') !== undefined);
    expect(valuesOf('idempotency-key', keyed)).toEqual([idempotencyKey]);
    expect(keyed.map(wireOf)).toEqual([
      'POST /portfolios/orders',
      'POST /portfolios/rebalancings/executions',
    ]);
  });

  it('`date`: optional, and not sent', () => {
    expect(valuesOf('date', all)).toEqual([undefined]);
  });

  it('and no header is duplicated or unexpected', () => {
    const known = [
      ...['upvest-client-id', 'authorization', 'signature', 'signature-input', 'upvest-signature-version'],
      ...['upvest-api-version', 'accept', 'content-type', 'content-digest', 'content-length'],
      ...['idempotency-key', 'host', 'connection'],
    ];
    for (const { rawHeaders } of all) {
      const names = rawHeaders.filter((_name, index) => index % 2 === 0).map((name) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      expect(known).toEqual(expect.arrayContaining(names));
    }
  });

  it('response header `upvest-request-id`: is part of the error', async () => {
    const failing = await startUpvest(json(422, { type: 'x' }, { 'upvest-request-id': 'r-42' }));
    const error = await rejection(failing.client.readOrder('o'));
    await failing.close();
    expect(error).toMatchObject({ requestId: 'r-42' });
    expect((error as Error).message).toContain('r-42');
  });
});
