/** Executions that the broker reported for several child orders. An execution has one order, and one event at ESW. */
import { finding, newestOf, type Finding } from './codes';
import type { PortfolioOrderRecord, StoredCause } from '../broker/record';

interface Owners {
  orderIds: string[];
  causes: StoredCause[];
}

/** One finding for each of them; the cost is linear. */
export function repeatedExecutions({ orders }: PortfolioOrderRecord): Finding[] {
  const owners = new Map<string, Owners>();
  for (const order of orders) {
    for (const { id, reached } of order.executions) {
      const known = owners.get(id) ?? { orderIds: [], causes: [] };
      known.orderIds.push(order.id);
      known.causes.push(...Object.values(reached));
      owners.set(id, known);
    }
  }
  return [...owners].flatMap(([id, { orderIds, causes }]) => {
    if (orderIds.length === 1) return [];
    const message = `reported for the orders ${orderIds.sort().join(' and ')}; the amounts of each count it`;
    return [finding('AMOUNT_MISMATCH', 'execution', id, message, newestOf(causes), 'orders')];
  });
}
