import type { Stack } from '../../demo/stack';
import { countingFrom, expectNoFindings } from '../support/esw-family';
import { finished, newRequest, show, statusesAtEsw, submit, until } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';

/** An order's events at ESW after an outage, a lost answer or a rejected event. The caller clears ESW's faults. */
export function eswOutageSuite(stack: () => Stack): void {
  it.each(['unavailable', 'refuse'] as const)(
    'continues tracking (%s), and delivers everything in order afterwards',
    async (kind) => {
      const { control } = stack().esw;
      control.setOutage(kind);
      const reference = await submit(stack());
      const settled = await until('the order to be tracked to SETTLED', async () => {
        const { order } = await show(stack(), reference);
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
      expect(recordOf(settled)).toEqual(truthOf(stack(), settled.portfolioOrderId));

      control.setOutage(undefined);
      await finished(stack(), reference);
      expect(statusesAtEsw(stack(), reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
      expectNoFindings(stack(), reference);
    },
  );

  it('sends the same bytes again when the answer was lost', async () => {
    const { control } = stack().esw;
    const counts = countingFrom(stack());
    const request = newRequest();
    const { reference } = request;
    control.addFault({ kind: 'accept-then-drop', match: { status: 'Created', reference } });
    await submit(stack(), request);
    await finished(stack(), reference);
    const [created] = control.events({ reference });
    expect(created).toMatchObject({ replays: 1, byteIdenticalReplays: 1 });
    expect(counts().conflicting).toBe(0);
  });

  it('keeps an order open if ESW permanently rejects one of its events, and sends the later ones', async () => {
    const request = newRequest();
    const { reference } = request;
    stack().esw.control.addFault({ kind: '400', match: { status: 'Confirmed', reference } });
    await submit(stack(), request);
    const order = await until('the rejection', async () => {
      const view = await show(stack(), reference);
      return view.order?.fulfillment.accepted.length === 3 ? view.order : undefined;
    });
    expect(order.finished).toBe(false);
    expect(order.attention).toEqual(['EMISSION_REFUSED']);
    expect(order.fulfillment.refused).toMatchObject([{ status: 'PROCESSING', refusal: { status: 400 } }]);
    expect(statusesAtEsw(stack(), reference)).toEqual(['Created', 'Fulfilled', 'Settled']);
  });
}
