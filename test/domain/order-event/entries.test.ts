/** references/esw.md#entries, row by row. */
import { asGuid } from '../../../src/domain/order-event/ids';
import type { EswOrderEvent } from '../../esw/outgoing-schema';
import { build, child, valueOf, whole } from './built-events';
import { at, childId, execution, executionId, order, poll, portfolioOrder, recordOf } from '../samples';

const record = recordOf(
  portfolioOrder('PROCESSING'),
  order('PROCESSING', { id: 'child@1', instrumentId: 'IE00B3XXRP09', side: 'SELL' }),
  execution('SETTLED', { of: 'child@1', id: executionId(3), cashAmount: '1.50', shareQuantity: '0.10' }),
  execution('FILLED', { of: 'child@1', id: executionId(2), cashAmount: '1.5', shareQuantity: '0.2' }),
  execution('CANCELLED', { of: 'child@1', id: executionId(1), cashAmount: '99', shareQuantity: '9' }),
  execution('HALTED', { of: 'child@1', id: executionId(4), cashAmount: '77', shareQuantity: '7' }),
  execution('FILLED', { of: childId(2), id: 'trade-17' }),
);

describe('lineItems', () => {
  type LineItem = NonNullable<EswOrderEvent['lineItems']>[number];
  const lineItemOf = (...observations: Parameters<typeof recordOf>): LineItem | undefined =>
    build(recordOf(portfolioOrder('PROCESSING'), ...observations), whole('PROCESSING')).lineItems?.[0];

  test('are one instruction each, with unrounded sums without mistrades and unknown statuses', () => {
    expect(build(record, whole('PROCESSING')).lineItems?.[0]).toEqual({
      id: asGuid('child@1'),
      lineItemId: 'LI-001',
      retailerLineItemId: 'child@1',
      quantity: 1,
      metadataItems: [
        { name: 'Side', value: 'SELL' },
        { name: 'OrderStatus', value: 'PROCESSING' },
        { name: 'InstrumentId', value: 'IE00B3XXRP09' },
        { name: 'ShareQuantity', value: '0.30' },
        { name: 'ExecutedCash', value: '3.00' },
      ],
    });
  });

  test('are the same in the events of the child', () => {
    const [first] = build(record, whole('PROCESSING')).lineItems ?? [];
    expect(build(record, child('PROCESSING', 'child@1')).lineItems).toEqual([first]);
  });

  test('keep the case of the id, whose GUID is in lower case', () => {
    const id = childId(1).toUpperCase();
    expect(lineItemOf(order('NEW', { id }))).toMatchObject({ id: childId(1), retailerLineItemId: id });
  });

  test('keep the number of the first observation; ties in one list are sorted by id', () => {
    const orders = [3, 1, 2].map((n) => ({ id: childId(n), status: 'NEW' }));
    const known = recordOf(
      order('NEW', { id: childId(2) }),
      portfolioOrder('PROCESSING', { orders }),
      order('NEW', { id: childId(4) }),
    );
    const numbers = build(known, whole('PROCESSING')).lineItems?.map((one) => [
      one.lineItemId,
      one.retailerLineItemId,
    ]);
    expect(numbers).toEqual([
      ['LI-001', childId(2)],
      ['LI-002', childId(1)],
      ['LI-003', childId(3)],
      ['LI-004', childId(4)],
    ]);
  });

  test('have no sum of amounts in several currencies', () => {
    const item = lineItemOf(
      order('FILLED'),
      execution('FILLED'),
      execution('FILLED', { id: executionId(2), currency: 'USD' }),
    );
    expect(valueOf(item?.metadataItems, 'ExecutedCash')).toBeUndefined();
    expect(valueOf(item?.metadataItems, 'ShareQuantity')).toBe('6.2408000000');
  });
});

describe('orderTransactions', () => {
  test('refer to the webhook event, by a derived GUID where its id is not one', () => {
    const source = { kind: 'webhook' as const, eventId: 'event@17' };
    const event = build(recordOf(portfolioOrder('NEW', { source })), whole('NEW'));
    expect(event.orderTransactions[0]?.transactionReference).toBe(asGuid('event@17'));
  });

  test('refer to their own OrderEvent where there was no webhook', () => {
    const known = recordOf(
      portfolioOrder('NEW', { source: poll }),
      portfolioOrder('PROCESSING', { source: poll, at: at(2) }),
    );
    const event = build(known, whole('PROCESSING'));
    expect(event.orderTransactions.map((one) => one.transactionReference)).toEqual([
      build(known, whole('NEW')).id,
      event.id,
    ]);
  });

  test('are actioned by the retailer, under the configured identity, and always completed', () => {
    for (const one of build(record, whole('PROCESSING')).orderTransactions) {
      expect(one).toMatchObject({
        status: 'Completed',
        actionedBy: 'Retailer',
        actionedByUser: 'actor@retailer.example',
      });
    }
  });
});

test('lastTransaction: has id, type and status of the last one', () => {
  const event = build(record, whole('PROCESSING'));
  const { id, type, status } = event.orderTransactions.at(-1) ?? {};
  expect(event.lastTransaction).toEqual({ id, type, status });
});

test('financialTransactions: are settlements, sorted by id; executions with an unknown status are omitted', () => {
  const expected = [
    { id: asGuid('trade-17'), type: 'Settlement', status: 'Pending' },
    { id: executionId(1), type: 'Settlement', status: 'Cancelled' },
    { id: executionId(2), type: 'Settlement', status: 'Pending' },
    { id: executionId(3), type: 'Settlement', status: 'Completed' },
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(build(record, whole('PROCESSING')).financialTransactions).toEqual(expected);
});
