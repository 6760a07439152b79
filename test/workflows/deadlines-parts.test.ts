/**
 * A portfolio order that disagrees with its children, and a status that came before its predecessor: the coordinator
 * reconciles with Upvest and derives nothing (docs/rules.md#deadlines).
 */
import { child, readOf, stages, whole, type OrderAtBroker, type ReadStatus } from '../support/observations';
import { held } from '../support/stub-activities';
import { EVERY_STATE, expectEachOnceSent, metadataSent, statusesSent } from '../support/stub-esw';
import {
  expectSettled,
  reconciliationMinutes,
  reconciliationPauses,
  placeOrder,
  showing,
  timelineTexts,
  waitOf,
  type TrackedOrder,
} from '../support/tracked-order';
import { until } from '../support/until';
import { useTimeSkipping } from '../support/use-time-skipping';
import type { PortfolioOrderRead } from '../../contracts/activities';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const time = useTimeSkipping();

const place = (): Promise<TrackedOrder> =>
  placeOrder(time().worker, { clock: time().clock, deadlines: { spreadMs: 0 } });

/** Result of a read in which the portfolio order has one status and its children match another one. */
function disagreeing(broker: OrderAtBroker, whole: ReadStatus, children: ReadStatus): PortfolioOrderRead {
  const observations = [
    ...readOf(broker, whole).observations.slice(0, 1),
    ...readOf(broker, children).observations.slice(1),
  ];
  return { kind: 'read', observations, left: [] };
}

describe('parts', () => {
  it('have all ended but the portfolio order has not: its status is read after 5 minutes, never derived', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    const { PROCESSING, FILLED } = stages(broker);
    order.script('readPortfolioOrder', () => disagreeing(broker, 'PROCESSING', 'FILLED'));
    await order.deliver(...PROCESSING, ...FILLED.slice(0, -1));
    const { since, asksAt, attentionAt } = await waitOf(tracked, 'deadline:parts');
    expect([asksAt - since, attentionAt - since]).toEqual([5 * MINUTE, DAY]);
    await time().passUntil(asksAt - MINUTE);
    const disagreeingView = await order.view();
    expect(disagreeingView.progress).toMatchObject({ orders: 2, final: 2 });
    expect(disagreeingView.status).toBe('PROCESSING');
    showing(tracked, 'SETTLED');
    await time().passUntil(asksAt);
    await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
    expect(await reconciliationMinutes(time().worker, tracked)).toEqual([5]);
    await time().pass('1m');
    await expectSettled(tracked);
    expect((await timelineTexts(tracked, 'deadline:parts')).join()).toMatch(/no webhook had/);
    expectEachOnceSent(order, reference, ['Created', 'Confirmed', 'Settled']);
  });

  it('that stay inconsistent with the order: polled less and less often, flagged after one trading day', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    const { PROCESSING, FILLED, SETTLED } = stages(broker);
    order.script('readPortfolioOrder', () => disagreeing(broker, 'FILLED', 'SETTLED'));
    await order.deliver(...PROCESSING, ...FILLED, ...SETTLED.slice(0, -1));
    const { attentionAt } = await waitOf(tracked, 'deadline:parts');
    await time().passUntil(attentionAt - MINUTE);
    expect((await order.view()).attention).toEqual([]);
    await time().passUntil(attentionAt);
    const overdue = await order.viewWhen('the attention', ({ attention }) => attention.length > 0);
    expect(overdue).toMatchObject({ status: 'FILLED', attention: ['PARTS_OVERDUE'] });
    const pauses = [5, 5, 10, 20, 40, 80, 160, 320, 360, 360];
    expect(await reconciliationPauses(time().worker, tracked)).toEqual(pauses);
    await order.deliver(...SETTLED);
    await expectSettled(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
  });

  it('are behind a portfolio order that is SETTLED ahead of them', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    const { PROCESSING, FILLED, SETTLED } = stages(broker);
    order.script('readPortfolioOrder', () => disagreeing(broker, 'SETTLED', 'FILLED'));
    await order.deliver(...PROCESSING, ...FILLED, ...SETTLED.slice(-1));
    const { asksAt } = await waitOf(tracked, 'deadline:parts');
    // SETTLED is held back from ESW until a reconciliation has looked for the missing statuses.
    await time().passUntil(asksAt - MINUTE);
    expect(await timelineTexts(tracked, 'deadline:predecessor')).toEqual(['Reconciled: no change']);
    showing(tracked, 'SETTLED');
    await time().passUntil(asksAt);
    const { progress } = await expectSettled(tracked);
    expect(progress).toMatchObject({ executions: 2, settled: 2 });
    expect((await timelineTexts(tracked, 'deadline:parts')).join()).toMatch(
      /no webhook had reported: execution/,
    );
    expect(await reconciliationMinutes(time().worker, tracked)).toEqual([0.5, 5]);
    // The second one has the settled amounts, which were unknown when the first was sent.
    expectEachOnceSent(order, reference, [...EVERY_STATE, 'Settled']);
  });

  it('of a filled order without any webhook about an execution', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    const bare = broker.children.map((_, index) => child(broker, index, 'FILLED', { executions: [] }));
    order.script('readPortfolioOrder', () => ({ kind: 'read', observations: bare, left: [] }));
    await order.deliver(...stages(broker).PROCESSING, ...bare, whole(broker, 'FILLED'));
    const { since, asksAt } = await waitOf(tracked, 'deadline:parts');
    expect(asksAt - since).toBe(5 * MINUTE);
    await time().passUntil(asksAt - MINUTE);
    showing(tracked, 'FILLED');
    await time().passUntil(asksAt);
    const { questions } = await order.viewWhen('the executions', ({ progress }) => progress.executions === 2);
    expect(questions.missed).toBe(1);
    expect((await timelineTexts(tracked, 'deadline:parts')).join()).toMatch(
      /no webhook had reported: execution/,
    );
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
  });
});

describe('predecessor of an early status', () => {
  /** An order that received FILLED without PROCESSING, at the moment of its reconciliation. */
  async function reconciling() {
    const tracked = await place();
    const { order, broker } = tracked;
    const answer = held(() => readOf(broker, 'FILLED'));
    order.script('readPortfolioOrder', answer.script);
    await order.deliver(...stages(broker).FILLED);
    const { since, asksAt } = await waitOf(tracked, 'deadline:predecessor');
    expect(asksAt - since).toBe(30_000);
    await time().passUntil(asksAt);
    await until('the reconciliation', () => order.calls('readPortfolioOrder').length > 0);
    return { ...tracked, tracked, answer };
  }

  it('is read from Upvest after 30 seconds, before the early status goes to ESW', async () => {
    const { tracked, order, broker, reference, answer } = await reconciling();
    expect(statusesSent(order, reference)).toEqual(['Created']);
    answer.release();
    await until('ESW to know', () => statusesSent(order, reference).length === 2);
    expectEachOnceSent(order, reference, ['Created', 'Fulfilled']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({ Fulfilled: 'PROCESSING' });
    expect(await timelineTexts(tracked, 'deadline:predecessor')).toEqual(['Reconciled: no change']);
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
  });

  it('arrives during the reconciliation: both statuses go out in order, and none is skipped', async () => {
    const { tracked, order, broker, reference, answer } = await reconciling();
    await order.deliver(whole(broker, 'PROCESSING'));
    answer.release();
    // It lists its children as PROCESSING; their NEW has a deadline too.
    await time().pass('1m');
    await until('ESW to know', () => statusesSent(order, reference).length === 3);
    expectEachOnceSent(order, reference, ['Created', 'Confirmed', 'Fulfilled']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({});
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
  });

  it('that only a snapshot reported: the reconciliation confirms it, and no status is skipped', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    showing(tracked, 'PROCESSING');
    // An event of type NEW that shows PROCESSING already (references/upvest.md#known-inconsistencies no. 2).
    await order.deliver(whole(broker, 'PROCESSING', { announced: 'NEW' }));
    const { asksAt } = await waitOf(tracked, 'deadline:predecessor');
    expect(statusesSent(order, reference)).not.toContain('Confirmed');
    await time().passUntil(asksAt);
    const view = await order.viewWhen('the proof', ({ reached }) => reached[1]?.by === 'poll');
    expect(view.status).toBe('PROCESSING');
    await until('ESW to know', () => statusesSent(order, reference).length === 2);
    expectEachOnceSent(order, reference, ['Created', 'Confirmed']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({});
    const { FILLED, SETTLED } = stages(broker);
    await order.deliver(...FILLED, ...SETTLED);
    await time().pass('1m');
    await expectSettled(tracked);
  });
});
