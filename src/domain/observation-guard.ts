/** Whether something that arrived in a signal is an observation. Hand-written: schema libraries stay out of workflows. */
import { isDecimal } from './money';
import type { Observation } from './observation';

type Unchecked = Partial<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

/**
 * The edge builds observations with full checks; this guards against signals sent by hand, since input that throws would
 * stop the workflow for good. So every member that is computed with is checked: texts are texts, amounts are decimals,
 * times and dates can be read as such. Words and ids may be anything.
 */
export function isObservation(value: unknown): value is Observation {
  return (
    isObject(value) &&
    isSource(value.source) &&
    isTime(value.at) &&
    isText(value.status) &&
    has(value, { announced: isText, unreadableTimes: listOf(isText) }) &&
    hasParts(value)
  );
}

function isSource(value: unknown): boolean {
  return isObject(value) && isText(value.kind) && has(value, { eventId: isText, readAt: isTime });
}

/** Whether everything is there on which applying the observation and adding its amounts relies. */
function hasParts(value: Unchecked): boolean {
  switch (value.subject) {
    case 'portfolio-order':
      return isText(value.id) && listOf(isPart)(value.orders) && has(value, PORTFOLIO_ORDER_MEMBERS);
    case 'order':
      return isText(value.id) && listOf(isExecution)(value.executions) && has(value, ORDER_MEMBERS);
    case 'execution':
      return isText(value.orderId) && isExecution(value.execution);
    case 'order-cancellation':
      return isText(value.orderId) && has(value, { reason: isText });
    case 'rebalancing-execution-order':
      return isText(value.id) && has(value, REBALANCING_MEMBERS);
    default:
      return false;
  }
}

const isObject = (value: unknown): value is Unchecked => typeof value === 'object' && value !== null;
const isText: Check = (value) => typeof value === 'string';
const isAmount: Check = (value) => typeof value === 'string' && isDecimal(value);
const isTime: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isDate: Check = (value) => isTime(value) && /^\d{4}-\d{2}-\d{2}$/.test(String(value));
const isPart: Check = (value) =>
  isObject(value) && isText(value.id) && isText(value.status) && has(value, { side: isText });
const isExecution: Check = (value) =>
  isObject(value) &&
  isPart(value) &&
  isAmount(value.cashAmount) &&
  isAmount(value.shareQuantity) &&
  isText(value.currency) &&
  isText(value.price) &&
  has(value, EXECUTION_MEMBERS);

function listOf(isItem: Check): Check {
  return (value) => Array.isArray(value) && value.every(isItem);
}

/** Whether each of these members is as it should be, or absent. */
function has(value: Unchecked, members: Record<string, Check>): boolean {
  return Object.entries(members).every(([name, isFine]) => value[name] === undefined || isFine(value[name]));
}

const SNAPSHOT_MEMBERS: Record<string, Check> = {
  cashAmount: isAmount,
  currency: isText,
  createdAt: isTime,
  updatedAt: isTime,
  cancellationReason: isText,
};

const PORTFOLIO_ORDER_MEMBERS: Record<string, Check> = {
  ...SNAPSHOT_MEMBERS,
  accountId: isText,
  type: isText,
  postTax: (value) => typeof value === 'boolean',
  initiationFlow: isText,
  allocationId: isText,
  clientReference: isText,
  cancellationDetails: isText,
};

const ORDER_MEMBERS: Record<string, Check> = {
  ...SNAPSHOT_MEMBERS,
  side: isText,
  instrumentId: isText,
  quantity: isAmount,
};

const EXECUTION_MEMBERS: Record<string, Check> = {
  taxes: isAmount,
  transactionTime: isTime,
  settlementDate: isDate,
  unreadableTimes: listOf(isText),
};

const REBALANCING_MEMBERS: Record<string, Check> = {
  executionId: isText,
  cancellationReason: isText,
  cancellationDetails: isText,
};
