/**
 * references/esw.md#amounts, row by row, for orders of one side and currency; others are in `sides.test.ts`, exactness
 * in `exactness.test.ts`.
 */
import type {
  ExecutionStatus,
  OrderStatus,
  PortfolioOrderStatus,
} from '../../../src/domain/broker/status-tables';
import type { Observation } from '../../../src/domain/broker/observation';
import { balances, balancesAt, build, child, fill, trade, whole, type Amounts } from './built-events';
import { childId, execution, executionId, order, portfolioOrder, recordOf } from '../samples';

const parent = (...statuses: string[]): Observation[] => statuses.map((status) => portfolioOrder(status));
const rows: [
  status: PortfolioOrderStatus,
  situation: string,
  observations: Observation[],
  expected: Amounts,
][] = [
  [
    'NEW',
    'nothing is executed',
    parent('NEW'),
    [
      ['Ordered', 1000],
      ['BalanceDue', 1000],
    ],
  ],
  [
    'PROCESSING',
    'a part is settled',
    [...parent('NEW', 'PROCESSING'), ...fill(1, 'SETTLED', '450.10'), ...fill(2, 'FILLED', '299.95')],
    [
      ['Ordered', 1000],
      ['Executed', 750.05],
      ['Settled', 450.1],
      ['BalanceDue', 549.9],
    ],
  ],
  [
    'PROCESSING',
    'more is settled than was ordered',
    [...parent('PROCESSING'), ...fill(1, 'SETTLED', '1000.01')],
    [
      ['Ordered', 1000],
      ['Executed', 1000.01],
      ['Settled', 1000.01],
      ['BalanceDue', 0],
    ],
  ],
  [
    'FILLED',
    'executions are neither all settled nor equal to the order',
    [...parent('FILLED'), ...fill(1, 'SETTLED', '450.10'), ...fill(2, 'FILLED', '549.87')],
    [
      ['Ordered', 1000],
      ['Executed', 999.97],
      ['Settled', 450.1],
      ['BalanceDue', 549.87],
    ],
  ],
  [
    'FILLED',
    'an execution is a mistrade',
    [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), ...fill(2, 'CANCELLED', '549.87')],
    [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
      ['BalanceDue', 450.1],
    ],
  ],
  [
    'FILLED',
    'the executions of one child are unknown',
    [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), order('FILLED', { id: childId(8) })],
    [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
    ],
  ],
  [
    'FILLED',
    'one child was not observed as filled yet',
    [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), order('PROCESSING', { id: childId(2) })],
    [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
    ],
  ],
  [
    'FILLED',
    'one child is cancelled, the other one known',
    [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), order('CANCELLED', { id: childId(2) })],
    [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
      ['BalanceDue', 450.1],
    ],
  ],
  [
    'FILLED',
    'an execution has an unknown status',
    [...parent('FILLED'), ...fill(1, 'FILLED', '450.10'), ...fill(2, 'HALTED', '7.77')],
    [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
    ],
  ],
  ['FILLED', 'no execution and no child is known', parent('FILLED'), [['Ordered', 1000]]],
  [
    'CANCELLED',
    'nothing was filled',
    [...parent('NEW', 'CANCELLED'), order('CANCELLED')],
    [
      ['Ordered', 1000],
      ['BalanceDue', 0],
    ],
  ],
  [
    'CANCELLED',
    'a child is filled and not settled',
    [...parent('CANCELLED'), ...fill(1, 'FILLED', '450.10'), order('CANCELLED', { id: childId(2) })],
    [
      ['Ordered', 1000],
      ['Executed', 450.1],
      ['Settled', 0],
      ['BalanceDue', 450.1],
    ],
  ],
  [
    'CANCELLED',
    'a child is filled and its amount is unknown',
    [...parent('CANCELLED'), order('FILLED', { id: childId(8) })],
    [['Ordered', 1000]],
  ],
  [
    'SETTLED',
    'everything is settled, near the amount',
    [
      ...parent('SETTLED'),
      ...fill(1, 'SETTLED', '450.10'),
      ...fill(2, 'SETTLED', '299.95'),
      ...fill(3, 'SETTLED', '249.92'),
    ],
    [
      ['Ordered', 1000],
      ['Executed', 999.97],
      ['Settled', 999.97],
      ['BalanceDue', 0],
    ],
  ],
];

test.each(rows)('a portfolio order that is %s, when %s', (status, _, observations, EUR) => {
  expect(balancesAt(status, observations)).toEqual({ EUR });
});

const ordered = { cashAmount: '450.00', currency: 'EUR' };
const half = execution('FILLED', { cashAmount: '200.05' });
const settledHalf = execution('SETTLED', { id: executionId(2), cashAmount: '250.05' });

const childRows: [status: OrderStatus, situation: string, observations: Observation[], expected: Amounts][] =
  [
    [
      'NEW',
      'nothing is executed',
      [order('NEW', ordered)],
      [
        ['Ordered', 450],
        ['BalanceDue', 450],
      ],
    ],
    [
      'PROCESSING',
      'a part is settled',
      [order('PROCESSING', ordered), half, settledHalf],
      [
        ['Ordered', 450],
        ['Executed', 450.1],
        ['Settled', 250.05],
        ['BalanceDue', 199.95],
      ],
    ],
    [
      'FILLED',
      'a part is settled',
      [order('FILLED', ordered), half, settledHalf],
      [
        ['Ordered', 450],
        ['Executed', 450.1],
        ['Settled', 250.05],
        ['BalanceDue', 200.05],
      ],
    ],
    [
      'FILLED',
      'it was an order of units',
      [order('FILLED', { quantity: '3' }), half],
      [
        ['Executed', 200.05],
        ['Settled', 0],
        ['BalanceDue', 200.05],
      ],
    ],
    ['FILLED', 'no execution is known', [order('FILLED', ordered)], [['Ordered', 450]]],
    [
      'FILLED',
      'an execution has an unknown status',
      [order('FILLED', ordered), half, execution('HALTED', { id: executionId(3) })],
      [
        ['Ordered', 450],
        ['Executed', 200.05],
        ['Settled', 0],
      ],
    ],
    [
      'CANCELLED',
      'nothing was filled',
      [order('CANCELLED', ordered)],
      [
        ['Ordered', 450],
        ['BalanceDue', 0],
      ],
    ],
    [
      'CANCELLED',
      'a part was filled',
      [order('CANCELLED', ordered), half, settledHalf],
      [
        ['Ordered', 450],
        ['Executed', 450.1],
        ['Settled', 250.05],
        ['BalanceDue', 200.05],
      ],
    ],
  ];

test.each(childRows)('an order that is %s, when %s', (status, _, observations, EUR) => {
  expect(balances(build(recordOf(...parent('NEW'), ...observations), child(status)))).toEqual({ EUR });
});

test('an order of units of which nothing is executed has no balances', () => {
  const record = recordOf(...parent('NEW'), order('NEW', { quantity: '3' }));
  expect(build(record, child('NEW'))).not.toHaveProperty('balances');
});

test.each<[topic: string, status: ExecutionStatus]>([
  ['its FILLED', 'FILLED'],
  ['its SETTLED', 'SETTLED'],
])("an execution's event has its order's current balances: %s", (_, status) => {
  const record = recordOf(...parent('NEW'), order('FILLED', ordered), half, settledHalf);
  const event = build(record, trade(status, executionId(status === 'FILLED' ? 1 : 2)));
  expect(balances(event)).toEqual(balances(build(record, child('FILLED'))));
});

test("the event of an order's earlier status has the current balances", () => {
  const record = recordOf(...parent('NEW'), order('NEW', ordered), order('FILLED', ordered), half);
  expect(balances(build(record, child('NEW')))).toEqual(balances(build(record, child('FILLED'))));
});

test("an order's amounts are in its own currency", () => {
  const record = recordOf(...parent('NEW'), order('NEW', { cashAmount: '450.00', currency: 'GBP' }));
  expect(balances(build(record, child('NEW')))).toEqual({
    GBP: [
      ['Ordered', 450],
      ['BalanceDue', 450],
    ],
  });
});

test.each(['0', '0.00'])('an ordered amount of %s counts as absent', (cashAmount) => {
  expect(balancesAt('NEW', [portfolioOrder('NEW', { cashAmount })])).toEqual({});
});

test('without a currency there are no amounts', () => {
  const { currency: _, ...rest } = portfolioOrder('NEW');
  const event = build(recordOf(rest), whole('NEW'));
  for (const absent of ['orderCharges', 'balances', 'currencies']) expect(event).not.toHaveProperty(absent);
});
