/** What operators ask of a running order, and what is kept of it. */
import {
  acknowledgeUpdate,
  cancelUpdate,
  closeUpdate,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
} from '../../workflows/messages';
import type { Observation } from '../../src/domain/observation';
import { createOrderInbox } from '../../src/temporal/order-inbox';
import { expectEachOnceSent, metadataSent } from '../support/stub-esw';
import { FAR_DEADLINES } from '../support/far-deadlines';
import {
  byPoll,
  child,
  executionOf,
  orderAtBroker,
  processedToSettled,
  whole,
} from '../support/observations';
import { newOrder, OPERATOR } from '../support/order-under-test';
import { endedAs, newlyPlaced, refusal } from '../support/placed-order';
import type { TrackedOptions } from '../support/tracked-order';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { held } from '../support/stub-activities';
import { closeTemporal } from '../support/temporal';
import { until } from '../support/until';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const deadlines = FAR_DEADLINES;
/** A human is told soon, and the broker is not asked. */
const OVERDUE_SOON = { ...FAR_DEADLINES, new: { askAfterMs: 600_000, attentionAfter: { ms: 300 } } };
const placed = (options: TrackedOptions = {}) => newlyPlaced(worker, { deadlines, ...options });

describe('reconcile', () => {
  it('asks at once, long before any deadline, and follows what the broker answers', async () => {
    const { order, broker } = await placed();
    const read = processedToSettled(broker).map((one): Observation => ({ ...one, source: byPoll() }));
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: read, left: [] }));
    expect(await order.decide(reconcileUpdate)).toEqual({
      rule: 'operator:reconcile',
      decided: 'Upvest is asked now.',
    });
    const view = await endedAs(order, read);
    expect(view.questions.missed).toBe(1);
    expect(order.calls('readPortfolioOrder').length).toBeGreaterThan(0);
  });

  it('stands in the timeline with who asked, and why', async () => {
    const { order } = await placed();
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: [], left: [] }));
    await order.decide(reconcileUpdate);
    await order.viewWhen('the answer', ({ questions }) => questions.nothingNew === 1);
    const steps = (await order.timeline()).filter(({ rule }) => rule === 'operator:reconcile');
    expect(steps).toContainEqual(expect.objectContaining(OPERATOR));
  });

  it('asked for three times while a question is under way is one question more', async () => {
    const { order, broker } = await placed();
    const { script, release } = held(() => ({ kind: 'read' as const, observations: [], left: [] }));
    order.script('readPortfolioOrder', script);
    await order.decide(reconcileUpdate);
    await until('the question', () => order.calls('readPortfolioOrder').length === 1);
    await Promise.all([1, 2, 3].map(() => order.decide(reconcileUpdate)));
    release();
    await order.viewWhen('both answers', ({ questions }) => questions.nothingNew === 2);
    // Another one would be asked as soon as the one before it is answered.
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    await endedAs(order, settled);
    expect(order.calls('readPortfolioOrder')).toHaveLength(2);
  });
});

describe('acknowledge', () => {
  it('silences this very occurrence, and stays in the timeline', async () => {
    const { order } = await placed({ deadlines: OVERDUE_SOON });
    await order.viewWhen('NEW_OVERDUE', ({ attention }) => attention.includes('NEW_OVERDUE'));
    const query = `PortfolioOrderId = '${order.id}' AND Attention = 'NEW_OVERDUE'`;
    const count = async () => (await worker.client.workflow.count(query)).count;
    await until('visibility', async () => (await count()) === 1);
    const { decided } = await order.decide(acknowledgeUpdate, { codes: ['NEW_OVERDUE'] });
    expect(decided).toBe('Acknowledged: NEW_OVERDUE.');
    const quiet = await order.viewWhen('silence', ({ attention }) => attention.length === 0);
    expect(quiet.waits.find(({ rule }) => rule === 'deadline:new')?.overdue).toBe(true);
    await until('visibility', async () => (await count()) === 0);
    expect(await order.timeline()).toContainEqual(
      expect.objectContaining({
        rule: 'operator:acknowledge',
        source: 'operator',
        text: 'Dealt with: NEW_OVERDUE',
        ...OPERATOR,
      }),
    );
    await expect(order.decide(acknowledgeUpdate)).rejects.toEqual(
      refusal('FORBIDDEN_BY_RULE', 'nothing waits for a human'),
    );
  });

  it('of something that is not there is refused by name', async () => {
    const { order } = await placed({ deadlines: OVERDUE_SOON });
    await order.viewWhen('NEW_OVERDUE', ({ attention }) => attention.includes('NEW_OVERDUE'));
    await expect(order.decide(acknowledgeUpdate, { codes: ['MISTRADE'] })).rejects.toEqual(
      refusal('FORBIDDEN_BY_RULE', 'there is no MISTRADE here'),
    );
  });
});

describe('close', () => {
  it('ends the order on evidence, whatever the broker says; what comes later is late', async () => {
    const { order, broker } = await placed();
    await order.viewWhen('ESW’s answer', ({ fulfillment }) => fulfillment.accepted.length === 1);
    await order.decide(closeUpdate, { evidence: 'ticket 4711' });
    expect((await order.handle.result()).outcome).toBe('NEW');
    const view = await order.view();
    expect(view.finished).toBe(true);
    expect(view.closed).toMatchObject({ ...OPERATOR, evidence: 'ticket 4711' });
    expect(await order.timeline()).toContainEqual(
      expect.objectContaining({ rule: 'operator:close', source: 'operator', ...OPERATOR }),
    );
    const inbox = createOrderInbox(worker.client, worker.taskQueue, order.settings);
    expect(await inbox.deliver(order.id, [whole(broker, 'PROCESSING')])).toEqual({
      kind: 'late',
      message: expect.stringContaining(`portfolio-order ${order.id} reached PROCESSING`) as string,
    });
    await expect(order.decide(reconcileUpdate)).rejects.toThrow(/not found|completed/i);
  });

  it('wants evidence', async () => {
    const { order } = await placed();
    await expect(order.decide(closeUpdate, { evidence: ' ' })).rejects.toMatchObject({
      cause: { type: 'UNUSABLE_DECISION', message: 'say what proves it (evidence)' },
    });
    expect((await order.handle.describe()).status.name).toBe('RUNNING');
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
    const { order, broker } = await placed();
    const args = [decision] as unknown as [typeof OPERATOR];
    await expect(order.handle.executeUpdate(cancelUpdate, { args })).rejects.toMatchObject({
      cause: { type: 'UNUSABLE_DECISION' },
    });
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    expect(await endedAs(order, settled)).not.toHaveProperty('cancel');
    expect(order.calls('cancelPortfolioOrder')).toEqual([]);
  });
});

it('retry-emission sends what ESW refused again, with the same id and the same bytes', async () => {
  const { order, broker } = await placed();
  let refusals = 1;
  order.script('emitOrderEvents', ({ events }) =>
    events.map(({ id, body }) => {
      const { status } = JSON.parse(body) as { status?: string };
      const isRefused =
        status === 'Confirmed' && !body.includes('parentBrandOrderReference') && refusals-- > 0;
      return isRefused
        ? { id, outcome: 'refused', refusal: { status: 400, message: 'ESW answered 400' } }
        : { id, outcome: 'accepted' };
    }),
  );
  const settled = processedToSettled(broker);
  await order.deliver(...settled);
  const refused = await order.viewWhen('the refusal', ({ fulfillment }) => {
    return fulfillment.refused.length === 1 && fulfillment.accepted.length === 3;
  });
  expect(refused.finished).toBe(false);
  await expect(order.decide(releaseUpdate)).rejects.toEqual(
    refusal('FORBIDDEN_BY_RULE', 'nothing is held back'),
  );
  await order.decide(retryEmissionUpdate);
  await endedAs(order, settled);
  const [first, again, ...others] = order
    .sent()
    .filter(({ body, status }) => status === 'Confirmed' && body.parentBrandOrderReference === undefined);
  expect(first?.id).toBe(refused.fulfillment.refused[0]?.id);
  expect(again?.id).toBe(first?.id);
  expect(again?.bytes).toBe(first?.bytes);
  expect(others).toEqual([]);
  expect(await order.timeline()).toContainEqual(
    expect.objectContaining({
      rule: 'operator:retry-emission',
      text: 'To be sent again: PROCESSING',
      ...OPERATOR,
    }),
  );
});

describe('an order that is first heard of after its end', () => {
  /** An order of the broker's own that settled in silence so many days ago, of which only the end is told now. */
  async function settledLongAgo(days: number) {
    const createdAt = new Date(Date.now() - days * 86_400_000);
    const order = newOrder(worker, {
      policies: { predecessorGraceMs: 100 },
      deadlines: { ...deadlines, parts: { askAfterMs: 100, attentionAfter: { ms: 600_000 } } },
    });
    const broker = orderAtBroker(order.id, 2, createdAt);
    const flow = { initiationFlow: 'SAVINGS_PLAN' };
    const settled = whole(broker, 'SETTLED', flow);
    const parts = [0, 1].map((index) =>
      child(broker, index, 'FILLED', {
        source: byPoll(),
        executions: [executionOf(broker, index, 'SETTLED')],
      }),
    );
    const read = [{ ...settled, source: byPoll() }, ...parts];
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: read, left: [] }));
    await order.deliver(settled);
    return { order, read };
  }

  it('and is older than runs are kept, is held until an operator releases it', async () => {
    const { order, read } = await settledLongAgo(26);
    const view = await order.viewWhen('its parts', ({ progress }) => progress.settled === 2);
    expect(view).toMatchObject({
      attention: ['FIRST_SEEN_FINISHED'],
      held: 'FIRST_SEEN_FINISHED',
      finished: false,
      fulfillment: { accepted: [], pending: ['SETTLED'] },
    });
    expect(order.sent()).toEqual([]);
    await order.decide(releaseUpdate);
    await endedAs(order, read);
    expectEachOnceSent(order, order.id, ['Settled']);
    const rules = (await order.timeline()).map(({ rule }) => rule);
    expect(rules).toContain('recovery:first-seen-finished');
    expect(rules).toContain('operator:release');
  });

  it('some days ago goes to ESW by itself, with what was skipped', async () => {
    const { order, read } = await settledLongAgo(5);
    await endedAs(order, read);
    expectEachOnceSent(order, order.id, ['Settled']);
    expect(metadataSent(order, order.id, 'SkippedStates')).toEqual({ Settled: 'NEW,PROCESSING,FILLED' });
  });
});
