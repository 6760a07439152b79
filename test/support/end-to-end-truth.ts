/** Final state of an order at the simulated partners and in the product, as comparable text. */
import type { Stack } from '../../demo/stack';
import { orderEventId } from '../../src/domain/order-event/ids';
import { portfolioOrderLifecycle, type PortfolioOrderStatus } from '../../src/domain/broker/status-tables';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';

interface Execution {
  id: string;
  status?: string;
  side?: string;
  cashAmount: string;
  currency: string;
  shareQuantity: string;
  taxes?: string;
}

interface Child {
  id: string;
  status?: string;
  side?: string;
  instrumentId?: string;
  cashAmount?: string;
  fee?: string;
  cancellationReason?: string;
  executions: Execution[];
}

/** Statuses and amounts of a portfolio order and all of its parts. */
export interface WholeOrder {
  status?: string;
  type?: string;
  cashAmount?: string;
  currency?: string;
  postTax?: boolean;
  cancellationReason?: string;
  orders: Child[];
}

export function wholeTruth(stack: Stack, portfolioOrderId: string): WholeOrder {
  const { portfolioOrder: whole, orders } = stack.upvest.control.portfolioOrder(portfolioOrderId);
  return {
    status: whole.status,
    type: whole.type,
    cashAmount: whole.cash_amount,
    currency: whole.currency,
    postTax: whole.post_tax,
    ...(whole.cancellation_reason !== undefined && { cancellationReason: whole.cancellation_reason }),
    orders: byId(orders).map((order) => ({
      id: order.id,
      status: order.status,
      side: order.side,
      instrumentId: order.instrument_id,
      cashAmount: order.cash_amount,
      fee: order.fee,
      ...(order.cancellation_reason !== undefined && { cancellationReason: order.cancellation_reason }),
      executions: byId(order.executions).map((one) => ({
        id: one.id,
        status: one.status,
        side: one.side,
        cashAmount: one.cash_amount,
        currency: one.currency,
        shareQuantity: one.share_quantity,
        taxes: one.taxes[0]?.amount ?? '0',
      })),
    })),
  };
}

/** The same, as recorded by the product. */
export function wholeRecord(view: PortfolioOrderView): WholeOrder {
  return {
    ...only(view, ['status', 'type', 'cashAmount', 'currency', 'postTax', 'cancellationReason']),
    orders: byId(view.orders).map((order) => ({
      id: order.id,
      ...only(order, ['status', 'side', 'instrumentId', 'cashAmount', 'fee', 'cancellationReason']),
      executions: byId(order.executions).map(
        ({ id, cashAmount, currency, shareQuantity, taxes, ...one }) => ({
          id,
          ...only(one, ['status', 'side']),
          cashAmount,
          currency,
          shareQuantity,
          taxes: taxes ?? '0',
        }),
      ),
    })),
  };
}

function byId<T extends { id: string }>(rows: T[]): T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function only<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const present = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]);
  return Object.fromEntries(present) as Pick<T, K>;
}

/** Statuses of a portfolio order at ESW; CLOSED is the final settlement event of a cancelled order with executions. */
const STATES = [...portfolioOrderLifecycle.statuses, 'CLOSED'];

/** Statuses that the portfolio order took at the broker, each once, in order; followed by CLOSED if ESW has to get it. */
export function statesTaken(stack: Stack, portfolioOrderId: string): string[] {
  const log = stack.upvest.control.truth();
  const own = log.filter(({ kind, id }) => kind === 'PORTFOLIO_ORDER' && id === portfolioOrderId);
  const taken = [...new Set(own.map(({ status }) => status))];
  const { orders } = wholeTruth(stack, portfolioOrderId);
  const isClosed = taken.at(-1) === 'CANCELLED' && orders.some(({ executions }) => executions.length > 0);
  return isClosed ? [...taken, 'CLOSED'] : taken;
}

/** Events that ESW has under a reference. */
export interface StoredStatuses {
  /** One for each event, in order of acceptance; the event's id if it belongs to no status of this order. */
  statuses: string[];
  /** Statuses that an event lists as skipped. */
  skipped: Set<string>;
  /** Number of repeated requests for these events with changed bytes. */
  changedBytes: number;
}

export function emittedStatuses(stack: Stack, reference: string, portfolioOrderId: string): StoredStatuses {
  const { tenantCode } = stack.config.order.emission;
  const known = STATES.map((status): [string, string] => [
    orderEventId(tenantCode, 'portfolio-order', portfolioOrderId, status),
    status,
  ]);
  const statusOf = new Map(known);
  const events = stack.esw.control.events({ reference });
  const named = events.flatMap(({ body }) =>
    body.metadataItems?.filter(({ name }) => name === 'SkippedStates'),
  );
  return {
    statuses: events.map(({ body: { id = 'no id' } }) => statusOf.get(id) ?? id),
    skipped: new Set(named.flatMap((item) => item?.value?.split(',') ?? [])),
    changedBytes: events.reduce((sum, event) => sum + event.replays - event.byteIdenticalReplays, 0),
  };
}

/** Statuses up to this end that ESW has to have, or has to see as skipped. */
export function owedUpTo(end: string): string[] {
  if (end === 'CLOSED') return [...owedUpTo('CANCELLED'), end];
  const { path } = portfolioOrderLifecycle;
  return [...path[end as PortfolioOrderStatus], end];
}

export function isInOrder(statuses: string[]): boolean {
  const places = statuses.map((status) => STATES.indexOf(status));
  return places.every((place, index) => place > (places[index - 1] ?? -1));
}
