/** Each wait of `design.md` 5 ends in a question, and what the broker answers goes the way of all observations. */
import type { Stack } from '../../src/cli/dev-stack';
import { finished, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import {
  EVERY_STATE,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  gapsOf,
  metadataAtEsw,
  place,
  questionsAbout,
  tell,
  toldBy,
  viewWhen,
  whileAsked,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

const SOON = { askAfterMs: 400, attentionAfter: { ms: 2_000 } };

let stack: Stack;
beforeAll(async () => {
  stack = await startTestStack({
    policies: { predecessorGraceMs: 400 },
    deadlines: {
      ...FAR_DEADLINES,
      new: SOON,
      processing: SOON,
      parts: { askAfterMs: 150, attentionAfter: { ms: 2_000 } },
      slowestMs: 2_000,
    },
    upvest: { pace: { processAfterMs: 30, childSpacingMs: 5, fillAfterMs: 20, settleAfterMs: 60 } },
  });
  // Nothing here is about the delay of webhooks.
  stack.upvest.control.changePace({ secondMs: 20, settledAheadMs: 600_000 });
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

async function inTruth(reference: string, id: string) {
  const { order } = await finished(stack, reference);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.attention).toEqual([]);
  return order;
}

describe('NEW', () => {
  it('that stays silent: the answer comes by the question, which says that a webhook was missed', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none', scenario: 'WAITS_IN_PROCESSING' });
    const asked = await viewWhen(stack, id, 'PROCESSING', ({ status }) => status === 'PROCESSING');
    expect(asked.reached).toMatchObject([
      { status: 'NEW', by: 'placement' },
      { status: 'PROCESSING', by: 'poll' },
    ]);
    expect(asked.questions).toMatchObject({ missed: 1, failed: 0 });
    expect((await toldBy(stack, id, 'deadline:new')).join()).toMatch(
      /told what no webhook had: portfolio-order \S+ PROCESSING/,
    );
    await until('ESW to know', () => statusesAtEsw(stack, reference).length === 2);
    expect(metadataAtEsw(stack, reference, 'SkippedStates')).toEqual({});
  });

  it('that is still NEW: asked ever more rarely, a human is told, and all is well when it goes on', async () => {
    const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    await until('four questions', () => questionsAbout(stack, id).length >= 4);
    gapsOf(questionsAbout(stack, id)).forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual(SOON.askAfterMs * 2 ** index);
    });
    const overdue = await viewWhen(stack, id, 'NEW_OVERDUE', ({ attention }) => attention.length > 0);
    expect(overdue.attention).toEqual(['NEW_OVERDUE']);
    expect(overdue.questions.missed).toBe(0);
    // Again and again the same is one line.
    expect(await toldBy(stack, id, 'deadline:new')).toEqual(['Upvest was asked, and had nothing new']);
    const query = `PortfolioOrderId = '${id}' AND Attention = 'NEW_OVERDUE'`;
    await until('visibility', async () => (await stack.client.workflow.count(query)).count === 1);

    stack.upvest.control.proceed(id);
    await inTruth(reference, id);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
    await until('visibility', async () => (await stack.client.workflow.count(query)).count === 0);
  });

  it('and FILLED long ago, in silence: ESW is told what was really observed', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none' });
    const { questions } = await inTruth(reference, id);
    expect(questions.missed).toBeGreaterThan(0);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Settled']);
    expect(metadataAtEsw(stack, reference, 'SkippedStates')).toEqual({ Settled: 'PROCESSING,FILLED' });
  });
});

describe('PROCESSING', () => {
  it('that stays silent: FILLED comes by the question', async () => {
    const { reference, id, accountId } = await place(stack, { scenario: 'WAITS_IN_PROCESSING' });
    await viewWhen(stack, id, 'PROCESSING', ({ status }) => status === 'PROCESSING');
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none' });
    stack.upvest.control.proceed(id);
    const order = await inTruth(reference, id);
    expect(order.reached.find(({ status }) => status === 'SETTLED')?.by).toBe('poll');
    // Which deadline asks first depends on how far the broker is when the answer is written: the whole's own or the parts'.
    const asked = ['deadline:processing', 'deadline:parts', 'deadline:settlement'];
    const told = await Promise.all(asked.map((rule) => toldBy(stack, id, rule)));
    expect(told.join()).toMatch(/no webhook had/);
  });

  it('that is still PROCESSING: asked again, and a human is told', async () => {
    const { reference, id } = await place(stack, { scenario: 'WAITS_IN_PROCESSING' });
    const overdue = await viewWhen(stack, id, 'the attention', ({ attention }) => attention.length > 0);
    expect(overdue.attention).toEqual(['PROCESSING_OVERDUE']);
    expect(overdue.waits.find(({ rule }) => rule === 'deadline:processing')?.asked).toBeGreaterThan(0);
    stack.upvest.control.proceed(id);
    await inTruth(reference, id);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });
});

describe('parts', () => {
  it('have all ended and the whole has not: it is asked for, never derived', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none' });
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    await tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.PROCESSING', 'ORDER.FILLED'));
    const disagreeing = await viewWhen(
      stack,
      id,
      'the parts',
      ({ progress, status }) => progress.final === 5 || status === 'SETTLED',
    );
    expect(['PROCESSING', 'SETTLED']).toContain(disagreeing.status);
    await inTruth(reference, id);
    expect((await toldBy(stack, id, 'deadline:parts')).join()).toMatch(/no webhook had/);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Confirmed', 'Settled']);
  });

  it('are behind a portfolio order that is SETTLED ahead of them', async () => {
    const { reference, id } = await place(stack, { scenario: 'SETTLED_AHEAD' });
    const order = await inTruth(reference, id);
    expect(order.progress).toMatchObject({ executions: 5, settled: 5 });
    expect((await toldBy(stack, id, 'deadline:parts')).join()).toMatch(/no webhook had: execution/);
    expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  });

  it('of a filled order that nobody told an execution of', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none' });
    await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
    const bare = eventsOf(stack, id, 'ORDER.FILLED').map((event) => ({
      ...event,
      object: { ...event.object, executions: [] },
    }));
    await tell(stack, [...eventsOf(stack, id, 'PORTFOLIO_ORDER.FILLED'), ...bare]);
    await inTruth(reference, id);
    expect((await toldBy(stack, id, 'deadline:parts')).length).toBeGreaterThan(0);
  });
});

describe('predecessor of an early status', () => {
  /** What comes with type NEW and shows PROCESSING already (`upvest.md` 6 no. 2). */
  const ahead = (id: string) =>
    eventsOf(stack, id, 'PORTFOLIO_ORDER.NEW').map((event) => ({
      ...event,
      object: { ...event.object, status: 'PROCESSING' },
    }));

  it('is asked for before the early status goes to ESW', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none', scenario: 'WAITS_IN_FILLED' });
    await until('the broker to fill', () => truthOf(stack, id).status === 'FILLED');
    await viewWhen(stack, id, 'NEW', ({ status }) => status === 'NEW');
    // Executions are open: nothing but the missing PROCESSING is waited for.
    await tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.FILLED', 'ORDER.FILLED'));
    const known = await whileAsked(stack, id, () => statusesAtEsw(stack, reference));
    expect(known).toEqual(['Created']);
    await until('ESW to know', () => statusesAtEsw(stack, reference).length === 2);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Fulfilled']);
    expect(metadataAtEsw(stack, reference, 'SkippedStates')).toEqual({ Fulfilled: 'PROCESSING' });
    expect(await toldBy(stack, id, 'deadline:predecessor')).toEqual([
      'Upvest was asked, and had nothing new',
    ]);
  });

  it('turns up while the question is under way: both go out in order, and nothing was skipped', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none', scenario: 'WAITS_IN_FILLED' });
    await until('the broker to fill', () => truthOf(stack, id).status === 'FILLED');
    await viewWhen(stack, id, 'NEW', ({ status }) => status === 'NEW');
    await tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.FILLED', 'ORDER.FILLED'));
    await whileAsked(stack, id, () => tell(stack, eventsOf(stack, id, 'PORTFOLIO_ORDER.PROCESSING')));
    await until('ESW to know', () => statusesAtEsw(stack, reference).length === 3);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Confirmed', 'Fulfilled']);
    expect(metadataAtEsw(stack, reference, 'SkippedStates')).toEqual({});
  });

  it('of which only a snapshot told: the question proves it, and nothing was skipped', async () => {
    const { reference, id } = await place(stack, { webhooks: 'none', scenario: 'WAITS_IN_PROCESSING' });
    await until('processing', () => truthOf(stack, id).status === 'PROCESSING');
    await tell(stack, ahead(id));
    await until('ESW to know', () => statusesAtEsw(stack, reference).length === 2);
    expectEachOnceAtEsw(stack, reference, ['Created', 'Confirmed']);
    const view = await viewWhen(stack, id, 'the proof', ({ reached }) => reached[1]?.by === 'poll');
    expect(view.status).toBe('PROCESSING');
    expect(metadataAtEsw(stack, reference, 'SkippedStates')).toEqual({});
  });
});
