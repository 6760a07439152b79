import type { UpvestControl } from '../../simulators/upvest';
import { byId, type Outcome } from './recorded-outcome';

/** Statuses and amounts as the broker knows them. */
export function truthAt(control: UpvestControl, portfolioOrderId: string): Outcome {
  const { portfolioOrder, orders } = control.portfolioOrder(portfolioOrderId);
  return {
    status: portfolioOrder.status,
    orders: byId(orders).map(({ id, status, executions }) => ({
      id,
      status,
      executions: byId(executions).map((one) => ({
        id: one.id,
        status: one.status,
        cashAmount: one.cash_amount,
      })),
    })),
  };
}
