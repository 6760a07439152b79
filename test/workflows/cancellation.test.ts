/** A cancel is a wish: what comes of it the broker says, and only the broker. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import { cancelUpdate, placementWorkflowId } from '../../workflows/messages';
import { finished, newRequest, startTestStack, statusesAtEsw, submit, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import {
  decide,
  EVERY_STATE,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  handleOf,
  HELD_MS,
  idAtBroker,
  place,
  timeline,
  toldBy,
  viewWhen,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({
    deadlines: { ...FAR_DEADLINES, cancel: { askAfterMs: 400, attentionAfter: { ms: 1_500 } } },
  });
});
afterEach(() => {
  stack.upvest.control.clearFaults();
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

async function inTruth(referenceOrId: string, id: string) {
  const { order } = await finished(stack, referenceOrId);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  return order;
}

/** DELETEs of the order that reached the broker. */
function deletesOf(id: string) {
  const calls = stack.upvest.control.requests({ method: 'DELETE', path: '/portfolios/orders/{id}' });
  return calls.filter(({ url }) => url.endsWith(id));
}

async function placed(...[settings, status]: [Parameters<typeof place>[1], string]) {
  const order = await place(stack, settings);
  await viewWhen(stack, order.id, status, (view) => view.status === status);
  return order;
}

describe('a cancel', () => {
  it('of a NEW order is carried out by the broker; twice is once', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_NEW' }, 'NEW');
    const decided = await Promise.all([decide(stack, id, cancelUpdate), decide(stack, id, cancelUpdate)]);
    expect(decided.map(({ rule }) => rule)).toEqual(['operator:cancel', 'operator:cancel']);
    expect(decided.map((one) => one.decided)).toContain('The order is being cancelled already.');
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({
      status: 'CANCELLED',
      cancellationReason: 'CANCELLED_BY_CLIENT',
      cancel: {
        actor: 'ada',
        reason: 'the client called',
        rule: 'operator:cancel',
        answer: { kind: 'accepted' },
      },
      attention: [],
    });
    expect(deletesOf(id)).toHaveLength(1);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
    const steps = (await timeline(stack, id)).filter(({ rule }) => rule === 'operator:cancel');
    expect(steps.map(({ text }) => text)).toEqual(['The order is to be cancelled', 'Upvest took the cancel']);
    expect(steps[0]).toMatchObject({ source: 'operator', actor: 'ada', reason: 'the client called' });
  });

  it('that was carried out in silence is found by a question', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_NEW', webhooks: 'none' }, 'NEW');
    await decide(stack, id, cancelUpdate);
    const order = await inTruth(reference, id);
    expect(order.status).toBe('CANCELLED');
    expect((await toldBy(stack, id, 'deadline:cancel')).join()).toMatch(/no webhook had: .* CANCELLED/);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
  });

  it('of which nothing comes is asked about, told to a human, and may be repeated', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_FILLED' }, 'FILLED');
    await decide(stack, id, cancelUpdate);
    const silent = await viewWhen(stack, id, 'CANCEL_SILENT', ({ attention }) => attention.length > 0);
    expect(silent.attention).toEqual(['CANCEL_SILENT']);
    expect(silent.status).toBe('FILLED');
    expect(await toldBy(stack, id, 'deadline:cancel')).toEqual(['Upvest was asked, and had nothing new']);

    await decide(stack, id, cancelUpdate);
    await until('the second DELETE', () => deletesOf(id).length === 2);
    stack.upvest.control.proceed(id);
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({ status: 'SETTLED', attention: [] });
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it.each([409, 422] as const)(
    'that is refused with %i changes nothing, and may be repeated',
    async (status) => {
      const { reference, id } = await placed({ scenario: 'WAITS_IN_NEW', cancelAnswer: status }, 'NEW');
      await decide(stack, id, cancelUpdate);
      const refused = await viewWhen(stack, id, 'CANCEL_REFUSED', ({ attention }) => attention.length > 0);
      expect(refused.attention).toEqual(['CANCEL_REFUSED']);
      expect(refused.cancel?.answer).toMatchObject({ kind: 'refused', problem: { status } });
      expect(refused.waits.map(({ rule }) => rule)).not.toContain('deadline:cancel');
      expect((await toldBy(stack, id, 'operator:cancel')).at(-1)).toMatch(
        `Upvest refused the cancel: ${status}`,
      );

      await decide(stack, id, cancelUpdate);
      await until('the second DELETE', () => deletesOf(id).length === 2);
      stack.upvest.control.proceed(id);
      const order = await inTruth(reference, id);
      expect(order).toMatchObject({ status: 'SETTLED', attention: [] });
      expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    },
  );

  it('right after placing, when Upvest does not know the order yet, is tried again', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_NEW', propagationMs: 1_500 }, 'NEW');
    await decide(stack, id, cancelUpdate);
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({ status: 'CANCELLED', attention: [] });
    const answers = deletesOf(id).map(({ status }) => status);
    expect(answers.at(-1)).toBe(202);
    expect(answers.slice(0, -1).every((status) => status === 404)).toBe(true);
    expect(answers.length).toBeGreaterThan(1);
  });

  it('that each child refuses is not refused for the order', async () => {
    const { reference, id } = await placed({ scenario: 'CANCEL_REFUSED' }, 'PROCESSING');
    await decide(stack, id, cancelUpdate);
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({
      status: 'SETTLED',
      cancel: { answer: { kind: 'accepted' } },
      attention: [],
    });
    expect(order.findings.map(({ code }) => code)).toContain('CANCELLATION_REFUSED');
  });

  it('that comes too late: the order fills anyway', async () => {
    const { reference, id } = await placed({ scenario: 'CANCEL_IGNORED' }, 'PROCESSING');
    await decide(stack, id, cancelUpdate);
    expect(await inTruth(reference, id)).toMatchObject({ status: 'SETTLED', attention: [] });
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('that comes in time for some children ends mixed', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_PROCESSING' }, 'PROCESSING');
    await decide(stack, id, cancelUpdate);
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({ status: 'CANCELLED', attention: ['MIXED_OUTCOME'] });
    expect(order.progress.settled).toBe(order.progress.executions);
    expect(order.progress.executions).toBeGreaterThan(0);
    // The second one closes it, when what was executed has settled.
    expectEachOnceAtEsw(stack, reference, ['Created', 'Confirmed', 'Cancelled', 'Cancelled']);
  });

  it('is forbidden by name once the portfolio order has ended, although parts are open', async () => {
    stack.upvest.control.changePace({ settleAfterMs: 60_000 });
    const { reference, id } = await placed({ scenario: 'CANCELLED_WITH_FILLED_CHILDREN' }, 'CANCELLED');
    await expect(decide(stack, id, cancelUpdate)).rejects.toMatchObject({
      cause: {
        type: 'FORBIDDEN_BY_RULE',
        message: 'portfolio-order:CANCELLED>CANCELLED: the portfolio order is CANCELLED, which is final',
      },
    });
    stack.upvest.control.changePace({ settleAfterMs: 60 });
    await inTruth(reference, id);
    expect(deletesOf(id)).toEqual([]);
  });

  it('while Upvest is away goes through as soon as it is back', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_NEW' }, 'NEW');
    stack.upvest.control.setOutage(true);
    await decide(stack, id, cancelUpdate);
    await until('a DELETE without an answer', () => deletesOf(id).some(({ status }) => status === 503));
    stack.upvest.control.setOutage(false);
    expect(await inTruth(reference, id)).toMatchObject({ status: 'CANCELLED', attention: [] });
  });

  it('of an order that settles while the DELETE is under way comes to nothing', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_FILLED' }, 'FILLED');
    stack.upvest.control.delayAnswers({ method: 'DELETE', path: '/portfolios/orders', ms: HELD_MS });
    await decide(stack, id, cancelUpdate);
    await until('the DELETE', () => deletesOf(id).length === 1);
    stack.upvest.control.proceed(id);
    await viewWhen(stack, id, 'SETTLED', ({ status }) => status === 'SETTLED');
    stack.upvest.control.clearFaults();
    expect(await inTruth(reference, id)).toMatchObject({ status: 'SETTLED', attention: [] });
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('of an adopted order', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
    const draft = { userId: randomUUID(), accountId, cashAmount: '50.00' };
    const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
    await viewWhen(stack, id, 'NEW', ({ status }) => status === 'NEW');
    await decide(stack, id, cancelUpdate);
    expect(await inTruth(id, id)).toMatchObject({ origin: 'adopted', status: 'CANCELLED' });
    expect(statusesAtEsw(stack, id)).toEqual(['Created', 'Cancelled']);
  });
});

describe('a placement', () => {
  async function underWay() {
    stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
    const reference = await submit(stack, newRequest({ accountId }));
    return { reference, id: await idAtBroker(stack, accountId) };
  }

  it('remembers the cancel, and hands it over with the order', async () => {
    const { reference, id } = await underWay();
    const handle = stack.client.workflow.getHandle(placementWorkflowId(reference));
    await handle.executeUpdate(cancelUpdate, { args: [{ actor: 'ada', reason: 'too early' }] });
    stack.upvest.control.clearFaults();
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({ status: 'CANCELLED', cancel: { actor: 'ada', reason: 'too early' } });
    expect(deletesOf(id)).toHaveLength(1);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
  });

  it('takes a cancellation from the Temporal UI for the same wish', async () => {
    const { reference, id } = await underWay();
    await stack.client.workflow.getHandle(placementWorkflowId(reference)).cancel();
    stack.upvest.control.clearFaults();
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({ status: 'CANCELLED', cancel: { actor: 'temporal' } });
    expect(
      (await stack.client.workflow.getHandle(placementWorkflowId(reference)).describe()).status.name,
    ).toBe('COMPLETED');
  });
});

describe('a cancellation from the Temporal UI', () => {
  it('is a business cancel, and the workflow ends completed', async () => {
    const { reference, id } = await placed({ scenario: 'WAITS_IN_NEW' }, 'NEW');
    await handleOf(stack, id).cancel();
    const order = await inTruth(reference, id);
    expect(order).toMatchObject({
      status: 'CANCELLED',
      cancel: { actor: 'temporal', rule: 'operator:cancel', answer: { kind: 'accepted' } },
    });
    expect((await handleOf(stack, id).describe()).status.name).toBe('COMPLETED');
    expect(deletesOf(id)).toHaveLength(1);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
  });

  it('of an order that ignores it: it goes on, and ends as the broker says', async () => {
    const { reference, id } = await placed({ scenario: 'CANCEL_IGNORED' }, 'PROCESSING');
    await handleOf(stack, id).cancel();
    expect(await inTruth(reference, id)).toMatchObject({ status: 'SETTLED' });
    expect((await handleOf(stack, id).describe()).status.name).toBe('COMPLETED');
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });
});
