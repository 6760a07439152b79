/** Whether something that arrived in a signal is an observation. Hand-written: schema libraries stay out of workflows. */
import { isDecimal } from './money';
import type { Observation } from './observation';

type Unchecked = Partial<Record<string, unknown>>;

/**
 * The edge builds observations with full checks; this guards against signals sent by hand, since input that throws would
 * stop the workflow for good.
 */
export function isObservation(value: unknown): value is Observation {
  if (!isObject(value) || !isObject(value.source)) return false;
  return typeof value.at === 'string' && typeof value.status === 'string' && hasParts(value);
}

/** Whether everything is there on which applying the observation and adding its amounts relies. */
function hasParts({ subject, id, orderId, cashAmount, orders, executions, execution }: Unchecked): boolean {
  switch (subject) {
    case 'portfolio-order':
      return (
        typeof id === 'string' &&
        isListOf(orders, isPart) &&
        (cashAmount === undefined || isAmount(cashAmount))
      );
    case 'order':
      return typeof id === 'string' && isListOf(executions, isExecution);
    case 'execution':
      return typeof orderId === 'string' && isExecution(execution);
    case 'order-cancellation':
      return typeof orderId === 'string';
    case 'rebalancing-execution-order':
      return typeof id === 'string';
    default:
      return false;
  }
}

function isExecution(value: unknown): boolean {
  return isPart(value) && isAmount(value.cashAmount) && isAmount(value.shareQuantity);
}

function isPart(value: unknown): value is Unchecked {
  return isObject(value) && typeof value.id === 'string' && typeof value.status === 'string';
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'string' && isDecimal(value);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
