import type { Stack } from '../../src/cli/dev-stack';
import { finished, show, startTestStack, statusesAtEsw, submit, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { recordOf, truthOf } from '../support/truth';

describe('when ESW is away', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterEach(() => {
    stack.esw.control.setOutage(undefined);
    stack.esw.control.clearFaults();
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  it.each(['unavailable', 'refuse'] as const)(
    'goes on tracking (%s), and delivers everything in order afterwards',
    async (kind) => {
      stack.esw.control.setOutage(kind);
      const reference = await submit(stack);
      const settled = await until('the order to be tracked to SETTLED', async () => {
        const { order } = await show(stack, reference);
        return order?.status === 'SETTLED' && order.progress.settled === 5 ? order : undefined;
      });
      expect(settled.finished).toBe(false);
      expect(settled.fulfillment).toEqual({
        accepted: [],
        pending: ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'],
        children: { accepted: 0, pending: 3 * settled.orders.length },
        refused: [],
      });
      expect(settled.waitingFor).toContain('ESW');
      expect(recordOf(settled)).toEqual(truthOf(stack, settled.portfolioOrderId));

      stack.esw.control.setOutage(undefined);
      await finished(stack, reference);
      expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
      expect(stack.esw.control.audit()).toEqual([]);
    },
  );

  it('sends the same bytes again when the answer was lost', async () => {
    stack.esw.control.addFault({ kind: 'accept-then-drop', match: { status: 'Created' } });
    const reference = await submit(stack);
    await finished(stack, reference);
    const [created] = stack.esw.control.events({ reference });
    expect(created).toMatchObject({ replays: 1, byteIdenticalReplays: 1 });
    expect(stack.esw.control.counts().conflicting).toBe(0);
  });

  it('keeps an order open whose event ESW refuses for good, and sends the later ones', async () => {
    stack.esw.control.addFault({ kind: '400', match: { status: 'Confirmed' } });
    const reference = await submit(stack);
    const order = await until('the refusal', async () => {
      const view = await show(stack, reference);
      return view.order?.fulfillment.accepted.length === 3 ? view.order : undefined;
    });
    expect(order.finished).toBe(false);
    expect(order.attention).toEqual(['EMISSION_REFUSED']);
    expect(order.fulfillment.refused).toMatchObject([{ status: 'PROCESSING', refusal: { status: 400 } }]);
    expect(statusesAtEsw(stack, reference)).toEqual(['Created', 'Fulfilled', 'Settled']);
  });
});
