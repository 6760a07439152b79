/** Which order a name means: references, ids, further attempts to place, and terminated placements. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { HELD_MS, idAtBroker, place, viewWhen } from '../support/orders';
import { call, finished, newRequest, show, submit, until } from '../support/stack';
import type { PortfolioOrderRequest } from '../../src/domain/broker/placement';
import { startPlacement } from '../../src/app/placements/start-placement';
import { expectProblem } from './problem';
import { expectDecided, expectForbidden, operate, timelineOf } from './operations';
import { placementWorkflowId } from '../../contracts/placement';

export function operationsNamesSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });
  afterEach(() => {
    stack.upvest.control.clearFaults();
  });

  it('one that means two orders answers 409, and other names still work (14.32, 14.49)', async () => {
    const { id, reference } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    await viewWhen(stack, id, 'the order', ({ status }) => status === 'NEW');
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
    // The API does not take such a reference; earlier releases did.
    const { reference: own, ...request } = newRequest({ accountId }) as unknown as PortfolioOrderRequest & {
      reference: string;
    };
    await startPlacement(stack.client, stack.config.orderTaskQueue, {
      reference: id,
      request: { ...request, postTax: false },
      requestedAt: new Date().toISOString(),
      attempt: 1,
      order: stack.config.order,
    });
    const second = await idAtBroker(stack, accountId);
    await viewWhen(stack, second, 'the other order', ({ status }) => status === 'NEW');

    const refused = expectProblem(await operate(stack, id, 'cancel'), 409, 'AMBIGUOUS_NAME');
    expect(refused.detail).toContain(second);
    const { read: token } = stack.tokens;
    for (const path of ['', '/timeline', '/events'])
      expectProblem(
        await call(stack, 'GET', `/portfolio-orders/${id}${path}`, { token }),
        409,
        'AMBIGUOUS_NAME',
      );
    expectDecided(await operate(stack, second, 'close'), 'operator:close');
    expect(await viewWhen(stack, id, 'the first one', () => true)).toMatchObject({ status: 'NEW' });
    expectDecided(await operate(stack, reference, 'close'), 'operator:close');
    expect(await finished(stack, reference)).toMatchObject({ portfolioOrderId: id });
  });

  it('an id in capitals is the same id, to read and to decide (14.32)', async () => {
    const { id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    await viewWhen(stack, id, 'the order', ({ status }) => status === 'NEW');
    const inCapitals = id.toUpperCase();
    expect(await show(stack, inCapitals)).toMatchObject({ portfolioOrderId: id });
    expectDecided(await operate(stack, inCapitals, 'close'), 'operator:close');
    expect(await finished(stack, inCapitals)).toMatchObject({ portfolioOrderId: id });
  });

  it('a further attempt to place has a name of its own, and the two name each other', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'PARTNER_CANCEL' });
    const reference = await submit(stack, newRequest({ accountId }));
    const { order: first } = await finished(stack, reference);
    const second = `${reference}~2`;
    expect(first).toMatchObject({ status: 'CANCELLED', resubmittedAs: second });

    const { order, placement } = await finished(stack, second);
    expect(order).toMatchObject({ reference: second, previous: first.portfolioOrderId });
    expect(placement).toMatchObject({ reference: second, attempt: 2, previous: first.portfolioOrderId });
    expect(order.portfolioOrderId).not.toBe(first.portfolioOrderId);
    expectForbidden(await operate(stack, second, 'cancel'), 'portfolio-order:CANCELLED>CANCELLED');
    expect((await timelineOf(stack, reference)).map(({ rule }) => rule)).toContain('policy:resubmit');
  });

  it('a placement that was terminated or failed is no way to its order, whose id is', async () => {
    stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
    const reference = await submit(stack, newRequest({ accountId }));
    const id = await idAtBroker(stack, accountId);
    await stack.client.workflow.getHandle(placementWorkflowId(reference)).terminate('by mistake');
    stack.upvest.control.clearFaults();
    for (const operation of ['cancel', 'reopen'] as const) {
      const detail = expectForbidden(await operate(stack, reference, operation), `operator:${operation}`);
      expect(detail).toContain('terminated or failed');
    }
    expectForbidden(await operate(stack, reference, 'identify'), 'placement:identified');

    // Upvest's webhook has reported it.
    await until('the order', async () => (await show(stack, id)).order?.status === 'NEW');
    expectDecided(await operate(stack, id, 'cancel'), 'operator:cancel');
    await viewWhen(stack, id, 'the cancel', ({ status }) => status === 'CANCELLED');
  });
}
