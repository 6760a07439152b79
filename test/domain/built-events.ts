/** OrderEvents as they are built for ESW, read back from their bytes; each one keeps what we promise of all of them. */
import type { ExecutionStatus, OrderStatus, PortfolioOrderStatus } from '../../src/domain/lifecycle';
import type { Observation } from '../../src/domain/observation';
import { buildOrderEvent, type EmissionSettings, type OrderEventInput } from '../../src/domain/order-event';
import type { OrderEventTopic, PortfolioOrderState } from '../../src/domain/order-event-topic';
import type { PortfolioOrderRecord } from '../../src/domain/record';
import { orderEventSchema, type EswOrderEvent } from '../../src/esw/order-event';
import { childId, execution, executionId, frozen, order, recordOf } from './samples';

export const settings: EmissionSettings = {
  tenantCode: 'PFOLIO',
  actor: 'actor@retailer.example',
  detail: 'executions',
};

export const REFERENCE = 'SP-2026-000481';
export const WORKFLOW = 'portfolio-order/1';

export const whole = (status: PortfolioOrderState): OrderEventTopic => ({
  subject: 'portfolio-order',
  status,
});
export const child = (status: OrderStatus, orderId = childId(1)): OrderEventTopic => ({
  subject: 'order',
  orderId,
  status,
});
export const trade = (
  status: ExecutionStatus,
  execution = executionId(1),
  orderId = childId(1),
): OrderEventTopic => ({ subject: 'execution', orderId, executionId: execution, status });

export type BuildOptions = Partial<Omit<OrderEventInput, 'record' | 'topic' | 'settings'>> & {
  settings?: Partial<EmissionSettings>;
};

/** The bytes; nothing of the input can be written to. */
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

/** For each currency the charges of `balances`. */
export function balances(event: EswOrderEvent): Record<string, Amounts> {
  const entries = event.balances?.balancesInCurrency ?? [];
  return Object.fromEntries(
    entries.map(({ charges }) => [
      charges[0]?.value.currency ?? '',
      charges.map(({ name, value }): [string, number] => [name, value.amount]),
    ]),
  );
}

/** Those of the portfolio order's event. */
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
