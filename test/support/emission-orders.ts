/** Thirty orders that cover all kinds of events to ESW, for the end-to-end test of the emission. */
import { seededRandom } from '../../simulators/seeded-random';
import type { start } from './end-to-end-orders';

type Kind = Parameters<typeof start>[1];

const KINDS: readonly Kind[] = [
  { count: 3, account: { scenario: 'HAPPY' }, ends: 'SETTLED' },
  {
    count: 1,
    account: { orderFee: '0.99' },
    request: { currency: 'GBP', cashAmount: '250.07' },
    ends: 'SETTLED',
  },
  { count: 2, account: { taxPercent: '26.375' }, request: { side: 'SELL', postTax: true }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'PARTIAL_FILLS', children: 2 }, ends: 'SETTLED' },
  { count: 1, account: { scenario: 'PARTNER_CANCEL' }, ends: 'CANCELLED' },
  { count: 2, account: { scenario: 'PARTNER_CANCEL_LAST_CHILD' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'LAGGING_TYPE' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'EXECUTION_FIRST' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'MISTRADE' }, ends: 'SETTLED' },
  { count: 3, account: { scenario: 'CANCELLED_WITH_FILLED_CHILDREN' }, ends: 'CANCELLED' },
  { count: 1, account: { scenario: 'SETTLED_AHEAD' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'CHILDREN_APPEAR_LATE' }, ends: 'SETTLED' },
  { count: 1, account: { scenario: 'WAITS_IN_NEW' }, cancel: 'at once', ends: 'CANCELLED' },
  { count: 1, account: { scenario: 'WAITS_IN_PROCESSING' }, cancel: 'in PROCESSING', ends: 'CANCELLED' },
  { count: 1, account: { rejectWith: 'ACCOUNT_IS_EMPTY' }, ends: 'CANCELLED' },
  { count: 2, account: {}, initiated: { initiationFlow: 'SAVINGS_PLAN' }, ends: 'SETTLED' },
  { count: 2, account: {}, initiated: { type: 'REBALANCING', initiationFlow: 'API' }, ends: 'SETTLED' },
];

/** All thirty, shuffled by the seed. */
export function emissionOrders(seed: number): Kind[] {
  return KINDS.flatMap((kind) => Array.from({ length: kind.count }, () => kind))
    .map((kind, index) => ({ kind, place: seededRandom(seed, 'told', index) }))
    .sort((a, b) => a.place - b.place)
    .map(({ kind }) => kind);
}
