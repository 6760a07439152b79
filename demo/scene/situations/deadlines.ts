/** Orders that Upvest leaves waiting beyond a deadline. */
import type { Stack } from '../../stack';
import { decide, isAt, place, send, sendEvent, until, untilOrder } from '../orders';
import { portfolioOrderObject } from '../upvest-objects';
import type { Situation } from './situation';

const DAY_MS = 86_400_000;

export const neverBegun: Situation = {
  name: 'never-begun',
  description: 'Upvest takes the order and leaves it in NEW.',
  shows: ['NEW_OVERDUE'],
  async arrange(stack, reference) {
    await place(stack, reference, { scenario: 'WAITS_IN_NEW' }, { side: 'SELL', cashAmount: '120.50' });
    return { order: reference };
  },
};

export const neverFilled: Situation = {
  name: 'never-filled',
  description: 'Upvest fills some of the child orders and leaves the others in PROCESSING and NEW.',
  shows: ['PROCESSING_OVERDUE'],
  async arrange(stack, reference) {
    await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
    return { order: reference };
  },
};

export const settledWithoutParts: Situation = {
  name: 'settled-without-parts',
  description: 'Upvest reports the order as SETTLED but not its executions, and answers 503 to each read.',
  shows: ['PARTS_OVERDUE', 'BROKER_UNREADABLE'],
  async arrange(stack, reference) {
    const { control } = stack.upvest;
    const { accountId, portfolioOrderId } = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
    await untilOrder(stack, reference, (order) => isAt(order, 'FILLED'));
    refuseReads(stack, portfolioOrderId);
    control.configureAccount(accountId, { webhooks: 'none' });
    control.proceed(portfolioOrderId);
    const settled = await until('Upvest to settle', () => {
      const { events } = control.portfolioOrder(portfolioOrderId);
      return events.find(({ type }) => type === 'PORTFOLIO_ORDER.SETTLED') ?? false;
    });
    await send(stack, settled);
    return { order: reference };
  },
};

export const neverSettled: Situation = {
  name: 'never-settled',
  description: 'The executions are still not settled two weeks after their settlement date.',
  shows: ['SETTLEMENT_OVERDUE'],
  async arrange(stack, reference) {
    const settlementDate = new Date(Date.now() - 14 * DAY_MS).toISOString().slice(0, 10);
    await place(stack, reference, { scenario: 'WAITS_IN_FILLED', settlementDate });
    return { order: reference };
  },
};

export const settledIn2099: Situation = {
  name: 'settled-in-2099',
  description: 'Upvest names a settlement date in 2099, beyond the trading calendar.',
  shows: ['CALENDAR_UNCOVERED', 'IMPLAUSIBLE_SETTLEMENT_DATE'],
  async arrange(stack, reference) {
    await place(stack, reference, { scenario: 'WAITS_IN_FILLED', settlementDate: '2099-06-30' });
    return { order: reference };
  },
};

export const silentCancel: Situation = {
  name: 'silent-cancel',
  description: 'Upvest accepts the cancel, sends no more webhooks, and answers 503 to each read.',
  shows: ['CANCEL_SILENT'],
  async arrange(stack, reference) {
    const { accountId, portfolioOrderId } = await place(stack, reference, { scenario: 'CANCEL_IGNORED' });
    await untilOrder(stack, reference, (order) => isAt(order, 'PROCESSING'));
    stack.upvest.control.configureAccount(accountId, { webhooks: 'none' });
    refuseReads(stack, portfolioOrderId);
    await decide(stack, reference, 'cancel', { reason: 'the client called' });
    return { order: reference };
  },
};

export const unknownToUpvest: Situation = {
  name: 'unknown-to-upvest',
  description: 'A signed webhook reports an order, and Upvest answers 404 to each read of it.',
  shows: ['UNKNOWN_TO_BROKER'],
  async arrange(stack) {
    const order = portfolioOrderObject('NEW');
    await sendEvent(stack, 'PORTFOLIO_ORDER.NEW', order);
    return { order: order.id };
  },
};

export const lostChild: Situation = {
  name: 'lost-child',
  description: 'Upvest answers 404 to each read of one of the child orders.',
  shows: ['CHILD_UNKNOWN_TO_BROKER'],
  async arrange(stack, reference) {
    await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
    const { order } = await untilOrder(stack, reference, ({ order: seen }) => (seen?.orders.length ?? 0) > 0);
    const path = `/orders/${order?.orders[0]?.id ?? ''}`;
    stack.upvest.control.failCalls({ method: 'GET', path, outcome: 404, count: Number.MAX_SAFE_INTEGER });
    await decide(stack, reference, 'reconcile', { reason: 'one child order does not move' });
    return { order: reference };
  },
};

export const unsentCancel: Situation = {
  name: 'unsent-cancel',
  description: 'Upvest answers 503 to each DELETE of this order.',
  shows: ['CANCEL_UNSENT'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
    const path = `/portfolios/orders/${portfolioOrderId}`;
    stack.upvest.control.failCalls({ method: 'DELETE', path, outcome: 503, count: Number.MAX_SAFE_INTEGER });
    await decide(stack, reference, 'cancel', { reason: 'the client called' });
    return { order: reference };
  },
};

/** Upvest answers 503 to every read of this order; those of others go on. */
function refuseReads(stack: Stack, portfolioOrderId: string): void {
  stack.upvest.control.failCalls({
    method: 'GET',
    path: `/portfolios/orders/${portfolioOrderId}`,
    outcome: 503,
    count: Number.MAX_SAFE_INTEGER,
  });
}
