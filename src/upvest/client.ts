/**
 * The client of the Upvest Investment API. Signing, tokens, pacing and the meaning of failures
 * are in `transport.ts`; what any call can throw is in `errors.ts`.
 */
import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { UpvestClient } from './api';
import { UpvestRefused } from './errors';
import {
  orderSchema,
  portfolioOrderListSchema,
  portfolioOrderSchema,
  verifyKeysSchema,
  webhookListSchema,
  webhookSchema,
} from './schemas';
import { createSignedExchange } from './signed-exchange';
import { createSpacing } from './spacing';
import { createUpvestTokens } from './token';
import { createTransport } from './transport';

export type * from './api';

export interface UpvestClientOptions {
  /** `https://sandbox.upvest.co` or `https://api.upvest.co` (upvest.md 1). */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** Id that Upvest gave to the public key of `privateKey`. */
  keyId: string;
  /** EC P-521, see `loadPrivateKey`. */
  privateKey: KeyObject;
  /** Default: an Agent of its own, which `close` closes. */
  dispatcher?: Dispatcher;
  /** Default: the system's clock. */
  clock?: { now(): number };
  /** Source of the nonces of signatures. Default: random UUIDs. */
  nonce?: () => string;
  /** From connecting to the last byte of the answer, without the wait for the rate limit. Default 30 s. */
  requestTimeoutMs?: number;
  /** Requests of this client are spaced to at most so many per second. Default 250; the sandbox allows 300 (upvest.md 3.10). */
  requestsPerSecond?: number;
}

const NOT_CANCELLABLE = new Set([400, 409, 422]);
// A page of 1000 portfolio orders with some hundred children each.
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** A client with tokens and a rate limit of its own. */
export function createUpvestClient(options: UpvestClientOptions): UpvestClient {
  const { clientId, clientSecret, clock = Date, nonce = randomUUID, dispatcher: given } = options;
  const dispatcher =
    given ?? new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, maxResponseSize: MAX_ANSWER_BYTES });
  const send = createSignedExchange({
    baseUrl: options.baseUrl,
    clientId,
    keyId: options.keyId,
    privateKey: options.privateKey,
    dispatcher,
    clock,
    nonce,
    timeoutMs: options.requestTimeoutMs ?? 30_000,
    turn: createSpacing(options.requestsPerSecond ?? 250),
  });
  const tokens = createUpvestTokens({ send, clientId, clientSecret, clock });
  const transport = createTransport({ send, tokens, clock });

  return {
    async placePortfolioOrder(request, idempotencyKey, { signal } = {}) {
      const json = {
        user_id: request.userId,
        account_id: request.accountId,
        cash_amount: request.cashAmount,
        currency: request.currency,
        side: request.side,
        post_tax: request.postTax,
      };
      const path = '/portfolios/orders';
      return transport.read(
        { method: 'POST', path, scope: 'portfolios:admin', json, idempotencyKey, signal },
        portfolioOrderSchema,
      );
    },

    async readPortfolioOrder(id, { signal } = {}) {
      return transport.read(
        { method: 'GET', path: portfolioOrderPath(id), scope: READ_ORDERS, signal },
        portfolioOrderSchema,
      );
    },

    async listPortfolioOrders({ accountId, startDate, endDate, limit, offset }, { signal } = {}) {
      const query = queryOf({
        account_id: accountId,
        start_date: startDate,
        end_date: endDate,
        limit,
        offset,
      });
      const path = `/portfolios/orders${query}`;
      const { data, meta } = await transport.read(
        { method: 'GET', path, scope: READ_ORDERS, signal },
        portfolioOrderListSchema,
      );
      return { orders: data, ...(meta?.total_count !== undefined && { totalCount: meta.total_count }) };
    },

    async cancelPortfolioOrder(id, { signal } = {}) {
      try {
        await transport.call({
          method: 'DELETE',
          path: portfolioOrderPath(id),
          scope: 'portfolios:admin',
          signal,
        });
        return 'accepted';
      } catch (error) {
        if (error instanceof UpvestRefused && NOT_CANCELLABLE.has(error.status))
          return { refused: error.problem };
        throw error;
      }
    },

    async readOrder(id, { signal } = {}) {
      return transport.read(
        { method: 'GET', path: `/orders/${encodeURIComponent(id)}`, scope: READ_ORDERS, signal },
        orderSchema,
      );
    },

    async readVerifyKeys({ signal } = {}) {
      const path = '/auth/verify_keys';
      return (await transport.read({ method: 'GET', path, scope: 'webhooks:read', signal }, verifyKeysSchema))
        .keys;
    },

    async createWebhook({ title, url, types, delay, maxPackageSize }, { signal } = {}) {
      const config =
        delay === undefined && maxPackageSize === undefined
          ? undefined
          : { delay, max_package_size: maxPackageSize };
      const json = { title, url, type: types, config };
      return transport.read(
        { method: 'POST', path: '/webhooks', scope: 'webhooks:admin', json, signal },
        webhookSchema,
      );
    },

    async listWebhooks({ signal } = {}) {
      const path = '/webhooks';
      return (
        await transport.read({ method: 'GET', path, scope: 'webhooks:read', signal }, webhookListSchema)
      ).data;
    },

    async enableWebhook(id, { signal } = {}) {
      const path = `/webhooks/${encodeURIComponent(id)}`;
      return transport.read(
        { method: 'PATCH', path, scope: 'webhooks:admin', json: { enabled: true }, signal },
        webhookSchema,
      );
    },

    async close() {
      if (given === undefined) await dispatcher.close();
    },
  };
}

const READ_ORDERS = 'portfolios:read orders:read';

function portfolioOrderPath(id: string): string {
  return `/portfolios/orders/${encodeURIComponent(id)}`;
}

function queryOf(parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
