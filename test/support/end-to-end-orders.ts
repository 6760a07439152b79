/** Fifty orders of everything that the simulated Upvest can do, for the end-to-end test. */
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Stack } from '../../demo/stack';
import type { AccountSettings } from '../../simulators/upvest/access/account-settings';
import { seededRandom } from '../../simulators/seeded-random';
import { newRequest, show, submit, until } from './stack';
import { testClient } from './temporal';
import { truthOf } from './truth';
import { cancelUpdate } from '../../contracts/decisions';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** One order, or several of a kind. */
interface Kind {
  count: number;
  account: AccountSettings;
  /** Differences from a BUY of 1000.00 EUR. */
  request?: { side?: 'BUY' | 'SELL'; cashAmount?: string; currency?: 'EUR' | 'GBP'; postTax?: boolean };
  /** An order that Upvest starts, instead of one that we place. */
  initiated?: { type?: 'BUY' | 'REBALANCING'; initiationFlow: string };
  /** The client cancels right after the request, or once the broker has it in PROCESSING. */
  cancel?: 'at once' | 'in PROCESSING';
  ends: 'SETTLED' | 'CANCELLED';
}

const KINDS: readonly Kind[] = [
  { count: 4, account: { scenario: 'HAPPY' }, ends: 'SETTLED' },
  {
    count: 2,
    account: { orderFee: '0.99' },
    request: { currency: 'GBP', cashAmount: '250.07' },
    ends: 'SETTLED',
  },
  { count: 2, account: { taxPercent: '26.375' }, request: { side: 'SELL', postTax: true }, ends: 'SETTLED' },
  { count: 1, account: { fillsAtPercent: '99.7' }, request: { side: 'SELL' }, ends: 'SETTLED' },
  { count: 1, account: { propagationMs: 2_000 }, ends: 'SETTLED' },
  { count: 2, account: { webhooks: 'none' }, ends: 'SETTLED' },
  { count: 4, account: { scenario: 'PARTIAL_FILLS' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'PARTNER_CANCEL' }, ends: 'CANCELLED' },
  { count: 2, account: { scenario: 'PARTNER_CANCEL_LAST_CHILD' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'LAGGING_TYPE' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'EXECUTION_FIRST' }, ends: 'SETTLED' },
  { count: 3, account: { scenario: 'MISTRADE' }, ends: 'SETTLED' },
  { count: 1, account: { scenario: 'CROSSED_PRICES' }, request: { side: 'SELL' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'WAITS_IN_NEW' }, cancel: 'at once', ends: 'CANCELLED' },
  { count: 1, account: { scenario: 'WAITS_IN_PROCESSING' }, cancel: 'at once', ends: 'CANCELLED' },
  { count: 2, account: { scenario: 'WAITS_IN_PROCESSING' }, cancel: 'in PROCESSING', ends: 'CANCELLED' },
  { count: 2, account: { scenario: 'CANCEL_IGNORED' }, cancel: 'in PROCESSING', ends: 'SETTLED' },
  { count: 2, account: { scenario: 'CANCEL_REFUSED' }, cancel: 'in PROCESSING', ends: 'SETTLED' },
  { count: 2, account: { scenario: 'CHILDREN_APPEAR_LATE' }, ends: 'SETTLED' },
  { count: 2, account: { scenario: 'CANCELLED_WITH_FILLED_CHILDREN' }, ends: 'CANCELLED' },
  { count: 2, account: { scenario: 'SETTLED_AHEAD' }, ends: 'SETTLED' },
  { count: 1, account: { rejectWith: 'ACCOUNT_IS_EMPTY' }, ends: 'CANCELLED' },
  { count: 1, account: { nav: '1000.00' }, request: { side: 'SELL' }, ends: 'CANCELLED' },
  { count: 2, account: {}, initiated: { initiationFlow: 'SAVINGS_PLAN' }, ends: 'SETTLED' },
  {
    count: 1,
    account: { childInitiationFlow: 'SAVINGS_PLAN' },
    initiated: { initiationFlow: 'SAVINGS_PLAN' },
    ends: 'SETTLED',
  },
  { count: 1, account: {}, initiated: { type: 'REBALANCING', initiationFlow: 'API' }, ends: 'SETTLED' },
  { count: 1, account: {}, initiated: { initiationFlow: 'API' }, ends: 'SETTLED' },
];

/** An order that is under way. */
export interface StartedOrder {
  /** For failures. */
  what: string;
  accountId: string;
  /** Our reference, or the id where Upvest has started it: what ESW files it under, too. */
  name: string;
  isPlaced: boolean;
  ends: Kind['ends'];
}

/** All fifty, shuffled by the seed. */
export function mixedOrders(seed: number): Kind[] {
  return KINDS.flatMap((kind) => Array.from({ length: kind.count }, () => kind))
    .map((kind, index) => ({ kind, place: seededRandom(seed, 'place', index) }))
    .sort((a, b) => a.place - b.place)
    .map(({ kind }) => kind);
}

/** Starts an order; its executions say that they settle on `settlementDate` (`YYYY-MM-DD`). */
export async function start(stack: Stack, kind: Kind, settlementDate: string): Promise<StartedOrder> {
  const { account, request, initiated, ends } = kind;
  const accountId = randomUUID();
  stack.upvest.control.configureAccount(accountId, { ...account, settlementDate });
  const what = JSON.stringify({ ...account, ...request, ...initiated });
  if (initiated === undefined) {
    const name = await submit(stack, newRequest({ accountId, ...request }));
    return { what, accountId, name, isPlaced: true, ends };
  }
  const draft = { userId: randomUUID(), accountId, cashAmount: '300.00', ...initiated };
  const { portfolioOrder } = stack.upvest.control.initiate(draft);
  return { what, accountId, name: portfolioOrder.id, isPlaced: false, ends };
}

/** Applies the actions of its kind to the order. */
export async function cancelInTime(stack: Stack, kind: Kind, { name }: StartedOrder): Promise<void> {
  if (kind.cancel === undefined) return;
  if (kind.cancel === 'in PROCESSING') {
    await until(`${name} to be in PROCESSING at the broker`, async () => {
      const { portfolioOrderId } = await show(stack, name);
      return portfolioOrderId !== undefined && truthOf(stack, portfolioOrderId).status === 'PROCESSING';
    });
  }
  const workflows = testClient().workflow;
  const decision = { actor: 'the client', reason: 'changed their mind' };
  try {
    await workflows.getHandle(placementWorkflowId(name)).executeUpdate(cancelUpdate, { args: [decision] });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { portfolioOrderId = '' } = await show(stack, name);
    const handle = workflows.getHandle(portfolioOrderWorkflowId(portfolioOrderId));
    await handle.executeUpdate(cancelUpdate, { args: [decision] });
  }
}
