/** Webhooks come early, twice, in the wrong order and after the end; the record and what ESW is told stay the same. */
import type { Stack } from '../../src/cli/dev-stack';
import { portfolioOrderWorkflowId } from '../../workflows/messages';
import { historyOf, summarizeHistory } from '../support/history';
import { finished, newRequest, NO_GAPS, startTestStack, statusesAtEsw, submit } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { HELD_MS, idAtBroker, viewWhen } from '../support/orders';
import { recordOf, settledInSilence, truthOf } from '../support/truth';

const ALL_STATES = ['Created', 'Confirmed', 'Fulfilled', 'Settled'];

describe('webhooks in disorder', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack({ policies: NO_GAPS });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it('takes webhooks that overtake the answer of the POST', async () => {
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
    expect(statusesAtEsw(stack, reference)).toEqual(ALL_STATES);
    expect(statusesAtEsw(stack, order.portfolioOrderId)).toEqual([]);
  });

  it('ends in the same record when every batch comes twice', async () => {
    const { reference, id } = await settledInSilence(stack);
    await stack.upvest.control.releaseWebhooks({ copies: 2, batches: 8 });
    const { order } = await finished(stack, reference);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.findings).toEqual([]);
    expect(statusesAtEsw(stack, reference)).toEqual(ALL_STATES);
  });

  it('ends in the same record when the batches come in reverse, each twice', async () => {
    const { reference, id } = await settledInSilence(stack);
    await stack.upvest.control.releaseWebhooks({ order: 'reverse', copies: 2, batches: 8 });
    const { order } = await finished(stack, reference);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.findings).toEqual([]);
    expect(statusesAtEsw(stack, reference)).toEqual(ALL_STATES);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
  });
});
