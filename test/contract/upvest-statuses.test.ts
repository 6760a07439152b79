import { json, text } from '../upvest/client/http-stub';
import type { UpvestStub } from '../upvest/client/upvest-stub';
import { startUpvest } from '../upvest/client/upvest-stub';
import { CALLS, recordEveryCall, startAnswering, wireOf } from './upvest-calls';

let stub: UpvestStub;
afterEach(() => stub.close());

const notOurs = ['POST /orders', 'DELETE /orders/{order_id}'];

describe('references/upvest.md#success-statuses', () => {
  for (const { row, run, wire, accepted, answer } of CALLS.filter((call) => call.row !== undefined)) {
    it(`\`${row ?? ''}\`: ${accepted.join(', ')}`, async () => {
      for (const status of accepted) {
        stub = await startUpvest(answer === undefined ? text(status, '') : json(status, answer));
        await run(stub.client);
        expect(stub.arrived.map(wireOf)).toEqual(['POST /auth/token', wire]);
        await stub.close();
      }
      stub = await startUpvest(json(403, {}));
      await expect(run(stub.client)).rejects.toThrow('403');
    });
  }

  it.each(notOurs)('`%s`: not called by this client, because Upvest places the child orders', async (row) => {
    stub = await startAnswering();
    const { calls } = await recordEveryCall(stub);
    const [method, path = ''] = row.split(' ');
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/, '[^/]+')}$`);
    expect(calls.filter((call) => call.method === method && pattern.test(call.url))).toEqual([]);
  });

  it('`DELETE /portfolios/orders/{portfolio_order_id}`: accepts an answer with a body, too', async () => {
    stub = await startUpvest(json(202, { id: 'p' }));
    await expect(stub.client.cancelPortfolioOrder('p')).resolves.toBe('accepted');
  });

  it('`POST /webhooks/{webhook_id}/test`: 202 without a body, 200 with a report', async () => {
    stub = await startUpvest(text(202, ''));
    await expect(stub.client.testWebhook('w')).resolves.toBe('accepted');
    await stub.close();
    stub = await startUpvest(json(200, { url: 'u', response: { status: 404, headers: {}, body: 'no' } }));
    await expect(stub.client.testWebhook('w')).resolves.toMatchObject({ response: { status: 404 } });
  });

  it('(the table above has every call of the client)', async () => {
    stub = await startAnswering();
    const calls = Object.keys(stub.client).filter((name) => name !== 'close');
    expect(CALLS.map(({ method }) => method).sort()).toEqual(calls.sort());
  });
});
