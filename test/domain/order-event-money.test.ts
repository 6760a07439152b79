/** Expectations: `esw-order-event.md` 8.6, and the row `orderCharges` of 8.4. */
import type { PortfolioOrderStatus } from '../../src/domain/lifecycle';
import { InexactAmountError } from '../../src/domain/money';
import type { Observation } from '../../src/domain/observation';
import { buildOrderEvent } from '../../src/domain/order-event';
import type { PortfolioOrderRecord } from '../../src/domain/record';
import { childId, execution, executionId, order, portfolioOrder, recordOf } from './samples';

interface Charges {
  type: string;
  charges: { name: string; value: { currency: string; amount: number } }[];
}
interface Money {
  orderCharges?: { chargesInCurrency: Charges[] };
  balances?: { balancesInCurrency: Charges[] };
}

function money(record: PortfolioOrderRecord, status: PortfolioOrderStatus): Money {
  const { body } = buildOrderEvent({
    record,
    status,
    brandOrderReference: 'R',
    workflowId: 'W',
    settings: { tenantCode: 'PFOLIO', actor: 'actor@retailer.example' },
  });
  return JSON.parse(body) as Money;
}

/** Name and amount of each balance, in the order in which they are sent. */
function balances(
  record: PortfolioOrderRecord,
  status: PortfolioOrderStatus,
): [string, number][] | undefined {
  return money(record, status).balances?.balancesInCurrency[0]?.charges.map(
    ({ name, value }): [string, number] => [name, value.amount],
  );
}

const parent = (...statuses: string[]): Observation[] => statuses.map((status) => portfolioOrder(status));
const fill = (n: number, status: string, cashAmount: string, side = 'BUY'): Observation[] => [
  order('FILLED', { id: childId(n), side }),
  execution(status, { of: childId(n), id: executionId(n), cashAmount, side }),
];
const filledUnknown = order('FILLED', { id: childId(8) });

const rows: {
  situation: string;
  status: PortfolioOrderStatus;
  observations: Observation[];
  expected: [string, number][];
}[] = [
  {
    situation: 'nothing is executed',
    status: 'NEW',
    observations: parent('NEW'),
    expected: [
      ['Ordered', 1000],
      ['BalanceDue', 1000],
    ],
  },
  {
    situation: 'a part is settled',
    status: 'PROCESSING',
    observations: [
      ...parent('NEW', 'PROCESSING'),
      ...fill(1, 'SETTLED', '450.10'),
      ...fill(2, 'FILLED', '299.95'),
    ],
    expected: [
      ['Ordered', 1000],
      ['Executed', 750.05],
      ['Settled', 450.1],
      ['BalanceDue', 549.9],
    ],
  },
  {
    situation: 'more is settled than was ordered',
    status: 'PROCESSING',
    observations: [...parent('PROCESSING'), ...fill(1, 'SETTLED', '1000.01')],
    expected: [
      ['Ordered', 1000],
      ['Executed', 1000.01],
      ['Settled', 1000.01],
      ['BalanceDue', 0],
    ],
  },
  {
    situation: 'executions are neither all settled nor equal to the order',
    status: 'FILLED',
    observations: [...parent('FILLED'), ...fill(1, 'SETTLED', '450.10'), ...fill(2, 'FILLED', '549.87')],
    expected: [
      ['Ordered', 1000],
      ['Executed', 999.97],
      ['Settled', 450.1],
      ['BalanceDue', 549.87],
    ],
  },
  {
    situation: 'an execution is a mistrade',
    status: 'FILLED',
    observations: [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), ...fill(2, 'CANCELLED', '549.87')],
    expected: [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
      ['BalanceDue', 450.1],
    ],
  },
  {
    situation: 'the executions of one child are not known',
    status: 'FILLED',
    observations: [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), filledUnknown],
    expected: [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
    ],
  },
  {
    situation: 'no execution and no child is known',
    status: 'FILLED',
    observations: parent('FILLED'),
    expected: [['Ordered', 1000]],
  },
  {
    situation: 'one child was not seen as filled yet',
    status: 'FILLED',
    observations: [
      ...parent('FILLED'),
      ...fill(1, 'FILLED', '450.10'),
      order('PROCESSING', { id: childId(2) }),
    ],
    expected: [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
    ],
  },
  {
    situation: 'one child is cancelled, the other one known',
    status: 'FILLED',
    observations: [
      ...parent('FILLED'),
      ...fill(1, 'FILLED', '450.10'),
      order('CANCELLED', { id: childId(2) }),
    ],
    expected: [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
      ['BalanceDue', 450.1],
    ],
  },
  {
    situation: 'nothing was filled',
    status: 'CANCELLED',
    observations: [...parent('NEW', 'CANCELLED'), order('CANCELLED')],
    expected: [
      ['Ordered', 1000],
      ['BalanceDue', 0],
    ],
  },
  {
    situation: 'a child is filled and not settled',
    status: 'CANCELLED',
    observations: [
      ...parent('CANCELLED'),
      ...fill(1, 'FILLED', '450.10'),
      order('CANCELLED', { id: childId(2) }),
    ],
    expected: [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
      ['BalanceDue', 450.1],
    ],
  },
  {
    situation: 'a child is filled and its amount is not known',
    status: 'CANCELLED',
    observations: [...parent('CANCELLED'), filledUnknown],
    expected: [['Ordered', 1000]],
  },
  {
    situation: 'everything is settled, near the amount',
    status: 'SETTLED',
    observations: [
      ...parent('SETTLED'),
      ...fill(1, 'SETTLED', '450.10'),
      ...fill(2, 'SETTLED', '299.95'),
      ...fill(3, 'SETTLED', '249.92'),
    ],
    expected: [
      ['Ordered', 1000],
      ['Executed', 999.97],
      ['Settled', 999.97],
      ['BalanceDue', 0],
    ],
  },
];

test.each(rows)('balances of $status when $situation', ({ status, observations, expected }) => {
  expect(balances(recordOf(...observations), status)).toEqual(expected);
});

test('charge and balances carry the type names and the currency of the reference', () => {
  const record = recordOf(portfolioOrder('NEW', { currency: 'GBP', cashAmount: '250.50' }));
  expect(money(record, 'NEW')).toMatchObject({
    orderCharges: {
      chargesInCurrency: [
        { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'GBP', amount: 250.5 } }] },
      ],
    },
    balances: {
      balancesInCurrency: [
        {
          type: 'OrderBalance',
          charges: [
            { name: 'Ordered', value: { currency: 'GBP', amount: 250.5 } },
            { name: 'BalanceDue', value: { currency: 'GBP', amount: 250.5 } },
          ],
        },
      ],
    },
  });
});

describe('rebalancing', () => {
  const rebalancing = (status: string, cashAmount?: string): Observation => {
    const { cashAmount: _, ...rest } = portfolioOrder(status, { type: 'REBALANCING' });
    return cashAmount === undefined ? rest : { ...rest, cashAmount };
  };

  test('keeps both sides apart and nets nothing', () => {
    const record = recordOf(
      rebalancing('SETTLED', '0'),
      ...fill(1, 'SETTLED', '100.10'),
      ...fill(2, 'FILLED', '0.90'),
      ...fill(3, 'SETTLED', '70.00', 'SELL'),
      ...fill(4, 'CANCELLED', '5.00', 'SELL'),
    );
    expect(money(record, 'SETTLED')).not.toHaveProperty('orderCharges');
    expect(balances(record, 'SETTLED')).toEqual([
      ['ExecutedBuy', 101],
      ['SettledBuy', 100.1],
      ['ExecutedSell', 70],
      ['SettledSell', 70],
    ]);
  });

  test('says nothing of a side without executions', () => {
    const record = recordOf(rebalancing('FILLED'), ...fill(3, 'FILLED', '70.00', 'SELL'));
    expect(balances(record, 'FILLED')).toEqual([
      ['ExecutedSell', 70],
      ['SettledSell', 0],
    ]);
  });

  test.each([undefined, '0', '0.00'])(
    'of amount %j without executions has neither charge nor balances',
    (amount) => {
      const record = recordOf(rebalancing('NEW', amount));
      expect(money(record, 'NEW')).not.toHaveProperty('orderCharges');
      expect(money(record, 'NEW')).not.toHaveProperty('balances');
    },
  );
});

test('without a currency there is no amount', () => {
  const { currency, ...rest } = portfolioOrder('NEW');
  const sent = money(recordOf(rest), 'NEW');
  for (const absent of ['orderCharges', 'balances', 'currencies']) expect(sent).not.toHaveProperty(absent);
});

test.each(['1000.0000001', '1234567890123456'])(
  'an event with the amount %s cannot be built',
  (cashAmount) => {
    const record = recordOf(portfolioOrder('NEW', { cashAmount }));
    expect(() => money(record, 'NEW')).toThrow(InexactAmountError);
  },
);

test('an inexact execution spoils only the events that show it', () => {
  const record = recordOf(
    portfolioOrder('NEW', { cashAmount: '10.0000000' }),
    ...fill(1, 'FILLED', '0.0000001'),
  );
  expect(() => money(record, 'NEW')).toThrow(InexactAmountError);
  const many = [fill(1, 'FILLED', '0.0000005'), fill(2, 'FILLED', '0.0000005')].flat();
  expect(balances(recordOf(...parent('PROCESSING'), ...many), 'PROCESSING')).toContainEqual([
    'Executed',
    0.000001,
  ]);
});
