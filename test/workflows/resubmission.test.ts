/** What policies let the coordinator do by itself, off by default: cancel when NEW for too long, and place again. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import type { PortfolioOrderView } from '../../src/domain/view';
import { FAST_PACE, finished, show, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import { cancelUpdate } from '../../workflows/messages';
import {
  decide,
  EVERY_STATE,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  place,
  tell,
  timeline,
  toldBy,
  viewWhen,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({
    deadlines: {
      ...FAR_DEADLINES,
      parts: { askAfterMs: 400, attentionAfter: { ms: 600_000 } },
      cancelIfNewAfterMs: 2_500,
      resubmit: {
        reasons: ['CANCELLED_BY_TRADING_PARTNER', 'CANCELLED_BY_UPVEST_OPERATIONS'],
        maxAttempts: 2,
      },
    },
  });
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

async function inTruth(referenceOrId: string): Promise<PortfolioOrderView> {
  const { order } = await finished(stack, referenceOrId);
  expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));
  return order;
}

const placedFor = (accountId: string) => stack.upvest.control.portfolioOrderCounts()[accountId];

describe('an order that stays NEW', () => {
  it('is cancelled after the time that the policy says', async () => {
    const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    const order = await inTruth(reference);
    expect(order).toMatchObject({
      status: 'CANCELLED',
      cancel: { rule: 'policy:cancel-if-new', actor: 'policy', answer: { kind: 'accepted' } },
    });
    expect(order).not.toHaveProperty('resubmittedAs');
    expect((await toldBy(stack, id, 'policy:cancel-if-new')).length).toBe(2);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Cancelled']);
  });

  it('and whose cancel is refused is not cancelled again and again', async () => {
    const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW', cancelAnswer: 409 });
    const refused = await viewWhen(stack, id, 'the refusal', ({ attention }) => attention.length > 0);
    expect(refused.attention).toEqual(['CANCEL_REFUSED']);
    stack.upvest.control.proceed(id);
    expect(await inTruth(reference)).toMatchObject({ status: 'SETTLED' });
    const deletes = stack.upvest.control.requests({ method: 'DELETE' }).filter(({ url }) => url.endsWith(id));
    expect(deletes).toHaveLength(1);
  });
});

describe('an order that the broker cancels', () => {
  it('for a listed reason is placed again, under a name of its own; the two name each other', async () => {
    const { reference, id, accountId } = await place(stack, { scenario: 'PARTNER_CANCEL' });
    stack.upvest.control.configureAccount(accountId, {});
    const again = `${reference}~2`;
    const first = await inTruth(reference);
    expect(first).toMatchObject({ status: 'CANCELLED', resubmittedAs: again });
    expect(await toldBy(stack, id, 'policy:resubmit')).toContain(`Placed again as ${again}`);

    const second = await inTruth(again);
    expect(second).toMatchObject({ status: 'SETTLED', reference: again, previous: id, accountId });
    expect(second).not.toHaveProperty('resubmittedAs');
    expect(placedFor(accountId)).toBe(2);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Confirmed', 'Cancelled']);
    expectEachOnceAtEsw(stack, again, EVERY_STATE);
    // Under two keys, so that neither attempt is taken for the other.
    const { placement } = await show(stack, again);
    expect(placement).toMatchObject({ attempt: 2, previous: id });
  });

  it('again and again is placed as often as the policy allows, and no more', async () => {
    const { reference, accountId } = await place(stack, { scenario: 'PARTNER_CANCEL' });
    const second = await inTruth(`${reference}~2`);
    expect(second.status).toBe('CANCELLED');
    expect(second).not.toHaveProperty('resubmittedAs');
    expect(placedFor(accountId)).toBe(2);
  });

  it('is not placed again when some of it was executed', async () => {
    const { reference, id, accountId } = await place(stack, { scenario: 'WAITS_IN_PROCESSING', children: 3 });
    await viewWhen(stack, id, 'executions', ({ progress }) => progress.executions === 2);
    stack.upvest.control.cancelPortfolioOrder(id);
    const order = await inTruth(reference);
    expect(order).toMatchObject({ status: 'CANCELLED', attention: ['MIXED_OUTCOME'] });
    expect(order).not.toHaveProperty('resubmittedAs');
    expect(placedFor(accountId)).toBe(1);
  });

  it('is not placed again when the question finds executions that no webhook told of', async () => {
    stack.upvest.control.changePace({ fillAfterMs: 400 });
    const { reference, id, accountId } = await place(stack, { scenario: 'PARTIAL_FILLS', webhooks: 'none' });
    await until('each child to be half filled', () => {
      const { orders } = truthOf(stack, id);
      return orders.length > 0 && orders.every(({ executions }) => executions.length > 0);
    });
    stack.upvest.control.cancelPortfolioOrder(id);
    stack.upvest.control.changePace(FAST_PACE);
    // It names its children as CANCELLED, and says nothing of executions.
    await tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.CANCELLED'));
    const order = await inTruth(reference);
    expect(order.status).toBe('CANCELLED');
    expect(order).not.toHaveProperty('resubmittedAs');
    expect(placedFor(accountId)).toBe(1);
  });

  it('for a reason of its own that is not listed is not placed again', async () => {
    const { reference, accountId } = await place(stack, { rejectWith: 'ACCOUNT_IS_EMPTY' });
    expect(await inTruth(reference)).toMatchObject({
      status: 'CANCELLED',
      cancellationReason: 'ACCOUNT_IS_EMPTY',
    });
    expect(placedFor(accountId)).toBe(1);
  });

  it('on a client’s word is not placed again', async () => {
    const { reference, id, accountId } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    await viewWhen(stack, id, 'NEW', ({ status }) => status === 'NEW');
    await decide(stack, id, cancelUpdate);
    expect((await inTruth(reference)).status).toBe('CANCELLED');
    expect(placedFor(accountId)).toBe(1);
  });

  it('and that nobody placed here is not placed again', async () => {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { scenario: 'PARTNER_CANCEL' });
    const draft = { userId: randomUUID(), accountId, cashAmount: '50.00' };
    const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
    expect(await inTruth(id)).toMatchObject({ origin: 'adopted', status: 'CANCELLED' });
    expect(statusesAtEsw(stack, id)).toEqual(['Created', 'Confirmed', 'Cancelled']);
    expect((await timeline(stack, id)).map(({ rule }) => rule)).not.toContain('policy:resubmit');
    expect(placedFor(accountId)).toBe(1);
  });
});
