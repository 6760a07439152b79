/** Compares what the product recorded with what the simulated broker did. */
import type { Stack } from '../../src/cli/dev-stack';
import type { PortfolioOrderView } from '../../src/domain/view';
import { newRequest, show, submit, until } from './stack';

interface Outcome {
  status: string | undefined;
  orders: {
    id: string;
    status: string | undefined;
    executions: { id: string; status: string | undefined; cashAmount: string }[];
  }[];
}

function byId<T extends { id: string }>(rows: T[]): T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Statuses and amounts as the broker knows them. */
export function truthOf(stack: Stack, portfolioOrderId: string): Outcome {
  const { portfolioOrder, orders } = stack.upvest.control.portfolioOrder(portfolioOrderId);
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

/** The same of what the product knows, without numbers and provenance, which belong to the first observation. */
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

/** Submits an order and keeps all of its webhooks back until the broker is done with it. */
export async function settledInSilence(
  stack: Stack,
  request = newRequest(),
): Promise<{ reference: string; id: string }> {
  stack.upvest.control.holdWebhooks();
  const reference = await submit(stack, request);
  const id = await until('the placement', async () => (await show(stack, reference)).portfolioOrderId);
  await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
  return { reference, id };
}
