/** Outcome of observations, derived without the product's rules: the last report of each child and execution counts. */
import type { ExecutionFacts, Observation } from '../../src/domain/broker/observation';
import { byId, type Outcome } from './recorded-outcome';

/** The expected outcome for these observations, which have to be in their natural order. */
export function lastReported(observations: readonly Observation[]): Outcome {
  let status: string | undefined;
  const statuses = new Map<string, string | undefined>();
  const executions = new Map<string, Map<string, ExecutionFacts>>();
  const execute = (orderId: string, facts: ExecutionFacts): void => {
    executions.set(
      orderId,
      (executions.get(orderId) ?? new Map<string, ExecutionFacts>()).set(facts.id, facts),
    );
  };
  for (const one of observations) {
    if (one.subject === 'portfolio-order') {
      status = one.status;
      for (const child of one.orders) statuses.set(child.id, child.status);
    }
    if (one.subject === 'order') {
      statuses.set(one.id, one.status);
      for (const facts of one.executions) execute(one.id, facts);
    }
    if (one.subject === 'execution') execute(one.orderId, one.execution);
  }
  const orders = [...statuses].map(([id, own]) => ({
    id,
    status: own,
    executions: byId([...(executions.get(id)?.values() ?? [])]).map((facts) => ({
      id: facts.id,
      status: facts.status,
      cashAmount: facts.cashAmount,
    })),
  }));
  return { status, orders: byId(orders) };
}
