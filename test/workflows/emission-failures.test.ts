/** What becomes of an order's events when ESW refuses, asks for a pause, or takes nothing: `esw-order-event.md` 4, 5, 8.7. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import { unpackLife } from '../../src/domain/packed-life';
import type { PortfolioOrderView } from '../../src/domain/view';
import type { StoredEvent } from '../../src/simulator/esw';
import { createOrderInbox } from '../../src/temporal/order-inbox';
import { lifeQuery, portfolioOrderWorkflowId, retryEmissionUpdate } from '../../workflows/messages';
import { portfolioOrder } from '../domain/samples';
import { eventTypes, historyOf } from '../support/history';
import {
  decide,
  EVERY_STATE,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  handleOf,
  place,
  tell,
  timeline,
  viewWhen,
} from '../support/orders';
import { finished, show, startTestStack, submit, until, newRequest } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { recordOf, truthOf } from '../support/truth';

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({ deadlines: FAR_DEADLINES, upvest: { children: 2 } });
});
afterEach(() => {
  stack.esw.control.setOutage(undefined);
  stack.esw.control.clearFaults();
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

const FOR_ALL = 1_000_000;

/** The order once it is settled at the broker as far as we know, whatever ESW knows. */
function tracked(id: string): Promise<PortfolioOrderView> {
  return viewWhen(stack, id, 'the order to be tracked to its end', ({ status, progress }) => {
    return status === 'SETTLED' && progress.settled === progress.executions;
  });
}

function familyOf(reference: string): StoredEvent[] {
  return [{ reference }, { parent: reference }].flatMap((which) => stack.esw.control.events(which));
}

async function allTold(reference: string, id: string): Promise<PortfolioOrderView> {
  const { order } = await finished(stack, reference, 20_000);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.attention).toEqual([]);
  expect(order.fulfillment.refused).toEqual([]);
  expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  expect(familyOf(reference)).toHaveLength(4 + 3 * order.orders.length);
  return order;
}

describe('where ESW takes nothing from this deployment', () => {
  it.each(['403', '404'] as const)(
    'with %s: one loud attention, nothing parked, and all goes on when it is mended',
    async (kind) => {
      stack.esw.control.addFault({ kind, count: FOR_ALL });
      const { reference, id } = await place(stack);
      await tracked(id);
      const stopped = await viewWhen(stack, id, 'the attention', ({ attention }) => attention.length > 0);
      expect(stopped.attentions).toMatchObject([
        { code: 'EMISSION_STOPPED', message: expect.stringContaining(kind) as string },
      ]);
      expect(stopped.fulfillment).toMatchObject({
        accepted: [],
        refused: [],
        paused: { why: 'unauthorised' },
      });
      expect(stopped.waitingFor).toContain('ESW');
      expect(familyOf(reference)).toEqual([]);

      stack.esw.control.clearFaults();
      await decide(stack, id, retryEmissionUpdate);
      await allTold(reference, id);
    },
  );

  it('for its credentials: nothing is sent at all until they are right', async () => {
    stack.esw.control.expireTokens();
    stack.esw.control.addTokenFault({ kind: 'invalid_client', count: FOR_ALL });
    const { reference, id } = await place(stack);
    const stopped = await viewWhen(stack, id, 'the attention', ({ attention }) => attention.length > 0);
    expect(stopped.attention).toEqual(['EMISSION_STOPPED']);
    await tracked(id);

    stack.esw.control.clearFaults();
    await decide(stack, id, retryEmissionUpdate);
    await allTold(reference, id);
  });

  it('is not the same as a token that has expired: that is made anew, once', async () => {
    stack.esw.control.addFault({ kind: '401' });
    const { reference, id } = await place(stack);
    const order = await allTold(reference, id);
    expect(order.fulfillment.paused).toBeUndefined();
  });
});

describe('where ESW asks for a pause', () => {
  it('of seconds, that long nothing is sent, and then in order', async () => {
    stack.esw.control.addFault({ kind: '429', retryAfterSeconds: 2 });
    const { reference, id } = await place(stack);
    await allTold(reference, id);
    const [created] = stack.esw.control.events({ reference });
    const [first] = truthOf(stack, id).orders;
    expect(first).toBeDefined();
    const told = (await timeline(stack, id)).find(({ rule }) => rule === 'emission:accepted');
    const { createdAt = '' } = (await show(stack, reference)).order ?? {};
    expect(Date.parse(told?.at ?? '') - Date.parse(createdAt)).toBeGreaterThanOrEqual(1_900);
    expect(created?.replays).toBe(0);
  });

  it('of minutes, the order waits by a timer, is not in need of anybody, and an operator can end it', async () => {
    stack.esw.control.addFault({ kind: '429', retryAfterSeconds: 90 });
    const { reference, id } = await place(stack);
    const paused = await viewWhen(
      stack,
      id,
      'the pause',
      ({ fulfillment }) => fulfillment.paused !== undefined,
    );
    expect(paused.attention).toEqual([]);
    expect(Date.parse(paused.fulfillment.paused?.until ?? '') - Date.now()).toBeGreaterThan(60_000);
    await tracked(id);
    expect(familyOf(reference)).toEqual([]);
    await decide(stack, id, retryEmissionUpdate);
    await allTold(reference, id);
  });
});

describe('an event that ESW refuses', () => {
  it('of a child is kept with body and answer, holds nobody up, and goes out again as it was', async () => {
    const request = newRequest();
    const match = { parent: request.reference, transactionType: 'OrderConfirmed' };
    stack.esw.control.addFault({ kind: '400', match });
    const reference = await submit(stack, request);
    const parked = await until('the refusal, and all the rest', async () => {
      const { order } = await show(stack, reference);
      const isRest = order?.fulfillment.accepted.length === 4 && order.fulfillment.children?.pending === 0;
      return isRest ? order : undefined;
    });
    const { portfolioOrderId: id } = parked;
    expect(parked.finished).toBe(false);
    expect(parked.attention).toEqual(['EMISSION_REFUSED']);
    const [refused, ...others] = parked.fulfillment.refused;
    expect(others).toEqual([]);
    expect(refused).toMatchObject({ status: 'PROCESSING', refusal: { status: 400 } });
    expect(refused?.refusal.correlationId).toMatch(/\S/);
    const life = unpackLife(await handleOf(stack, id).query(lifeQuery));
    const bytes = life.emission.refused[0]?.body;
    expect(JSON.parse(bytes ?? '')).toMatchObject({ id: refused?.id });

    await decide(stack, id, retryEmissionUpdate);
    await finished(stack, reference);
    const [receipt, ...more] = stack.esw.control.receipts({ id: refused?.id ?? '' });
    expect(more).toEqual([]);
    expect(receipt?.bytes.toString()).toBe(bytes);
    expect(familyOf(reference)).toHaveLength(4 + 3 * 2);
  });

  it('cannot even be built where its amount has more digits than a JSON number keeps: it is parked with the reason', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none', scenario: 'WAITS_IN_PROCESSING' });
    const draft = {
      userId: randomUUID(),
      accountId,
      cashAmount: '50.00',
      initiationFlow: 'SAVINGS_PLAN',
    } as const;
    const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
    const [placed] = await until('the first event', () => {
      const events = eventsOf(stack, id, 'PORTFOLIO_ORDER.NEW');
      return events.length > 0 ? events : undefined;
    });
    await tell(stack, [{ ...placed, object: { ...placed?.object, cash_amount: '12345678901234.56' } }]);
    const parked = await viewWhen(
      stack,
      id,
      'the reason',
      ({ fulfillment }) => fulfillment.refused.length > 0,
    );
    expect(parked.attention).toEqual(['EMISSION_REFUSED']);
    expect(parked.fulfillment.refused).toMatchObject([
      {
        status: 'NEW',
        refusal: { message: expect.stringMatching(/^Amount 12345678901234\.56 cannot be sent/) as string },
      },
    ]);
    expect(familyOf(id)).toEqual([]);
    expect(parked.finished).toBe(false);
  });

  it('cannot be built where a text is too long to be an id: it is parked with the reason, and the workflow goes on', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none', scenario: 'WAITS_IN_PROCESSING' });
    const draft = { userId: randomUUID(), accountId, cashAmount: '50.00' };
    const { id } = stack.upvest.control.initiate({ ...draft, initiationFlow: 'SAVINGS_PLAN' }).portfolioOrder;
    // No webhook can say so, since the schemas of the endpoint know shorter texts only; a workflow must not rely on that.
    const inbox = createOrderInbox(stack.client, stack.config.orderTaskQueue, stack.config.order);
    const clientReference = 'x'.repeat(257);
    await inbox.deliver(id, [
      portfolioOrder('NEW', { id, accountId, clientReference, initiationFlow: 'SAVINGS_PLAN' }),
    ]);
    const parked = await viewWhen(stack, id, 'the reason', ({ attention }) =>
      attention.includes('EMISSION_REFUSED'),
    );
    expect(parked.fulfillment.refused[0]?.refusal.message).toBe(
      'aggregateIds.value has 257 characters, ESW is sent at most 256',
    );
    expect(familyOf(id)).toEqual([]);
    const failures = eventTypes(await historyOf(stack.client, portfolioOrderWorkflowId(id)));
    expect(failures).not.toContain('WORKFLOW_TASK_FAILED');
  });
});
