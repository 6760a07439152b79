/** Observations that the endpoint reads from one object with some changed fields. */
import { randomUUID } from 'node:crypto';
import type { Observation } from '../../src/domain/broker/observation';
import {
  newEvent,
  newExecution,
  newOrder,
  newPortfolioOrder,
  type BrokerEventFields,
  type Fields,
} from './broker-objects';
import type { Edge } from './webhook-edge';

export function aPortfolioOrder(changes: Fields = {}): BrokerEventFields {
  return newEvent('PORTFOLIO_ORDER.NEW', newPortfolioOrder({ status: 'NEW', ...changes }));
}

/** A portfolio order. */
export async function readParent(edge: Edge, changes: Fields): Promise<Observation> {
  return (await edge.observe(aPortfolioOrder(changes))).observation;
}

/** A child order. */
export async function readChild(edge: Edge, changes: Fields): Promise<Observation> {
  const event = newEvent('ORDER.NEW', newOrder(randomUUID(), { status: 'NEW', ...changes }));
  return (await edge.observe(event)).observation;
}

/** An execution of a known order. */
export async function readExecution(edge: Edge, changes: Fields): Promise<object> {
  const order = newOrder(randomUUID(), { status: 'FILLED' });
  await edge.post([newEvent('ORDER.FILLED', order)]);
  const execution = newExecution(order.id, { status: 'FILLED', ...changes });
  const { observation } = await edge.observe(newEvent('EXECUTION.FILLED', execution));
  if (observation.subject !== 'execution') throw new Error(`Not an execution: ${observation.subject}`);
  return observation.execution;
}
