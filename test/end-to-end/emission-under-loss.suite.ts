import type { StoredEvent } from '../../simulators/esw';
import { expectOfEach } from '../support/emission-ends';
import {
  changedIds,
  eventsOfFamily,
  expectedEvents,
  findingsAbout,
  findingsButTimes,
  lastSumsAtEsw,
  sumsAtBroker,
  eventNames,
  typesAtEsw,
} from '../support/emission-truth';
import { wholeRecord, wholeTruth } from '../support/end-to-end-truth';
import type { LossyRun } from '../support/lossy-run';

/**
 * After a run with lost webhooks and a failing ESW, ESW may lack events, but has no false ones, and the last event of each
 * order has the sums of the broker's executions.
 * A status that was not observed before a later one was sent may be missing (references/esw.md#order-of-events): the
 * later event lists it as skipped.
 */
export function emissionUnderLossSuite(run: () => LossyRun): void {
  it('each order ends as at the broker', () => {
    const { stack, orders, options } = run();
    expect(orders).toHaveLength(options.orders);
    expectOfEach(orders, ({ order, ends }) => ({ is: order.status, expected: ends }));
    expectOfEach(orders, ({ order, portfolioOrderId }) => ({
      is: wholeRecord(order),
      expected: wholeTruth(stack, portfolioOrderId),
    }));
  });

  it('the last event of each order has the sums of the broker’s executions', () => {
    const { stack, orders } = run();
    expectOfEach(orders, (order) => {
      const { whole } = sumsAtBroker(stack, order);
      const isCancelled = order.ends === 'CANCELLED';
      const end = Object.keys(whole).length > 0 ? 'OrderClosed' : 'OrderCancelled';
      return {
        is: { last: typesAtEsw(stack, order.name).at(-1), sums: lastSumsAtEsw(stack, order.name) },
        expected: { last: isCancelled ? end : 'OrderSettled', sums: whole },
      };
    });
  });

  it('ESW has each child’s final status, and FILLED before its parent’s', () => {
    const { stack, orders } = run();
    expectOfEach(orders, (order) => {
      const { orders: children } = stack.upvest.control.portfolioOrder(order.portfolioOrderId);
      const own = stack.esw.control.events({ reference: order.name });
      // An order that is first seen FILLED is reported before its children: the parent's first event comes first.
      const isFirst = own[0]?.body.lastTransaction?.type === 'OrderFulfilled';
      const filled = isFirst ? undefined : positionOf(own, 'OrderFulfilled');
      return {
        is: children.map(({ id }) => {
          const events = stack.esw.control.events({ reference: id });
          return {
            id,
            last: events.at(-1)?.body.lastTransaction?.type,
            isBehind: (positionOf(events, 'OrderFulfilled') ?? 0) > (filled ?? Infinity),
          };
        }),
        expected: children.map(({ id, status }) => ({
          id,
          last: status === 'FILLED' ? 'OrderFulfilled' : 'OrderCancelled',
          isBehind: false,
        })),
      };
    });
  });

  function positionOf(events: StoredEvent[], type: string): number | undefined {
    return events.find(({ body }) => body.lastTransaction?.type === type)?.sequence;
  }

  it('ESW has no false event, and missing statuses are listed as skipped', () => {
    const { stack, orders } = run();
    expectOfEach(orders, (order) => {
      const expected = expectedEvents(stack, order, 'orders');
      const events = eventsOfFamily(stack, order);
      const known = new Set([...eventNames(events, expected), ...events.flatMap(skippedBy)]);
      const all = [...expected.values()];
      return {
        is: {
          untrue: [...known].filter((one) => !all.includes(one)),
          missing: all.filter((one) => !known.has(one) && !isNoGap(one, all)),
        },
        expected: { untrue: [], missing: [] },
      };
    });
  });

  /** CANCELLED may follow without PROCESSING: an unobserved PROCESSING is not known to be skipped. */
  function isNoGap(name: string, all: string[]): boolean {
    return name.endsWith(' PROCESSING') && all.includes(name.replace(/PROCESSING$/, 'CANCELLED'));
  }

  /** Statuses of its subject that the event lists as skipped. */
  function skippedBy({ body }: StoredEvent): string[] {
    const valueOf = (
      list: { name?: string | undefined; value?: string | undefined }[] | undefined,
      name: string,
    ) => list?.find((item) => item.name === name)?.value;
    const orderId = valueOf(body.aggregateIds, 'OrderId');
    const whole = valueOf(body.aggregateIds, 'PortfolioOrderId') ?? '';
    const subject = orderId === undefined ? `portfolio-order ${whole}` : `order ${orderId}`;
    const statuses = valueOf(body.metadataItems, 'SkippedStates')?.split(',') ?? [];
    return statuses.map((status) => `${subject} ${status}`);
  }

  it('each event came once with one body, in order, and none was rejected', () => {
    const { stack, orders } = run();
    expect(changedIds(stack)).toEqual([]);
    expect(stack.esw.control.counts()).toMatchObject({ conflicting: 0, rejected: 0 });
    expectOfEach(orders, ({ order }) => ({ is: order.fulfillment.refused, expected: [] }));
    const findings = findingsButTimes(stack);
    expectOfEach(orders, (order) => ({ is: findingsAbout(order, findings), expected: [] }));
    expect(findings).toEqual([]);
  });

  it('although webhooks were lost, and calls failed', () => {
    const { stack } = run();
    const { lost, emitted } = {
      lost: stack.upvest.control.lostEvents().length,
      emitted: stack.upvest.control.portfolioOrders().flatMap(({ events }) => events).length,
    };
    expect(lost).toBeGreaterThan(emitted / 5);
    const { accepted, replayed, dropped, faulted } = stack.esw.control.counts();
    expect(faulted + dropped).toBeGreaterThan((accepted + replayed + faulted) / 4);
  });
}
