import type { Stack } from '../../src/cli/dev-stack';
import { finished, startTestStack, statusesAtEsw, submit } from '../support/stack';
import { closeTemporal } from '../support/temporal';

describe('the main job', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it('takes a BUY from the request to SETTLED and tells ESW each state once, in order', async () => {
    const reference = await submit(stack);
    const { order } = await finished(stack, reference);
    expect(order.status).toBe('SETTLED');
    expect(order.progress).toEqual({ orders: 5, final: 5, executions: 5, settled: 5 });
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
  });
});
