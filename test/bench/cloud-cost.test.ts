/** Against the worked examples of the price list, and its tiers. */
import { cloudCost, type CloudUse } from '../../bench/cloud-cost';

const use = (more: Partial<CloudUse>): CloudUse => ({
  ...{ orders: 1_000_000, actionsPerOrder: 1, historyBytesPerOrder: 0, openDays: 0, retentionDays: 0 },
  ...more,
});
/** Of so many actions beyond the 2.5 million of the plan. */
const actionsPrice = (millions: number): string =>
  cloudCost(use({ actionsPerOrder: millions + 2.5 })).actions.toString();

it.each([
  [0, '0'],
  [1, '50'],
  [5, '250'],
  [10, '475'],
  // The price list's own example.
  [11.25, '525'],
  [20, '875'],
  [50, '1925'],
  [100, '3425'],
  [200, '5925'],
])('%d million actions beyond the plan cost %s dollars', (millions, price) => {
  expect(actionsPrice(millions)).toBe(price);
});

it('storage beyond the plan costs what the example of the price list says', () => {
  // 720 GBh of active and 3,600 GBh of retained storage, beyond 2.5 and 100 GB for 744 hours.
  const active = cloudCost(use({ historyBytesPerOrder: 1_000, openDays: (720 + 2.5 * 744) / 24 }));
  expect(active.active.toFixed(2)).toBe('30.24');
  const retained = cloudCost(use({ historyBytesPerOrder: 1_000, retentionDays: (3_600 + 100 * 744) / 24 }));
  expect(retained.retained.toFixed(2)).toBe('3.78');
});

it.each([
  [0, '500', '500'],
  [100, '500', '3925'],
  [200, '592.5', '6517.5'],
])(
  'the plan costs a tenth of the usage, at least 500: %d million actions beyond it',
  (millions, plan, total) => {
    const cost = cloudCost(use({ actionsPerOrder: millions + 2.5 }));
    expect([cost.plan.toString(), cost.total.toString()]).toEqual([plan, total]);
  },
);
