/** Webhook events that the coordinator cannot hand to an order. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../stack';
import { grpcCodeOf, grpcStatus } from '../../../src/temporal/grpc';
import { orderStart } from '../../../src/app/orders/start-options';
import { finishedOrder, parkedEvent, sendEvent } from '../orders';
import { cancelAnExecution } from '../parked-events';
import { childOrderObject, portfolioOrderObject } from '../upvest-objects';
import type { Situation } from './situation';
import { brokerEventsSignal, type PortfolioOrderWorkflow } from '../../../contracts/portfolio-order';

export const unreadable: Situation = {
  name: 'unreadable-event',
  description: 'Upvest sends an event whose portfolio order has no status.',
  shows: ['PARKED_UNREADABLE'],
  async arrange(stack) {
    const { status: _status, ...object } = portfolioOrderObject('FILLED');
    return { event: await sendEvent(stack, 'PORTFOLIO_ORDER.FILLED', object) };
  },
};

export const unknownType: Situation = {
  name: 'unknown-event-type',
  description: 'Upvest sends an event of a type that it does not document.',
  shows: ['PARKED_UNKNOWN_TYPE'],
  arrange: async (stack) => ({ event: await parkedEvent(stack) }),
};

export const unrouted: Situation = {
  name: 'unrouted-event',
  description: 'Upvest reports a child order, and answers 404 to each read of its portfolio order.',
  shows: ['PARKED_UNROUTED'],
  async arrange(stack) {
    const object = { ...childOrderObject(randomUUID()), initiation_flow: 'PORTFOLIO_REBALANCING' };
    return { event: await sendEvent(stack, 'ORDER.NEW', object) };
  },
};

export const late: Situation = {
  name: 'mistrade-after-the-end',
  description: 'Upvest cancels an execution after everything has settled and the order has finished here.',
  shows: ['PARKED_LATE'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await finishedOrder(stack, reference);
    return { event: cancelAnExecution(stack, portfolioOrderId) };
  },
};

export const refusedByOrder: Situation = {
  name: 'overflowing-order',
  description: 'No worker serves this order, and webhooks arrive until Temporal rejects further signals.',
  shows: ['PARKED_REFUSED_BY_ORDER'],
  async arrange(stack) {
    const order = portfolioOrderObject('NEW');
    await overflow(stack, order.id);
    return { event: await sendEvent(stack, 'PORTFOLIO_ORDER.NEW', order) };
  },
};

/** Twice Temporal's default limit: a server that accepts so many has none. */
const MOST_SIGNALS = 20_000;
/** Few enough to leave the server time for the other orders. */
const AT_ONCE = 10;

/** Signals an order without a worker until Temporal rejects the signal. */
async function overflow({ client, config }: Stack, portfolioOrderId: string): Promise<void> {
  const queue = `${config.orderTaskQueue}-without-worker`;
  const handle = await client.workflow.start<PortfolioOrderWorkflow>(
    'portfolioOrder',
    orderStart(queue, config.order, portfolioOrderId),
  );
  let left = MOST_SIGNALS;
  const signal = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      try {
        await handle.signal(brokerEventsSignal, []);
      } catch (error) {
        if (grpcCodeOf(error) !== grpcStatus.invalidArgument) throw error;
        left = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, signal));
}
