/** Orders under Upvest's delivery semantics: the whole stack, on a real Temporal server. Endpoint: upvest-delivery.test.ts. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { BrokerEvent } from '../../simulators/upvest/orders/wire-objects';
import { expectParked, parkedId } from '../http/webhooks';
import { finished, newRequest, settledAtBroker, submit } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';
import { newEvent, newExecution } from './broker-objects';

export function upvestDeliveryOrdersSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });
  afterEach(async () => {
    const { control } = stack.upvest;
    control.clearFaults();
    control.drift({});
    await control.releaseWebhooks();
  });

  /** One signed request with these events. */
  async function send(...events: unknown[]): Promise<void> {
    expect(await stack.upvest.control.sendRaw({ events })).toMatchObject({ status: 200 });
  }

  async function expectTruth(id: string): Promise<void> {
    const { order } = await finished(stack, id);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.fulfillment.accepted.map(({ status }) => status)).toEqual([
      'NEW',
      'PROCESSING',
      'FILLED',
      'SETTLED',
    ]);
  }

  const categoryOf = ({ type }: BrokerEvent) => type.split('.')[0] ?? '';

  describe('references/upvest.md#delivery-semantics', () => {
    it('Ordering across requests: one request per event, in reverse order', async () => {
      const { id, events } = await settledAtBroker(stack);
      for (const event of [...events].reverse()) await send(event);
      await expectTruth(id);
    });

    it.each([['EXECUTION,ORDER,PORTFOLIO_ORDER'], ['PORTFOLIO_ORDER,ORDER,EXECUTION']])(
      'Ordering across event types: %s',
      async (categories) => {
        const { id, events } = await settledAtBroker(stack);
        for (const category of categories.split(','))
          for (const event of events.filter((one) => categoryOf(one) === category)) await send(event);
        await expectTruth(id);
      },
    );

    it('Duplicates: ESW gets each event once', async () => {
      const { id, events } = await settledAtBroker(stack);
      await send(...events, ...events);
      for (const event of events) await send(event);
      await expectTruth(id);
      await send(...events);
      const { order } = await finished(stack, id);
      const received = stack.esw.control.events().filter(({ body }) => JSON.stringify(body).includes(id));
      const { accepted, children } = order.fulfillment;
      expect(received).toHaveLength(accepted.length + (children?.accepted ?? 0));
    });

    it('Head-of-line blocking: unknown fields and event types are delivered at the first attempt, like all later events', async () => {
      const { control } = stack.upvest;
      const before = control.deliveries().length;
      control.drift({ unknownField: true, unknownEventType: 'PORTFOLIO_ORDER.FUTURE_TYPE' });
      const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '500.00' };
      const { id } = control.initiate(draft).portfolioOrder;
      const { order } = await finished(stack, id);
      expect(recordOf(order)).toEqual(truthOf(stack, id));
      await control.whenDelivered();
      const attempts = control.deliveries().slice(before);
      expect(attempts.length).toBeGreaterThan(0);
      for (const attempt of attempts) expect(attempt).toMatchObject({ status: 200, attempt: 1 });
    });

    it('Response timeout: the server answers while Upvest does not, and parks the event', async () => {
      stack.upvest.control.failCalls({ method: 'GET', path: '/orders', outcome: 'hang', count: 10 });
      const startedAt = Date.now();
      const fill = newEvent('EXECUTION.FILLED', newExecution(randomUUID(), { status: 'FILLED' }));
      await send(fill);
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      await expectParked(stack, parkedId(fill), 'UNROUTED', JSON.stringify(fill));
    });

    it('Webhooks vs call outcome: the answer to the POST identifies our order, and the POST is retried until there is one', async () => {
      const { control } = stack.upvest;
      control.failCalls({ method: 'POST', path: '/portfolios/orders', mode: 'after', outcome: 'reset' });
      const keys = Object.keys(control.placementRequests());
      const request = newRequest();
      await submit(stack, request);
      const { order, reference, portfolioOrderId } = await finished(stack, request.reference);
      expect({ reference, origin: order.origin }).toEqual({ reference: request.reference, origin: 'placed' });
      const requests = Object.entries(control.placementRequests()).filter(([key]) => !keys.includes(key));
      expect(requests).toEqual([[expect.any(String), 2]]);
      const { accountId } = request;
      const placed = control.portfolioOrders().filter((one) => one.portfolioOrder.account_id === accountId);
      expect(placed.map(({ portfolioOrder }) => portfolioOrder.id)).toEqual([portfolioOrderId]);
    });
  });
}
