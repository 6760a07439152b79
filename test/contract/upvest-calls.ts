/** All calls of the client, with their rows of references/upvest.md#success-statuses. */
import type { UpvestClient } from '../../src/upvest/client/client';
import type { Arrived } from '../upvest/client/http-stub';
import { json } from '../upvest/client/http-stub';
import type { UpvestStub } from '../upvest/client/upvest-stub';
import { placedOrder, placeRequest, startUpvest } from '../upvest/client/upvest-stub';

export const idempotencyKey = '7d9c3c1e-5f0b-4a86-9a55-0e3b1c2d4f60';

export interface ContractCall {
  /**
   * First cell of the row; absent for calls documented elsewhere (references/upvest.md#rebalancing,
   * #webhook-subscriptions).
   */
  row?: string;
  method: Exclude<keyof UpvestClient, 'close'>;
  run: (client: UpvestClient) => Promise<unknown>;
  /** Method and target on the wire. */
  wire: string;
  /** Success statuses by the last column of references/upvest.md#success-statuses, or by the section of the call. */
  accepted: number[];
  /** Response body, where there is one. */
  answer: unknown;
}

const execution = {
  id: 'x',
  order_id: 'o',
  status: 'FILLED',
  cash_amount: '1.00',
  currency: 'EUR',
  share_quantity: '1',
  price: '1',
};
const order = { id: 'o', status: 'FILLED', executions: [execution] };
const webhook = { id: 'w', title: 't', url: 'https://h.example', enabled: true, type: ['ALL'], config: {} };
const create = { title: 't', url: 'https://h.example', types: ['ALL'] };
const list = (item: unknown) => ({ meta: { count: 1, limit: 100, offset: 0, total_count: 1 }, data: [item] });
const rebalancings = '/portfolios/rebalancings/executions';

export const CALLS: ContractCall[] = [
  {
    row: 'POST /portfolios/orders',
    method: 'createPortfolioOrder',
    run: (client) => client.createPortfolioOrder(placeRequest, idempotencyKey),
    wire: 'POST /portfolios/orders',
    accepted: [200, 201, 202],
    answer: placedOrder,
  },
  {
    row: 'GET /portfolios/orders/{portfolio_order_id}',
    method: 'readPortfolioOrder',
    run: (client) => client.readPortfolioOrder(placedOrder.id),
    wire: `GET /portfolios/orders/${placedOrder.id}`,
    accepted: [200],
    answer: placedOrder,
  },
  {
    row: 'GET /portfolios/orders',
    method: 'listPortfolioOrders',
    run: (client) => client.listPortfolioOrders({ limit: 7 }),
    wire: 'GET /portfolios/orders?limit=7',
    accepted: [200],
    answer: list(placedOrder),
  },
  {
    row: 'DELETE /portfolios/orders/{portfolio_order_id}',
    method: 'cancelPortfolioOrder',
    run: (client) => client.cancelPortfolioOrder('p'),
    wire: 'DELETE /portfolios/orders/p',
    accepted: [200, 202, 204],
    answer: undefined,
  },
  {
    row: 'GET /orders/{order_id}',
    method: 'readOrder',
    run: (client) => client.readOrder('o'),
    wire: 'GET /orders/o',
    accepted: [200],
    answer: order,
  },
  {
    row: 'GET /orders/{order_id}/executions/{execution_id}',
    method: 'readExecution',
    run: (client) => client.readExecution('o', 'x'),
    wire: 'GET /orders/o/executions/x',
    accepted: [200],
    answer: execution,
  },
  {
    row: 'GET /accounts/{account_id}/orders',
    method: 'listAccountOrders',
    run: (client) => client.listAccountOrders({ accountId: 'a', status: 'NEW' }),
    wire: 'GET /accounts/a/orders?status=NEW',
    accepted: [200],
    answer: list(order),
  },
  {
    row: 'POST /portfolios/rebalancings/executions',
    method: 'startRebalancing',
    run: (client) => client.startRebalancing({ accounts: ['a'] }, idempotencyKey),
    wire: `POST ${rebalancings}`,
    accepted: [200, 201, 202],
    answer: { id: 'r' },
  },
  {
    method: 'readRebalancing',
    run: (client) => client.readRebalancing('r'),
    wire: `GET ${rebalancings}/r`,
    accepted: [200],
    answer: { id: 'r', accounts: ['a'] },
  },
  {
    method: 'listRebalancingOrders',
    run: (client) => client.listRebalancingOrders('r'),
    wire: `GET ${rebalancings}/r/orders`,
    accepted: [200],
    answer: list({ id: '1', status: 'NEW', portfolio_order_id: null }),
  },
  {
    row: 'POST /webhooks',
    method: 'createWebhook',
    run: (client) => client.createWebhook(create),
    wire: 'POST /webhooks',
    accepted: [200, 201],
    answer: webhook,
  },
  {
    row: 'PATCH /webhooks/{webhook_id}',
    method: 'updateWebhook',
    run: (client) => client.updateWebhook('w', { title: 'u' }),
    wire: 'PATCH /webhooks/w',
    accepted: [200],
    answer: webhook,
  },
  {
    method: 'enableWebhook',
    run: (client) => client.enableWebhook('w'),
    wire: 'PATCH /webhooks/w',
    accepted: [200],
    answer: webhook,
  },
  {
    row: 'DELETE /webhooks/{webhook_id}',
    method: 'deleteWebhook',
    run: (client) => client.deleteWebhook('w'),
    wire: 'DELETE /webhooks/w',
    accepted: [200, 204],
    answer: undefined,
  },
  {
    row: 'POST /webhooks/{webhook_id}/test',
    method: 'testWebhook',
    run: (client) => client.testWebhook('w'),
    wire: 'POST /webhooks/w/test',
    accepted: [200, 202],
    answer: { url: 'https://h.example', response: { status: 200, headers: {}, body: '' } },
  },
  {
    method: 'listWebhooks',
    run: (client) => client.listWebhooks(),
    wire: 'GET /webhooks?limit=1000',
    accepted: [200],
    answer: list(webhook),
  },
  {
    method: 'readWebhook',
    run: (client) => client.readWebhook('w'),
    wire: 'GET /webhooks/w',
    accepted: [200],
    answer: webhook,
  },
  {
    row: 'GET /auth/verify_keys',
    method: 'readVerifyKeys',
    run: (client) => client.readVerifyKeys(),
    wire: 'GET /auth/verify_keys',
    accepted: [200],
    answer: { keys: [{ kid: 'k', kty: 'EC', crv: 'P-521', x: 'x', y: 'y' }] },
  },
];

export const wireOf = ({ method, url }: Arrived): string => `${method} ${url}`;

/** Starts an Upvest stub that answers all calls of the table with success. */
export async function startAnswering(options: Parameters<typeof startUpvest>[1] = {}): Promise<UpvestStub> {
  return startUpvest((response, request) => {
    const call = CALLS.find(({ wire }) => wire === wireOf(request));
    json(call === undefined ? 404 : 200, call?.answer ?? {})(response, request);
  }, options);
}

export interface Recorded {
  tokens: Arrived[];
  /** All calls except token calls. */
  calls: Arrived[];
}

/** Makes every call once. */
export async function recordEveryCall(stub: UpvestStub): Promise<Recorded> {
  for (const { run } of CALLS) await run(stub.client);
  const isToken = ({ url }: Arrived) => url === '/auth/token';
  return { tokens: stub.arrived.filter(isToken), calls: stub.arrived.filter((one) => !isToken(one)) };
}
