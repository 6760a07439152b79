import type { Stack } from '../../demo/stack';
import { historyOf, summarizeHistory } from '../support/history';
import {
  EVERY_STATE,
  expectEachOnceAtEsw,
  handleOf,
  HELD_MS,
  idAtBroker,
  place,
  timeline,
  viewWhen,
} from '../support/orders';
import { FAST_PACE, finished, newRequest, statusesAtEsw, submit } from '../support/stack';
import { testClient } from '../support/temporal';
import { recordOf, settledWithoutWebhooks, truthOf } from '../support/truth';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** Webhooks arrive early, twice, late and out of order; the record and the events at ESW stay the same. */
export function disorderSuite(getStack: () => Stack): void {
  afterEach(() => {
    const { control } = getStack().upvest;
    control.disturbWebhooks();
    control.clearFaults();
  });

  it('that overtake the answer of the POST', async () => {
    const stack = getStack();
    stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
    const request = newRequest();
    const reference = await submit(stack, request);
    const id = await idAtBroker(stack, request.accountId);
    await viewWhen(stack, id, 'the first webhook', ({ status }) => status !== undefined);
    stack.upvest.control.clearFaults();
    const { order } = await finished(stack, reference);

    const { signals } = summarizeHistory(
      await historyOf(testClient(), portfolioOrderWorkflowId(order.portfolioOrderId)),
    );
    expect(signals[0]).toBe('brokerEvents');
    expect(signals).toContain('placed');
    expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));
    expect(order.origin).toBe('placed');
    expect(statusesAtEsw(stack, reference)).toEqual(EVERY_STATE);
    expect(statusesAtEsw(stack, order.portfolioOrderId)).toEqual([]);
  });

  it.each([
    ['that come twice', {}],
    ['that come in reverse, each twice', { order: 'reverse' }],
  ] as const)('%s', async (_what, disorder) => {
    const stack = getStack();
    const { conflicting, rejected } = stack.esw.control.counts();
    const { reference, id } = await settledWithoutWebhooks(stack);
    await stack.upvest.control.releaseWebhooks({ ...disorder, copies: 2, batches: 8 });
    const { order } = await finished(stack, reference);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.findings).toEqual([]);
    expect(statusesAtEsw(stack, reference)).toEqual(EVERY_STATE);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting, rejected });
  });

  it('that are duplicated, delayed, shuffled and split', async () => {
    const stack = getStack();
    stack.upvest.control.disturbWebhooks({
      seed: 1,
      duplicate: 0.3,
      delay: { probability: 0.3, ms: 5 * FAST_PACE.settleAfterMs },
      shuffle: 0.3,
      split: 0.3,
    });
    const references = await Promise.all(Array.from({ length: 9 }, () => submit(stack)));
    for (const reference of references) {
      const { order } = await finished(stack, reference);
      expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));
      expect(order.status).toBe('SETTLED');
      expect(order.findings).toEqual([]);
    }
  });

  it('that find the workflow terminated: the order recovers with its state, and ESW gets no event twice', async () => {
    const stack = getStack();
    const { reference, id, accountId } = await place(stack, { scenario: 'WAITS_IN_FILLED' });
    await viewWhen(stack, id, 'ESW’s answers', ({ fulfillment }) => fulfillment.accepted.length === 3);
    await handleOf(stack, id).terminate('by mistake');
    stack.upvest.control.proceed(id);
    const { order } = await finished(stack, reference);
    expect(order).toMatchObject({ origin: 'placed', reference, accountId, status: 'SETTLED', run: 2 });
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.findings).toEqual([]);
    expect(order.attention).toEqual([]);
    expect((await timeline(stack, id)).map(({ rule }) => rule)).toContain('recovery:resumed');
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    const events = [{ reference }, { parent: reference }].flatMap((of) => stack.esw.control.events(of));
    expect(events.filter(({ replays }) => replays > 0)).toEqual([]);
  });
}
