/** What operators ask of a running order, and what is kept of it. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import {
  acknowledgeUpdate,
  cancelUpdate,
  closeUpdate,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
} from '../../workflows/messages';
import { parkedIds } from '../http/webhooks';
import { finished, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import {
  decide,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  handleOf,
  metadataAtEsw,
  place,
  questionsAbout,
  tell,
  timeline,
  viewWhen,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({
    deadlines: {
      ...FAR_DEADLINES,
      new: { askAfterMs: 600_000, attentionAfter: { ms: 300 } },
      parts: { askAfterMs: 300, attentionAfter: { ms: 600_000 } },
    },
  });
});
afterEach(() => {
  stack.esw.control.clearFaults();
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

const WHO = { actor: 'ada', reason: 'the client called' };

async function newOrder(settings: Parameters<typeof place>[1] = {}) {
  const placed = await place(stack, { scenario: 'WAITS_IN_NEW', ...settings });
  await viewWhen(stack, placed.id, 'NEW', ({ status }) => status === 'NEW');
  return placed;
}

const forbidden = (message: string | RegExp) =>
  expect.objectContaining({
    cause: expect.objectContaining({
      type: 'FORBIDDEN_BY_RULE',
      message: expect.stringMatching(message) as string,
    }) as unknown,
  }) as unknown;

describe('reconcile', () => {
  it('asks at once, long before any deadline', async () => {
    const { reference, id } = await newOrder({ webhooks: 'none' });
    stack.upvest.control.proceed(id);
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    expect(await decide(stack, id, reconcileUpdate)).toEqual({
      rule: 'operator:reconcile',
      decided: 'Upvest is asked now.',
    });
    const { order } = await finished(stack, reference);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expect(order.questions.missed).toBe(1);
    expect(questionsAbout(stack, id).length).toBeGreaterThan(0);
  });

  it('stands in the timeline with who asked, and why', async () => {
    const { id } = await newOrder();
    await decide(stack, id, reconcileUpdate);
    await viewWhen(stack, id, 'the answer', ({ questions }) => questions.nothingNew === 1);
    const steps = (await timeline(stack, id)).filter(({ rule }) => rule === 'operator:reconcile');
    expect(steps).toContainEqual(expect.objectContaining(WHO));
    stack.upvest.control.proceed(id);
  });

  it('asked for twice in one moment is one question more at the most', async () => {
    const { id } = await newOrder();
    await Promise.all([1, 2, 3].map(() => decide(stack, id, reconcileUpdate)));
    await viewWhen(stack, id, 'the answer', ({ questions }) => questions.nothingNew > 0);
    await until('no question to be owed', async () => {
      const { questions } = await viewWhen(stack, id, 'a view', () => true);
      return questions.nothingNew === questionsAbout(stack, id).length;
    });
    expect(questionsAbout(stack, id).length).toBeLessThanOrEqual(3);
    stack.upvest.control.proceed(id);
  });
});

it('a cancelled whole that names its children before they tell of their executions is read to the end', async () => {
  const { reference, id } = await place(stack, {
    webhooks: 'none',
    scenario: 'WAITS_IN_PROCESSING',
    children: 3,
  });
  await until('the half filled child', () => {
    return truthOf(stack, id).orders.filter(({ executions }) => executions.length > 0).length === 2;
  });
  stack.upvest.control.cancelPortfolioOrder(id);
  await until('the broker to settle', () =>
    truthOf(stack, id)
      .orders.flatMap(({ executions }) => executions)
      .every(({ status }) => status === 'SETTLED'),
  );
  await tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.CANCELLED'));
  const { order } = await finished(stack, reference);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.attention).toEqual(['MIXED_OUTCOME']);
});

describe('acknowledge', () => {
  it('silences this very occurrence, and stays in the timeline', async () => {
    const { reference, id } = await newOrder();
    await viewWhen(stack, id, 'NEW_OVERDUE', ({ attention }) => attention.includes('NEW_OVERDUE'));
    const { decided } = await decide(stack, id, acknowledgeUpdate, { codes: ['NEW_OVERDUE'] });
    expect(decided).toBe('Acknowledged: NEW_OVERDUE.');
    const quiet = await viewWhen(stack, id, 'silence', ({ attention }) => attention.length === 0);
    expect(quiet.waits.find(({ rule }) => rule === 'deadline:new')?.overdue).toBe(true);
    const query = `PortfolioOrderId = '${id}' AND Attention = 'NEW_OVERDUE'`;
    await until('visibility', async () => (await stack.client.workflow.count(query)).count === 0);
    expect(await timeline(stack, id)).toContainEqual(
      expect.objectContaining({
        rule: 'operator:acknowledge',
        source: 'operator',
        text: 'Dealt with: NEW_OVERDUE',
        ...WHO,
      }),
    );
    await expect(decide(stack, id, acknowledgeUpdate)).rejects.toEqual(
      forbidden('nothing waits for a human'),
    );
    stack.upvest.control.proceed(id);
    await finished(stack, reference);
  });

  it('of something that is not there is refused by name', async () => {
    const { id } = await newOrder();
    await viewWhen(stack, id, 'NEW_OVERDUE', ({ attention }) => attention.includes('NEW_OVERDUE'));
    await expect(decide(stack, id, acknowledgeUpdate, { codes: ['MISTRADE'] })).rejects.toEqual(
      forbidden('there is no MISTRADE here'),
    );
    stack.upvest.control.proceed(id);
  });
});

describe('close', () => {
  it('ends the order on evidence, whatever the broker says; what comes later is parked', async () => {
    const { reference, id } = await newOrder();
    await viewWhen(stack, id, 'ESW’s answer', ({ fulfillment }) => fulfillment.accepted.length === 1);
    await decide(stack, id, closeUpdate, { evidence: 'ticket 4711' });
    const result = (await handleOf(stack, id).result()) as { outcome: string };
    expect(result.outcome).toBe('NEW');
    const { order } = await finished(stack, reference);
    expect(order.closed).toMatchObject({ ...WHO, evidence: 'ticket 4711' });
    expect(await timeline(stack, id)).toContainEqual(
      expect.objectContaining({ rule: 'operator:close', source: 'operator', ...WHO }),
    );
    stack.upvest.control.proceed(id);
    await until('the late events to be parked', async () => {
      return (await parkedIds(stack, 'PARKED_LATE')).length > 0;
    });
    await expect(decide(stack, id, reconcileUpdate)).rejects.toThrow(/not found|completed/i);
  });

  it('wants evidence', async () => {
    const { id } = await newOrder();
    await expect(decide(stack, id, closeUpdate, { evidence: ' ' })).rejects.toMatchObject({
      cause: { type: 'UNUSABLE_DECISION', message: 'say what proves it (evidence)' },
    });
    stack.upvest.control.proceed(id);
  });
});

describe('decisions that cannot be used', () => {
  it.each([
    ['nobody', { reason: 'why' }],
    ['no reason', { actor: 'ada' }],
    ['blank words', { actor: ' ', reason: 'why' }],
    ['a novel', { actor: 'ada', reason: 'x'.repeat(1001) }],
    ['nothing', undefined],
    ['numbers', { actor: 1, reason: 2 }],
  ])('%s: refused, and the order goes on', async (_what, decision) => {
    const { reference, id } = await newOrder();
    const args = [decision] as unknown as [typeof WHO];
    await expect(handleOf(stack, id).executeUpdate(cancelUpdate, { args })).rejects.toMatchObject({
      cause: { type: 'UNUSABLE_DECISION' },
    });
    stack.upvest.control.proceed(id);
    const { order } = await finished(stack, reference);
    expect(order).not.toHaveProperty('cancel');
  });
});

it('retry-emission sends what ESW refused again, with the same id and the same bytes', async () => {
  stack.esw.control.addFault({ kind: '400', match: { status: 'Confirmed' } });
  const { reference, id } = await place(stack);
  const refused = await viewWhen(stack, id, 'the refusal', ({ fulfillment }) => {
    return fulfillment.refused.length === 1 && fulfillment.accepted.length === 3;
  });
  await expect(decide(stack, id, releaseUpdate)).rejects.toEqual(forbidden('nothing is held back'));
  await decide(stack, id, retryEmissionUpdate);
  await finished(stack, reference);
  const confirmed = stack.esw.control.events({ reference }).find(({ body }) => body.status === 'Confirmed');
  expect(confirmed?.body.id).toBe(refused.fulfillment.refused[0]?.id);
  expect(await timeline(stack, id)).toContainEqual(
    expect.objectContaining({
      rule: 'operator:retry-emission',
      text: 'To be sent again: PROCESSING',
      ...WHO,
    }),
  );
});

describe('an order that is first heard of after its end', () => {
  /** An order of the broker's own that settled in silence, and its last events as of so many days ago. */
  async function settledLongAgo(days: number): Promise<{ id: string; events: unknown[] }> {
    const accountId = randomUUID();
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none' });
    const draft = { userId: randomUUID(), accountId, cashAmount: '50.00' };
    const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    const created_at = new Date(Date.now() - days * 86_400_000).toISOString();
    const events = eventsOf(stack, id, 'PORTFOLIO_ORDER.SETTLED').map((event) => ({
      ...event,
      object: { ...event.object, created_at },
    }));
    return { id, events };
  }

  it('and is older than runs are kept, is held until an operator releases it', async () => {
    const { id, events } = await settledLongAgo(26);
    await tell(stack, events);
    const held = await viewWhen(stack, id, 'its parts', ({ progress }) => progress.settled === 5);
    expect(held).toMatchObject({
      attention: ['FIRST_SEEN_FINISHED'],
      held: 'FIRST_SEEN_FINISHED',
      finished: false,
      fulfillment: { accepted: [], pending: ['SETTLED'] },
    });
    expect(statusesAtEsw(stack, id)).toEqual([]);
    await decide(stack, id, releaseUpdate);
    const { order } = await finished(stack, id);
    expect(recordOf(order)).toEqual(truthOf(stack, id));
    expectEachOnceAtEsw(stack, id, ['Settled']);
    const rules = (await timeline(stack, id)).map(({ rule }) => rule);
    expect(rules).toContain('recovery:first-seen-finished');
    expect(rules).toContain('operator:release');
  });

  it('some days ago goes to ESW by itself, with what was skipped', async () => {
    const { id, events } = await settledLongAgo(5);
    await tell(stack, events);
    await finished(stack, id);
    expectEachOnceAtEsw(stack, id, ['Settled']);
    expect(metadataAtEsw(stack, id, 'SkippedStates')).toEqual({ Settled: 'NEW,PROCESSING,FILLED' });
  });
});
