/** A client against a stub of Upvest that gives tokens by itself. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { UpvestClient, UpvestClientOptions } from '../../../src/upvest/client/client';
import { createUpvestClient } from '../../../src/upvest/client/client';
import type { HttpStub, Reply } from './http-stub';
import { json, startStub } from './http-stub';

const keys = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
export const publicKey: KeyObject = keys.publicKey;
export const privateKey: KeyObject = keys.privateKey;
export const keyId = '11111111-2222-4333-8444-555555555555';
export const clientId = '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10';

export interface UpvestStub extends HttpStub {
  client: UpvestClient;
}

/** `reply` answers all but the token calls; `token` answers those instead of issuing `token-1`, `token-2`, … */
export async function startUpvest(
  reply: Reply,
  options: Partial<UpvestClientOptions> = {},
  token?: Reply,
): Promise<UpvestStub> {
  let issued = 0;
  const issue: Reply = (response, request) => {
    issued += 1;
    json(200, { access_token: `token-${issued}`, expires_in: 1799, token_type: 'bearer' })(response, request);
  };
  const stub = await startStub((response, request) => {
    (request.url === '/auth/token' ? (token ?? issue) : reply)(response, request);
  });
  const client = createUpvestClient({
    baseUrl: stub.url,
    clientId,
    clientSecret: 's3cret & more',
    keyId,
    privateKey,
    requestsPerSecond: 10_000,
    ...options,
  });
  return {
    ...stub,
    client,
    async close() {
      await stub.close();
      await client.close();
    },
  };
}

export const placeRequest = {
  userId: '0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11',
  accountId: '5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01',
  cashAmount: '250.00',
  currency: 'EUR',
  side: 'BUY',
};

/** references/upvest.md#place-a-portfolio-order. */
export const placedOrder = {
  id: 'a4b0c5f1-0b7d-4d7e-9f31-6c2d8e1f7a90',
  created_at: '2026-01-02T09:00:00Z',
  updated_at: '2026-01-02T09:00:00.25Z',
  user_id: placeRequest.userId,
  account_id: placeRequest.accountId,
  allocation_id: 'e2a7d0c3-94b1-4c58-8a6e-1f0b3d5c7e92',
  cash_amount: '250.00',
  currency: 'EUR',
  status: 'NEW',
  type: 'BUY',
  post_tax: false,
  client_reference: '',
  initiation_flow: 'API',
  orders: [],
};
