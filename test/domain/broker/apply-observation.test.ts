/**
 * Expectations: references/upvest.md#objects, #delivery-semantics, #known-inconsistencies, #correlation,
 * references/esw.md#ids, #member-values and #order-of-events.
 */
import type { Observation } from '../../../src/domain/broker/observation';
import { emptyRecord } from '../../../src/domain/broker/record';
import {
  apply,
  at,
  childId,
  eventId,
  execution,
  executionId,
  facts,
  order,
  placement,
  poll,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
  refusal,
  webhook,
  WEBHOOK,
} from '../samples';

const snapshotOf = (...ids: number[]): { id: string; side: string; status: string }[] =>
  ids.map((n) => ({ id: childId(n), side: 'BUY', status: 'NEW' }));

describe('repetition', () => {
  const everything = [
    portfolioOrder('NEW', { announced: 'NEW', updatedAt: at(1) }),
    portfolioOrder('FILLED', { announced: 'PROCESSING', updatedAt: at(3), orders: snapshotOf(1, 2) }),
    order('FILLED', { executions: [facts('FILLED'), facts('SETTLED', { id: executionId(2) })] }),
    execution('CANCELLED', { settlementDate: '2026-03-04' }),
    refusal({ reason: 'TOO_LATE' }),
    portfolioOrder('SUSPENDED', { source: poll }),
  ];

  test.each(everything)('$subject $status applied again changes nothing', (again) => {
    const record = recordOf(...everything);
    expect(apply(record, again)).toStrictEqual({ record, transitions: [], findings: [] });
  });

  test('a duplicate FILLED keeps the evidence of the first one', () => {
    const record = recordOf(
      portfolioOrder('FILLED', { source: webhook(1), at: at(5) }),
      portfolioOrder('FILLED', { source: webhook(7), at: at(6) }),
    );
    expect(record.reached.FILLED).toEqual({
      at: at(5),
      by: 'webhook',
      eventId: eventId(1),
      webhookId: WEBHOOK,
      from: 'START',
    });
  });
});

describe('evidence', () => {
  test('SETTLED before FILLED is kept, and FILLED is added to the history without changing the status', () => {
    const settled = recordOf(portfolioOrder('SETTLED', { at: at(9) }));
    const { record, transitions } = apply(settled, portfolioOrder('FILLED', { at: at(8) }));
    expect(record.status).toBe('SETTLED');
    const rule = {
      id: 'portfolio-order:SETTLED>FILLED',
      from: 'SETTLED',
      to: 'FILLED',
      verdict: 'overtaken',
    };
    expect(transitions).toEqual([{ status: 'FILLED', at: at(8), rule }]);
    expect(record.reached.FILLED?.from).toBe('SETTLED');
  });

  test('the status before is stored only where it is not the documented predecessor', () => {
    const record = recordOf(portfolioOrder('NEW'), portfolioOrder('PROCESSING'), portfolioOrder('CANCELLED'));
    const froms = Object.entries(record.reached).map(([status, { from }]) => [status, from]);
    expect(froms).toEqual([
      ['NEW', undefined],
      ['PROCESSING', undefined],
      ['CANCELLED', 'PROCESSING'],
    ]);
  });

  test('direct evidence that replaces a snapshot does not change the status before', () => {
    const snapshot = portfolioOrder('PROCESSING', { orders: [{ id: childId(1), status: 'FILLED' }] });
    const record = recordOf(snapshot, order('PROCESSING'), order('FILLED'));
    expect(record.orders[0]?.reached).toMatchObject({
      FILLED: { eventId: eventId(2), from: 'START' },
      PROCESSING: { eventId: eventId(2), from: 'FILLED' },
    });
  });

  test('a poll is direct evidence, at the time of the object', () => {
    const { record } = apply(
      emptyRecord(PORTFOLIO_ORDER),
      portfolioOrder('NEW', { source: poll, at: at(1), updatedAt: at(1) }),
    );
    expect(record.reached.NEW).toEqual({ at: at(1), by: 'poll' });
  });

  test('a change of the object after its webhook was created is recorded', () => {
    const { record } = apply(
      emptyRecord(PORTFOLIO_ORDER),
      portfolioOrder('NEW', { at: at(1), updatedAt: at(2) }),
    );
    expect(record.reached.NEW).toMatchObject({ at: at(1), updatedAt: at(2) });
  });

  test('a type that lags behind its object is evidence of its own status; the object is only a snapshot', () => {
    const { record, transitions } = apply(
      emptyRecord(PORTFOLIO_ORDER),
      portfolioOrder('PROCESSING', { announced: 'NEW', at: at(2), updatedAt: at(1) }),
    );
    expect(record.status).toBe('PROCESSING');
    expect(record.reached.NEW).toEqual({ at: at(2), by: 'webhook', eventId: eventId(1), webhookId: WEBHOOK });
    expect(record.reached.PROCESSING).toEqual({ at: at(1), by: 'snapshot' });
    expect(transitions.map((one) => one.status)).toEqual(['NEW', 'PROCESSING']);
  });

  test('a type ahead of its object determines the status', () => {
    const record = recordOf(portfolioOrder('NEW', { announced: 'PROCESSING' }));
    expect(record.status).toBe('PROCESSING');
    expect(record.reached.NEW?.by).toBe('snapshot');
  });

  test.each([
    { how: 'its own webhook', source: webhook(5), by: 'webhook' },
    { how: 'a poll', source: poll, by: 'poll' },
    { how: 'the placement', source: placement, by: 'placement' },
  ])('$how replaces a snapshot, without a second transition', ({ source, by }) => {
    const seen = recordOf(portfolioOrder('PROCESSING', { announced: 'NEW' }));
    const { record, transitions } = apply(seen, portfolioOrder('PROCESSING', { source, at: at(8) }));
    expect(record.reached.PROCESSING).toMatchObject({ at: at(8), by });
    expect(transitions).toEqual([]);
  });

  test('a snapshot never replaces direct evidence', () => {
    const direct = recordOf(order('PROCESSING', { at: at(4) }));
    const { record } = apply(
      direct,
      portfolioOrder('PROCESSING', {
        at: at(1),
        orders: [{ id: childId(1), side: 'BUY', status: 'PROCESSING' }],
      }),
    );
    expect(record.orders[0]?.reached.PROCESSING).toMatchObject({ at: at(4) });
  });

  test('webhook ids are kept for the portfolio order only', () => {
    const record = recordOf(order('NEW'), execution('FILLED'));
    expect(record.orders[0]?.reached.NEW).toEqual({ at: at(2), eventId: eventId(2) });
    expect(record.orders[0]?.executions[0]?.reached.FILLED).not.toHaveProperty('webhookId');
  });
});

describe('children', () => {
  test('are numbered in order of first observation, ties by id, and keep their numbers', () => {
    const record = recordOf(
      portfolioOrder('NEW', { orders: [] }),
      order('NEW', { id: childId(7) }),
      portfolioOrder('PROCESSING', { orders: snapshotOf(9, 3, 7) }),
      execution('FILLED', { of: childId(1) }),
      portfolioOrder('PROCESSING', { orders: snapshotOf(1, 2, 3, 7, 9) }),
    );
    const numbers = record.orders.map(({ id, number }) => [number, id]);
    expect(numbers).toEqual([
      [1, childId(7)],
      [2, childId(3)],
      [3, childId(9)],
      [4, childId(1)],
      [5, childId(2)],
    ]);
  });

  test('that a later snapshot no longer lists are kept', () => {
    const record = recordOf(
      portfolioOrder('PROCESSING', { orders: snapshotOf(1, 2) }),
      portfolioOrder('FILLED', { orders: [] }),
    );
    expect(record.orders.map((one) => one.id)).toEqual([childId(1), childId(2)]);
  });

  test('a child listed twice in one snapshot is one child', () => {
    expect(recordOf(portfolioOrder('NEW', { orders: snapshotOf(1, 1) })).orders).toHaveLength(1);
  });

  test('never change the status of the portfolio order', () => {
    const record = recordOf(
      portfolioOrder('PROCESSING', { orders: snapshotOf(1) }),
      order('FILLED', { executions: [facts('SETTLED')] }),
    );
    expect(record.status).toBe('PROCESSING');
  });

  test('a refused cancellation is kept, with its first reason', () => {
    const record = recordOf(
      order('PROCESSING'),
      refusal({ at: at(4), reason: 'TOO_LATE' }),
      refusal({ at: at(5), reason: 'OTHER' }),
    );
    expect(record.orders[0]?.cancellationRefused).toEqual({
      at: at(4),
      reason: 'TOO_LATE',
      by: 'webhook',
      eventId: eventId(4),
    });
    expect(record.orders[0]?.status).toBe('PROCESSING');
    expect(record.orders[0]).not.toHaveProperty('unknownStatuses');
  });

  test('of refusals at the same time the same one is kept, regardless of the order of arrival', () => {
    const refusals = ['TOO_LATE', 'FILLED'].map((reason) => refusal({ reason }));
    const [one] = recordOf(...refusals).orders;
    const [other] = recordOf(...refusals.reverse()).orders;
    expect(one).toStrictEqual(other);
  });

  test('a refusal without a reason, ahead of its order, creates the child', () => {
    const record = recordOf(refusal());
    expect(record.orders).toEqual([
      {
        id: childId(1),
        number: 1,
        reached: {},
        executions: [],
        cancellationRefused: { at: at(4), by: 'webhook', eventId: eventId(4) },
      },
    ]);
  });
});

describe('executions', () => {
  test('ahead of its order: creates the child without a status', () => {
    const early = recordOf(execution('FILLED'));
    expect(early.orders[0]).not.toHaveProperty('status');
    const { record } = apply(early, order('PROCESSING', { instrumentId: 'IE00B3XXRP09' }));
    expect(record.orders).toHaveLength(1);
    expect(record.orders[0]).toMatchObject({ number: 1, status: 'PROCESSING', instrumentId: 'IE00B3XXRP09' });
    expect(record.orders[0]?.executions.map((one) => one.id)).toEqual([executionId(1)]);
  });

  test('reported by the order event and by their own are one entity with the direct evidence', () => {
    const record = recordOf(
      order('FILLED', { executions: [facts('FILLED', { transactionTime: at(2) })] }),
      execution('FILLED', {}, { at: at(3) }),
      execution(
        'SETTLED',
        { settlementDate: '2026-03-04', taxes: '1.20' },
        { at: at(6), source: webhook(6) },
      ),
    );
    const [row, ...others] = record.orders[0]?.executions ?? [];
    expect(others).toEqual([]);
    expect(row).toEqual({
      ...facts('SETTLED', { transactionTime: at(2), settlementDate: '2026-03-04', taxes: '1.20' }),
      fieldTimes: { transactionTime: at(2) },
      reached: {
        FILLED: { at: at(3), eventId: eventId(3) },
        SETTLED: { at: at(6), eventId: eventId(6) },
      },
    });
  });

  const settlesOn = (date: string) => ({ settlementDate: date });
  const early = execution('FILLED', settlesOn('2026-03-04'), { at: at(3) });
  const laterReports: Record<string, Observation> = {
    'a later event of its own': execution('FILLED', settlesOn('2026-03-03'), { at: at(4) }),
    'a later snapshot of its order': order('FILLED', {
      at: at(2),
      updatedAt: at(4),
      executions: [facts('FILLED', settlesOn('2026-03-03'))],
    }),
    'a later event of its order without a time of change': order('FILLED', {
      at: at(4),
      executions: [facts('FILLED', settlesOn('2026-03-03'))],
    }),
    'a later read of its order, which did not change': order('FILLED', {
      source: { kind: 'poll', readAt: at(4) },
      at: at(2),
      updatedAt: at(2),
      executions: [facts('FILLED', settlesOn('2026-03-03'))],
    }),
  };

  test.each(Object.entries(laterReports))(
    'carry no time of change: %s changes the settlement date',
    (_how, late) => {
      for (const record of [recordOf(early, late), recordOf(late, early), recordOf(late, early, late)]) {
        expect(record.orders[0]?.executions[0]).toMatchObject({ settlementDate: '2026-03-03' });
      }
    },
  );

  test('a read of older code, without the time of the read, counts by the time of the order', () => {
    const read = order('FILLED', {
      source: poll,
      at: at(9),
      updatedAt: at(2),
      executions: [facts('FILLED', settlesOn('2026-03-03'))],
    });
    for (const record of [recordOf(early, read), recordOf(read, early)])
      expect(record.orders[0]?.executions[0]?.settlementDate).toBe('2026-03-04');
  });

  test('are sorted by id, regardless of the order of arrival', () => {
    const record = recordOf(
      execution('FILLED', { id: executionId(3) }),
      execution('FILLED', { id: executionId(1) }),
      order('FILLED', { executions: [facts('FILLED', { id: executionId(2) })] }),
    );
    expect(record.orders[0]?.executions.map((one) => one.id)).toEqual([1, 2, 3].map(executionId));
  });

  test('seen in an order event have their own transaction time', () => {
    const record = recordOf(
      order('FILLED', {
        updatedAt: at(8),
        executions: [facts('FILLED', { transactionTime: at(7) }), facts('SETTLED', { id: executionId(2) })],
      }),
    );
    const reached = record.orders[0]?.executions.map((one) => one.reached);
    expect(reached).toEqual([
      { FILLED: { at: at(7), by: 'snapshot' } },
      { SETTLED: { at: at(8), by: 'snapshot', from: 'START' } },
    ]);
  });
});

describe('details', () => {
  test('come from the newest snapshot; an older one only adds missing fields', () => {
    const newer = portfolioOrder('FILLED', {
      updatedAt: at(9),
      cancellationReason: 'LATER',
      cashAmount: '999.00',
    });
    const older = portfolioOrder('PROCESSING', {
      updatedAt: at(5),
      cancellationReason: 'EARLIER',
      allocationId: 'only-here',
    });
    for (const record of [recordOf(newer, older), recordOf(older, newer)]) {
      expect(record).toMatchObject({
        updatedAt: at(9),
        cancellationReason: 'LATER',
        cashAmount: '999.00',
        allocationId: 'only-here',
      });
    }
  });

  test.each([at(5), undefined])('of snapshots of the same time (%s), the greater text is taken', (time) => {
    const updatedAt = time === undefined ? {} : { updatedAt: time };
    const one = portfolioOrder('NEW', { ...updatedAt, cashAmount: '1.00' });
    const two = portfolioOrder('NEW', { ...updatedAt, cashAmount: '2.00' });
    for (const record of [recordOf(one, two), recordOf(two, one)]) expect(record.cashAmount).toBe('2.00');
  });

  test('of an order: an older snapshot and one without a time only add missing fields', () => {
    const record = recordOf(
      order('PROCESSING', { updatedAt: at(9), cashAmount: '10.00' }),
      order('NEW', { updatedAt: at(1), cashAmount: '11.00', quantity: '2' }),
      order('NEW', { cashAmount: '12.00', currency: 'EUR' }),
    );
    expect(record.orders[0]).toMatchObject({
      updatedAt: at(9),
      cashAmount: '10.00',
      quantity: '2',
      currency: 'EUR',
    });
  });

  test('a newer snapshot that leaves a detail out does not delete it', () => {
    const { side, ...sideless } = order('PROCESSING', { updatedAt: at(2) });
    const record = recordOf(
      portfolioOrder('NEW', { updatedAt: at(1), allocationId: 'known' }),
      portfolioOrder('PROCESSING', { updatedAt: at(2) }),
      order('NEW', { updatedAt: at(1), side: 'SELL' }),
      sideless,
    );
    expect(record.allocationId).toBe('known');
    expect(record.orders[0]?.side).toBe('SELL');
  });

  test('the side of a child comes from the snapshot that contains it', () => {
    const unnamed = portfolioOrder('NEW', { orders: [{ id: childId(1), status: 'NEW' }] });
    expect(recordOf(unnamed).orders[0]).not.toHaveProperty('side');
    const named = portfolioOrder('NEW', { orders: [{ id: childId(1), side: 'SELL', status: 'NEW' }] });
    for (const both of [recordOf(unnamed, named), recordOf(named, unnamed)])
      expect(both.orders[0]?.side).toBe('SELL');
  });

  test('only facts enter the record: no source, no announced status, no list of children', () => {
    const record = recordOf(portfolioOrder('NEW', { announced: 'NEW', orders: snapshotOf(1) }));
    for (const name of ['subject', 'source', 'at', 'announced', 'id'])
      expect(record).not.toHaveProperty(name);
    expect(record.orders[0]).toEqual({
      id: childId(1),
      number: 1,
      side: 'BUY',
      status: 'NEW',
      reached: { NEW: { at: at(1), by: 'snapshot' } },
      executions: [],
    });
  });
});

test('only findings that were not there before are reported', () => {
  const first = apply(emptyRecord(PORTFOLIO_ORDER), portfolioOrder('FILLED'));
  expect(first.findings.map((one) => one.code)).toEqual(['SKIPPED_STATE']);
  const second = apply(first.record, execution('CANCELLED'));
  expect(second.findings.map((one) => one.code)).toEqual(['MISTRADE']);
});
