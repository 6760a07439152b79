/** Content of events about a child order and its executions: the C and X streams (references/esw.md#mapping). */
import { childSteps, type ChildStep, type ChildTopic } from './child-steps';
import { skippedStatuses } from '../findings/findings';
import { executionLifecycle, orderLifecycle, type OrderStatus } from '../broker/status-tables';
import type { StreamContent } from './envelope';
import type { OrderEventInput } from './input';
import { isOfUnknownStatus, withCurrencyCodes, type BalanceInputs } from './balances';
import { lineItem, type TransitionEntry } from './entries';
import { topicKey } from './topic';
import { EXECUTION_TRANSACTIONS, isConfirmed, orderTypeValue, STATE_VALUES, statusValue } from './vocabulary';
import { rowOf } from '../broker/rows';
import type { ChildOrder, PortfolioOrderRecord } from '../broker/record';

/**
 * Events about an execution describe its order, too: reference, line item and amounts are the order's. The status is the
 * order's status as of this event, not a later one, which would seem to go back with the order's own next event.
 *
 * @throws Error when the topic's status was not reached, or the order's status is unknown: a defect of the caller.
 */
export function childOrderContent(input: OrderEventInput, topic: ChildTopic): StreamContent {
  const { record, settings, brandOrderReference } = input;
  const order = rowOf(record.orders, topic.orderId);
  const current = order?.status;
  if (order === undefined || current === undefined)
    throw new Error(`The status of order ${topic.orderId} of ${record.portfolioOrderId} is not known`);

  const isOfExecution = topic.executionId !== undefined;
  const steps = stepsUpTo(order, topic, settings.detail === 'executions');
  const status = isOfExecution ? (lastOrderStatus(steps) ?? current) : topic.status;
  return {
    transitions: steps.map((step) => transition(order, step)),
    orderType: orderTypeValue(settings, order.side),
    brandOrderReference: order.id,
    parentBrandOrderReference: brandOrderReference,
    orderConfirmed: isConfirmed(status, order.reached),
    status: statusValue(settings, isOfExecution && isSettled(status, order, steps) ? 'SETTLED' : status),
    aggregateIds: [
      ['PortfolioOrderId', record.portfolioOrderId],
      ['AccountId', record.accountId],
      ['OrderId', order.id],
      ['ExecutionId', topic.executionId],
    ],
    metadataItems: [
      ['OrderStatus', status],
      ['Side', order.side],
      ['ExecutionStatus', isOfExecution ? topic.status : undefined],
    ],
    skippedStatuses: skippedBefore(order, topic),
    lineItems: [lineItem(order)],
    balanceInputs: withCurrencyCodes(balanceInputsOf(order, record, current)),
    executions: order.executions,
  };
}

function lastOrderStatus(steps: ChildStep[]): OrderStatus | undefined {
  const statuses = steps.flatMap(({ topic }) => (topic.executionId === undefined ? [topic.status] : []));
  return statuses.at(-1);
}

/** Orders have no status SETTLED: a filled order is settled once all executions that are not cancelled are settled. */
function isSettled(status: OrderStatus, { executions }: ChildOrder, steps: ChildStep[]): boolean {
  const settled = new Set(steps.map(({ topic }) => topic.status === 'SETTLED' && topic.executionId));
  const valid = executions.filter((one) => one.status !== 'CANCELLED');
  return status === 'FILLED' && valid.length > 0 && valid.every(({ id }) => settled.has(id));
}

function skippedBefore(order: ChildOrder, topic: ChildTopic): string[] {
  if (topic.executionId === undefined) return skippedStatuses(orderLifecycle, order, topic.status);
  const execution = rowOf(order.executions, topic.executionId);
  return execution === undefined ? [] : skippedStatuses(executionLifecycle, execution, topic.status);
}

/** The order's transitions in emission order, up to and including the topic. */
function stepsUpTo(order: ChildOrder, topic: ChildTopic, withExecutions: boolean): ChildStep[] {
  const steps = childSteps(order, withExecutions);
  const last = steps.findIndex((step) => topicKey(step.topic) === topicKey(topic));
  if (last === -1) throw new Error(`${topicKey(topic)} was not reached`);
  return steps.slice(0, last + 1);
}

function transition(order: ChildOrder, { topic, reached }: ChildStep): TransitionEntry {
  const { executionId, status } = topic;
  if (executionId !== undefined) {
    const type = EXECUTION_TRANSACTIONS[topic.status];
    return { subject: 'execution', id: executionId, status, type, reached };
  }
  const { transaction: type, date: name } = STATE_VALUES[topic.status];
  const reason = reasonOf(order, topic.status);
  return { subject: 'order', id: order.id, status, type, reached, reason, date: { name, value: reached.at } };
}

function reasonOf(order: ChildOrder, status: OrderStatus): string | undefined {
  if (status === 'NEW') return 'NewOrder';
  return status === 'CANCELLED' ? order.cancellationReason : undefined;
}

/** A child either buys or sells, even within a rebalancing. */
function balanceInputsOf(
  order: ChildOrder,
  { currency }: PortfolioOrderRecord,
  current: OrderStatus,
): BalanceInputs {
  const { executions } = order;
  const isUnknown = executions.some(isOfUnknownStatus) || (current === 'FILLED' && executions.length === 0);
  const isOpen = current === 'NEW' || current === 'PROCESSING';
  return {
    ordered: order.cashAmount,
    currency: order.currency ?? currency,
    executions,
    balanceDueBasis: isOpen ? 'ordered' : isUnknown ? 'unknown' : 'executed',
  };
}
