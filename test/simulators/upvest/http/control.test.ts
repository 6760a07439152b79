import { randomUUID } from 'node:crypto';
import type { PortfolioOrder, PortfolioOrderTruth } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';

let bench: UpvestBench;

beforeAll(async () => {
  bench = await startBench();
});
afterEach(() => {
  bench.simulator.control.clearFaults();
});
afterAll(() => bench.close());

const countOrders = (): number => bench.simulator.control.portfolioOrders().length;

describe('faults', () => {
  it('before the effect replace the response, as often as configured', async () => {
    const before = countOrders();
    bench.simulator.control.failCalls({ method: 'POST', path: '/portfolios/orders', count: 2, outcome: 500 });
    const key = randomUUID();
    const request = placement();
    const answers = [];
    for (let time = 0; time < 3; time += 1) answers.push((await bench.client.place(request, key)).status);
    expect(answers).toEqual([500, 500, 200]);
    expect(countOrders()).toBe(before + 1);
    expect(bench.simulator.control.placementRequests()[key]).toBe(3);
  });

  it('after the effect hide it; a repeat with the same key returns it', async () => {
    const before = countOrders();
    const key = randomUUID();
    const request = placement();
    bench.simulator.control.failCalls({
      method: 'POST',
      mode: 'after',
      outcome: 504,
      headers: { 'retry-after': '1' },
    });
    const failed = await bench.client.place(request, key);
    expect([failed.status, failed.headers['retry-after']]).toEqual([504, '1']);
    expect(failed.json).toMatchObject({ status: 504 });
    bench.simulator.control.failCalls({ path: '/portfolios/orders', mode: 'after', outcome: 'reset' });
    await expect(bench.client.place(request, key)).rejects.toThrow();
    const found = await bench.client.place(request, key);
    expect(found.status).toBe(200);
    expect(countOrders()).toBe(before + 1);
  });

  it('can reset and hang before the effect', async () => {
    const before = countOrders();
    bench.simulator.control.failCalls({ method: 'POST', outcome: 'reset' });
    await expect(bench.client.place(placement())).rejects.toThrow();
    const hanging = await startBench();
    await hanging.client.token('portfolios:admin');
    hanging.simulator.control.failCalls({ method: 'GET', outcome: 'hang' });
    const call = hanging.client.call('GET', '/portfolios/orders');
    const outcome = await Promise.race([
      call.then(
        () => 'answered',
        () => 'failed',
      ),
      new Promise((resolve) => setTimeout(resolve, 100, 'nothing')),
    ]);
    expect(outcome).toBe('nothing');
    await Promise.all([expect(call).rejects.toThrow(), hanging.close()]);
    expect(countOrders()).toBe(before);
  });

  it('can delay a response', async () => {
    bench.simulator.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 300 });
    const sent = Date.now();
    expect((await bench.client.place(placement())).status).toBe(200);
    expect(Date.now() - sent).toBeGreaterThanOrEqual(298);
  });

  it('can delay a response, but not its effect and webhooks, until faults are cleared', async () => {
    await bench.client.subscribe(bench.receiver.url);
    bench.simulator.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: 600_000 });
    const account = randomUUID();
    let answered = false;
    const call = bench.client.place(placement({ account_id: account })).then(({ status }) => {
      answered = true;
      return status;
    });
    await until(() => bench.receiver.events.some(({ object }) => object.account_id === account));
    expect(answered).toBe(false);
    bench.simulator.control.clearFaults();
    expect(await call).toBe(200);
  });

  it('include an outage of the whole API, during which deliveries continue', async () => {
    const { id } = (await bench.client.place(placement())).json as PortfolioOrder;
    bench.simulator.control.setOutage(true);
    expect((await bench.client.call('GET', `/portfolios/orders/${id}`)).status).toBe(503);
    expect((await bench.client.token('orders:read')).status).toBe(503);
    await until(() =>
      bench.receiver.events.some(
        ({ type, object }) => type === 'PORTFOLIO_ORDER.SETTLED' && object.id === id,
      ),
    );
    bench.simulator.control.setOutage(false);
    expect((await bench.client.call('GET', `/portfolios/orders/${id}`)).status).toBe(200);
  });
});

describe('the control plane over HTTP', () => {
  const body = async (...call: Parameters<UpvestBench['client']['control']>): Promise<unknown> => {
    const answer = await bench.client.control(...call);
    expect(answer.status).toBe(200);
    return answer.json;
  };

  it('starts a savings plan order for an account with a custom number of children', async () => {
    const accountId = randomUUID();
    await body('PUT', `/accounts/${accountId}`, { children: 2 });
    const draft = { userId: randomUUID(), accountId, cashAmount: '50' };
    const started = (await body('POST', '/portfolio-orders', draft)) as PortfolioOrderTruth;
    const { id } = started.portfolioOrder;
    expect(started.portfolioOrder).toMatchObject({
      initiation_flow: 'SAVINGS_PLAN',
      type: 'BUY',
      currency: 'EUR',
    });
    expect(started.portfolioOrder.client_reference).toMatch(/^[0-9a-f-]{36}$/);
    await until(() => bench.simulator.control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
    const truth = (await body('GET', `/portfolio-orders/${id}`)) as PortfolioOrderTruth;
    expect(truth).toEqual(bench.simulator.control.portfolioOrder(id));
    expect(truth.orders.map(({ client_reference }) => client_reference)).toEqual([id, id]);
    expect(truth.events).toHaveLength(4 + 5 * 2);
  });

  it('sets the scenario of an account', async () => {
    const account_id = randomUUID();
    const settings = { scenario: 'PARTNER_CANCEL', nav: '10.00', allocationId: randomUUID() };
    await body('PUT', `/accounts/${account_id}`, settings);
    const { id } = (await bench.client.place(placement({ account_id }))).json as PortfolioOrder;
    await until(() => bench.simulator.control.portfolioOrder(id).portfolioOrder.status === 'CANCELLED');
    expect(bench.simulator.control.portfolioOrder(id).portfolioOrder.allocation_id).toBe(
      settings.allocationId,
    );
    const unknown = await bench.client.control('PUT', `/accounts/${account_id}`, { scenario: 'SUNNY' });
    expect(unknown.status).toBe(400);
  });

  it('pauses, cancels and resumes', async () => {
    await body('POST', '/pause');
    const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '50' };
    const { portfolioOrder } = (await body('POST', '/portfolio-orders', draft)) as PortfolioOrderTruth;
    const path = `/portfolio-orders/${portfolioOrder.id}`;
    expect(await body('POST', `${path}/cancel`)).toEqual({ effective: true });
    expect(await body('POST', `${path}/cancel`, { details: 'again' })).toEqual({ effective: false });
    await body('POST', '/resume');
    const truth = (await body('GET', path)) as PortfolioOrderTruth;
    expect(truth.events.map(({ type }) => type)).toEqual([
      'PORTFOLIO_ORDER.NEW',
      'PORTFOLIO_ORDER.CANCELLED',
    ]);
  });

  it('holds and releases webhooks, and lists deliveries', async () => {
    await bench.simulator.control.whenDelivered();
    await body('POST', '/webhooks/hold');
    const { id } = (await bench.client.place(placement())).json as PortfolioOrder;
    await until(() => bench.simulator.control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
    const seen = bench.receiver.requests.length;
    expect(await body('POST', '/webhooks/release', { batches: 3, copies: 2, order: 'reverse' })).toEqual({
      batches: 3,
    });
    expect(bench.receiver.requests.length).toBe(seen + 6);
    expect(await body('GET', '/deliveries')).toEqual(bench.simulator.control.deliveries());
    expect(await body('POST', '/webhooks/send', { events: [] })).toMatchObject({ status: 200 });
  });

  it('sets faults, outage, pace and tokens', async () => {
    await body('POST', '/faults/fail-calls', { path: '/webhooks', outcome: 429 });
    await body('POST', '/faults/delay-answers', { path: '/nowhere', ms: 5 });
    expect((await bench.client.call('GET', '/webhooks')).status).toBe(429);
    await body('PUT', '/outage', { on: true });
    expect((await bench.client.call('GET', '/webhooks')).status).toBe(503);
    await body('DELETE', '/faults');
    await body('PATCH', '/pace', { settleAfterMs: 1 });
    await body('POST', '/tokens/expire');
    expect((await bench.client.call('GET', '/webhooks')).status).toBe(401);
    bench.client.forgetTokens();
    expect((await bench.client.control('PATCH', '/pace', { speed: 1 })).status).toBe(400);
    expect((await bench.client.control('GET', `/portfolio-orders/${randomUUID()}`)).status).toBe(404);
  });
});
