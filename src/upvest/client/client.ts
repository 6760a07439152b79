/**
 * The client of the Upvest Investment API. `transport.ts` has signing, tokens, rate limiting and the classification of
 * failures; `errors.ts` has the errors of every call.
 */
import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { z } from 'zod';
import type { CallOptions, PortfolioOrderPage, UpdateWebhookRequest, UpvestClient } from './types';
import { describeIssues } from '../../lib/json';
import { UpvestRefused } from './errors';
import {
  executionSchema,
  orderListSchema,
  orderSchema,
  portfolioOrderListSchema,
  portfolioOrderSchema,
  rebalancingOrderListSchema,
  rebalancingSchema,
  rebalancingStartedSchema,
  verifyKeysSchema,
  webhookListSchema,
  webhookSchema,
  webhookTestSchema,
} from '../model/schemas';
import { createSignedExchange } from './signed-exchange';
import { createRateLimiter, type RateSource } from './rate-limiter';
import { createSharedReads } from './shared-reads';
import type { UpvestScope } from './token';
import { createUpvestTokens } from './token';
import { createTransport } from './transport';
import type { ClientReports } from '../../partners/request-report';

export type * from './types';

export interface UpvestClientOptions extends ClientReports {
  /** `https://sandbox.upvest.co` or `https://api.upvest.co` (references/upvest.md#authentication). */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** Upvest's id of the public key that belongs to `privateKey`. */
  keyId: string;
  /** EC P-521, see `loadPrivateKey`. */
  privateKey: KeyObject;
  /** Default: a new Agent, which `close` closes. */
  dispatcher?: Dispatcher;
  /** Default: the system clock. */
  clock?: { now(): number };
  /** Source of signature nonces. Default: random UUIDs. */
  nonce?: () => string;
  /** Time limit from connecting to the last byte of the answer, without the wait for the rate limiter. Default 30 s. */
  requestTimeoutMs?: number;
  /** Rate limit of this client; the sandbox allows 300 for all of them (references/upvest.md#rate-limits). Default 250. */
  requestsPerSecond?: number | RateSource;
}

const NOT_CANCELLABLE = new Set([400, 409, 422]);
// A page of 1000 portfolio orders with some hundred children each.
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** Creates a client with its own tokens and rate limiter. */
export function createUpvestClient(options: UpvestClientOptions): UpvestClient {
  const { clientId, clientSecret, clock = Date, nonce = randomUUID, dispatcher: given } = options;
  const dispatcher =
    given ?? new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, maxResponseSize: MAX_ANSWER_BYTES });
  const send = createSignedExchange({
    ...options,
    dispatcher,
    clock,
    nonce,
    timeoutMs: options.requestTimeoutMs ?? 30_000,
    acquireSlot: createRateLimiter(options.requestsPerSecond ?? 250),
  });
  const tokens = createUpvestTokens({ send, clientId, clientSecret, clock, onToken: options.onToken });
  const transport = createTransport({ send, tokens, clock });
  const shareRead = createSharedReads();

  async function get<T extends z.ZodType>(
    path: string,
    schema: T,
    { signal, onSend }: CallOptions & { onSend?: () => void } = {},
    scope: UpvestScope = 'portfolios:read orders:read',
  ): Promise<z.output<T>> {
    return transport.read({ method: 'GET', path, scope, signal, onSend }, schema);
  }

  /** Reads the object with this id. What a cache or a proxy answers about another one counts as unreadable. */
  async function getOne<T extends z.ZodType<{ id: string }>>(
    path: string,
    id: string,
    schema: T,
    { signal }: CallOptions = {},
    scope?: UpvestScope,
  ): Promise<z.output<T>> {
    const isIt = (answer: { id: string }): boolean => answer.id.toLowerCase() === id.toLowerCase();
    const checked = schema.refine(isIt, { path: ['id'], error: 'is that of another object' });
    return shareRead(path.toLowerCase(), signal, (options) => get(path, checked, options, scope));
  }

  const updateWebhook: UpvestClient['updateWebhook'] = async (id, change, { signal } = {}) =>
    transport.read(
      {
        method: 'PATCH',
        path: pathOf('/webhooks', id),
        scope: 'webhooks:admin',
        json: webhookJson(change),
        signal,
      },
      webhookSchema,
    );

  return {
    async createPortfolioOrder(request, idempotencyKey, { signal, turnWithinMs, onSend } = {}) {
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
        {
          method: 'POST',
          path,
          scope: 'portfolios:admin',
          json,
          idempotencyKey,
          signal,
          turnWithinMs,
          onSend,
        },
        portfolioOrderSchema,
      );
    },

    async readPortfolioOrder(id, options) {
      return getOne(pathOf('/portfolios/orders', id), id, portfolioOrderSchema, options);
    },

    async listPortfolioOrders({ accountId, startDate, endDate, limit, offset }, options) {
      const query = queryOf({
        account_id: accountId,
        start_date: startDate,
        end_date: endDate,
        limit,
        offset,
      });
      return pageOfReadable(await get(`/portfolios/orders${query}`, portfolioOrderListSchema, options));
    },

    async cancelPortfolioOrder(id, { signal } = {}) {
      const path = pathOf('/portfolios/orders', id);
      try {
        await transport.call({ method: 'DELETE', path, scope: 'portfolios:admin', signal });
        return 'accepted';
      } catch (error) {
        if (error instanceof UpvestRefused && NOT_CANCELLABLE.has(error.status))
          return { refused: error.problem };
        throw error;
      }
    },

    async readOrder(id, options) {
      return getOne(pathOf('/orders', id), id, orderSchema, options);
    },

    async readExecution(orderId, executionId, options) {
      const path = pathOf('/orders', orderId, 'executions', executionId);
      return getOne(path, executionId, executionSchema, options);
    },

    async listAccountOrders({ accountId, status, createdFrom, createdTo, limit, offset }, options) {
      const query = queryOf({
        status,
        date_created_from: createdFrom,
        date_created_to: createdTo,
        limit,
        offset,
      });
      const path = `${pathOf('/accounts', accountId, 'orders')}${query}`;
      return pageOf(await get(path, orderListSchema, options));
    },

    async startRebalancing({ accounts, allocations }, idempotencyKey, { signal } = {}) {
      const json = accounts === undefined ? { allocations } : { accounts };
      const { id } = await transport.read(
        { method: 'POST', path: REBALANCINGS, scope: 'portfolios:admin', json, idempotencyKey, signal },
        rebalancingStartedSchema,
      );
      return id;
    },

    async readRebalancing(executionId, options) {
      return getOne(pathOf(REBALANCINGS, executionId), executionId, rebalancingSchema, options);
    },

    async listRebalancingOrders(executionId, { limit, offset } = {}, options = {}) {
      const path = `${pathOf(REBALANCINGS, executionId, 'orders')}${queryOf({ limit, offset })}`;
      return pageOf(await get(path, rebalancingOrderListSchema, options));
    },

    async readVerifyKeys(options) {
      return (await get('/auth/verify_keys', verifyKeysSchema, options, 'webhooks:read')).keys;
    },

    async createWebhook(request, { signal } = {}) {
      const json = webhookJson(request);
      return transport.read(
        { method: 'POST', path: '/webhooks', scope: 'webhooks:admin', json, signal },
        webhookSchema,
      );
    },

    async listWebhooks(options) {
      return (await get('/webhooks?limit=1000', webhookListSchema, options, 'webhooks:read')).data;
    },

    async readWebhook(id, options) {
      return getOne(pathOf('/webhooks', id), id, webhookSchema, options, 'webhooks:read');
    },

    updateWebhook,

    async enableWebhook(id, options) {
      return updateWebhook(id, { enabled: true }, options);
    },

    async deleteWebhook(id, { signal } = {}) {
      const path = pathOf('/webhooks', id);
      await transport.call({ method: 'DELETE', path, scope: 'webhooks:admin', signal });
    },

    async testWebhook(id, { signal } = {}) {
      const path = pathOf('/webhooks', id, 'test');
      const report = await transport.read(
        { method: 'POST', path, scope: 'webhooks:admin', signal },
        webhookTestSchema.optional(),
      );
      return report ?? 'accepted';
    },

    async close() {
      if (given === undefined) await dispatcher.close();
    },
  };
}

const REBALANCINGS = '/portfolios/rebalancings/executions';

function pathOf(base: string, ...segments: string[]): string {
  return [base, ...segments.map(encodeURIComponent)].join('/');
}

function queryOf(parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function pageOf<T>({ data, meta }: { data: T[]; meta?: { total_count?: number | undefined } | undefined }): {
  orders: T[];
  totalCount?: number;
} {
  return { orders: data, ...(meta?.total_count !== undefined && { totalCount: meta.total_count }) };
}

/** One portfolio order that cannot be read must not hide the others. */
function pageOfReadable({ data, meta }: z.output<typeof portfolioOrderListSchema>): PortfolioOrderPage {
  const read = data.map((item) => portfolioOrderSchema.safeParse(item));
  const orders = read.flatMap(({ data: order }) => order ?? []);
  const unreadable = read.flatMap(({ error }) => (error ? [describeIssues(error)] : []));
  return { ...pageOf({ data: orders, meta }), ...(unreadable.length > 0 && { unreadable }) };
}

/** Body of a webhook (references/upvest.md#webhook-subscriptions). JSON drops undefined members. */
function webhookJson({ title, url, types, enabled, delay, maxPackageSize }: UpdateWebhookRequest): object {
  const config =
    delay === undefined && maxPackageSize === undefined
      ? undefined
      : { delay, max_package_size: maxPackageSize };
  return { title, url, enabled, type: types, config };
}
