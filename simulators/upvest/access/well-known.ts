import type { AccountSettings } from './account-settings';
import type { Scenario } from '../behaviour/scenarios';

/** Accounts and instruments with predefined behaviour, as in Upvest's sandbox (README.md). */

/** Allocation of two accounts that can be rebalanced and of one that is already balanced. */
export const wellKnownAllocation = '51a10000-0000-4000-8000-0000000000a1';

const settingsByNumber: AccountSettings[] = [
  { scenario: 'HAPPY' },
  { scenario: 'PARTIAL_FILLS' },
  { scenario: 'PARTNER_CANCEL' },
  { scenario: 'PARTNER_CANCEL_LAST_CHILD' },
  { scenario: 'LAGGING_TYPE' },
  { scenario: 'EXECUTION_FIRST' },
  { scenario: 'MISTRADE' },
  { scenario: 'CROSSED_PRICES' },
  { scenario: 'WAITS_IN_NEW' },
  { scenario: 'WAITS_IN_PROCESSING' },
  { scenario: 'CANCEL_IGNORED' },
  { scenario: 'CANCEL_REFUSED' },
  { scenario: 'ACCOUNT_NOT_FOUND' },
  { rejectWith: 'ACCOUNT_IS_EMPTY' },
  { rejectWith: 'PORTFOLIO_IS_BALANCED' },
  { nav: '1000.00' },
  { childInitiationFlow: 'SAVINGS_PLAN' },
  { allocationId: wellKnownAllocation },
  { allocationId: wellKnownAllocation, children: 2 },
  { allocationId: wellKnownAllocation, rejectRebalancingWith: 'PORTFOLIO_IS_BALANCED' },
  { scenario: 'WAITS_IN_FILLED' },
  { scenario: 'MISTRADE_AFTER_SETTLED' },
  { scenario: 'CHILDREN_APPEAR_LATE' },
  { scenario: 'CANCELLED_WITH_FILLED_CHILDREN' },
  { scenario: 'SETTLED_AHEAD' },
  { cancelAnswer: 409 },
  { cancelAnswer: 422 },
  { propagationMs: 2000 },
  { taxPercent: '26.375' },
  { fillsAtPercent: '99.7' },
  { fillsAtPercent: '101' },
  { webhooks: 'none' },
  { orderFee: '0.99' },
];

export const wellKnownAccounts = settingsByNumber.map((settings, index) => ({
  id: `51a10000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
  settings,
}));

/** For individual orders, these ISINs take precedence over the scenario of the account. */
export const wellKnownInstruments: Readonly<Record<string, Scenario>> = {
  // From Upvest's sandbox, with up to five executions (references/upvest.md#sandbox-behaviour); the others are
  // fictitious but valid.
  IE00B5M1WJ87: 'PARTIAL_FILLS',
  IE00SMPCANC6: 'PARTNER_CANCEL',
  IE00SMEXFST8: 'EXECUTION_FIRST',
  IE00SMMISTR7: 'MISTRADE',
  IE00SMCROSS8: 'CROSSED_PRICES',
  IE00SMWTNEW6: 'WAITS_IN_NEW',
  IE00SMWTPRC5: 'WAITS_IN_PROCESSING',
  IE00SMCIGNO3: 'CANCEL_IGNORED',
  IE00SMCREFU2: 'CANCEL_REFUSED',
};
