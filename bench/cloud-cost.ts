/**
 * Temporal Cloud's prices of September 2026, pay as you go on the plan Business: https://docs.temporal.io/cloud/pricing, changed by
 * https://github.com/temporalio/documentation/pull/5244. In US dollars, without taxes.
 */
import Big from 'big.js';

export const PRICES_OF = 'September 2026';

/** Actions of a month beyond the plan's own, and the price of a million of them. */
const ACTION_TIERS: readonly { millions?: number; price: string }[] = [
  { millions: 5, price: '50' },
  { millions: 5, price: '45' },
  { millions: 10, price: '40' },
  { millions: 30, price: '35' },
  { millions: 50, price: '30' },
  // Beyond 200 million prices are agreed, and lower.
  { price: '25' },
];
/** Of a gigabyte for an hour. */
const STORAGE = { active: '0.042', retained: '0.00105' };
/** What the plan has in it each month; gigabytes count 744 hours. */
const INCLUDED = { millionActions: '2.5', active: '2.5', retained: '100' };
const HOURS_OF_MONTH = 744;
/** The plan's fee: a share of the usage, and at least so much. */
const PLAN = { share: '0.1', least: '500' };

const BYTES_OF_GIGABYTE = 1e9;
const DAY_HOURS = 24;

export interface CloudUse {
  orders: number;
  actionsPerOrder: number;
  historyBytesPerOrder: number;
  /** Days until an order has finished. */
  openDays: number;
  /** Days for which Temporal keeps histories after that. */
  retentionDays: number;
}

/** Of a month. */
export interface CloudCost {
  millionActions: Big;
  activeGigabyteHours: Big;
  retainedGigabyteHours: Big;
  actions: Big;
  active: Big;
  retained: Big;
  plan: Big;
  total: Big;
}

/** A history counts with its full size for as long as the order is open, which is more than it has at first. */
export function cloudCost(use: CloudUse): CloudCost {
  const gigabytes = Big(use.historyBytesPerOrder).times(use.orders).div(BYTES_OF_GIGABYTE);
  const activeGigabyteHours = gigabytes.times(use.openDays).times(DAY_HOURS);
  const retainedGigabyteHours = gigabytes.times(use.retentionDays).times(DAY_HOURS);
  const millionActions = Big(use.orders).times(use.actionsPerOrder).div(1e6);
  const actions = priceOf(beyond(millionActions, INCLUDED.millionActions));
  const hours = (included: string): Big => Big(included).times(HOURS_OF_MONTH);
  const active = beyond(activeGigabyteHours, hours(INCLUDED.active)).times(STORAGE.active);
  const retained = beyond(retainedGigabyteHours, hours(INCLUDED.retained)).times(STORAGE.retained);
  const usage = actions.plus(active).plus(retained);
  const share = usage.times(PLAN.share);
  const plan = share.gt(PLAN.least) ? share : Big(PLAN.least);
  return {
    ...{ millionActions, activeGigabyteHours, retainedGigabyteHours },
    ...{ actions, active, retained, plan, total: usage.plus(plan) },
  };
}

function beyond(used: Big, included: Big | string): Big {
  const rest = used.minus(included);
  return rest.gt(0) ? rest : Big(0);
}

function priceOf(millions: Big): Big {
  let left = millions;
  let sum = Big(0);
  for (const { millions: most, price } of ACTION_TIERS) {
    const part = most !== undefined && left.gt(most) ? Big(most) : left;
    sum = sum.plus(part.times(price));
    left = left.minus(part);
    if (left.lte(0)) break;
  }
  return sum;
}
