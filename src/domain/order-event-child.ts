/** What ESW is told about a child order and its executions: the C and X streams (`esw-order-event.md` 8). */
import { childSteps, type ChildStep, type ChildTopic } from './child-steps';
import { skippedStatuses } from './findings';
import { executionLifecycle, orderLifecycle, type OrderStatus } from './lifecycle';
import type { Telling } from './order-event-frame';
import type { OrderEventInput } from './order-event-input';
import { balancesOf, isOfUnknownStatus, type Account } from './order-event-money';
import { lineItem, type Transition } from './order-event-parts';
import { topicKey } from './order-event-topic';
import {
  EXECUTION_TRANSACTIONS,
  isConfirmed,
  orderTypeWord,
  STATE_WORDS,
  statusWord,
} from './order-event-words';
import type { OrderRow, PortfolioOrderRecord } from './record';

/**
 * An event about an execution is one about its order, too: reference, line item and money are the order's, and so is the
 * status, as ESW was told of it until then: one that runs ahead would seem to go back with the order's own next event.
 *
 * @throws Error when what it reports was never reached, or nobody knows the order's status: the caller has a defect.
 */
export function tellingOfChild(input: OrderEventInput, topic: ChildTopic): Telling {
  const { record, settings, brandOrderReference } = input;
  const order = record.orders.find(({ id }) => id === topic.orderId);
  const current = order?.status;
  if (order === undefined || current === undefined)
    throw new Error(`The status of order ${topic.orderId} of ${record.portfolioOrderId} is not known`);

  const isOfExecution = topic.subject === 'execution';
  const steps = stepsUpTo(order, topic, settings.detail === 'executions');
  const status = isOfExecution ? (lastOwn(steps) ?? current) : topic.status;
  const account = accountOf(order, record, current);
  return {
    transitions: steps.map((step) => transition(order, step)),
    orderType: orderTypeWord(settings, order.side),
    brandOrderReference: order.id,
    parentBrandOrderReference: brandOrderReference,
    orderConfirmed: isConfirmed(settings, status, order.reached),
    status: statusWord(settings, isOfExecution && isSettled(status, order, steps) ? 'SETTLED' : status),
    aggregateIds: [
      ['PortfolioOrderId', record.portfolioOrderId],
      ['AccountId', record.accountId],
      ['OrderId', order.id],
      ['ExecutionId', isOfExecution ? topic.executionId : undefined],
    ],
    metadataItems: [
      ['OrderStatus', status],
      ['Side', order.side],
      ['ExecutionStatus', isOfExecution ? topic.status : undefined],
    ],
    skippedStatuses: skippedBefore(order, topic),
    lineItems: [lineItem(order)],
    account,
    balances: balancesOf(account),
    executions: order.executions,
  };
}

function lastOwn(steps: ChildStep[]): OrderStatus | undefined {
  const own = steps.flatMap(({ topic }) => (topic.subject === 'order' ? [topic.status] : []));
  return own.at(-1);
}

/** An order has no status for it: it is settled when it is filled and all of its trades that stand are settled. */
function isSettled(status: OrderStatus, { executions }: OrderRow, steps: ChildStep[]): boolean {
  const settled = new Set(
    steps.map(
      ({ topic }) => topic.subject === 'execution' && topic.status === 'SETTLED' && topic.executionId,
    ),
  );
  const standing = executions.filter((one) => one.status !== 'CANCELLED');
  return status === 'FILLED' && standing.length > 0 && standing.every(({ id }) => settled.has(id));
}

function skippedBefore(order: OrderRow, topic: ChildTopic): string[] {
  if (topic.subject === 'order') return skippedStatuses(orderLifecycle, order, topic.status);
  const execution = order.executions.find(({ id }) => id === topic.executionId);
  return execution === undefined ? [] : skippedStatuses(executionLifecycle, execution, topic.status);
}

/** What ESW was or could have been told of the order until now, and at last the topic itself. */
function stepsUpTo(order: OrderRow, topic: ChildTopic, withExecutions: boolean): ChildStep[] {
  const steps = childSteps(order, withExecutions);
  const last = steps.findIndex((step) => topicKey(step.topic) === topicKey(topic));
  if (last === -1) throw new Error(`${topicKey(topic)} was not reached`);
  return steps.slice(0, last + 1);
}

function transition(order: OrderRow, { topic, reached }: ChildStep): Transition {
  const { subject: scope, status: state } = topic;
  if (topic.subject === 'execution') {
    const type = EXECUTION_TRANSACTIONS[topic.status];
    return { scope, subjectId: topic.executionId, state, type, reached };
  }
  const { transaction: type, date: name } = STATE_WORDS[topic.status];
  const reason = reasonOf(order, topic.status);
  return { scope, subjectId: order.id, state, type, reached, reason, date: { name, value: reached.at } };
}

function reasonOf(order: OrderRow, status: OrderStatus): string | undefined {
  if (status === 'NEW') return 'NewOrder';
  return status === 'CANCELLED' ? order.cancellationReason : undefined;
}

/** A child buys or sells, even that of a rebalancing. */
function accountOf(order: OrderRow, { currency }: PortfolioOrderRecord, current: OrderStatus): Account {
  const { executions } = order;
  const isUnclear = executions.some(isOfUnknownStatus) || (current === 'FILLED' && executions.length === 0);
  const isOpen = current === 'NEW' || current === 'PROCESSING';
  return {
    ordered: order.cashAmount,
    currency: order.currency ?? currency,
    executions,
    due: isOpen ? 'order' : isUnclear ? 'unknown' : 'trades',
  };
}
