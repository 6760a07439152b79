import type { PortfolioOrderView } from '../../src/domain/view';

/** Statuses and amounts of a portfolio order and its parts, in words that can be compared. */
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

/** What the product knows, without numbers and provenance, which belong to the first observation. */
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
