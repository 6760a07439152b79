import { isDeepStrictEqual } from 'node:util';
import type { Stack } from '../../demo/stack';
import { countingFrom, expectNoFindings } from '../support/esw-family';
import { runInProcess } from '../cli/in-process';
import { call, finished, newRequest, show, statusesAtEsw, submit, until } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';

const STATUS = { esw: { state: 'ok' }, upvest: { state: 'ok' } };

/** An order's events at ESW after an outage, a lost answer or a rejected event. The caller clears ESW's faults. */
export function eswOutageSuite(stack: () => Stack): void {
  const status = async (): Promise<unknown> => {
    const { body } = await call(stack(), 'GET', '/status', { token: stack().tokens.read });
    const { esw, upvest } = body as Record<string, unknown>;
    return { esw, upvest };
  };

  /** Long before it is an attention, status, list and command line name the partner that fails. */
  async function expectShown(reference: string): Promise<void> {
    const failing = await until('the status', async () => {
      const now = (await status()) as Record<string, { state: string }>;
      return now.esw?.state === 'failing' ? now : undefined;
    });
    const time = expect.stringMatching(/^20.*Z$/) as string;
    const lastError = expect.stringContaining('503') as string;
    expect(failing).toEqual({
      esw: { state: 'failing', since: time, lastError, ordersWaiting: 1 },
      upvest: { state: 'ok' },
    });
    const { body } = await call(stack(), 'GET', `/portfolio-orders?reference=${reference}`, {
      token: stack().tokens.read,
    });
    expect(body).toMatchObject({
      orders: [{ attention: [], troubles: [{ partner: 'esw', since: time, error: lastError }] }],
    });
    const environment = { PORTFOLIO_ORDERS_URL: stack().url, PORTFOLIO_ORDERS_TOKEN: stack().tokens.read };
    const shown = await runInProcess(['status'], environment);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(
      /^ESW +failing since \S+ \S+, 1 order waits: .*503.*\nUpvest +ok\n(Clock +ok\n)?$/,
    );
    const listed = await runInProcess(['list', '--reference', reference], environment);
    expect(listed.stdout).toContain('ESW fails since');
  }

  /** The next attempt is a minute away by itself. */
  async function retryAtOnce(reference: string): Promise<void> {
    const answer = await call(stack(), 'POST', `/portfolio-orders/${reference}/retry-emission`, {
      token: stack().tokens.operate,
      json: { reason: 'ESW is back' },
    });
    expect(answer.status).toBe(200);
  }

  it.each(['unavailable', 'refuse'] as const)(
    'continues tracking (%s), says who fails, and delivers everything in order afterwards (14.57)',
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
      if (kind === 'unavailable') await expectShown(reference);

      control.setOutage(undefined);
      if (kind === 'unavailable') await retryAtOnce(reference);
      await finished(stack(), reference);
      expect(statusesAtEsw(stack(), reference)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
      expectNoFindings(stack(), reference);
      await until('the end of the trouble', async () => isDeepStrictEqual(await status(), STATUS));
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
