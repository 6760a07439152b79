/** `esw-order-event.md` 8.6 where both sides are traded, or several currencies: nothing is netted. */
import type { PortfolioOrderStatus } from '../../src/domain/lifecycle';
import type { Observation } from '../../src/domain/observation';
import { balances, balancesAt, build, child, fill, whole, type Amounts } from './built-events';
import { childId, execution, order, portfolioOrder, recordOf } from './samples';

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
    'keeps both sides apart, nets nothing and has nothing due at %s',
    (status) => {
      expect(balancesAt(status, [rebalancing(status, '0'), ...trades])).toEqual({ EUR: sides });
    },
  );

  test('has an ordered amount where the broker tells one', () => {
    const told = balancesAt('SETTLED', [rebalancing('SETTLED', '12.50'), ...trades]);
    expect(told).toEqual({ EUR: [['Ordered', 12.5], ...sides] });
  });

  test('says nothing of a side without executions', () => {
    const told = balancesAt('FILLED', [rebalancing('FILLED'), ...fill(3, 'FILLED', '70.00', 'SELL')]);
    expect(told).toEqual({
      EUR: [
        ['ExecutedSell', 70],
        ['SettledSell', 0],
      ],
    });
  });

  test("takes an execution's side from its order; without any the sums of both sides are unknown", () => {
    const { side: _, ...sideless } = execution('FILLED').execution;
    const silent: Observation = { ...execution('FILLED'), execution: sideless };
    const { side: __, ...ofNoSide } = order('FILLED');
    expect(balancesAt('FILLED', [rebalancing('FILLED'), order('FILLED', { side: 'SELL' }), silent])).toEqual({
      EUR: [
        ['ExecutedSell', 450.1],
        ['SettledSell', 0],
      ],
    });
    expect(balancesAt('FILLED', [rebalancing('FILLED'), ofNoSide, silent])).toEqual({});
  });

  test.each([undefined, '0', '0.00'])('of amount %j without executions has no balances', (amount) => {
    expect(build(recordOf(rebalancing('NEW', amount)), whole('NEW'))).not.toHaveProperty('balances');
  });

  test('has children of one side each, of which something is due', () => {
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

describe('a portfolio order of which the broker does not say the type', () => {
  const { type: _, ...untyped } = portfolioOrder('FILLED');
  const record = recordOf(untyped, ...fill(1, 'FILLED', '450.10'));

  test('is taken for what was placed', () => {
    expect(balances(build(record, whole('FILLED'), { placed: { side: 'SELL' } })).EUR).toContainEqual([
      'BalanceDue',
      450.1,
    ]);
  });

  test('may buy and sell where nobody says', () => {
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

  test('are each due what was executed and did not settle, once all is executed', () => {
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

  test('before that, what is left of the order is known until something of it settled in another one', () => {
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

  test('are kept apart in a rebalancing, too', () => {
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

  test('are known from executions where the order has none', () => {
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
