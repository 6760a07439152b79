/**
 * Deadlines from placing to FILLED under the standard policies and in workflow time (docs/rules.md#deadlines): each
 * deadline triggers a reconciliation, and only Upvest's answer changes the order.
 */
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { searchAttributes } from '../../contracts/search-attributes';
import { stages, whole } from '../support/observations';
import { EVERY_STATE, expectEachOnceSent, metadataSent, statusesSent } from '../support/stub-esw';
import {
  expectSettled,
  reconciliationMinutes,
  reconciliationPauses,
  placeOrder,
  showing,
  timelineTexts,
  viewAtEnd,
  waitOf,
  type TrackedOptions,
  type TrackedOrder,
} from '../support/tracked-order';
import { until } from '../support/until';
import { useTimeSkipping } from '../support/use-time-skipping';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const time = useTimeSkipping();

const place = (options: TrackedOptions = {}): Promise<TrackedOrder> =>
  placeOrder(time().worker, { clock: time().clock, deadlines: { spreadMs: 0 }, ...options });

/** Reconciles everything that no webhook reported, and lets its grace time before emission pass. */
async function ends(tracked: TrackedOrder): Promise<void> {
  await time().pass('1m');
  await expectSettled(tracked);
}

async function isCancelled(tracked: TrackedOrder): Promise<PortfolioOrderView> {
  await tracked.order.deliver(whole(tracked.broker, 'CANCELLED', { orders: [] }));
  return viewAtEnd(tracked, 'CANCELLED');
}

async function attentionInVisibility({ order }: TrackedOrder): Promise<string[] | undefined> {
  return (await order.handle.describe()).typedSearchAttributes.get(searchAttributes.attention);
}

describe('NEW', () => {
  it('is reconciled after 15 minutes, and a change that no webhook reported counts as missed', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    showing(tracked, 'PROCESSING');
    const { since, asksAt } = await waitOf(tracked, 'deadline:new');
    expect(asksAt - since).toBe(15 * MINUTE);
    await time().passUntil(asksAt - MINUTE);
    expect(order.calls('readPortfolioOrder')).toEqual([]);
    await time().passUntil(asksAt);
    const asked = await order.viewWhen('PROCESSING', ({ status }) => status === 'PROCESSING');
    expect(asked.reached).toMatchObject([
      { status: 'NEW', by: 'placement' },
      { status: 'PROCESSING', by: 'poll' },
    ]);
    expect(asked.questions).toEqual({ missed: 1, nothingNew: 0, failed: 0 });
    expect((await timelineTexts(tracked, 'deadline:new')).join()).toMatch(
      /found what no webhook had reported: PROCESSING/,
    );
    await until('ESW to know', () => statusesSent(order, reference).length === 2);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({});
    expect(await reconciliationMinutes(time().worker, tracked)).toEqual([15]);

    const { FILLED, SETTLED } = stages(broker);
    await order.deliver(...FILLED, ...SETTLED);
    await ends(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
  });

  it('that stays NEW: polled less and less often, flagged after one trading day, cleared when it proceeds', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    showing(tracked, 'NEW');
    const { since, attentionAt } = await waitOf(tracked, 'deadline:new');
    expect(attentionAt - since).toBe(DAY);
    await time().passUntil(attentionAt - MINUTE);
    expect((await order.view()).attention).toEqual([]);
    await time().passUntil(attentionAt);
    const overdue = await order.viewWhen('NEW_OVERDUE', ({ attention }) => attention.length > 0);
    expect(overdue.attention).toEqual(['NEW_OVERDUE']);
    expect(overdue.waits).toMatchObject([{ rule: 'deadline:new', overdue: true }]);
    expect(await attentionInVisibility(tracked)).toEqual(['NEW_OVERDUE']);
    expect(overdue.questions.missed).toBe(0);
    // Each pause is twice the one before, in trading time: the last one ends on Tuesday at 09:30.
    const pauses = [15, 15, 30, 60, 120, 19.5 * 60];
    expect(await reconciliationPauses(time().worker, tracked)).toEqual(pauses);
    // Repeated results share one line.
    expect(await timelineTexts(tracked, 'deadline:new')).toEqual(['Reconciled: no change']);

    const { PROCESSING, FILLED, SETTLED } = stages(broker);
    await order.deliver(...PROCESSING, ...FILLED, ...SETTLED);
    await ends(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
    expect(await attentionInVisibility(tracked)).toEqual([]);
  });

  it('since Friday 21:00: read once in the evening, next on Monday after the opening, flagged on Monday evening', async () => {
    await time().pass(4 * DAY + 11 * 60 * MINUTE);
    const tracked = await place();
    showing(tracked, 'NEW');
    const { since, attentionAt } = await waitOf(tracked, 'deadline:new');
    expect(attentionAt - since).toBe(3 * DAY);
    const monday = since + 2.5 * DAY;
    await time().passUntil(monday);
    expect(await reconciliationMinutes(time().worker, tracked)).toEqual([15]);
    await time().passUntil(monday + 16 * MINUTE);
    expect(await reconciliationMinutes(time().worker, tracked)).toEqual([15, 60 * 60 + 15]);
    await isCancelled(tracked);
  });

  it('that was SETTLED long ago without webhooks: ESW receives what was actually observed', async () => {
    const tracked = await place();
    const { order, reference } = tracked;
    showing(tracked, 'SETTLED');
    await time().pass('15m');
    await ends(tracked);
    expect((await order.view()).questions.missed).toBe(1);
    expectEachOnceSent(order, reference, ['Created', 'Settled']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({ Settled: 'PROCESSING,FILLED' });
  });

  it('with production’s jitter: the reconciliation comes up to a quarter later', async () => {
    const tracked = await place({ deadlines: {} });
    showing(tracked, 'NEW');
    const { since, asksAt } = await waitOf(tracked, 'deadline:new');
    expect(asksAt - since).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(asksAt - since).toBeLessThan(18.75 * MINUTE);
    await time().passUntil(asksAt - 1_000);
    expect(tracked.order.calls('readPortfolioOrder')).toEqual([]);
    await time().passUntil(asksAt);
    await until('the reconciliation', () => tracked.order.calls('readPortfolioOrder').length === 1);
    await isCancelled(tracked);
  });
});

describe('PROCESSING', () => {
  it('without webhooks is reconciled after an hour, which finds FILLED', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    await order.deliver(...stages(broker).PROCESSING);
    showing(tracked, 'FILLED');
    const { since, asksAt } = await waitOf(tracked, 'deadline:processing');
    expect(asksAt - since).toBe(60 * MINUTE);
    await time().passUntil(asksAt);
    const filled = await order.viewWhen('FILLED', ({ status }) => status === 'FILLED');
    expect(filled.reached.find(({ status }) => status === 'FILLED')?.by).toBe('poll');
    expect((await timelineTexts(tracked, 'deadline:processing')).join()).toMatch(/no webhook had/);
    await order.deliver(...stages(broker).SETTLED);
    await ends(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({});
  });

  it('that stays PROCESSING: polled again, and flagged after two trading days', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    await order.deliver(...stages(broker).PROCESSING);
    showing(tracked, 'PROCESSING');
    const { since, attentionAt } = await waitOf(tracked, 'deadline:processing');
    expect(attentionAt - since).toBe(2 * DAY);
    await time().passUntil(attentionAt - MINUTE);
    expect((await order.view()).attention).toEqual([]);
    await time().passUntil(attentionAt);
    const overdue = await order.viewWhen('the attention', ({ attention }) => attention.length > 0);
    expect(overdue.attention).toEqual(['PROCESSING_OVERDUE']);
    expect(overdue.waits).toMatchObject([{ rule: 'deadline:processing', asked: 5, overdue: true }]);
    // In trading time, up to six hours: the fourth ends on Tuesday at 09:30.
    const pauses = [60, 60, 120, 19.5 * 60, 360];
    expect(await reconciliationPauses(time().worker, tracked)).toEqual(pauses);

    await order.deliver(...stages(broker).FILLED, ...stages(broker).SETTLED);
    await ends(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
  });
});

it('an order whose webhooks are all lost is tracked to its end by polling alone', async () => {
  const tracked = await place();
  const { order, broker, reference } = tracked;
  const steps = [
    ['deadline:new', 'PROCESSING'],
    ['deadline:processing', 'FILLED'],
    ['deadline:settlement', 'SETTLED'],
  ] as const;
  for (const [rule, status] of steps) {
    const { asksAt } = await waitOf(tracked, rule);
    await time().passUntil(asksAt - MINUTE);
    showing(tracked, status);
    await time().passUntil(asksAt);
    await order.viewWhen(status, (view) => view.status === status);
  }
  await ends(tracked);
  expectEachOnceSent(order, reference, EVERY_STATE);
  expect(metadataSent(order, reference, 'SkippedStates')).toEqual({});
  expect((await order.view()).questions).toEqual({ missed: 3, nothingNew: 1, failed: 0 });
  // The second one is for the children's NEW, which has to reach ESW before their PROCESSING. Settlement is reconciled
  // at 18:00; the order was placed on Monday at 10:00.
  const settlementDays = broker.createdAt < '2027-10-11' ? 2 : 1;
  const settlement = (settlementDays * 24 + 8) * 60;
  expect(await reconciliationMinutes(time().worker, tracked)).toEqual([15, 15.5, 75, settlement]);
});
