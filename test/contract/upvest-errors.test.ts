import type { CoordinatorError } from '../../src/errors';
import type { UpvestClient } from '../../src/upvest/client';
import {
  UpvestOutcomeUnknown,
  UpvestRefused,
  UpvestRetry,
  UpvestUnauthorised,
} from '../../src/upvest/errors';
import type { Reply } from '../upvest/http-stub';
import { json, rejection, text } from '../upvest/http-stub';
import { placeRequest, startUpvest } from '../upvest/upvest-stub';
import { idempotencyKey } from './upvest-calls';

/** What a call ends with when Upvest answers so, and how many requests it took. */
async function failing(
  reply: Reply,
  call: (client: UpvestClient) => Promise<unknown> = place,
): Promise<{ error: unknown; requests: number }> {
  const stub = await startUpvest(reply);
  const error = await rejection(call(stub.client));
  await stub.close();
  return { error, requests: stub.arrived.filter(({ url }) => url !== '/auth/token').length };
}

const place = (client: UpvestClient) => client.placePortfolioOrder(placeRequest, idempotencyKey);
const read = (client: UpvestClient) => client.readOrder('o');

async function refusal(reply: Reply): Promise<UpvestRefused> {
  const { error } = await failing(reply);
  expect(error).toBeInstanceOf(UpvestRefused);
  return error as UpvestRefused;
}

const full = {
  type: 'https://docs.upvest.co/errors/Forbidden',
  status: 403,
  title: 'Forbidden',
  detail: 'The scope is missing',
  instance: '/portfolios/orders',
  request_id: 'r-1',
};
type Field = keyof typeof full;
const without = (field: Field) => Object.fromEntries(Object.entries(full).filter(([name]) => name !== field));

describe('upvest.md 3.9 errors: fields of the body', () => {
  it.each([
    ['type', { type: full.type, code: 'forbidden' }],
    ['title', { title: full.title }],
    ['detail', { detail: full.detail }],
    ['instance', { instance: full.instance }],
    ['request_id', { requestId: full.request_id }],
  ] as const)('`%s`: is read, and may be absent', async (field, known) => {
    expect((await refusal(json(403, full))).problem).toMatchObject(known);
    const { problem } = await refusal(json(403, without(field)));
    for (const name of Object.keys(known)) expect(problem).not.toHaveProperty(name);
  });

  it('`status`: the answer’s own status is believed, not the one in the body', async () => {
    for (const body of [{ ...full, status: 500 }, without('status')]) {
      expect((await refusal(json(403, body))).status).toBe(403);
    }
  });

  it('`details` instead of `detail`, as the page on 401 has it', async () => {
    const body = { ...without('detail'), details: 'The scope is missing' };
    expect((await refusal(json(403, body))).problem.detail).toBe('The scope is missing');
  });

  it('bodies that are no JSON, as gateways send them', async () => {
    expect((await refusal(text(403, '<html>no</html>'))).problem).toEqual({
      status: 403,
      excerpt: '<html>no</html>',
    });
    expect((await refusal(text(403, ''))).problem).toEqual({ status: 403 });
  });

  it('the message has the status, type, title, detail and request id', async () => {
    const { message } = await refusal(json(403, full));
    for (const part of ['403', 'forbidden', 'Forbidden', 'The scope is missing', 'r-1'])
      expect(message).toContain(part);
  });
});

type Failure = new (...parameters: never[]) => CoordinatorError;
const docs = (page: string) => `https://docs.upvest.co/errors/${page}`;

/** Whether to repeat a POST that creates, with its key; what the last column says of "same key" is our next step. */
const STATUSES: [status: number, retry: string, types: string[], ofPost: Failure, ofGet: Failure][] = [
  [
    400,
    'no',
    [docs('invalid_request'), docs('missing_idempotency_key'), 'bad_request'],
    UpvestRefused,
    UpvestRefused,
  ],
  [401, 'once', [docs('unauthorised'), 'unauthorized'], UpvestUnauthorised, UpvestUnauthorised],
  [403, 'no', [docs('forbidden'), 'forbidden'], UpvestRefused, UpvestRefused],
  [404, 'no, except right after creation', [docs('not_found'), 'not_found'], UpvestRefused, UpvestRefused],
  [405, 'no', ['method_not_allowed'], UpvestRefused, UpvestRefused],
  [406, 'no', [docs('not_acceptable'), 'not_acceptable'], UpvestRefused, UpvestRefused],
  // Under a key it may be the answer to a twin that is still being worked on (3.8).
  [409, 'no; GET state', [docs('conflict'), 'conflict'], UpvestOutcomeUnknown, UpvestRefused],
  [422, 'no', [docs('unprocessable_entity'), 'unprocessable_entity'], UpvestRefused, UpvestRefused],
  [
    429,
    'yes, exponential backoff',
    [docs('too_many_requests'), 'too_many_requests'],
    UpvestRetry,
    UpvestRetry,
  ],
  [500, 'yes, same key', [docs('internal'), 'internal_server_error'], UpvestOutcomeUnknown, UpvestRetry],
  [502, 'yes, same key', [docs('bad_gateway')], UpvestOutcomeUnknown, UpvestRetry],
  [503, 'yes', [docs('unavailable'), 'method_not_allowed'], UpvestOutcomeUnknown, UpvestRetry],
  [
    504,
    'yes, same key; outcome unknown',
    [docs('gateway_timeout'), 'gateway_timeout'],
    UpvestOutcomeUnknown,
    UpvestRetry,
  ],
];

describe('upvest.md 3.9 errors: statuses', () => {
  it.each(STATUSES)('`%i`: retry %s', async (status, _retry, types, ofPost, ofGet) => {
    for (const type of types) {
      const reply = json(status, { type, status }, { 'upvest-request-id': 'r-1' });
      const [posted, got] = [await failing(reply, place), await failing(reply, read)];
      expect([posted.error, got.error]).toEqual([expect.any(ofPost), expect.any(ofGet)]);
      for (const { error, requests } of [posted, got]) {
        expect(error).toMatchObject({ status, requestId: 'r-1' });
        expect((error as Error).message).toContain(`${status}, ${type.split('/').at(-1) ?? ''}`);
        // Only after a 401 does the client itself try again, and once; its caller decides about the rest.
        expect(requests).toBe(status === 401 ? 2 : 1);
      }
    }
  });

  it('`403`: names the scope that the client asked for', async () => {
    const { message } = await refusal(json(403, { type: 'forbidden' }));
    expect(message).toContain('portfolios:admin');
  });

  it('`429`: says how long to wait where Upvest does (3.10)', async () => {
    const { error } = await failing(json(429, { type: 'too_many_requests' }, { 'retry-after': '2' }), read);
    expect(error).toMatchObject({ next: 'retry', retryAfterMs: 2000 });
  });
});
