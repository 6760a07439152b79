import type { CoordinatorError } from '../../src/lib/errors';
import type { UpvestClient } from '../../src/upvest/client/client';
import {
  UpvestForbidden,
  UpvestForeignAnswer,
  UpvestOutcomeUnknown,
  UpvestRefused,
  UpvestRetry,
  UpvestUnauthorised,
} from '../../src/upvest/client/errors';
import type { Reply } from '../upvest/client/http-stub';
import { json, rejection, text } from '../upvest/client/http-stub';
import { placeRequest, startUpvest } from '../upvest/client/upvest-stub';
import { idempotencyKey } from './upvest-calls';

/** The error of a call that Upvest answers in this way, and the number of requests. */
async function failing(
  reply: Reply,
  call: (client: UpvestClient) => Promise<unknown> = place,
): Promise<{ error: unknown; requests: number }> {
  const stub = await startUpvest(reply);
  const error = await rejection(call(stub.client));
  await stub.close();
  return { error, requests: stub.arrived.filter(({ url }) => url !== '/auth/token').length };
}

const place = (client: UpvestClient) => client.createPortfolioOrder(placeRequest, idempotencyKey);
const read = (client: UpvestClient) => client.readOrder('o');

async function refusal(reply: Reply): Promise<UpvestRefused> {
  const { error } = await failing(reply);
  expect(error).toBeInstanceOf(UpvestRefused);
  return error as UpvestRefused;
}

const full = {
  type: 'https://docs.upvest.co/errors/Unprocessable_Entity',
  status: 422,
  title: 'Unprocessable entity',
  detail: 'The account is closed',
  instance: '/portfolios/orders',
  request_id: 'r-1',
};
type Field = keyof typeof full;
const without = (field: Field) => Object.fromEntries(Object.entries(full).filter(([name]) => name !== field));

describe('references/upvest.md#errors: fields of the body', () => {
  it.each([
    ['title', { title: full.title }],
    ['detail', { detail: full.detail }],
    ['instance', { instance: full.instance }],
    ['request_id', { requestId: full.request_id }],
  ] as const)('`%s`: is read, and may be absent', async (field, known) => {
    expect((await refusal(json(422, full))).problem).toMatchObject(known);
    const { problem } = await refusal(json(422, without(field)));
    for (const name of Object.keys(known)) expect(problem).not.toHaveProperty(name);
  });

  it('`type`: is read, and must be there: a gateway’s JSON has none (14.53)', async () => {
    expect((await refusal(json(422, full))).problem).toMatchObject({
      type: full.type,
      code: 'unprocessable_entity',
    });
    for (const body of [without('type'), { ...full, type: 'about:blank' }]) {
      expect((await failing(json(422, body))).error).toBeInstanceOf(UpvestForeignAnswer);
    }
  });

  it('`status`: the HTTP status counts, not the one in the body', async () => {
    for (const body of [{ ...full, status: 500 }, without('status')]) {
      expect((await refusal(json(422, body))).status).toBe(422);
    }
  });

  it('`details` instead of `detail`, as on the page about 401', async () => {
    const body = { ...without('detail'), details: 'The account is closed' };
    expect((await refusal(json(422, body))).problem.detail).toBe('The account is closed');
  });

  it('bodies that are not JSON, as sent by gateways, are no rejection by Upvest (14.53)', async () => {
    const { error } = await failing(text(422, '<html>no</html>'));
    expect(error).toBeInstanceOf(UpvestForeignAnswer);
    expect(error).toMatchObject({ problem: { status: 422, excerpt: 'no' } });
    expect((await failing(text(422, ''))).error).toMatchObject({ problem: { status: 422 } });
  });

  it('the message has the status, type, title, detail and request id', async () => {
    const { message } = await refusal(json(422, full));
    for (const part of [
      '422',
      'unprocessable_entity',
      'Unprocessable entity',
      'The account is closed',
      'r-1',
    ])
      expect(message).toContain(part);
  });
});

type Failure = new (...parameters: never[]) => CoordinatorError;
const docs = (page: string) => `https://docs.upvest.co/errors/${page}`;

/** Statuses with the documented retry rule, and the errors of a creating POST and of a GET. */
const STATUSES: [status: number, retry: string, types: string[], ofPost: Failure, ofGet: Failure][] = [
  [400, 'no', [docs('invalid_request'), 'bad_request'], UpvestRefused, UpvestRefused],
  [400, 'no', [docs('missing_idempotency_key')], UpvestUnauthorised, UpvestUnauthorised],
  [401, 'once', [docs('unauthorised'), 'unauthorized'], UpvestUnauthorised, UpvestUnauthorised],
  [403, 'no', [docs('forbidden'), 'forbidden'], UpvestForbidden, UpvestForbidden],
  [404, 'no, except right after creation', [docs('not_found'), 'not_found'], UpvestRefused, UpvestRefused],
  [405, 'no', ['method_not_allowed'], UpvestUnauthorised, UpvestUnauthorised],
  [406, 'no', [docs('not_acceptable'), 'not_acceptable'], UpvestUnauthorised, UpvestUnauthorised],
  // With an idempotency key it may be the answer while a concurrent duplicate is in progress
  // (references/upvest.md#idempotency).
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

describe('references/upvest.md#errors: statuses', () => {
  it.each(STATUSES)('`%i`: retry %s', async (status, _retry, types, ofPost, ofGet) => {
    for (const type of types) {
      const reply = json(status, { type, status }, { 'upvest-request-id': 'r-1' });
      const [posted, got] = [await failing(reply, place), await failing(reply, read)];
      expect([posted.error, got.error]).toEqual([expect.any(ofPost), expect.any(ofGet)]);
      for (const { error, requests } of [posted, got]) {
        expect(error).toMatchObject({ status, requestId: 'r-1' });
        expect((error as Error).message).toContain(`${status}, ${type.split('/').at(-1) ?? ''}`);
        // The client retries only a 401, once; the caller decides about all others.
        expect(requests).toBe(status === 401 ? 2 : 1);
      }
    }
  });

  it('`403`: names the requested scope', async () => {
    const { error } = await failing(json(403, { type: 'forbidden' }));
    expect((error as Error).message).toContain('portfolios:admin');
  });

  it('`429`: contains the waiting time where Upvest gives one (references/upvest.md#rate-limits)', async () => {
    const { error } = await failing(json(429, { type: 'too_many_requests' }, { 'retry-after': '2' }), read);
    expect(error).toMatchObject({ next: 'retry', retryAfterMs: 2000 });
  });
});
