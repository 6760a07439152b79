/** Reconciliation with Upvest: concurrent answers and webhooks, an unavailable Upvest, and paged answers. */
import { ApplicationFailure } from '@temporalio/activity';
import { processedToSettled, readOf, stages, whole } from '../support/observations';
import { historyOf, summarizeHistory } from '../support/history';
import { held } from '../support/stub-activities';
import { EVERY_STATE, expectEachOnceSent, metadataSent, statusesSent } from '../support/stub-esw';
import {
  expectSettled,
  reconciliationMinutes,
  placeOrder,
  showing,
  timelineTexts,
  waitOf,
  type TrackedOptions,
  type TrackedOrder,
} from '../support/tracked-order';
import { until } from '../support/until';
import { useTimeSkipping } from '../support/use-time-skipping';

const time = useTimeSkipping();

const place = (options: TrackedOptions = {}): Promise<TrackedOrder> =>
  placeOrder(time().worker, { clock: time().clock, deadlines: { spreadMs: 0 }, ...options });

/** The deadline that triggers a reconciliation in each status of the portfolio order. */
const DEADLINES = [
  ['NEW', 'deadline:new'],
  ['PROCESSING', 'deadline:processing'],
  ['FILLED', 'deadline:settlement'],
] as const;
type Trading = (typeof DEADLINES)[number][0];

/** A placed order that webhooks have brought to this status, and the remaining webhooks. */
async function placedUpTo(status: Trading) {
  const tracked = await place();
  const { PROCESSING, FILLED, SETTLED } = stages(tracked.broker);
  const rest = [...SETTLED];
  if (status !== 'FILLED') rest.unshift(...FILLED);
  if (status === 'NEW') rest.unshift(...PROCESSING);
  const delivered = processedToSettled(tracked.broker).slice(0, -rest.length);
  if (delivered.length > 0) await tracked.order.deliver(...delivered);
  return { ...tracked, tracked, rest };
}

/** Checks that the order settled as at the broker, without findings, and that ESW has each event. */
async function expectAsAtBroker(tracked: TrackedOrder) {
  const view = await expectSettled(tracked);
  expect(view.findings).toEqual([]);
  expectEachOnceSent(tracked.order, tracked.reference, EVERY_STATE);
  expect(metadataSent(tracked.order, tracked.reference, 'SkippedStates')).toEqual({});
  return view;
}

describe('webhooks arrive', () => {
  /** The order at the moment when its deadline starts a reconciliation, with the answer held back. */
  async function reconciling(status: Trading, rule: string, shown: Trading | 'SETTLED') {
    const placed = await placedUpTo(status);
    const answer = held(() => readOf(placed.broker, shown));
    placed.order.script('readPortfolioOrder', answer.script);
    await time().passUntil((await waitOf(placed.tracked, rule)).asksAt);
    await until('the reconciliation', () => placed.order.calls('readPortfolioOrder').length > 0);
    return { ...placed, answer };
  }

  it.each(DEADLINES)('during a reconciliation of %s whose answer is older than they are', async (...one) => {
    const { tracked, order, rest, answer } = await reconciling(...one, one[0]);
    await order.deliver(...rest.slice(0, -1));
    answer.release();
    await order.viewWhen('the answer', ({ questions }) => questions.nothingNew === 1);
    await order.deliver(...rest.slice(-1));
    const { questions } = await expectAsAtBroker(tracked);
    expect(questions).toEqual({ missed: 0, nothingNew: 1, failed: 0 });
  });

  it.each(DEADLINES)(
    'during a reconciliation of %s whose answer contains all that they report',
    async (...one) => {
      const { tracked, order, rest, answer } = await reconciling(...one, 'SETTLED');
      await order.deliver(...rest.slice(0, -1));
      answer.release();
      // The answer may end the order before the last of them comes.
      expect(['delivered', 'redundant']).toContain((await order.offer(...rest.slice(-1))).kind);
      const { questions } = await expectAsAtBroker(tracked);
      expect(questions.failed).toBe(0);
    },
  );

  it('after an answer that contained all that they report: ESW still gets every status', async () => {
    const { tracked, order, rest, answer } = await reconciling('NEW', 'deadline:new', 'SETTLED');
    answer.release();
    const { questions } = await order.viewWhen('SETTLED', ({ status }) => status === 'SETTLED');
    expect(questions).toEqual({ missed: 1, nothingNew: 0, failed: 0 });
    expect(statusesSent(order, tracked.reference)).toEqual(['Created']);
    await order.deliver(...rest);
    await expectAsAtBroker(tracked);
  });

  it('at the deadline itself', async () => {
    const { tracked, order, rest } = await placedUpTo('NEW');
    showing(tracked, 'NEW');
    const { asksAt } = await waitOf(tracked, 'deadline:new');
    // The timer fires at this moment; which of the two comes first is undefined.
    await Promise.all([time().passUntil(asksAt), order.deliver(...rest)]);
    const { questions } = await expectAsAtBroker(tracked);
    expect([questions.missed, questions.failed]).toEqual([0, 0]);
  });

  describe('in a burst', () => {
    // Long enough that a pause of this machine does not end the debounce.
    const quietMs = 60_000;
    const placePatient = (): Promise<TrackedOrder> => place({ deadlines: { spreadMs: 0, quietMs } });

    it('beyond a deadline: no reconciliation during the burst, but as soon as it is over', async () => {
      const tracked = await placePatient();
      const { order, broker } = tracked;
      showing(tracked, 'NEW');
      const { asksAt } = await waitOf(tracked, 'deadline:new');
      await time().passUntil(asksAt - 10_000);
      for (let n = 0; n < 12; n += 1) {
        await order.deliver(whole(broker, 'NEW'));
        await time().pass('20s');
      }
      expect(order.calls('readPortfolioOrder')).toEqual([]);
      await time().pass('40s');
      await until('the reconciliation', () => order.calls('readPortfolioOrder').length === 1);
      await order.deliver(...processedToSettled(broker));
      await expectAsAtBroker(tracked);
    });

    it('that never ends: reconciled after ten times the debounce', async () => {
      const tracked = await placePatient();
      const { order, broker } = tracked;
      showing(tracked, 'NEW');
      await time().passUntil((await waitOf(tracked, 'deadline:new')).asksAt - 10_000);
      await until('the reconciliation', async () => {
        await order.deliver(whole(broker, 'NEW'));
        await time().pass('20s');
        return order.calls('readPortfolioOrder').length > 0;
      });
      expect(await reconciliationMinutes(time().worker, tracked)).toEqual([25]);
      await order.deliver(...processedToSettled(broker));
      await expectAsAtBroker(tracked);
    });
  });
});

describe('while Upvest is unavailable for several deadlines', () => {
  const away = (): never => {
    throw ApplicationFailure.retryable('Upvest answered 503', 'UpvestRetry');
  };
  const reads = ({ order }: TrackedOrder) => order.calls('readPortfolioOrder');

  it('orders proceed by webhooks alone, and say why nothing else does (14.57)', async () => {
    const tracked = await place();
    const { order, broker } = tracked;
    order.script('readPortfolioOrder', away);
    const { asksAt } = await waitOf(tracked, 'deadline:new');
    await time().passUntil(asksAt + 60_000);
    const failing = await order.viewWhen('the trouble', ({ troubles }) => troubles !== undefined);
    expect(failing.attention).toEqual([]);
    expect(failing.troubles).toMatchObject([
      { kind: 'upvest', cause: 'Upvest answered 503', attempts: 1, overdue: false },
    ]);
    expect(failing.waitingFor).toContain('Upvest could not be read since');
    await time().pass('2h');
    const { questions, attention, waits, troubles } = await order.viewWhen('failed reads', (view) => {
      return view.questions.failed >= 5;
    });
    expect([questions.missed, questions.nothingNew, attention]).toEqual([0, 0, ['BROKER_UNREADABLE']]);
    // A read that failed is no answer.
    expect(waits).toMatchObject([{ rule: 'deadline:new', asked: 0 }]);
    expect(troubles).toMatchObject([{ kind: 'upvest', attempts: questions.failed, overdue: true }]);
    // Each call has five attempts.
    expect(reads(tracked)).toHaveLength(5 * questions.failed);
    expect(await timelineTexts(tracked, 'deadline:new')).toEqual([
      'Reconciliation failed: Upvest answered 503',
    ]);
    await order.deliver(...processedToSettled(broker));
    expect((await expectAsAtBroker(tracked)).troubles).toBeUndefined();
  });

  it('an order that lost PROCESSING still reaches ESW, once Upvest was unreadable for 15 minutes (14.3)', async () => {
    const tracked = await place();
    const { order, broker, reference } = tracked;
    order.script('readPortfolioOrder', away);
    const [, ...rest] = processedToSettled(broker);
    await order.deliver(...rest);
    await time().pass('10m');
    const early = await order.viewWhen('the trouble', ({ troubles }) => troubles !== undefined);
    expect(early.waitingFor).toMatch(
      /^Upvest to confirm FILLED, SETTLED, which ESW gets afterwards\. Upvest/,
    );
    expect(statusesSent(order, reference)).toEqual(['Created']);
    await time().pass('8m');
    await expectSettled(tracked);
    expectEachOnceSent(order, reference, ['Created', 'Fulfilled', 'Settled']);
    expect(metadataSent(order, reference, 'SkippedStates')).toEqual({
      Fulfilled: 'PROCESSING',
      Settled: 'PROCESSING',
    });
  });

  it('and webhooks are lost: nothing else is lost, and orders catch up afterwards', async () => {
    const placed = await Promise.all([1, 2, 3].map(() => place()));
    for (const { order, broker } of placed) {
      await order.deliver(...stages(broker).PROCESSING);
      order.script('readPortfolioOrder', away);
    }
    await time().pass('5h');
    for (const { order } of placed)
      await order.viewWhen('failed reconciliations', ({ questions }) => questions.failed >= 2);
    for (const tracked of placed) showing(tracked, 'SETTLED');
    await time().pass('8h');
    for (const tracked of placed) {
      const { questions } = await expectSettled(tracked);
      expect(questions.missed).toBe(1);
      expectEachOnceSent(tracked.order, tracked.reference, ['Created', 'Confirmed', 'Settled']);
    }
  });
});

it('an order that Upvest does not know is flagged, and tracked as soon as Upvest knows it', async () => {
  const tracked = await place();
  const { order, broker } = tracked;
  order.script('readPortfolioOrder', () => ({ kind: 'unknown-order' }));
  await time().pass('15m');
  const unknown = await order.viewWhen('the attention', ({ attention }) => attention.length > 0);
  expect(unknown.attention).toEqual(['UNKNOWN_TO_BROKER']);
  expect(await timelineTexts(tracked, 'deadline:new')).toContain(
    'Reconciled: Upvest does not know the order',
  );
  showing(tracked, 'NEW');
  await time().pass('16m');
  await order.viewWhen('the end of the attention', ({ attention }) => attention.length === 0);
  await order.deliver(...processedToSettled(broker));
  await expectAsAtBroker(tracked);
});

describe('a paged answer', () => {
  const CHILDREN = 60;
  const PAGE = 25;

  /** Reads the portfolio order and one page of its children; the others are left for further pages. */
  async function readInPages() {
    const tracked = await place({ children: CHILDREN });
    const { order, broker } = tracked;
    const { observations } = readOf(broker, 'SETTLED');
    const ids = broker.children.map(({ id }) => id);
    order.script('readPortfolioOrder', () => ({
      kind: 'read',
      observations: observations.slice(0, 1 + PAGE),
      left: ids.slice(PAGE),
    }));
    const page = (orderIds: string[]) => ({
      observations: observations.filter(
        (one) => one.subject === 'order' && orderIds.slice(0, PAGE).includes(one.id),
      ),
      left: orderIds.slice(PAGE),
    });
    return { tracked, order, page };
  }

  it('is one reconciliation, and is read to its last page', async () => {
    const { tracked, order, page } = await readInPages();
    order.script('readOrders', ({ orderIds }) => page(orderIds));
    await time().pass('15m');
    const { questions, progress } = await order.viewWhen(
      'all of it',
      ({ progress: { settled } }) => settled === CHILDREN,
    );
    expect(questions).toMatchObject({ missed: 1, failed: 0 });
    expect(progress).toMatchObject({
      orders: CHILDREN,
      final: CHILDREN,
      executions: CHILDREN,
      settled: CHILDREN,
    });
    expect(order.calls('readOrders').map(({ input }) => input.orderIds.length)).toEqual([35, 10]);
    const summary = summarizeHistory(await historyOf(time().worker.client, order.workflowId));
    expect(summary.largestEvent).toBeLessThan(512 * 1024);
    await time().pass('1m');
    await expectSettled(tracked);
  });

  it('with one page that fails: the other pages count, and the next reconciliation reads the rest', async () => {
    const { tracked, order, page } = await readInPages();
    order.script('readOrders', ({ orderIds }) => {
      if (orderIds.length < CHILDREN - PAGE) throw ApplicationFailure.nonRetryable('Upvest answered 500');
      return page(orderIds);
    });
    await time().pass('15m');
    const half = await order.viewWhen('a part of it', ({ progress }) => progress.settled === 2 * PAGE);
    expect(half).toMatchObject({ status: 'SETTLED', questions: { missed: 1, failed: 0 } });
    order.script('readOrders', ({ orderIds }) => page(orderIds));
    await time().pass('6m');
    await expectSettled(tracked);
  });
});
