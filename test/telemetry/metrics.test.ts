/** Metrics of a process: what it reports becomes lines, and few of them. */
import { randomUUID } from 'node:crypto';
import { operationOf } from '../../src/partners/request-report';
import { createMetrics } from '../../src/telemetry/metrics';
import { json } from '../upvest/client/http-stub';
import { placedOrder, startUpvest } from '../upvest/client/upvest-stub';

const lines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

it('counts requests by operation and answer, with their durations, waits and token', async () => {
  const metrics = createMetrics({ processName: 'worker' });
  const { upvest, esw } = { upvest: metrics.partner('upvest'), esw: metrics.partner('esw') };
  upvest.onRequest({ operation: 'GET /orders/{id}', status: 200, ms: 80 });
  upvest.onRequest({ operation: 'GET /orders/{id}', status: 429, ms: 20 });
  upvest.onRequest({ operation: 'GET /orders/{id}', status: undefined, ms: 30_000 });
  upvest.onTurn(40);
  esw.onToken(1_700_000_000_000);
  esw.onSending(false);
  const all = lines((await metrics.expose()).text);
  expect(all).toEqual(
    expect.arrayContaining([
      'partner_requests_total{partner="upvest",operation="GET /orders/{id}",answer="2xx"} 1',
      'partner_requests_total{partner="upvest",operation="GET /orders/{id}",answer="429"} 1',
      'partner_requests_total{partner="upvest",operation="GET /orders/{id}",answer="none"} 1',
      'partner_request_duration_seconds_bucket{le="0.05",partner="upvest",operation="GET /orders/{id}"} 1',
      'partner_request_duration_seconds_count{partner="upvest",operation="GET /orders/{id}"} 3',
      'partner_budget_wait_seconds_bucket{le="0.05",partner="upvest"} 1',
      'partner_token_expiry_timestamp_seconds{partner="esw"} 1700000000',
      'partner_sending{partner="esw"} 0',
    ]),
  );
});

it('measures the lag of webhooks, and when the last one was accepted', async () => {
  const metrics = createMetrics({ processName: 'server' });
  const before = Date.now() / 1000;
  expect((await metrics.expose()).text).not.toContain('webhook_last_accepted_timestamp_seconds{');
  metrics.webhooks.request('refused', 'none');
  expect((await metrics.expose()).text).not.toContain('webhook_last_accepted_timestamp_seconds{');
  metrics.webhooks.request('accepted', 'v15');
  metrics.webhooks.lag(700);
  // The partner's clock may be ahead of ours.
  metrics.webhooks.lag(-700);
  const { text } = await metrics.expose();
  const last = /^webhook_last_accepted_timestamp_seconds\{partner="upvest"\} (\S+)$/m.exec(text)?.[1];
  expect(Number(last)).toBeGreaterThanOrEqual(before);
  expect(lines(text)).toEqual(
    expect.arrayContaining([
      'webhook_lag_seconds_bucket{le="0.1"} 1',
      'webhook_lag_seconds_bucket{le="1"} 2',
    ]),
  );
});

it('has further metrics, and the same number of lines for any number of orders', async () => {
  const metrics = createMetrics({ processName: 'worker' });
  metrics.add(() => Promise.resolve('temporal_num_pollers 4'));
  const read = async (ids: number): Promise<string[]> => {
    const upvest = await startUpvest(json(200, placedOrder), metrics.partner('upvest'));
    const { client } = upvest;
    for (let one = 0; one < ids; one += 1)
      await client.readPortfolioOrder(randomUUID()).catch(() => undefined);
    await client
      .listPortfolioOrders({ accountId: randomUUID(), limit: 10, offset: ids })
      .catch(() => undefined);
    await upvest.close();
    return lines((await metrics.expose()).text);
  };
  const few = await read(1);
  expect(few).toContain('temporal_num_pollers 4');
  expect((await read(50)).length).toBe(few.length);
});

it.each([
  ['/portfolios/orders/5b6e4f7a-9c8d-4e1f-8a3b-4c5d6e7f8091', 'GET /portfolios/orders/{id}'],
  ['/orders/5B6E4F7A9C8D4E1F/executions/12345678', 'GET /orders/{id}/executions/{id}'],
  ['/accounts/acc-00000001/orders', 'GET /accounts/{id}/orders'],
  ['/auth/verify_keys', 'GET /auth/verify_keys'],
  ['/portfolios/rebalancings/executions', 'GET /portfolios/rebalancings/executions'],
])('the operation of %s is %s', (path, operation) => {
  expect(operationOf('GET', path)).toBe(operation);
});
