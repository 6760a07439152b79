/** Builds OrderEvents and parses their bytes; each one is checked against the outgoing schema. */
import type {
  ExecutionStatus,
  OrderStatus,
  PortfolioOrderStatus,
} from '../../../src/domain/broker/status-tables';
import type { Observation } from '../../../src/domain/broker/observation';
import {
  buildOrderEvent,
  type EmissionSettings,
  type OrderEventInput,
} from '../../../src/domain/order-event/build';
import type { OrderEventTopic, PortfolioOrderState } from '../../../src/domain/order-event/topic';
import type { PortfolioOrderRecord } from '../../../src/domain/broker/record';
import { orderEventSchema, type EswOrderEvent } from '../../esw/outgoing-schema';
import { childId, execution, executionId, frozen, order, recordOf } from '../samples';

export const settings: EmissionSettings = {
  tenantCode: 'PFOLIO',
  actor: 'actor@retailer.example',
  detail: 'executions',
};

export const REFERENCE = 'SP-2026-000481';
export const WORKFLOW = 'portfolio-order/1';

export const whole = (status: PortfolioOrderState): OrderEventTopic => ({ status });
export const child = (status: OrderStatus, orderId = childId(1)): OrderEventTopic => ({
  orderId,
  status,
});
export const trade = (
  status: ExecutionStatus,
  execution = executionId(1),
  orderId = childId(1),
): OrderEventTopic => ({ orderId, executionId: execution, status });

export type BuildOptions = Partial<Omit<OrderEventInput, 'record' | 'topic' | 'settings'>> & {
  settings?: Partial<EmissionSettings>;
};

/** The bytes of an event, built from a frozen input. */
export function bytes(
  record: PortfolioOrderRecord,
  topic: OrderEventTopic,
  { settings: more, ...rest }: BuildOptions = {},
): string {
  return buildOrderEvent(
    frozen({
      record,
      topic,
      brandOrderReference: REFERENCE,
      workflowId: WORKFLOW,
      settings: { ...settings, ...more },
      ...rest,
    }),
  ).body;
}

export function build(
  record: PortfolioOrderRecord,
  topic: OrderEventTopic,
  options?: BuildOptions,
): EswOrderEvent {
  return orderEventSchema.parse(JSON.parse(bytes(record, topic, options)));
}

interface Pair {
  name: string;
  value: string;
}

export const valueOf = (pairs: Pair[] | undefined, name: string): string | undefined =>
  pairs?.find((one) => one.name === name)?.value;

export const namesOf = (pairs: Pair[] | undefined): string[] | undefined => pairs?.map(({ name }) => name);

export type Amounts = [name: string, amount: number][];

/** The charges of `balances`, by currency. */
export function balances(event: EswOrderEvent): Record<string, Amounts> {
  const entries = event.balances?.balancesInCurrency ?? [];
  return Object.fromEntries(
    entries.map(({ charges }) => [
      charges[0]?.value.currency ?? '',
      charges.map(({ name, value }): [string, number] => [name, value.amount]),
    ]),
  );
}

/** Balances in the portfolio order's event. */
export const balancesAt = (
  status: PortfolioOrderStatus,
  observations: Observation[],
): Record<string, Amounts> => balances(build(recordOf(...observations), whole(status)));

/** The n-th child is filled by the n-th execution. */
export const fill = (
  n: number,
  status: string,
  cashAmount: string,
  side = 'BUY',
  currency = 'EUR',
): Observation[] => [
  order('FILLED', { id: childId(n), side }),
  execution(status, { of: childId(n), id: executionId(n), cashAmount, side, currency }),
];
