/** Validates observations that arrive in signals. Hand-written, because schema libraries stay out of workflows. */
import { isDecimal } from '../values/decimal';
import type { Observation } from './observation';
import { own } from '../values/own';

type Unchecked = Partial<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

/**
 * True for a value that can be applied without an exception. The webhook and API adapters validate in full; this guards
 * against signals sent manually, because input that throws would block the workflow for good. It checks every member that
 * is computed with: texts, decimal amounts, times and dates. Statuses, other enum values and ids may be any text.
 */
export function isObservation(value: unknown): value is Observation {
  return (
    isObject(value) &&
    isSource(value.source) &&
    isTime(value.at) &&
    isText(value.status) &&
    has(value, { announced: isText, unreadableTimes: listOf(isText) }) &&
    hasValidContent(value)
  );
}

function isSource(value: unknown): boolean {
  return isObject(value) && isText(value.kind) && has(value, { eventId: isText, readAt: isTime });
}

/** True when all members are valid that applying the observation and summing its amounts need. */
function hasValidContent(value: Unchecked): boolean {
  switch (value.subject) {
    case 'portfolio-order':
      return isText(value.id) && listOf(hasIdAndStatus)(value.orders) && has(value, PORTFOLIO_ORDER_MEMBERS);
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
const hasIdAndStatus: Check = (value) =>
  isObject(value) && isText(value.id) && isText(value.status) && has(value, { side: isText });
const isExecution: Check = (value) =>
  isObject(value) &&
  hasIdAndStatus(value) &&
  isAmount(value.cashAmount) &&
  isAmount(value.shareQuantity) &&
  isText(value.currency) &&
  isText(value.price) &&
  has(value, EXECUTION_MEMBERS);

function listOf(isItem: Check): Check {
  return (value) => Array.isArray(value) && value.every(isItem);
}

/** True when each of these members is absent or valid. */
function has(value: Unchecked, members: Record<string, Check>): boolean {
  return Object.entries(members).every(
    ([name, isValid]) => own(value, name) === undefined || isValid(own(value, name)),
  );
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
  fee: isAmount,
  unreadableAmounts: listOf(isText),
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
