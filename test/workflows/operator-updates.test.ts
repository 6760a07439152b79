/** Operators' decisions about a running order, and their record in the timeline. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observation } from '../../src/domain/broker/observation';
import { createOrderSignals } from '../../src/app/orders/deliver';
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
import {
  acknowledgeUpdate,
  closeUpdate,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
} from '../../contracts/portfolio-order';
import { cancelUpdate } from '../../contracts/decisions';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const deadlines = FAR_DEADLINES;
/** The order is flagged soon, and the broker is not polled. */
const OVERDUE_SOON = { ...FAR_DEADLINES, new: { askAfterMs: 600_000, attentionAfter: { ms: 300 } } };
const placed = (options: TrackedOptions = {}) => newlyPlaced(worker, { deadlines, ...options });

describe('reconcile', () => {
  it('reads from the broker at once, long before any deadline, and applies the answer', async () => {
    const { order, broker } = await placed();
    const read = processedToSettled(broker).map((one): Observation => ({ ...one, source: byPoll() }));
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: read, left: [] }));
    expect(await order.decide(reconcileUpdate)).toEqual({
      rule: 'operator:reconcile',
      decided: 'Reconciling with Upvest now.',
    });
    const view = await endedAs(order, read);
    expect(view.questions.missed).toBe(1);
    expect(order.calls('readPortfolioOrder').length).toBeGreaterThan(0);
  });

  it('is recorded in the timeline with actor and reason', async () => {
    const { order } = await placed();
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: [], left: [] }));
    await order.decide(reconcileUpdate);
    await order.viewWhen('the answer', ({ questions }) => questions.nothingNew === 1);
    const steps = (await order.timeline()).filter(({ rule }) => rule === 'operator:reconcile');
    expect(steps).toContainEqual(expect.objectContaining(OPERATOR));
  });

  // The debounce is long, so that a slow machine is in it, or short, so that it is not.
  it.each([
    ['soon after a reconciliation began causes no further one', 60_000, 1],
    ['later during a reconciliation causes only one more', 0, 2],
  ])('requested three times %s', async (_when, quietMs, reads) => {
    const { order, broker } = await placed({ deadlines: { ...FAR_DEADLINES, quietMs } });
    const { script, release } = held(() => ({ kind: 'read' as const, observations: [], left: [] }));
    order.script('readPortfolioOrder', script);
    await order.decide(reconcileUpdate);
    await until('the reconciliation', () => order.calls('readPortfolioOrder').length === 1);
    // A workflow that decides in the same millisecond would take both for one.
    await sleep(10);
    await Promise.all([1, 2, 3].map(() => order.decide(reconcileUpdate)));
    release();
    await order.viewWhen('all answers', ({ questions }) => questions.nothingNew === reads);
    // Another one would start as soon as the previous one is done.
    const settled = processedToSettled(broker);
    await order.deliver(...settled);
    await endedAs(order, settled);
    expect(order.calls('readPortfolioOrder')).toHaveLength(reads);
  });
});

describe('acknowledge', () => {
  it('clears this occurrence only, and is recorded in the timeline', async () => {
    const { order } = await placed({ deadlines: OVERDUE_SOON });
    await order.viewWhen('NEW_OVERDUE', ({ attention }) => attention.includes('NEW_OVERDUE'));
    const query = `PortfolioOrderId = '${order.id}' AND Attention = 'NEW_OVERDUE'`;
    const count = async () => (await worker.client.workflow.count(query)).count;
    await until('visibility', async () => (await count()) === 1);
    const { decided } = await order.decide(acknowledgeUpdate, { codes: ['NEW_OVERDUE'] });
    expect(decided).toBe('Acknowledged: NEW_OVERDUE.');
    const quiet = await order.viewWhen('no attention', ({ attention }) => attention.length === 0);
    expect(quiet.waits.find(({ rule }) => rule === 'deadline:new')?.overdue).toBe(true);
    await until('visibility', async () => (await count()) === 0);
    expect(await order.timeline()).toContainEqual(
      expect.objectContaining({
        rule: 'operator:acknowledge',
        source: 'operator',
        text: 'Acknowledged: NEW_OVERDUE',
        ...OPERATOR,
      }),
    );
    await expect(order.decide(acknowledgeUpdate)).rejects.toEqual(
      refusal('FORBIDDEN_BY_RULE', 'nothing needs attention'),
    );
  });

  it('of an attention that is not raised is rejected by name', async () => {
    const { order } = await placed({ deadlines: OVERDUE_SOON });
    await order.viewWhen('NEW_OVERDUE', ({ attention }) => attention.includes('NEW_OVERDUE'));
    await expect(order.decide(acknowledgeUpdate, { codes: ['MISTRADE'] })).rejects.toEqual(
      refusal('FORBIDDEN_BY_RULE', 'there is no MISTRADE here'),
    );
  });
});

describe('close', () => {
  it('ends the order with evidence, whatever its state at the broker; later events count as late', async () => {
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
    const inbox = createOrderSignals(worker.client, worker.taskQueue, order.settings);
    expect(await inbox.deliver(order.id, [whole(broker, 'PROCESSING')])).toEqual({
      kind: 'late',
      message: expect.stringContaining('when this arrived: PROCESSING') as string,
    });
    await expect(order.decide(reconcileUpdate)).rejects.toThrow(/not found|completed/i);
  });

  it('requires evidence', async () => {
    const { order } = await placed();
    await expect(order.decide(closeUpdate, { evidence: ' ' })).rejects.toMatchObject({
      cause: { type: 'UNUSABLE_DECISION', message: 'say what proves it (evidence)' },
    });
    expect((await order.handle.describe()).status.name).toBe('RUNNING');
  });
});

describe('invalid decisions', () => {
  it.each([
    ['no actor', { reason: 'why' }],
    ['no reason', { actor: 'ada' }],
    ['a blank actor', { actor: ' ', reason: 'why' }],
    ['a reason that is too long', { actor: 'ada', reason: 'x'.repeat(1001) }],
    ['no decision', undefined],
    ['numbers', { actor: 1, reason: 2 }],
  ])('%s: rejected, and the order continues', async (_what, decision) => {
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

it('retry-emission resends the events that ESW rejected, with the same ids and bytes', async () => {
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
  const refused = await order.viewWhen('the rejection', ({ fulfillment }) => {
    return fulfillment.refused.length === 1 && fulfillment.accepted.length === 3;
  });
  expect(refused.finished).toBe(false);
  await expect(order.decide(releaseUpdate)).rejects.toEqual(
    refusal('FORBIDDEN_BY_RULE', 'emission is not held'),
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
      text: 'Resending PROCESSING',
      ...OPERATOR,
    }),
  );
});

describe('an order first observed after its end', () => {
  /** An order started by the broker that settled this many days ago without webhooks; only its end is reported, now. */
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

  it('older than the retention of runs is held until an operator releases it', async () => {
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

  it('some days old goes to ESW automatically, with the skipped statuses', async () => {
    const { order, read } = await settledLongAgo(5);
    await endedAs(order, read);
    expectEachOnceSent(order, order.id, ['Settled']);
    expect(metadataSent(order, order.id, 'SkippedStates')).toEqual({ Settled: 'NEW,PROCESSING,FILLED' });
  });
});
