import type { PortfolioOrderView } from '../../src/domain/views/order-view';

/** Statuses and amounts of a portfolio order and its parts, as comparable values. */
export interface Outcome {
  status: string | undefined;
  orders: {
    id: string;
    status: string | undefined;
    executions: { id: string; status: string | undefined; cashAmount: string }[];
  }[];
}

export function byId<T extends { id: string }>(rows: T[]): T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The product's record, without numbers and provenance, which belong to the first observation. */
export function recordOf({ status, orders }: PortfolioOrderView): Outcome {
  return {
    status,
    orders: byId(orders).map((order) => ({
      id: order.id,
      status: order.status,
      executions: byId(order.executions).map(({ id, status: own, cashAmount }) => ({
        id,
        status: own,
        cashAmount,
      })),
    })),
  };
}
