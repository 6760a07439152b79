import type { Stack } from '../../demo/stack';
import { decodeState } from '../../src/domain/order-state/state-codec';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { eventsOfFamily } from '../support/emission-truth';
import {
  decide,
  EVERY_STATE,
  expectEachOnceAtEsw,
  handleOf,
  place,
  timeline,
  viewWhen,
} from '../support/orders';
import { finished, newRequest, show, submit, until } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';
import { stateQuery, retryEmissionUpdate } from '../../contracts/portfolio-order';

const FOR_ALL = 1_000_000;
const TWO = { children: 2 };

/**
 * Results for an order's events when ESW rejects all of them, requests a pause, or rejects one
 * (references/esw.md#answers, #limits, #order-of-events). The caller clears ESW's faults.
 */
export function eswRefusalsSuite(stack: () => Stack): void {
  /** Resolves with the order once it is settled by its record, whatever ESW has accepted. */
  function tracked(id: string): Promise<PortfolioOrderView> {
    return viewWhen(stack(), id, 'the order to be tracked to its end', ({ status, progress }) => {
      return status === 'SETTLED' && progress.settled === progress.executions;
    });
  }

  async function allTold(reference: string, id: string): Promise<PortfolioOrderView> {
    const { order } = await finished(stack(), reference, 20_000);
    expect(recordOf(order)).toEqual(truthOf(stack(), id));
    expect(order.attention).toEqual([]);
    expect(order.fulfillment.refused).toEqual([]);
    expectEachOnceAtEsw(stack(), reference, EVERY_STATE);
    expect(eventsOfFamily(stack(), { name: reference })).toHaveLength(4 + 3 * order.orders.length);
    return order;
  }

  describe('everything', () => {
    it.each(['403', '404'] as const)(
      'with %s: one attention, nothing parked, and everything continues once the cause is fixed',
      async (kind) => {
        const { control } = stack().esw;
        control.addFault({ kind, count: FOR_ALL });
        const { reference, id } = await place(stack(), TWO);
        await tracked(id);
        const stopped = await viewWhen(stack(), id, 'the attention', ({ attention }) => attention.length > 0);
        expect(stopped.attentions).toMatchObject([
          { code: 'EMISSION_STOPPED', message: expect.stringContaining(kind) as string },
        ]);
        expect(stopped.fulfillment).toMatchObject({
          accepted: [],
          refused: [],
          paused: { why: 'unauthorised' },
        });
        expect(stopped.waitingFor).toContain('ESW');
        expect(eventsOfFamily(stack(), { name: reference })).toEqual([]);

        control.clearFaults();
        await decide(stack(), id, retryEmissionUpdate);
        await allTold(reference, id);
      },
    );

    it('for its credentials: nothing is sent until they are valid', async () => {
      const { control } = stack().esw;
      control.expireTokens();
      control.addTokenFault({ kind: 'invalid_client', count: FOR_ALL });
      const { reference, id } = await place(stack(), TWO);
      const stopped = await viewWhen(stack(), id, 'the attention', ({ attention }) => attention.length > 0);
      expect(stopped.attention).toEqual(['EMISSION_STOPPED']);
      await tracked(id);

      control.clearFaults();
      await decide(stack(), id, retryEmissionUpdate);
      await allTold(reference, id);
    });

    it('differs from an expired token, which is replaced once', async () => {
      stack().esw.control.addFault({ kind: '401' });
      const { reference, id } = await place(stack(), TWO);
      const order = await allTold(reference, id);
      expect(order.fulfillment.paused).toBeUndefined();
    });
  });

  it('for a pause of seconds: nothing is sent for that long, and then everything in order', async () => {
    stack().esw.control.addFault({ kind: '429', retryAfterSeconds: 2 });
    const { reference, id } = await place(stack(), TWO);
    await allTold(reference, id);
    const [created] = stack().esw.control.events({ reference });
    const [first] = truthOf(stack(), id).orders;
    expect(first).toBeDefined();
    const accepted = (await timeline(stack(), id)).find(({ rule }) => rule === 'emission:accepted');
    const { createdAt = '' } = (await show(stack(), reference)).order ?? {};
    expect(Date.parse(accepted?.at ?? '') - Date.parse(createdAt)).toBeGreaterThanOrEqual(1_900);
    expect(created?.replays).toBe(0);
  });

  it('an event of a child: it is kept with body and answer, blocks no other event, and is resent unchanged', async () => {
    const { esw, upvest } = stack();
    const request = newRequest();
    upvest.control.configureAccount(request.accountId, TWO);
    const match = { parent: request.reference, transactionType: 'OrderConfirmed' };
    esw.control.addFault({ kind: '400', match });
    const reference = await submit(stack(), request);
    const parked = await until('the rejection, and all other events', async () => {
      const { order } = await show(stack(), reference);
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
    const state = decodeState(await handleOf(stack(), id).query(stateQuery));
    const bytes = state.emission.refused[0]?.body;
    expect(JSON.parse(bytes ?? '')).toMatchObject({ id: refused?.id });

    await decide(stack(), id, retryEmissionUpdate);
    await finished(stack(), reference);
    const [receipt, ...more] = esw.control.receipts({ id: refused?.id ?? '' });
    expect(more).toEqual([]);
    expect(receipt?.bytes.toString()).toBe(bytes);
    expect(eventsOfFamily(stack(), { name: reference })).toHaveLength(4 + 3 * 2);
  });
}
