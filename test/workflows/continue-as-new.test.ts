/** A run that hands over to the next one carries everything; recorded histories replay with the present code. */
import { Worker } from '@temporalio/worker';
import type { Stack } from '../../src/cli/dev-stack';
import { placementWorkflowId, portfolioOrderWorkflowId } from '../../workflows/messages';
import { finished, NO_GAPS, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal, testBundle } from '../support/temporal';
import { intoLaterRun, tell } from '../support/orders';
import { recordOf, settledInSilence, truthOf } from '../support/truth';

describe('continue-as-new', () => {
  let stack: Stack;
  beforeAll(async () => {
    const policies = { ...NO_GAPS, historyEventsPerRun: 12 };
    stack = await startTestStack({ policies, upvest: { children: 12 } });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it('loses and doubles nothing over many runs, with batches in reverse and twice', async () => {
    const { reference, id } = await settledInSilence(stack);
    // A slow machine takes so many messages in one task that there are few runs: the first ones are one by one.
    for (const [index, event] of stack.upvest.control.portfolioOrder(id).events.slice(-3).entries()) {
      await tell(stack, [event]);
      await intoLaterRun(stack, id, index + 1);
    }
    await stack.upvest.control.releaseWebhooks({ order: 'reverse', copies: 2, batches: 20 });
    const { order } = await finished(stack, reference);
    expect(order.run).toBeGreaterThan(3);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.reference).toBe(reference);
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
    expect(stack.esw.control.counts()).toMatchObject({ replayed: 0, conflicting: 0 });
  });

  it('hands over in a gap of the emission while ESW is away, and keeps the bytes in flight', async () => {
    stack.esw.control.addFault({ kind: 'accept-then-drop', count: 2, match: { status: 'Created' } });
    const { reference } = await settledInSilence(stack);
    await stack.upvest.control.releaseWebhooks({ batches: 10 });
    const { order } = await finished(stack, reference);
    expect(order.run).toBeGreaterThan(1);
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
    for (const { replays, byteIdenticalReplays } of stack.esw.control.events({ reference })) {
      expect(byteIdenticalReplays).toBe(replays);
    }
  });

  it('replays every run of an order and of its placement', async () => {
    const { reference, id } = await settledInSilence(stack);
    await stack.upvest.control.releaseWebhooks({ batches: 10 });
    await finished(stack, reference);
    const ids = [portfolioOrderWorkflowId(id), placementWorkflowId(reference)];
    const query = ids.map((one) => `WorkflowId = '${one}'`).join(' OR ');
    await until(
      'visibility of the end',
      async () =>
        (await stack.client.workflow.count(`(${query}) AND ExecutionStatus = 'Running'`)).count === 0,
    );
    const histories = stack.client.workflow.list({ query }).intoHistories();
    let replayed = 0;
    for await (const result of Worker.runReplayHistories({ workflowBundle: testBundle() }, histories)) {
      expect(result.error).toBeUndefined();
      replayed += 1;
    }
    expect(replayed).toBeGreaterThan(2);
  });
});
