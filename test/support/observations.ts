/** Observations of one order from NEW to SETTLED, as webhooks, answers to reads and the placement bring them. */
import { randomUUID } from 'node:crypto';
import type {
  ExecutionFacts,
  Observation,
  ObservationSource,
  OrderObservation,
  PortfolioOrderObservation,
} from '../../src/domain/broker/observation';
import { byId, type Outcome } from './recorded-outcome';

/** An order at a broker that exists only as data: ids and amounts that fit together. */
export interface OrderAtBroker {
  id: string;
  accountId: string;
  children: { id: string; executionId: string }[];
  createdAt: string;
  /** The broker's clock; default: this process's. */
  clock?: () => Date;
  /**
   * If true, each status has a time in the natural order of statuses, shortly after the order's creation, whatever the
   * source and time of the report. Otherwise an observation has the time at which it was made.
   */
  isDated?: boolean;
}

export function orderAtBroker(
  id: string,
  children = 2,
  createdAt = new Date(),
  clock?: () => Date,
): OrderAtBroker {
  return {
    id,
    accountId: randomUUID(),
    children: Array.from({ length: children }, () => ({ id: randomUUID(), executionId: randomUUID() })),
    createdAt: createdAt.toISOString(),
    ...(clock && { clock }),
  };
}

const nowAt = ({ clock }: OrderAtBroker): Date => clock?.() ?? new Date();

/** Milliseconds after the creation, for orders with `isDated`. */
const TIMES: Record<Observation['subject'], Partial<Record<string, number>>> = {
  'portfolio-order': { NEW: 0, PROCESSING: 10, FILLED: 50, CANCELLED: 50, SETTLED: 70 },
  order: { NEW: 20, PROCESSING: 30, FILLED: 40, CANCELLED: 40 },
  execution: { FILLED: 40, SETTLED: 60, CANCELLED: 60 },
  'order-cancellation': {},
  'rebalancing-execution-order': {},
};

function timeOf(order: OrderAtBroker, subject: Observation['subject'], status: string): string {
  const after = TIMES[subject][status];
  if (!order.isDated || after === undefined) return nowAt(order).toISOString();
  return new Date(Date.parse(order.createdAt) + after).toISOString();
}

export const byWebhook = (): ObservationSource => ({ kind: 'webhook', eventId: randomUUID() });
export const byPoll = (readAt = new Date()): ObservationSource => ({
  kind: 'poll',
  readAt: readAt.toISOString(),
});
export const byPlacement = (): ObservationSource => ({ kind: 'placement' });

/** The portfolio order as its snapshot shows it. */
export function whole(
  order: OrderAtBroker,
  status: string,
  more: Partial<PortfolioOrderObservation> = {},
): PortfolioOrderObservation {
  const childStatus = { FILLED: 'FILLED', SETTLED: 'FILLED', CANCELLED: 'CANCELLED' }[status] ?? 'PROCESSING';
  return {
    subject: 'portfolio-order',
    source: byWebhook(),
    at: timeOf(order, 'portfolio-order', status),
    status,
    id: order.id,
    accountId: order.accountId,
    cashAmount: '1000.00',
    currency: 'EUR',
    type: 'BUY',
    postTax: false,
    initiationFlow: 'API',
    createdAt: order.createdAt,
    orders:
      status === 'NEW' ? [] : order.children.map(({ id }) => ({ id, side: 'BUY', status: childStatus })),
    ...more,
  };
}

/** The children with these statuses, as the portfolio order's snapshot lists them. */
export function listed(order: OrderAtBroker, ...statuses: string[]): PortfolioOrderObservation['orders'] {
  return order.children.map(({ id }, index) => ({ id, side: 'BUY', status: statuses[index] ?? '' }));
}

/** One execution that fills its child with an equal share of the order's 1,000.00 EUR. */
export function executionOf(
  order: OrderAtBroker,
  child: number,
  status: string,
  more: Partial<ExecutionFacts> = {},
): ExecutionFacts {
  return {
    id: order.children[child]?.executionId ?? '',
    status,
    side: 'BUY',
    cashAmount: (1000 / order.children.length).toFixed(2),
    currency: 'EUR',
    shareQuantity: '10.0000000000',
    price: (100 / order.children.length).toFixed(2),
    ...more,
  };
}

/** A child order; filled and settled ones have their execution. */
export function child(
  order: OrderAtBroker,
  index: number,
  status: string,
  more: Partial<OrderObservation> = {},
): OrderObservation {
  return {
    subject: 'order',
    source: byWebhook(),
    at: timeOf(order, 'order', status),
    status,
    id: order.children[index]?.id ?? '',
    side: 'BUY',
    cashAmount: (1000 / order.children.length).toFixed(2),
    currency: 'EUR',
    executions: status === 'FILLED' ? [executionOf(order, index, 'FILLED')] : [],
    ...more,
  };
}

/** The execution of a child, from an event of its own. */
export function execution(
  order: OrderAtBroker,
  index: number,
  status: string,
  more: Partial<ExecutionFacts> = {},
): Observation {
  return {
    subject: 'execution',
    source: byWebhook(),
    at: timeOf(order, 'execution', status),
    status,
    orderId: order.children[index]?.id ?? '',
    execution: executionOf(order, index, status, more),
  };
}

/** The broker's rejection of the cancel of a child. */
export function cancellationRefused(order: OrderAtBroker, index: number): Observation {
  return {
    subject: 'order-cancellation',
    source: byWebhook(),
    at: nowAt(order).toISOString(),
    status: 'REJECTED',
    orderId: order.children[index]?.id ?? '',
  };
}

/** The broker's webhook reports up to each status, in their natural order. */
export function stages(order: OrderAtBroker): Record<'PROCESSING' | 'FILLED' | 'SETTLED', Observation[]> {
  const indexes = order.children.map((_, index) => index);
  return {
    PROCESSING: [
      whole(order, 'PROCESSING'),
      ...indexes.map((index) => child(order, index, 'NEW')),
      ...indexes.map((index) => child(order, index, 'PROCESSING')),
    ],
    FILLED: [...indexes.map((index) => child(order, index, 'FILLED')), whole(order, 'FILLED')],
    SETTLED: [...indexes.map((index) => execution(order, index, 'SETTLED')), whole(order, 'SETTLED')],
  };
}

/** Everything that the broker reports by webhook from PROCESSING until all of it is settled, in its natural order. */
export function processedToSettled(order: OrderAtBroker): Observation[] {
  const { PROCESSING, FILLED, SETTLED } = stages(order);
  return [...PROCESSING, ...FILLED, ...SETTLED];
}

/** The first part of these reports, up to FILLED. */
export function processedToFilled(order: OrderAtBroker): Observation[] {
  const { PROCESSING, FILLED } = stages(order);
  return [...PROCESSING, ...FILLED];
}

export type ReadStatus = 'NEW' | 'PROCESSING' | 'FILLED' | 'SETTLED';

/** Result of a read of the portfolio order and all of its children in this status. */
export function readOf(
  order: OrderAtBroker,
  status: ReadStatus,
): { kind: 'read'; observations: Observation[]; left: string[] } {
  const source = byPoll(nowAt(order));
  const isFilled = status === 'FILLED' || status === 'SETTLED';
  const children = status === 'NEW' ? [] : order.children;
  const observations = children.map((_, index) =>
    child(order, index, isFilled ? 'FILLED' : 'PROCESSING', {
      source,
      executions: isFilled ? [executionOf(order, index, status)] : [],
    }),
  );
  return { kind: 'read', observations: [whole(order, status, { source }), ...observations], left: [] };
}

/** Statuses and amounts of the order when all of it is settled, as `recordOf` shows them. */
export function settledOutcome(order: OrderAtBroker): Outcome {
  const orders = order.children.map(({ id, executionId }, index) => ({
    id,
    status: 'FILLED',
    executions: [
      { id: executionId, status: 'SETTLED', cashAmount: executionOf(order, index, 'SETTLED').cashAmount },
    ],
  }));
  return { status: 'SETTLED', orders: byId(orders) };
}
