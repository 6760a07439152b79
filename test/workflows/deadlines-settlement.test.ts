/**
 * FILLED → SETTLED: reconciled on the broker's settlement date, else after the market's trading days
 * (docs/rules.md#deadlines).
 */
import type { ExecutionFacts, Observation } from '../../src/domain/broker/observation';
import { searchAttributes } from '../../contracts/search-attributes';
import {
  child,
  execution,
  executionOf,
  readOf,
  stages,
  whole,
  type OrderAtBroker,
} from '../support/observations';
import { EVERY_STATE, expectEachOnceSent, statusesSent } from '../support/stub-esw';
import {
  expectSettled,
  reconciliationPauses,
  placeOrder,
  showing,
  timelineTexts,
  waitOf,
  type TrackedOptions,
  type TrackedOrder,
} from '../support/tracked-order';
import { until } from '../support/until';
import { useTimeSkipping } from '../support/use-time-skipping';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const time = useTimeSkipping();

/** The date this many days after the order was placed, on a Monday without holidays nearby. */
const dayAfter = ({ broker }: TrackedOrder, days: number): string =>
  new Date(Date.parse(broker.createdAt) + days * DAY).toISOString().slice(0, 10);

/** 18:00 in Berlin, this many days after that Monday, 10:00. */
const eveningAfter = ({ broker }: TrackedOrder, days: number): number =>
  Math.floor(Date.parse(broker.createdAt) / HOUR) * HOUR + days * DAY + 8 * HOUR;

/** Standard cycles: two trading days, one for trades from 11 October 2027 on. */
const cycleOf = ({ broker }: TrackedOrder): number => (broker.createdAt < '2027-10-11' ? 2 : 1);

/** Children that are FILLED, with these facts of their executions. */
const filledChildren = (broker: OrderAtBroker, facts: Partial<ExecutionFacts>) =>
  broker.children.map((_, index) =>
    child(broker, index, 'FILLED', { executions: [executionOf(broker, index, 'FILLED', facts)] }),
  );

/** A read of the filled order, with these facts of its executions. */
function showingFilled({ order, broker }: TrackedOrder, facts: Partial<ExecutionFacts>): void {
  order.script('readPortfolioOrder', () => {
    const { observations } = readOf(broker, 'FILLED');
    for (const observation of observations)
      if (observation.subject === 'order') observation.executions.forEach((one) => Object.assign(one, facts));
    return { kind: 'read', observations, left: [] };
  });
}

/** A placed order whose executions are all FILLED, and its settlement deadline, the only one. */
async function filled(
  facts: (tracked: TrackedOrder) => Partial<ExecutionFacts>,
  options: TrackedOptions = {},
) {
  const { clock, worker } = time();
  const tracked = await placeOrder(worker, { clock, deadlines: { spreadMs: 0 }, ...options });
  const { order, broker } = tracked;
  await order.deliver(
    ...[...stages(broker).PROCESSING, ...filledChildren(broker, facts(tracked)), whole(broker, 'FILLED')].map(
      reportedIn(options.placed?.currency),
    ),
  );
  const wait = await waitOf(tracked, 'deadline:settlement');
  expect((await order.view()).waits).toHaveLength(1);
  return { tracked, order, broker, wait };
}

/** The report of a portfolio order in this currency. */
const reportedIn =
  (currency = 'EUR') =>
  (one: Observation): Observation =>
    one.subject === 'portfolio-order' ? { ...one, currency } : one;

async function settles(tracked: TrackedOrder): Promise<void> {
  await tracked.order.deliver(...stages(tracked.broker).SETTLED);
  await expectSettled(tracked);
  expectEachOnceSent(tracked.order, tracked.reference, EVERY_STATE);
}

describe('a settlement date of the broker', () => {
  it('sets the deadline to 18:00 in Berlin of that day, and is a search attribute until it is over (14.59)', async () => {
    const { tracked, order, wait } = await filled((one) => ({ settlementDate: dayAfter(one, 3) }));
    expect(wait.asksAt).toBe(eveningAfter(tracked, 3));
    expect(wait.attentionAt).toBe(eveningAfter(tracked, 4));
    await until('ESW to know', () => statusesSent(order, tracked.reference).length === 3);
    await until('the index to have the date', async () => {
      const { typedSearchAttributes } = await order.handle.describe();
      return typedSearchAttributes.get(searchAttributes.settlementDue)?.getTime() === wait.asksAt;
    });
    await time().passUntil(wait.asksAt - MINUTE);
    expect(order.calls('readPortfolioOrder')).toEqual([]);
    await settles(tracked);
    expect(order.calls('readPortfolioOrder')).toEqual([]);
    const ended = await order.handle.describe();
    expect(ended.typedSearchAttributes.get(searchAttributes.settlementDue)).toBeUndefined();
  });

  it('that passes without a webhook: polled less and less often, and flagged one trading day later', async () => {
    const { tracked, order, wait } = await filled((one) => ({ settlementDate: dayAfter(one, 2) }));
    showingFilled(tracked, { settlementDate: dayAfter(tracked, 2) });
    await time().passUntil(wait.attentionAt - MINUTE);
    expect((await order.view()).attention).toEqual([]);
    await time().passUntil(wait.attentionAt);
    const overdue = await order.viewWhen('overdue', ({ attention }) => attention.length > 0);
    expect(overdue.attention).toEqual(['SETTLEMENT_OVERDUE']);
    expect(overdue.questions).toMatchObject({ missed: 0, failed: 0 });
    const pauses = [(2 * 24 + 8) * 60, 60, 120, 240, 360, 360];
    expect(await reconciliationPauses(time().worker, tracked)).toEqual(pauses);
    await settles(tracked);
  });

  it('that was yesterday: reconciled at once', async () => {
    const { tracked, order, wait } = await filled((one) => ({ settlementDate: dayAfter(one, -10) }));
    showingFilled(tracked, { settlementDate: dayAfter(tracked, -10) });
    expect(wait.asksAt - wait.since).toBe(0);
    // Apart from the debounce after messages.
    await time().pass('5s');
    const { waits, attention } = await order.viewWhen(
      'the reconciliation',
      ({ waits: [one] }) => one?.asked === 1,
    );
    expect(waits[0]?.overdue).toBe(true);
    expect(attention).toEqual(['SETTLEMENT_OVERDUE']);
    await settles(tracked);
  });

  it('on which it settles without a webhook: the reconciliation finds it', async () => {
    const { tracked, order, wait } = await filled((one) => ({ settlementDate: dayAfter(one, 2) }));
    showing(tracked, 'SETTLED');
    await time().passUntil(wait.asksAt);
    await expectSettled(tracked);
    expect((await timelineTexts(tracked, 'deadline:settlement')).join()).toMatch(
      /no webhook had reported: .*SETTLED/,
    );
    expect(order.calls('readPortfolioOrder')).toHaveLength(1);
    expectEachOnceSent(order, tracked.reference, EVERY_STATE);
  });
});

describe('a changed date', () => {
  it.each(['order', 'execution'] as const)(
    'reported by an event of the %s rearms the deadline',
    async (by) => {
      const { tracked, order, broker } = await filled((one) => ({ settlementDate: dayAfter(one, 3) }));
      const changeTo = (days: number): Promise<void> => {
        const settlementDate = dayAfter(tracked, days);
        const now = { at: time().clock().toISOString(), updatedAt: time().clock().toISOString() };
        return order.deliver(
          ...(by === 'order'
            ? filledChildren(broker, { settlementDate }).map((one) => ({ ...one, ...now }))
            : broker.children.map((_, index) => ({
                ...execution(broker, index, 'FILLED', { settlementDate }),
                at: now.at,
              }))),
        );
      };
      await changeTo(10);
      const rearmed = await order.viewWhen('the later date', ({ waits: [one] }) => {
        return Date.parse(one?.asksAt ?? '') === eveningAfter(tracked, 10);
      });
      expect(rearmed.waits).toHaveLength(1);
      await time().pass('5d');
      expect(order.calls('readPortfolioOrder')).toEqual([]);

      showingFilled(tracked, {});
      await changeTo(2);
      await time().pass('5s');
      await until('the reconciliation', () => order.calls('readPortfolioOrder').length > 0);
      await settles(tracked);
    },
  );

  it('that only a reconciliation finds postpones the next one', async () => {
    const { tracked, order, wait } = await filled((one) => ({ settlementDate: dayAfter(one, 2) }));
    await time().passUntil(wait.asksAt - MINUTE);
    showingFilled(tracked, { settlementDate: dayAfter(tracked, 10) });
    await time().passUntil(wait.asksAt);
    const view = await order.viewWhen('the later date', ({ waits: [one] }) => {
      return Date.parse(one?.asksAt ?? '') === eveningAfter(tracked, 10);
    });
    expect(view.waits).toMatchObject([{ rule: 'deadline:settlement', asked: 0, overdue: false }]);
    expect(view.attention).toEqual([]);
    await time().pass('5d');
    expect(order.calls('readPortfolioOrder')).toHaveLength(1);
    await settles(tracked);
  });
});

describe('without a date of the broker', () => {
  it('counts the market’s trading days from the trade date', async () => {
    const { tracked, order, wait } = await filled(() => ({}));
    expect(wait.asksAt).toBe(eveningAfter(tracked, cycleOf(tracked)));
    expect(wait.attentionAt).toBe(eveningAfter(tracked, cycleOf(tracked) + 1));
    await time().passUntil(wait.asksAt - MINUTE);
    expect(order.calls('readPortfolioOrder')).toEqual([]);
    showing(tracked, 'SETTLED');
    await time().passUntil(wait.asksAt);
    await expectSettled(tracked);
  });

  it('skips weekends', async () => {
    await time().pass('3d');
    // Placed on Thursday, traded on Friday.
    const { tracked, wait } = await filled((one) => ({ transactionTime: `${dayAfter(one, 1)}T12:00:00Z` }));
    expect(wait.asksAt).toBe(eveningAfter(tracked, 1 + cycleOf(tracked) + 2));
    await settles(tracked);
  });

  it('uses the evening in London for GBP', async () => {
    const pounds = { currency: 'GBP' };
    const { tracked, order, wait } = await filled(() => pounds, { placed: pounds });
    // An hour after Berlin's.
    expect(wait.asksAt).toBe(eveningAfter(tracked, cycleOf(tracked)) + HOUR);
    await order.deliver(...stages(tracked.broker).SETTLED.map(reportedIn('GBP')));
    await expectSettled(tracked);
  });
});
