import { randomUUID } from 'node:crypto';
import type { PortfolioOrder } from '../../../../simulators/upvest';
import { startBench, until, type UpvestBench } from '../support/bench';
import { placement } from '../support/client';
import { isSigned } from '../support/webhook-verification';

const AHEAD_MS = 600_000;

let bench: UpvestBench;
beforeEach(async () => {
  bench = await startBench({ now: () => Date.now() + AHEAD_MS });
});
afterEach(() => bench.close());

it('answers the next placement on the account with the prepared order, as it was at first', async () => {
  const { client, simulator } = bench;
  const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '250.00' };
  const request = placement({ user_id: draft.userId, account_id: draft.accountId });
  let placed = 0;
  const { portfolioOrder } = simulator.control.prepare(draft, () => (placed += 1));
  const truth = (): PortfolioOrder => simulator.control.portfolioOrder(portfolioOrder.id).portfolioOrder;
  await until(() => truth().status === 'SETTLED');
  expect(placed).toBe(0);

  const answer = await client.place(request);
  expect(answer.json).toEqual({ ...portfolioOrder, status: 'NEW', initiation_flow: 'API', orders: [] });
  await until(() => placed === 1);
  const second = (await client.place(request)).json as PortfolioOrder;
  expect(second.id).not.toBe(portfolioOrder.id);
  expect(placed).toBe(1);
});

it('has the timestamps of the given clock', () => {
  const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '10.00' };
  const { portfolioOrder } = bench.simulator.control.prepare(draft);
  const ahead = Date.parse(portfolioOrder.created_at) - Date.now();
  expect(ahead).toBeGreaterThan(AHEAD_MS - 60_000);
});

it('signs a webhook request without sending it, for as long as asked', async () => {
  const { client, receiver, simulator } = bench;
  const signed = await simulator.control.signWebhook('https://example.com/here', [{ id: 'a' }], 3_600);
  expect(JSON.parse(signed.body.toString())).toEqual({ payload: [{ id: 'a' }] });
  const { headers, body } = signed;
  expect(await isSigned({ method: 'POST', path: '/here', headers, body, answered: 0 }, client)).toBe(true);
  const [, created, expires] =
    /created=(\d+);.*expires=(\d+)/.exec(headers['signature-input'] ?? '')?.map(Number) ?? [];
  expect((expires ?? 0) - (created ?? 0)).toBe(3_600);
  expect(receiver.requests).toHaveLength(0);
});
