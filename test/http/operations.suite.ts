/** What operators may do to an order that is open, or not yet placed: what is decided, what is refused, and by which rule. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { call, finished, newRequest, show, statusesAtEsw, submit, until } from '../support/stack';
import { EVERY_STATE, expectEachOnceAtEsw, HELD_MS, idAtBroker, place, viewWhen } from '../support/orders';
import { recordOf, truthOf } from '../support/truth';
import {
  expectDecided,
  expectForbidden,
  heldOrder,
  operate,
  placeUnanswered,
  timelineOf,
} from './operations';
import { expectProblem } from './problem';

export function operationsSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });
  afterEach(() => {
    stack.upvest.control.clearFaults();
  });

  /** An order that stays where its scenario says, followed by its workflow. */
  async function waiting(scenario: 'WAITS_IN_NEW' | 'WAITS_IN_PROCESSING', webhooks?: 'none') {
    const placed = await place(stack, { scenario, ...(webhooks && { webhooks }) });
    await viewWhen(stack, placed.id, 'the order', ({ origin }) => origin === 'placed');
    return placed;
  }

  describe('cancel', () => {
    it('asks Upvest, by the reference; twice is once; and nothing is cancelled on our own word', async () => {
      const { reference, id } = await waiting('WAITS_IN_PROCESSING');
      expectDecided(await operate(stack, reference, 'cancel', { actor: 'ada' }), 'operator:cancel');
      expect(expectDecided(await operate(stack, reference, 'cancel'), 'operator:cancel')).toContain(
        'already',
      );
      const { order } = await finished(stack, reference);
      expect(order.status).toBe('CANCELLED');
      expect(recordOf(order)).toEqual(truthOf(stack, id));
      expect(order.cancel).toMatchObject({
        actor: 'ada (demo-operate)',
        reason: 'the client called',
        answer: { kind: 'accepted' },
      });
      const deletes = stack.upvest.control.requests({ method: 'DELETE', path: '/portfolios/orders/{id}' });
      expect(deletes.filter(({ url }) => url.endsWith(id))).toHaveLength(1);
      const [asked] = (await timelineOf(stack, reference)).filter(({ rule }) => rule === 'operator:cancel');
      expect(asked).toMatchObject({
        source: 'operator',
        actor: 'ada (demo-operate)',
        reason: 'the client called',
      });

      expectForbidden(await operate(stack, reference, 'cancel'), 'portfolio-order:CANCELLED>CANCELLED');
    });

    it('before the placement result is known is stored, and passed on with the order', async () => {
      stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
      const accountId = randomUUID();
      stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
      const reference = await submit(stack, newRequest({ accountId }));
      await idAtBroker(stack, accountId);
      const decided = expectDecided(await operate(stack, reference, 'cancel'), 'operator:cancel');
      expect(decided).toContain('as soon as the order is placed');
      expect((await show(stack, reference)).placement?.cancel).toMatchObject({ actor: 'demo-operate' });
      expect(expectForbidden(await operate(stack, reference, 'close'), 'operator:close')).toContain(
        'being placed',
      );
      expect((await timelineOf(stack, reference)).map(({ rule }) => rule)).toEqual([
        'placement:requested',
        'operator:cancel',
      ]);

      stack.upvest.control.clearFaults();
      const { order } = await finished(stack, reference);
      expect(order).toMatchObject({ status: 'CANCELLED', cancel: { actor: 'demo-operate' } });
    });

    it('that races the end of the placement ends at the order', async () => {
      const accountId = randomUUID();
      stack.upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_NEW' });
      const reference = await submit(stack, newRequest({ accountId }));
      // As fast as they can be asked, until the order is cancelled: some reach the placement, some its order.
      let answer = await operate(stack, reference, 'cancel');
      expectDecided(answer, 'operator:cancel');
      while (answer.status === 200) answer = await operate(stack, reference, 'cancel');
      expectForbidden(answer, 'portfolio-order:CANCELLED>CANCELLED');
      const { order } = await finished(stack, reference);
      expect(order.cancel).toMatchObject({ answer: { kind: 'accepted' } });
    });

    it('of an order that Upvest refused is forbidden: there is none', async () => {
      stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
      const reference = await submit(stack);
      await until('the refusal', async () => (await show(stack, reference)).phase === 'REFUSED');
      expect(expectForbidden(await operate(stack, reference, 'cancel'), 'operator:cancel')).toContain(
        'rejected',
      );
      expectForbidden(await operate(stack, reference, 'reopen'), 'operator:reopen');
    });
  });

  describe('reconcile', () => {
    it('asks Upvest at once, and the order is what it says', async () => {
      const { reference, id } = await waiting('WAITS_IN_PROCESSING', 'none');
      expect((await show(stack, reference)).order?.status).toBe('NEW');
      expectDecided(await operate(stack, id, 'reconcile'), 'operator:reconcile');
      const view = await viewWhen(stack, id, 'PROCESSING', ({ status }) => status === 'PROCESSING');
      expect(view.reached.at(-1)).toMatchObject({ status: 'PROCESSING', by: 'poll' });
      expect(recordOf(view)).toEqual(truthOf(stack, id));
    });
  });

  describe('retry-emission and acknowledge', () => {
    it('send again what ESW refused, and silence what is dealt with', async () => {
      const reference = newRequest().reference;
      stack.esw.control.addFault({ kind: '400', match: { reference, status: 'Confirmed' } });
      await submit(stack, newRequest({ reference }));
      const [refused] = await until('the refusal', async () => {
        const { order } = await show(stack, reference);
        return (
          order?.status === 'SETTLED' && order.fulfillment.accepted.length === 3 && order.fulfillment.refused
        );
      });
      const attentions = (await show(stack, reference)).order?.attentions;
      expect(attentions).toMatchObject([{ code: 'EMISSION_REFUSED' }]);

      const unknown = await operate(stack, reference, 'acknowledge', {
        codes: ['EMISSION_REFUSED', 'NEW_OVERDUE'],
      });
      expect(expectForbidden(unknown, 'operator:acknowledge')).toContain('NEW_OVERDUE');
      const codes = ['EMISSION_REFUSED'];
      expectDecided(await operate(stack, reference, 'acknowledge', { codes }), 'operator:acknowledge');
      expect((await show(stack, reference)).order?.attention).toEqual([]);
      expectForbidden(await operate(stack, reference, 'acknowledge'), 'operator:acknowledge');

      expectDecided(await operate(stack, reference, 'retry-emission'), 'operator:retry-emission');
      const { order } = await finished(stack, reference);
      expect(order.fulfillment.refused).toEqual([]);
      expect(order.fulfillment.accepted.find(({ status }) => status === 'PROCESSING')?.id).toBe(refused?.id);
      expect(statusesAtEsw(stack, reference).sort()).toEqual([...EVERY_STATE].sort());
    });

    it('leaves out what ESW refused instead, since it would arrive after SETTLED (14.21)', async () => {
      const reference = newRequest().reference;
      stack.esw.control.addFault({ kind: '400', match: { reference, status: 'Confirmed' } });
      await submit(stack, newRequest({ reference }));
      const [refused] = await until('the refusal', async () => {
        const { order } = await show(stack, reference);
        return order?.fulfillment.accepted.length === 3 && order.fulfillment.refused;
      });
      expect(refused).toMatchObject({ name: 'PROCESSING', arrivesAfter: 'SETTLED' });
      const attentions = (await show(stack, reference)).order?.attentions;
      expect(attentions?.[0]?.advice).toMatch(/^Sent now, it arrives after SETTLED.* skip-emission\.$/);
      const wrong = await operate(stack, reference, 'skip-emission', { events: ['NEW'] });
      expect(expectForbidden(wrong, 'operator:skip-emission')).toContain('NEW');
      const events = ['PROCESSING'];
      expectDecided(await operate(stack, reference, 'skip-emission', { events }), 'operator:skip-emission');
      const { order } = await finished(stack, reference);
      expect(order.fulfillment).toMatchObject({ refused: [], skipped: [{ status: 'PROCESSING' }] });
      expectEachOnceAtEsw(
        stack,
        reference,
        EVERY_STATE.filter((status) => status !== 'Confirmed'),
      );
    });

    it('are forbidden where ESW has refused nothing and nothing needs attention', async () => {
      const { reference } = await waiting('WAITS_IN_NEW');
      expectForbidden(await operate(stack, reference, 'retry-emission'), 'operator:retry-emission');
      expectForbidden(await operate(stack, reference, 'skip-emission'), 'operator:skip-emission');
      expectForbidden(await operate(stack, reference, 'acknowledge'), 'operator:acknowledge');
    });
  });

  describe('release', () => {
    it('lets go what was held back, once', async () => {
      const id = await heldOrder(stack);
      expect(statusesAtEsw(stack, id)).toEqual([]);
      expectDecided(await operate(stack, id, 'release'), 'operator:release');
      await until('ESW to know', () => statusesAtEsw(stack, id).includes('Settled'));
      expectForbidden(await operate(stack, id, 'release'), 'operator:release');
    });
  });

  describe('close', () => {
    it('ends the order as it stands, and keeps who said so on which evidence', async () => {
      const { reference } = await waiting('WAITS_IN_NEW');
      expectDecided(await operate(stack, reference, 'close', { actor: 'ada' }), 'operator:close');
      const { order } = await finished(stack, reference);
      const closed = { actor: 'ada (demo-operate)', reason: 'it is over', evidence: 'ticket 4711' };
      expect(order).toMatchObject({ status: 'NEW', finished: true, closed });
      const row = (await timelineOf(stack, reference)).find(({ rule }) => rule === 'operator:close');
      expect(row).toMatchObject({ source: 'operator', actor: closed.actor, reason: closed.reason });
      expect(row?.text).toContain('ticket 4711');
      expectForbidden(await operate(stack, reference, 'cancel'), 'operator:close');
    });
  });

  describe('identify', () => {
    it('says which order the POST made, and the placement goes on with it', async () => {
      const accountId = randomUUID();
      const draft = { userId: randomUUID(), accountId, cashAmount: '77.71', initiationFlow: 'API' } as const;
      const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
      const reference = await placeUnanswered(stack, accountId);
      expectForbidden(await operate(stack, reference, 'reconcile'), 'operator:reconcile');
      const answer = await operate(stack, reference, 'identify', { portfolioOrderId: id, actor: 'ada' });
      expect(expectDecided(answer, 'placement:identified')).toContain(id);
      // Its amount is not what the client requested, so ESW gets nothing until an operator has compared the two.
      await viewWhen(stack, id, 'emission to be held', ({ held }) => held === 'ANSWER_MISMATCH');
      expect(statusesAtEsw(stack, reference)).toEqual([]);
      expectDecided(await operate(stack, reference, 'release'), 'operator:release');
      const { order, placement } = await finished(stack, reference);
      expect(order).toMatchObject({ portfolioOrderId: id, status: 'SETTLED' });
      expect(placement?.identified).toMatchObject({ actor: 'ada (demo-operate)', portfolioOrderId: id });
    });

    it('says that there is none: the placement ends as NOT_PLACED', async () => {
      const reference = await placeUnanswered(stack);
      expectDecided(await operate(stack, reference, 'identify'), 'placement:identified');
      const ended = async () => (await show(stack, reference)).phase === 'NOT_PLACED';
      await until('the end', ended);
      expectForbidden(await operate(stack, reference, 'identify'), 'placement:identified');
      expect(expectForbidden(await operate(stack, reference, 'cancel'), 'operator:cancel')).toContain(
        'no order',
      );
      expect((await timelineOf(stack, reference)).map(({ rule }) => rule)).toEqual([
        'placement:requested',
        'placement:unknown',
        'placement:identified',
      ]);
      const { placement } = await show(stack, reference);
      const json = { ...placement?.request, reference };
      const answer = await call(stack, 'POST', '/portfolio-orders', { token: stack.tokens.submit, json });
      expect(answer).toMatchObject({ status: 200, body: { reference, phase: 'NOT_PLACED' } });
    });

    it('is accepted while the POST is out, whose answer counts more; forbidden afterwards; of no use for an id (14.44)', async () => {
      const { reference, id } = await waiting('WAITS_IN_NEW');
      expectForbidden(await operate(stack, reference, 'identify'), 'placement:identified');
      expectProblem(await operate(stack, id, 'identify'), 404, 'NOT_FOUND');
      stack.upvest.control.delayAnswers({ method: 'POST', path: '/portfolios/orders', ms: HELD_MS });
      const slow = await submit(stack);
      expectDecided(await operate(stack, slow, 'identify'), 'placement:identified');
      const again = expectForbidden(await operate(stack, slow, 'identify'), 'placement:identified');
      expect(again).toContain('an earlier decision is being carried out');
      stack.upvest.control.clearFaults();
      const { order, placement } = await finished(stack, slow);
      expect(order.status).toBe('SETTLED');
      expect(placement).not.toHaveProperty('identified');
    });
  });

  describe('an idempotency key', () => {
    it('makes repeating harmless: the same answer, and one decision', async () => {
      const { reference, id } = await waiting('WAITS_IN_NEW');
      const key = randomUUID();
      const first = expectDecided(
        await operate(stack, reference, 'reconcile', {}, { key }),
        'operator:reconcile',
      );
      const again = await operate(stack, id, 'reconcile', {}, { key });
      expect(expectDecided(again, 'operator:reconcile')).toBe(first);
      const view = await viewWhen(stack, id, 'the answer', ({ questions }) => questions.nothingNew > 0);
      expect(view.questions.nothingNew).toBe(1);
    });

    it('used again with other content is rejected with both digests (14.35)', async () => {
      const { reference } = await waiting('WAITS_IN_NEW');
      const key = randomUUID();
      expectDecided(await operate(stack, reference, 'reconcile', {}, { key }), 'operator:reconcile');
      const again = await operate(stack, reference, 'reconcile', { reason: 'another' }, { key });
      const { detail } = expectProblem(again, 409, 'IDEMPOTENCY_KEY_REUSED');
      expect(detail).toMatch(/with other content \(SHA-256 [0-9a-f]{64} first, [0-9a-f]{64} now\)/);
    });

    it('does not turn one operation into another', async () => {
      const { reference } = await waiting('WAITS_IN_NEW');
      const key = randomUUID();
      expectDecided(await operate(stack, reference, 'reconcile', {}, { key }), 'operator:reconcile');
      expectProblem(await operate(stack, reference, 'close', {}, { key }), 409, 'IDEMPOTENCY_KEY_REUSED');
      expect((await show(stack, reference)).phase).toBe('TRACKED');
    });

    it('is known also after the decision has ended the order', async () => {
      const { reference } = await waiting('WAITS_IN_NEW');
      const key = randomUUID();
      const first = await operate(stack, reference, 'close', {}, { key });
      expectDecided(first, 'operator:close');
      await finished(stack, reference);
      expect((await operate(stack, reference, 'close', {}, { key })).body).toEqual(first.body);
      expectForbidden(await operate(stack, reference, 'close', {}, { key: randomUUID() }), 'operator:close');
    });

    it('of a decision that was refused can be used again', async () => {
      const { reference } = await waiting('WAITS_IN_NEW');
      const key = randomUUID();
      expectForbidden(await operate(stack, reference, 'release', {}, { key }), 'operator:release');
      expectDecided(await operate(stack, reference, 'reconcile', {}, { key }), 'operator:reconcile');
    });
  });

  it('the timeline is in order, is found by the reference and by the id, and is the same when all is over', async () => {
    const reference = await submit(stack);
    const { order } = await finished(stack, reference);
    const rows = await timelineOf(stack, reference);
    expect(await timelineOf(stack, order.portfolioOrderId)).toEqual(rows);
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort());
    for (const { at, source, rule, text } of rows)
      expect([at, source, rule, text].every((one) => typeof one === 'string' && one !== '')).toBe(true);
    const rules = rows.map(({ rule }) => rule);
    const accepted = rows.filter(({ rule }) => rule === 'emission:accepted');
    expect(accepted.filter(({ subject }) => subject === 'portfolio-order')).toHaveLength(4);
    const stored = stack.esw.control.events().map(({ body }) => body);
    const family = stored.filter(
      ({ brandOrderReference, parentBrandOrderReference }) =>
        (parentBrandOrderReference ?? brandOrderReference) === reference,
    );
    expect(accepted.map(({ eventId }) => eventId).sort()).toEqual(family.map(({ id }) => id).sort());
    expect(rules).toEqual(
      expect.arrayContaining(['portfolio-order:FILLED>SETTLED', 'execution:FILLED>SETTLED']),
    );
  });
}
