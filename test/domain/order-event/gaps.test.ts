/** references/esw.md#order-of-events: gaps, and the final settlement event of a cancelled portfolio order. */
import type { Observation } from '../../../src/domain/broker/observation';
import { balances, build, bytes, child, namesOf, trade, valueOf, whole } from './built-events';
import {
  at,
  childId,
  eventId,
  execution,
  executionId,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  webhook,
  WEBHOOK,
} from '../samples';

const seen = (status: string, second: number): Observation =>
  portfolioOrder(status, { source: webhook(second), at: at(second) });

describe('SkippedStates', () => {
  const gapOf = (...[record, topic]: Parameters<typeof build>): string | undefined =>
    valueOf(build(record, topic).metadataItems, 'SkippedStates');

  test('of a portfolio order are listed, and no transition is invented for them', () => {
    const event = build(recordOf(seen('SETTLED', 4)), whole('SETTLED'));
    expect(event.metadataItems?.at(-1)).toEqual({ name: 'SkippedStates', value: 'NEW,PROCESSING,FILLED' });
    expect(event.orderTransactions.map((one) => one.type)).toEqual(['OrderSettled']);
    expect(namesOf(event.dates)).toEqual(['OrderSettled']);
  });

  test('of an order are listed at the end of its metadata', () => {
    const event = build(recordOf(seen('NEW', 1), order('FILLED')), child('FILLED'));
    expect(event.metadataItems?.at(-1)).toEqual({ name: 'SkippedStates', value: 'NEW,PROCESSING' });
    expect(event.orderTransactions.map((one) => one.type)).toEqual(['OrderFulfilled']);
  });

  test('of an execution are listed at the end of its metadata', () => {
    const event = build(recordOf(seen('NEW', 1), order('FILLED'), execution('SETTLED')), trade('SETTLED'));
    expect(event.metadataItems?.at(-1)).toEqual({ name: 'SkippedStates', value: 'FILLED' });
  });

  test('are those before the reported status', () => {
    const record = recordOf(seen('PROCESSING', 2), seen('SETTLED', 4));
    expect(gapOf(record, whole('PROCESSING'))).toBe('NEW');
    expect(gapOf(record, whole('SETTLED'))).toBe('NEW,FILLED');
  });

  test('that arrive late are listed by later events', () => {
    const record = recordOf(seen('NEW', 1), seen('FILLED', 3), seen('PROCESSING', 2), seen('SETTLED', 4));
    expect(gapOf(record, whole('SETTLED'))).toBeUndefined();
    expect(build(record, whole('SETTLED')).orderTransactions.map((one) => one.type)).toEqual([
      'OrderPlaced',
      'OrderConfirmed',
      'OrderFulfilled',
      'OrderSettled',
    ]);
  });

  test('do not include a missing PROCESSING before a cancel', () => {
    expect(gapOf(recordOf(seen('NEW', 1), seen('CANCELLED', 2)), whole('CANCELLED'))).toBeUndefined();
    const record = recordOf(seen('NEW', 1), order('NEW'), order('CANCELLED'));
    expect(gapOf(record, child('CANCELLED'))).toBeUndefined();
  });
});

describe('CLOSED', () => {
  const cancelled = portfolioOrder('CANCELLED', {
    source: webhook(5),
    at: at(5),
    cancellationReason: 'CANCELLED_BY_CLIENT',
    cancellationDetails: 'The client has changed his mind.',
  });
  const filled = [
    order('PROCESSING'),
    execution('FILLED', {}, { source: webhook(3), at: at(3) }),
    order('CANCELLED', { at: at(4) }),
  ];
  const settled = execution('SETTLED', {}, { source: webhook(9), at: at(900) });
  const observations = [seen('NEW', 1), seen('PROCESSING', 2), ...filled, cancelled, settled];
  const record = recordOf(...observations);
  const event = build(record, whole('CLOSED'));
  const before = build(record, whole('CANCELLED'));

  test('is an event of its own', () => {
    expect(event.id).toBe('07fb1082-bc3b-57f2-ad25-ff1f659280bf');
    expect(event.lastTransaction).toEqual({
      id: 'd146c9e5-ab98-598a-8c75-bcbea72f63a5',
      type: 'OrderClosed',
      status: 'Completed',
    });
  });

  test('has the status value of CANCELLED', () => {
    expect(event).toMatchObject({ status: 'Cancelled', orderConfirmed: true });
    expect(valueOf(event.metadataItems, 'PortfolioOrderStatus')).toBe('CANCELLED');
    const ownValue = { settings: { statusWords: { CANCELLED: 'Storno' } } };
    expect(build(record, whole('CLOSED'), ownValue).status).toBe('Storno');
  });

  test('is confirmed exactly when the cancel was', () => {
    const unconfirmed = recordOf(seen('NEW', 1), ...filled, cancelled, settled);
    expect(build(unconfirmed, whole('CLOSED')).orderConfirmed).toBe(false);
  });

  test('has the transactions of CANCELLED, followed by one without a reason', () => {
    expect(event.orderTransactions.slice(0, -1)).toEqual(before.orderTransactions);
    expect(event.orderTransactions.at(-1)).toEqual({
      id: 'd146c9e5-ab98-598a-8c75-bcbea72f63a5',
      type: 'OrderClosed',
      status: 'Completed',
      transactionReference: eventId(9),
      retailerTransactionDateTime: at(900),
      actionedBy: 'Retailer',
      actionedByUser: 'actor@retailer.example',
    });
  });

  test('adds neither date nor comment', () => {
    expect(event.dates).toEqual(before.dates);
    expect(before).toHaveProperty('comments');
    expect(event).not.toHaveProperty('comments');
  });

  test('has the time of the last final execution', () => {
    expect(event).toMatchObject({ creationDateTime: at(900), lastUpdateDateTime: at(900) });
    expect(valueOf(event.aggregateIds, 'WebhookEventId')).toBe(eventId(9));
    expect(valueOf(event.aggregateIds, 'WebhookId')).toBe(WEBHOOK);
    expect(valueOf(event.aggregateIds, 'OrderId-1')).toBe(childId(1));
  });

  test('has the time of the cancel where that came last', () => {
    const late = recordOf(seen('NEW', 1), ...filled, { ...settled, at: at(4) }, cancelled);
    expect(build(late, whole('CLOSED'))).toMatchObject({ creationDateTime: at(5) });
  });

  test('has the final balances, with nothing due', () => {
    const atCancel = build(recordOf(...observations.slice(0, -1)), whole('CANCELLED'));
    expect(balances(atCancel).EUR?.at(-1)).toEqual(['BalanceDue', 450.1]);
    expect(balances(event).EUR).toEqual([
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 450.1],
      ['BalanceDue', 0],
    ]);
  });

  test('excludes a mistrade', () => {
    const mistrade = execution('CANCELLED', { id: executionId(2), cashAmount: '7.00' }, { at: at(950) });
    const closed = build(recordOf(...observations, mistrade), whole('CLOSED'));
    expect(closed.creationDateTime).toBe(at(950));
    expect(balances(closed)).toEqual(balances(event));
  });

  test('lists the statuses skipped before the cancel', () => {
    const gap = build(recordOf(seen('PROCESSING', 2), ...filled, cancelled, settled), whole('CLOSED'));
    expect(gap.metadataItems?.at(-1)).toEqual({ name: 'SkippedStates', value: 'NEW' });
  });

  test('cannot be built for a portfolio order that was not cancelled', () => {
    const open = recordOf(seen('NEW', 1), ...filled, settled);
    expect(() => bytes(open, whole('CLOSED'))).toThrow(`${PORTFOLIO_ORDER} has not reached CLOSED`);
  });
});
