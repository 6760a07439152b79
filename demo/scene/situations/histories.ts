/** Orders whose workflow has an unusual history. */
import type { ParkedEventWorkflow } from '../../../contracts/parked-event';
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Stack } from '../../stack';
import { decide, finishedOrder, isAt, place, send, sendEvent, until, untilOrder } from '../orders';
import { cancelAnExecution, lateEvents, retryParked } from '../parked-events';
import { childOrderObject, portfolioOrderObject } from '../upvest-objects';
import type { Situation } from './situation';
import {
  brokerEventsSignal,
  portfolioOrderWorkflowId,
  type PortfolioOrderWorkflow,
} from '../../../contracts/portfolio-order';

const DAY_MS = 86_400_000;
const HALF_AN_HOUR_MS = 1_800_000;

export const heardOfTooLate: Situation = {
  name: 'heard-of-too-late',
  description: 'The first webhook about this order reports its end, 40 days after its beginning.',
  shows: ['FIRST_SEEN_FINISHED'],
  async arrange(stack) {
    const order = portfolioOrderObject('SETTLED', new Date(Date.now() - 40 * DAY_MS).toISOString());
    await sendEvent(stack, 'PORTFOLIO_ORDER.SETTLED', order);
    return { order: order.id };
  },
};

export const seenLate: Situation = {
  name: 'seen-late',
  description: 'The first webhook about this order reports PROCESSING, 40 days after its beginning.',
  shows: ['FIRST_SEEN_LATE'],
  async arrange(stack) {
    const order = portfolioOrderObject('PROCESSING', new Date(Date.now() - 40 * DAY_MS).toISOString());
    await sendEvent(stack, 'PORTFOLIO_ORDER.PROCESSING', order);
    return { order: order.id };
  },
};

export const terminated: Situation = {
  name: 'terminated',
  description: 'An operator terminates the workflow by mistake, and no webhook restarts it.',
  shows: ['INTERRUPTED'],
  async arrange(stack, reference) {
    const settings = { scenario: 'WAITS_IN_NEW', webhooks: 'none' } as const;
    const { portfolioOrderId } = await place(stack, reference, settings);
    await untilOrder(stack, reference, (order) => isAt(order, 'NEW'));
    await handleOf(stack, portfolioOrderId).terminate('by mistake');
    return { order: reference };
  },
};

export const unreadableRun: Situation = {
  name: 'unreadable-run',
  description:
    'An operator starts another workflow under the id of this order and terminates it; the next webhook finds a run without readable state.',
  shows: ['HEALED_WITHOUT_LEDGER'],
  async arrange(stack) {
    const { client, config, upvest } = stack;
    const accountId = randomUUID();
    upvest.control.configureAccount(accountId, { scenario: 'WAITS_IN_FILLED', webhooks: 'none' });
    const draft = { userId: randomUUID(), accountId, cashAmount: '250.00' };
    const { portfolioOrder: order, events } = upvest.control.initiate(draft);

    const input = {
      eventId: order.id,
      reason: 'UNKNOWN_TYPE',
      detail: '',
      receivedAt: '',
      raw: '{}',
    } as const;
    const handle = await client.workflow.start<ParkedEventWorkflow>('parkedEvent', {
      workflowId: portfolioOrderWorkflowId(order.id),
      taskQueue: config.orderTaskQueue,
      args: [input],
    });
    // Before that, a run holds only its signals, and those can be read.
    await until('its first workflow task', async () => {
      const history = await handle.fetchHistory();
      return history.events?.some((event) => event.workflowTaskCompletedEventAttributes) === true;
    });
    await handle.terminate('by mistake');
    // Of an order that is not new, so that Temporal is searched for earlier runs.
    const created_at = new Date(Date.now() - HALF_AN_HOUR_MS).toISOString();
    await send(stack, ...events.map((event) => ({ ...event, object: { ...event.object, created_at } })));
    return { order: order.id };
  },
};

export const changedAfterTheEnd: Situation = {
  name: 'changed-after-the-end',
  description:
    'After SETTLED, Upvest cancels an execution and creates another child order; an operator reopens the order and retries both events.',
  shows: ['REOPENED', 'CONTRADICTION', 'CHILD_AFTER_TERMINAL'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await finishedOrder(stack, reference);
    cancelAnExecution(stack, portfolioOrderId);
    await sendEvent(stack, 'ORDER.NEW', childOrderObject(portfolioOrderId));
    const parked = await until('both events to be parked', async () => {
      const events = await lateEvents(stack, portfolioOrderId);
      return events.length === 2 && events;
    });
    await decide(stack, reference, 'reopen', { reason: 'Upvest reported changes' });
    for (const { id } of parked) await retryParked(stack, id);
    return { order: reference };
  },
};

export const unusableSignal: Situation = {
  name: 'unusable-signal',
  description: 'An operator signals the workflow manually with an invalid payload.',
  shows: ['UNUSABLE_MESSAGE'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
    await handleOf(stack, portfolioOrderId).signal(brokerEventsSignal.name, [{ status: 'FILLED' }]);
    return { order: reference };
  },
};

function handleOf({ client }: Stack, portfolioOrderId: string): WorkflowHandle<PortfolioOrderWorkflow> {
  return client.workflow.getHandle<PortfolioOrderWorkflow>(portfolioOrderWorkflowId(portfolioOrderId));
}
