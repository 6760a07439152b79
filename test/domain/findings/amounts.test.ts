/**
 * Executed against ordered amounts: docs/rules.md, references/upvest.md#place-a-portfolio-order, #portfolio-order,
 * #order, #execution.
 */
import { amountFindings, describeSums, executedSums, tradedSums } from '../../../src/domain/findings/amounts';
import { findingsOf } from '../../../src/domain/findings/findings';
import type {
  ExecutionFacts,
  Observation,
  PortfolioOrderObservation,
} from '../../../src/domain/broker/observation';
import { emptyRecord, type PortfolioOrderRecord } from '../../../src/domain/broker/record';
import {
  at,
  childId,
  execution,
  executionId,
  facts,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  recordOf,
} from '../samples';
import { applyWithFindings } from '../../../src/domain/findings/new-findings';

type Execution = Partial<ExecutionFacts>;
interface Child {
  cashAmount?: string;
  quantity?: string;
  side?: string;
  status?: string;
  executions: Execution[];
}

let executions = 0;
/** Observations of an order with these children, each in a snapshot of its own. */
function reportsOf(
  parent: Partial<PortfolioOrderObservation> & { status?: string },
  ...children: Child[]
): Observation[] {
  const { status = 'FILLED', ...more } = parent;
  const orders = children.map(
    ({ status: childStatus = 'FILLED', executions: of, side = 'BUY', ...child }, n) =>
      order(childStatus, {
        ...child,
        id: childId(n + 1),
        side,
        currency: 'EUR',
        updatedAt: at(5),
        executions: of.map(({ status: executionStatus = 'FILLED', ...execution }) => {
          executions += 1;
          return facts(executionStatus, { id: executionId(executions), side, ...execution });
        }),
      }),
  );
  const statuses = ['NEW', 'PROCESSING', ...(status === 'SETTLED' ? ['FILLED'] : [])];
  return [
    ...statuses.map((one) => portfolioOrder(one)),
    ...orders,
    portfolioOrder(status, { updatedAt: at(6), cashAmount: '1000.00', ...more }),
  ];
}

const found = (record: PortfolioOrderRecord, tolerance?: string): string[] =>
  findingsOf(record, tolerance)
    .filter(({ code }) => code === 'OVERFILLED' || code === 'AMOUNT_MISMATCH')
    .map(({ code, subject }) => `${code} ${subject}`);
const codes = (...observations: Observation[]): string[] => found(recordOf(...observations));
const cash = (...amounts: string[]): Execution[] => amounts.map((cashAmount) => ({ cashAmount }));
/** One child without an ordered amount, so that only the portfolio order is compared. */
const plainChild = (amount: string, more: Execution = {}): Child => ({
  executions: [{ cashAmount: amount, ...more }],
});
/** A portfolio order without an amount. */
const noAmount = { cashAmount: '0' };

describe('a portfolio order', () => {
  test.each([
    ['at its amount', '1000.00', []],
    ['at the limit above', '1050.00', []],
    ['a cent above the limit', '1050.01', ['OVERFILLED portfolio-order']],
    ['at the limit below', '950', []],
    ['a cent below the limit', '949.99', ['AMOUNT_MISMATCH portfolio-order']],
  ])('%s', (_where, amount, expected) => {
    expect(codes(...reportsOf({}, plainChild(amount)))).toEqual(expected);
    expect(codes(...reportsOf({ status: 'SETTLED' }, plainChild(amount, { status: 'SETTLED' })))).toEqual(
      expected,
    );
  });

  test('is the sum of all its executions, exactly', () => {
    const children = Array.from({ length: 35 }, () => ({ executions: cash('10.10', '19.90') }));
    expect(codes(...reportsOf({}, ...children))).toEqual([]);
    expect(codes(...reportsOf({}, ...children, { executions: cash('0.0000001') }))).toEqual([
      'OVERFILLED portfolio-order',
    ]);
  });

  test.each([
    ['0', '1000.01', ['OVERFILLED portfolio-order']],
    ['0', '1000.000', []],
    ['0.5', '1005.00', []],
    ['0.5', '994.99', ['AMOUNT_MISMATCH portfolio-order']],
    ['100', '0.01', []],
    ['250', '0.01', []],
    // An invalid tolerance counts as the default.
    ['five', '1050.01', ['OVERFILLED portfolio-order']],
    ['five', '1050.00', []],
  ])('with a tolerance of %s percent, %s of 1000.00: %j', (tolerance, amount, expected) => {
    expect(found(recordOf(...reportsOf({}, plainChild(amount))), tolerance)).toEqual(expected);
  });

  test('the message contains the amounts', () => {
    const [over] = amountFindings(recordOf(...reportsOf({}, plainChild('1100.00', { taxes: '2.50' }))), '5');
    expect(over?.message).toBe('executed BUY 1100.00 EUR, ordered 1000.00 EUR, taxes 2.50, tolerance 5 %');
  });

  test('is overfilled even while other inputs are unknown', () => {
    expect(codes(...reportsOf({ status: 'PROCESSING' }, plainChild('1100')))).toEqual([
      'OVERFILLED portfolio-order',
    ]);
  });

  test('cancelled executions and those of unknown status do not count', () => {
    const children = [
      plainChild('1000'),
      plainChild('500', { status: 'CANCELLED' }),
      plainChild('500', { status: 'HALTED' }),
    ];
    expect(codes(...reportsOf({}, ...children))).toEqual([]);
  });

  const missing: Record<string, Observation[]> = {
    'it is not filled': reportsOf({ status: 'PROCESSING' }, plainChild('10')),
    'it was cancelled, which is a mixed outcome': reportsOf({ status: 'CANCELLED' }, plainChild('10')),
    'no child is known': reportsOf({}),
    'a child has no execution': reportsOf({}, plainChild('10'), { executions: [] }),
    'a child is not filled': reportsOf({}, plainChild('10'), { status: 'PROCESSING', executions: cash('5') }),
    'a child was cancelled, which is a mixed outcome': reportsOf({}, plainChild('10'), {
      status: 'CANCELLED',
      executions: [],
    }),
    'an execution was cancelled, which is a mistrade': reportsOf(
      {},
      plainChild('10'),
      plainChild('990', { status: 'CANCELLED' }),
    ),
    'an execution has an unknown status': reportsOf(
      {},
      plainChild('10'),
      plainChild('990', { status: 'HALTED' }),
    ),
    'no own snapshot of a child shows it filled': [
      ...reportsOf({ orders: [{ id: childId(2), status: 'FILLED' }] }, plainChild('10')),
      order('PROCESSING', {
        id: childId(2),
        executions: [facts('FILLED', { cashAmount: '1' })],
        updatedAt: at(1),
      }),
    ],
    'a child was shown as filled before its executions were listed': [
      ...reportsOf({}, { executions: [] }),
      execution('FILLED', { of: childId(1), cashAmount: '10' }),
    ],
    'its own snapshot does not show it filled': reportsOf(
      { status: 'PROCESSING', announced: 'FILLED' },
      plainChild('10'),
    ),
    'its currency differs': reportsOf({ currency: 'GBP' }, plainChild('10')),
    'its amount is invalid': reportsOf({ cashAmount: 'a lot' }, plainChild('10')),
  };

  test.each(Object.entries(missing))('is not short while %s', (_why, observations) => {
    expect(codes(...observations)).toEqual([]);
  });

  test('without a currency is not compared', () => {
    const { currency, ...record } = recordOf(...reportsOf({}, plainChild('5000')));
    expect(found(record)).toEqual([]);
  });

  test('without a type, no side may exceed the amount', () => {
    const { type, ...buys } = recordOf(...reportsOf({}, plainChild('1100')));
    expect(found(buys)).toEqual(['OVERFILLED portfolio-order']);
    const sides = reportsOf({}, plainChild('600'), { side: 'SELL', executions: cash('600') });
    const { type: _, ...both } = recordOf(...sides);
    expect(found(both)).toEqual([]);
  });

  test.each(['REBALANCING', 'SWITCH'])(
    'of the type %s has no amount: only its children are compared',
    (type) => {
      const sell: Child = { side: 'SELL', cashAmount: '900', executions: cash('900') };
      const buy: Child = { cashAmount: '800', executions: cash('5000') };
      expect(codes(...reportsOf({ type }, sell, buy))).toEqual(['OVERFILLED order']);
    },
  );
});

describe('taxes', () => {
  const sale = (amount: string, taxes?: string): Child => ({
    side: 'SELL',
    executions: [{ cashAmount: amount, ...(taxes !== undefined && { taxes }) }],
  });

  test.each([
    // The amount is meant before taxes.
    [false, sale('1000', '300'), []],
    [false, sale('1300', '300'), ['OVERFILLED portfolio-order']],
    // After taxes.
    [true, sale('1300', '300'), []],
    [true, sale('1350.00', '300'), []],
    [true, sale('1350.01', '300'), ['OVERFILLED portfolio-order']],
    [true, sale('1249.99', '300'), ['AMOUNT_MISMATCH portfolio-order']],
    [true, sale('1000', '300'), ['AMOUNT_MISMATCH portfolio-order']],
    // Unknown: the net amount is at most the gross amount.
    [true, sale('5000'), []],
    [true, sale('949.99'), ['AMOUNT_MISMATCH portfolio-order']],
  ])('of a sale with postTax %j: %j gives %j', (postTax, child, expected) => {
    expect(codes(...reportsOf({ type: 'SELL', postTax }, child))).toEqual(expected);
  });

  test.each([
    // Within the amount or on top: both are fine.
    ['1000', '300', []],
    ['700', '300', []],
    ['1300', '300', []],
    ['1350.01', '300', ['OVERFILLED portfolio-order']],
    ['649.99', '300', ['AMOUNT_MISMATCH portfolio-order']],
  ])('of a purchase after tax: %s with %s of taxes gives %j', (amount, taxes, expected) => {
    expect(codes(...reportsOf({ postTax: true }, plainChild(amount, { taxes })))).toEqual(expected);
  });

  test('a child is compared with and without taxes, because the meaning is not documented', () => {
    const child = (amount: string): Child => ({
      cashAmount: '100',
      executions: [{ cashAmount: amount, taxes: '30' }],
    });
    for (const amount of ['66', '100', '130', '135'])
      expect(codes(...reportsOf({ ...noAmount, postTax: true }, child(amount)))).toEqual([]);
    expect(codes(...reportsOf({ ...noAmount, postTax: true }, child('135.01')))).toEqual([
      'OVERFILLED order',
    ]);
    expect(codes(...reportsOf({ ...noAmount, postTax: true }, child('64.99')))).toEqual([
      'AMOUNT_MISMATCH order',
    ]);
  });
});

describe('a child', () => {
  test.each([
    ['nominal, within the tolerance', { cashAmount: '100' }, cash('50', '55'), []],
    ['nominal, above it', { cashAmount: '100' }, cash('50', '55.01'), ['OVERFILLED order']],
    ['nominal, below it', { cashAmount: '100' }, cash('50', '44.99'), ['AMOUNT_MISMATCH order']],
    ['of units, exactly', { quantity: '3.5' }, [{ shareQuantity: '3.50' }], []],
    ['of units, above', { quantity: '3.5' }, [{ shareQuantity: '3.5000000001' }], ['OVERFILLED order']],
    ['of units, below', { quantity: '3.5' }, [{ shareQuantity: '3.4999999999' }], ['AMOUNT_MISMATCH order']],
    ['without an amount', {}, cash('5000'), []],
    ['with invalid amounts', { cashAmount: '', quantity: '1e3' }, cash('5000'), []],
  ])('%s', (_what, amount, of, expected) => {
    const child = { ...amount, executions: of.map((one) => ({ taxes: '0', ...one })) };
    expect(codes(...reportsOf(noAmount, child))).toEqual(expected);
  });

  test.each([
    ['was cancelled, which is a mistrade', { status: 'CANCELLED' }, []],
    ['has an unknown status', { status: 'HALTED' }, []],
    ['is in another currency', { currency: 'USD' }, ['AMOUNT_MISMATCH execution']],
  ])('is not short while one of its executions %s', (_why, odd, expected) => {
    const child = { cashAmount: '100', executions: [{ cashAmount: '10' }, { cashAmount: '90', ...odd }] };
    expect(codes(...reportsOf(noAmount, child))).toEqual(expected);
    const units = { quantity: '2', executions: [{ shareQuantity: '1' }, { shareQuantity: '1', ...odd }] };
    expect(codes(...reportsOf(noAmount, units))).toEqual(expected);
  });

  test('with a filled snapshot is not short while an execution is known only from its own event', () => {
    const empty = reportsOf(noAmount, { cashAmount: '100', executions: [] });
    const event = execution('FILLED', { of: childId(1), cashAmount: '10' });
    const listed = reportsOf(noAmount, {
      cashAmount: '100',
      executions: [{ id: executionId(1), cashAmount: '10' }],
    });
    expect(codes(...empty, event)).toEqual([]);
    expect(codes(event, ...empty)).toEqual([]);
    for (const order of [
      [event, ...empty, ...listed],
      [...listed, ...empty, event],
    ])
      expect(codes(...order)).toEqual(['AMOUNT_MISMATCH order']);
  });

  test('that is partially filled is not short', () => {
    const partly: Child = { cashAmount: '100', status: 'PROCESSING', executions: cash('10') };
    expect(codes(...reportsOf({ ...noAmount, status: 'PROCESSING' }, partly))).toEqual([]);
    expect(codes(...reportsOf(noAmount, { ...partly, status: 'CANCELLED' }))).toEqual([]);
  });

  test.each([
    [{ currency: 'USD' }, 'executed 450.10 USD, but the order is in EUR'],
    [{ side: 'SELL' }, 'executed a SELL of 450.10 EUR, but the order is a BUY'],
  ])('with an execution that has %j: the execution mismatches', (execution, message) => {
    const record = recordOf(...reportsOf(noAmount, { executions: [execution] }));
    expect(amountFindings(record, '5')).toMatchObject([
      { code: 'AMOUNT_MISMATCH', subject: 'execution', message },
    ]);
    expect(codes(...reportsOf(noAmount, { executions: [{ ...execution, status: 'CANCELLED' }] }))).toEqual(
      [],
    );
  });
});

describe('sums', () => {
  test('are per currency and side; an execution without a side has that of its order, then of the portfolio order', () => {
    const sideless = order('FILLED', { executions: [], id: childId(9) });
    delete sideless.side;
    const { side, ...without } = facts('SETTLED', { id: executionId(900), cashAmount: '1.5', taxes: '0.1' });
    const record = recordOf(
      ...reportsOf(
        { type: 'SELL' },
        { executions: [{ cashAmount: '10.00', status: 'SETTLED', taxes: '1' }, { cashAmount: '0.5' }] },
        {
          executions: [
            { cashAmount: '7', currency: 'GBP' },
            { cashAmount: '3', status: 'CANCELLED' },
          ],
        },
      ),
      { ...sideless, executions: [without] },
    );
    const sums = executedSums(record);
    expect(sums).toEqual([
      { side: 'BUY', currency: 'EUR', executed: '10.50', settled: '10.00', taxes: '1', fees: '0' },
      { side: 'SELL', currency: 'EUR', executed: '1.5', settled: '1.5', taxes: '0.1', fees: '0' },
      { side: 'BUY', currency: 'GBP', executed: '7', settled: '0', taxes: '0', fees: '0' },
    ]);
    expect(describeSums(sums)).toBe('BUY 10.50 EUR and SELL 1.5 EUR and BUY 7 GBP');
    expect(describeSums([])).toBe('nothing');
    expect(tradedSums(record)).toEqual(sums);
  });
});

test('the tolerance applies to the findings of an observation', () => {
  const observations = reportsOf({}, plainChild('1040'));
  const last = observations.at(-1) ?? portfolioOrder('NEW');
  const before = recordOf(...observations.slice(0, -1));
  const codesOf = (tolerance?: string): string[] =>
    applyWithFindings({ ...before, cashAmount: '1040' }, last, tolerance).findings.map(({ code }) => code);
  expect(codesOf()).toEqual(['TERMS_CHANGED']);
  expect(codesOf('1')).toEqual(['TERMS_CHANGED', 'OVERFILLED']);
});

test('never throws for records with invalid amounts', () => {
  const odd = {
    ...emptyRecord(PORTFOLIO_ORDER),
    cashAmount: '-5',
    currency: 'EUR',
    orders: [
      { id: childId(1), number: 1, reached: {}, cashAmount: 'NaN', quantity: '', executions: [] },
      {
        id: childId(2),
        number: 2,
        reached: {},
        cashAmount: '1e9',
        currency: 'EUR',
        executions: [{ ...facts('FILLED', { taxes: '?' }), status: 'FILLED' as const, reached: {} }],
      },
    ],
  };
  expect(() => findingsOf(odd, '')).not.toThrow();
});

test('amounts in another spelling of the currency are in the same sum (14.56)', () => {
  const observations = (currency: string) => [
    portfolioOrder('PROCESSING', { currency: 'EUR' }),
    order('PROCESSING', { cashAmount: '1000.00', currency: 'EUR' }),
    execution('FILLED', { cashAmount: '2000.00', currency }),
  ];
  const codes = (currency: string) => findingsOf(recordOf(...observations(currency))).map(({ code }) => code);
  expect(codes('eur')).toEqual(codes('EUR'));
  expect(codes('eur')).toContain('OVERFILLED');
  expect(executedSums(recordOf(...observations('eur'), execution('FILLED', { id: 'other' })))).toHaveLength(
    1,
  );
});
