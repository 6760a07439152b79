/**
 * A portfolio order and its children that disagree, and a status that came before its predecessor: Upvest is asked, and
 * nothing is derived (`design.md` 5).
 */
import type { PortfolioOrderRead } from '../../activities/broker-questions';
import { child, readOf, stages, whole, type OrderAtBroker, type ReadStatus } from '../support/observations';
import { held } from '../support/stub-activities';
import { EVERY_STATE, expectEachOnceSent, metadataSent, statusesSent } from '../support/stub-esw';
import {
  expectSettled,
  minutesOfQuestions,
  pausesBetweenQuestions,
  placeOrder,
  showing,
  toldBy,
  waitOf,
  type TrackedOrder,
} from '../support/tracked-order';
import { until } from '../support/until';
import { useTimeSkipping } from '../support/use-time-skipping';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const time = useTimeSkipping();

const place = (): Promise<TrackedOrder> =>
  placeOrder(time().worker, { clock: time().clock, deadlines: { spreadMs: 0 } });

/** What a read shows while the portfolio order has one status and its children are as with another one. */
function disagreeing(broker: OrderAtBroker, whole: ReadStatus, children: ReadStatus): PortfolioOrderRead {
  const observations = [
    ...readOf(broker, whole).observations.slice(0, 1),
    ...readOf(broker, children).observations.slice(1),
  ];
  return { kind: 'read', observations, left: [] };
}

describe('parts', () => {
  it('have all ended and the whole has not: it is asked for after 5 minutes, never derived', async () => {
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
    expect(await minutesOfQuestions(time().worker, tracked)).toEqual([5]);
    await time().pass('1m');
    await expectSettled(tracked);
    expect((await toldBy(tracked, 'deadline:parts')).join()).toMatch(/no webhook had/);
    expectEachOnceSent(order, reference, ['Created', 'Confirmed', 'Settled']);
  });

  it('that stay apart from the whole: asked ever more rarely, and a human is told after one trading day', async () => {
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
    expect(await pausesBetweenQuestions(time().worker, tracked)).toEqual(pauses);
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
    // Its SETTLED is held back from ESW for what is missing, and Upvest is asked for that first.
    await time().passUntil(asksAt - MINUTE);
    expect(await toldBy(tracked, 'deadline:predecessor')).toEqual(['Upvest was asked, and had nothing new']);
    showing(tracked, 'SETTLED');
    await time().passUntil(asksAt);
    const { progress } = await expectSettled(tracked);
    expect(progress).toMatchObject({ executions: 2, settled: 2 });
    expect((await toldBy(tracked, 'deadline:parts')).join()).toMatch(/no webhook had: execution/);
    expect(await minutesOfQuestions(time().worker, tracked)).toEqual([0.5, 5]);
    expectEachOnceSent(order, reference, EVERY_STATE);
  });

  it('of a filled order that no webhook told an execution of', async () => {
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
    expect((await toldBy(tracked, 'deadline:parts')).join()).toMatch(/no webhook had: execution/);
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
    expectEachOnceSent(order, reference, EVERY_STATE);
  });
});

describe('predecessor of an early status', () => {
  /** An order of which FILLED came without PROCESSING, at the moment when Upvest is asked about that. */
  async function asked() {
    const tracked = await place();
    const { order, broker } = tracked;
    const answer = held(() => readOf(broker, 'FILLED'));
    order.script('readPortfolioOrder', answer.script);
    await order.deliver(...stages(broker).FILLED);
    const { since, asksAt } = await waitOf(tracked, 'deadline:predecessor');
    expect(asksAt - since).toBe(30_000);
    await time().passUntil(asksAt);
    await until('the question', () => order.calls('readPortfolioOrder').length > 0);
    return { ...tracked, tracked, answer };
  }

  it('is asked for after 30 seconds, before the early status goes to ESW', async () => {
    const { tracked, order, broker, reference, answer } = await asked();
    expect(statusesSent(order, reference)).toEqual(['Created']);
    answer.release();
    await until('ESW to know', () => statusesSent(order, reference).length === 2);
    expectEachOnceSent(order, reference, ['Created', 'Fulfilled']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({ Fulfilled: 'PROCESSING' });
    expect(await toldBy(tracked, 'deadline:predecessor')).toEqual(['Upvest was asked, and had nothing new']);
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
  });

  it('turns up while the question is under way: both go out in order, and nothing was skipped', async () => {
    const { tracked, order, broker, reference, answer } = await asked();
    await order.deliver(whole(broker, 'PROCESSING'));
    answer.release();
    // It lists its children as PROCESSING, whose NEW is waited for in turn.
    await time().pass('1m');
    await until('ESW to know', () => statusesSent(order, reference).length === 3);
    expectEachOnceSent(order, reference, ['Created', 'Confirmed', 'Fulfilled']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({});
    await order.deliver(...stages(broker).SETTLED);
    await expectSettled(tracked);
  });

  it('of which only a snapshot told: the question proves it, and nothing was skipped', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    showing(tracked, 'PROCESSING');
    // An event of type NEW that shows PROCESSING already (`upvest.md` 6 no. 2).
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
