/** references/esw.md#amounts for orders with both sides or several currencies: no netting. */
import type { PortfolioOrderStatus } from '../../../src/domain/broker/status-tables';
import type { Observation } from '../../../src/domain/broker/observation';
import { balances, balancesAt, build, child, fill, whole, type Amounts } from './built-events';
import { childId, execution, executionId, order, portfolioOrder, recordOf } from '../samples';

describe('rebalancing', () => {
  const rebalancing = (status: string, cashAmount?: string): Observation => {
    const { cashAmount: _, ...rest } = portfolioOrder(status, { type: 'REBALANCING' });
    return cashAmount === undefined ? rest : { ...rest, cashAmount };
  };
  const trades = [
    ...fill(1, 'SETTLED', '100.10'),
    ...fill(2, 'FILLED', '0.90'),
    ...fill(3, 'SETTLED', '70.00', 'SELL'),
    ...fill(4, 'CANCELLED', '5.00', 'SELL'),
  ];
  const sides: Amounts = [
    ['ExecutedBuy', 101],
    ['SettledBuy', 100.1],
    ['ExecutedSell', 70],
    ['SettledSell', 70],
  ];

  test.each<PortfolioOrderStatus>(['PROCESSING', 'FILLED', 'SETTLED'])(
    'has separate sums per side, without netting and without a balance due, at %s',
    (status) => {
      expect(balancesAt(status, [rebalancing(status, '0'), ...trades])).toEqual({ EUR: sides });
    },
  );

  test('has an ordered amount where the broker reports one', () => {
    const actual = balancesAt('SETTLED', [rebalancing('SETTLED', '12.50'), ...trades]);
    expect(actual).toEqual({ EUR: [['Ordered', 12.5], ...sides] });
  });

  test('omits a side without executions', () => {
    const actual = balancesAt('FILLED', [rebalancing('FILLED'), ...fill(3, 'FILLED', '70.00', 'SELL')]);
    expect(actual).toEqual({
      EUR: [
        ['ExecutedSell', 70],
        ['SettledSell', 0],
      ],
    });
  });

  test("takes an execution's side from its order; without any the sums of both sides are unknown", () => {
    const { side: _, ...executionWithoutSide } = execution('FILLED').execution;
    const withoutSide: Observation = { ...execution('FILLED'), execution: executionWithoutSide };
    const { side: __, ...orderWithoutSide } = order('FILLED');
    expect(
      balancesAt('FILLED', [rebalancing('FILLED'), order('FILLED', { side: 'SELL' }), withoutSide]),
    ).toEqual({
      EUR: [
        ['ExecutedSell', 450.1],
        ['SettledSell', 0],
      ],
    });
    expect(balancesAt('FILLED', [rebalancing('FILLED'), orderWithoutSide, withoutSide])).toEqual({});
  });

  test.each([undefined, '0', '0.00'])('of amount %j without executions has no balances', (amount) => {
    expect(build(recordOf(rebalancing('NEW', amount)), whole('NEW'))).not.toHaveProperty('balances');
  });

  test('has children of one side each, which have a balance due', () => {
    const record = recordOf(rebalancing('PROCESSING'), ...trades);
    expect(balances(build(record, child('FILLED', childId(2))))).toEqual({
      EUR: [
        ['Executed', 0.9],
        ['Settled', 0],
        ['BalanceDue', 0.9],
      ],
    });
  });
});

describe('a portfolio order without a type from the broker', () => {
  const { type: _, ...untyped } = portfolioOrder('FILLED');
  const record = recordOf(untyped, ...fill(1, 'FILLED', '450.10'));

  test('has the side of the placement', () => {
    expect(balances(build(record, whole('FILLED'), { placed: { side: 'SELL' } })).EUR).toContainEqual([
      'BalanceDue',
      450.1,
    ]);
  });

  test('has separate sums per side where the side is unknown', () => {
    expect(balances(build(record, whole('FILLED')))).toEqual({
      EUR: [
        ['Ordered', 1000],
        ['ExecutedBuy', 450.1],
        ['SettledBuy', 0],
      ],
    });
  });
});

describe('several currencies', () => {
  const dollars = fill(1, 'FILLED', '7.77', 'BUY', 'USD');
  const settledDollars = fill(1, 'SETTLED', '7.77', 'BUY', 'USD');
  const pounds = fill(2, 'SETTLED', '5.00', 'BUY', 'GBP');
  const euros = fill(3, 'SETTLED', '450.10');

  test("have an entry each, the order's first, the others by name", () => {
    const record = recordOf(portfolioOrder('FILLED'), ...dollars, ...pounds, ...euros);
    const { balances: sent } = build(record, whole('FILLED'));
    expect(sent?.balancesInCurrency.map(({ type, charges }) => [type, charges[0]?.value.currency])).toEqual([
      ['OrderBalance', 'EUR'],
      ['OrderBalance', 'GBP'],
      ['OrderBalance', 'USD'],
    ]);
  });

  test('each have the executed but unsettled amount due, once all children are executed', () => {
    expect(balancesAt('FILLED', [portfolioOrder('FILLED'), ...dollars, ...pounds, ...euros])).toEqual({
      EUR: [
        ['Ordered', 1000],
        ['Executed', 450.1],
        ['Settled', 450.1],
        ['BalanceDue', 0],
      ],
      GBP: [
        ['Executed', 5],
        ['Settled', 5],
        ['BalanceDue', 0],
      ],
      USD: [
        ['Executed', 7.77],
        ['Settled', 0],
        ['BalanceDue', 7.77],
      ],
    });
  });

  test('before that, the balance due is known until an execution settles in a foreign currency', () => {
    const open = [portfolioOrder('PROCESSING'), ...euros];
    expect(balancesAt('PROCESSING', [...open, ...dollars])).toEqual({
      EUR: [
        ['Ordered', 1000],
        ['Executed', 450.1],
        ['Settled', 450.1],
        ['BalanceDue', 549.9],
      ],
      USD: [
        ['Executed', 7.77],
        ['Settled', 0],
      ],
    });
    expect(balancesAt('PROCESSING', [...open, ...settledDollars]).EUR).toEqual([
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 450.1],
    ]);
  });

  test('have separate sums per side in a rebalancing', () => {
    const rebalancing = portfolioOrder('SETTLED', { type: 'REBALANCING', cashAmount: '0' });
    const sold = fill(4, 'SETTLED', '1.25', 'SELL', 'USD');
    expect(balancesAt('SETTLED', [rebalancing, ...settledDollars, ...sold, ...euros])).toEqual({
      EUR: [
        ['ExecutedBuy', 450.1],
        ['SettledBuy', 450.1],
      ],
      USD: [
        ['ExecutedBuy', 7.77],
        ['SettledBuy', 7.77],
        ['ExecutedSell', 1.25],
        ['SettledSell', 1.25],
      ],
    });
  });

  test('come from executions where the order has none', () => {
    const { currency: _, ...rest } = portfolioOrder('SETTLED');
    expect(balancesAt('SETTLED', [rest, ...settledDollars])).toEqual({
      USD: [
        ['Executed', 7.77],
        ['Settled', 7.77],
        ['BalanceDue', 0],
      ],
    });
  });

  test('of an order are those of its own executions', () => {
    const record = recordOf(
      portfolioOrder('PROCESSING'),
      order('PROCESSING', { cashAmount: '450.00', currency: 'EUR' }),
      ...dollars,
      ...euros,
    );
    expect(balances(build(record, child('FILLED')))).toEqual({
      EUR: [
        ['Ordered', 450],
        ['Executed', 0],
        ['Settled', 0],
        ['BalanceDue', 0],
      ],
      USD: [
        ['Executed', 7.77],
        ['Settled', 0],
        ['BalanceDue', 7.77],
      ],
    });
  });
});

test('codes in small letters are the same currency, and go to ESW in capitals (14.56)', () => {
  const trades = (currency: string): Observation[] => [
    order('PROCESSING', { cashAmount: '1000.00', currency }),
    execution('SETTLED', { currency, cashAmount: '600.00' }),
    execution('FILLED', { currency: currency.toUpperCase(), id: executionId(2), cashAmount: '400.00' }),
  ];
  const of = (currency: string) => recordOf(portfolioOrder('PROCESSING', { currency }), ...trades(currency));
  for (const topic of [whole('PROCESSING'), child('PROCESSING')])
    expect(build(of('eur'), topic)).toEqual(build(of('EUR'), topic));
  expect(of('eur').currency).toBe('eur');
  expect(balances(build(of('eur'), whole('PROCESSING')))).toEqual({
    EUR: [
      ['Ordered', 1000],
      ['Executed', 1000],
      ['Settled', 600],
      ['BalanceDue', 400],
    ],
  });
});
