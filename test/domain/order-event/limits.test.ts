/** Our own size limits of events: references/esw.md#limits, last paragraph. */
import type { Observation, OrderObservation } from '../../../src/domain/broker/observation';
import { applyObservation } from '../../../src/domain/broker/apply-observation';
import { OverlongTextError } from '../../../src/domain/order-event/limits';
import { emptyRecord, type PortfolioOrderRecord } from '../../../src/domain/broker/record';
import { reasonNotToSend, type EswOrderEvent } from '../../esw/outgoing-schema';
import { build, bytes, child, namesOf, trade, valueOf, whole, type BuildOptions } from './built-events';
import { at, childId, facts, order, PORTFOLIO_ORDER, portfolioOrder, webhook } from '../samples';

/** Without computing findings, which would dominate the run time. */
const recordOf = (...observations: Observation[]): PortfolioOrderRecord =>
  observations.reduce(
    (record, observation) => applyObservation(record, observation).record,
    emptyRecord(PORTFOLIO_ORDER),
  );

const MAX_BYTES = 256 * 1024;

const children = (count: number, idOf = childId): { id: string; side: string; status: string }[] =>
  Array.from({ length: count }, (_, n) => ({ id: idOf(n + 1), side: 'BUY', status: 'NEW' }));
const withChildren = (count: number, idOf = childId): PortfolioOrderRecord =>
  recordOf(portfolioOrder('PROCESSING', { orders: children(count, idOf) }));

describe('200 line items', () => {
  test('are listed', () => {
    const event = build(withChildren(200), whole('PROCESSING'));
    expect(event.lineItems).toHaveLength(200);
    expect(event.lineItems?.at(-1)?.lineItemId).toBe('LI-200');
    expect(valueOf(event.aggregateIds, 'OrderId-200')).toBe(childId(200));
    expect(namesOf(event.metadataItems)).not.toContain('LineItemsOmitted');
  });

  test('and one more are counted instead, at the end of the metadata', () => {
    const event = build(withChildren(201), whole('PROCESSING'));
    expect(Object.keys(event)).not.toContain('lineItems');
    expect(namesOf(event.aggregateIds)).toEqual([
      'PortfolioOrderId',
      'AccountId',
      'WebhookEventId',
      'WebhookId',
      'WorkflowId',
    ]);
    expect(event.metadataItems?.slice(-2)).toEqual([
      { name: 'SkippedStates', value: 'NEW' },
      { name: 'LineItemsOmitted', value: '201' },
    ]);
  });

  test('do not affect the event of a child, which has its line item', () => {
    expect(build(withChildren(201), child('NEW', childId(201))).lineItems).toHaveLength(1);
  });
});

describe('256 KiB of body', () => {
  const longId = (n: number): string => `${String(n).padStart(3, '0')}-${'i'.repeat(196)}`;
  /** A filled child with `count` executions, whose ids are shorter than the child's. */
  const filled = (n: number, count: number, idOf = longId): OrderObservation =>
    order('FILLED', {
      id: idOf(n),
      source: webhook(20),
      executions: Array.from({ length: count }, (_, k) => facts('FILLED', { id: `${n}/${k}` })),
    });
  const checkedSize = (
    record: PortfolioOrderRecord,
    ...rest: [Parameters<typeof bytes>[1], BuildOptions?]
  ): number => {
    const body = bytes(record, ...rest);
    const { id } = JSON.parse(body) as EswOrderEvent;
    expect(reasonNotToSend(id, body)).toBeUndefined();
    return Buffer.byteLength(body);
  };
  const placed = portfolioOrder('PROCESSING');

  test('suffice for 200 line items with the longest ids that Upvest uses', () => {
    const record = withChildren(200, longId);
    // Each id of 200 characters occurs twice: in the event's ids and in its line item.
    expect(checkedSize(record, whole('PROCESSING'))).toBeGreaterThan(200 * 2 * 200);
    expect(build(record, whole('PROCESSING')).lineItems).toHaveLength(200);
  });

  test('are counted in UTF-8: a larger body is sent without line items first', () => {
    // Not a realistic id; each of its characters takes three bytes.
    const wideId = (n: number): string => `${n}-${'€'.repeat(240)}`;
    const record = withChildren(200, wideId);
    const event = build(record, whole('PROCESSING'));
    expect(checkedSize(record, whole('PROCESSING'))).toBeLessThan(5_000);
    expect(Object.keys(event)).not.toContain('lineItems');
    expect(namesOf(event.aggregateIds)).not.toContain('OrderId-1');
    expect(event.metadataItems?.at(-1)).toEqual({ name: 'LineItemsOmitted', value: '200' });
  });

  test('keep the executions where omitting the line items is enough', () => {
    const record = recordOf(placed, ...Array.from({ length: 150 }, (_, n) => filled(n + 1, 13)));
    const event = build(record, whole('PROCESSING'));
    expect(checkedSize(record, whole('PROCESSING'))).toBeGreaterThan(MAX_BYTES / 2);
    expect(valueOf(event.metadataItems, 'LineItemsOmitted')).toBe('150');
    expect(event.financialTransactions).toHaveLength(1950);
    expect(namesOf(event.metadataItems)).not.toContain('FinancialTransactionsOmitted');
  });

  test('omit the executions where that is not enough', () => {
    const record = recordOf(placed, ...Array.from({ length: 150 }, (_, n) => filled(n + 1, 24)));
    const event = build(record, whole('PROCESSING'));
    checkedSize(record, whole('PROCESSING'));
    expect(Object.keys(event)).not.toContain('lineItems');
    expect(Object.keys(event)).not.toContain('financialTransactions');
    expect(event.metadataItems?.slice(-2)).toEqual([
      { name: 'LineItemsOmitted', value: '150' },
      { name: 'FinancialTransactionsOmitted', value: '3600' },
    ]);
    // Their sums remain.
    expect(event.balances?.balancesInCurrency[0]?.charges.map(({ name }) => name)).toContain('Executed');
  });

  test('of an order omit its executions, but never its line item', () => {
    const record = recordOf(placed, filled(1, 3000));
    for (const topic of [child('FILLED', longId(1)), trade('FILLED', '1/7', longId(1))]) {
      const event = build(record, topic, { settings: { detail: 'executions' } });
      checkedSize(record, topic);
      expect(event.lineItems).toHaveLength(1);
      expect(valueOf(event.metadataItems, 'FinancialTransactionsOmitted')).toBe('3000');
    }
  });

  test('of an order omit the steps of its executions last, but never the reported one', () => {
    const record = recordOf(placed, order('NEW', { id: longId(1), at: at(1) }), filled(1, 3000));
    const filledOrder = build(record, child('FILLED', longId(1)));
    expect(filledOrder.orderTransactions.map((one) => one.type)).toEqual(['OrderPlaced', 'OrderFulfilled']);
    expect(filledOrder.metadataItems?.at(-1)).toEqual({ name: 'OrderTransactionsOmitted', value: '3000' });
    const last = build(record, trade('FILLED', '1/999', longId(1)));
    expect(last.orderTransactions.map((one) => one.type)).toEqual(['OrderPlaced', 'ExecutionFilled']);
    expect(last.orderTransactions.at(-1)?.id).toBe(last.lastTransaction.id);
  });

  test('are not omitted where they fit', () => {
    const names = namesOf(build(recordOf(placed, filled(1, 300)), child('FILLED', longId(1))).metadataItems);
    expect(names?.filter((name) => name.endsWith('Omitted'))).toEqual([]);
  });
});

describe('256 characters of text', () => {
  const long = 'x'.repeat(257);
  const full = 'x'.repeat(256);

  test.each<[member: string, observations: Observation[], options: BuildOptions]>([
    ['aggregateIds.value', [portfolioOrder('PROCESSING', { accountId: long })], {}],
    ['aggregateIds.value', [portfolioOrder('PROCESSING', { clientReference: long })], {}],
    ['aggregateIds.value', [portfolioOrder('PROCESSING')], { workflowId: long }],
    ['brandOrderReference', [portfolioOrder('PROCESSING')], { brandOrderReference: long }],
    ['eswOrderReference', [portfolioOrder('PROCESSING')], { placed: { eswOrderReference: long } }],
    ['metadataItems.value', [portfolioOrder('PROCESSING', { type: long })], {}],
    [
      'lineItems.metadataItems.value',
      [portfolioOrder('PROCESSING'), order('NEW', { instrumentId: long })],
      {},
    ],
    ['lineItems.metadataItems.value', [portfolioOrder('PROCESSING'), order('NEW', { side: long })], {}],
  ])('%s: an event with a longer id or value is not built', (member, observations, options) => {
    const attempt = (): string => bytes(recordOf(...observations), whole('PROCESSING'), options);
    expect(attempt).toThrow(new OverlongTextError(member, 257));
  });

  test('events of a child with such an id cannot be built', () => {
    const record = recordOf(portfolioOrder('NEW'), order('NEW', { id: long }));
    expect(() => bytes(record, child('NEW', long))).toThrow('brandOrderReference has 257 characters');
    expect(() => bytes(record, trade('FILLED', 'none', long))).toThrow();
  });

  test('ids and values of exactly that length are sent', () => {
    const record = recordOf(portfolioOrder('PROCESSING', { accountId: full, type: full }));
    expect(valueOf(build(record, whole('PROCESSING')).aggregateIds, 'AccountId')).toBe(full);
  });

  const cancelledWith = (text: string): EswOrderEvent => {
    const details = { cancellationReason: text, cancellationDetails: text };
    return build(recordOf(portfolioOrder('CANCELLED', details)), whole('CANCELLED'));
  };

  test.each([
    ['fits', full, full],
    ['is truncated', long, full],
    ['is truncated before a character that would be halved', `${'x'.repeat(255)}😀`, 'x'.repeat(255)],
    ['is truncated after a whole character', `${'x'.repeat(254)}😀😀`, `${'x'.repeat(254)}😀`],
  ])('a reason %s', (_, reason, sent) => {
    const event = cancelledWith(reason);
    expect(valueOf(event.metadataItems, 'CancellationReason')).toBe(sent);
    expect(event.orderTransactions.at(-1)?.reason).toBe(sent);
  });

  test("an order's reason is truncated, too", () => {
    const record = recordOf(portfolioOrder('NEW'), order('CANCELLED', { cancellationReason: long }));
    expect(build(record, child('CANCELLED')).orderTransactions.at(-1)?.reason).toBe(full);
  });

  test.each([
    ['has 2000 characters', 'x'.repeat(2000), 'x'.repeat(2000)],
    ['is truncated', 'x'.repeat(2001), 'x'.repeat(2000)],
    ['is truncated before a character that would be halved', `${'x'.repeat(1999)}😀`, 'x'.repeat(1999)],
    ['ends with half a character', 'x\ud83d', 'x'],
  ])('a comment %s', (_, text, sent) => {
    expect(cancelledWith(text).comments?.map((one) => one.text)).toEqual([sent]);
  });
});
