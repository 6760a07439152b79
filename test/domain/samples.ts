/** Builders of observations of the order in references/esw.md#examples. */
import type {
  CancellationRefusedObservation,
  ExecutionFacts,
  ExecutionObservation,
  Observation,
  ObservationSource,
  OrderObservation,
  PortfolioOrderObservation,
} from '../../src/domain/broker/observation';
import { emptyRecord, type PortfolioOrderRecord } from '../../src/domain/broker/record';
import { applyWithFindings, type ApplyResultWithFindings } from '../../src/domain/findings/new-findings';

export const PORTFOLIO_ORDER = '5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11';
export const ACCOUNT = 'b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20';
export const ALLOCATION = '0d9e4f61-2b7c-4a15-bb3c-91c6c0a7e402';
export const WEBHOOK = 'e0b7c3a4-19d5-4c6f-a2b8-6d4f1e9c0b55';

/** Ids that end in 01, 02 … and sort in that order. */
export const childId = (n: number): string => `6f1b2c88-0a4d-4e57-9d1e-${(0x7a1c5b0e2f00 + n).toString(16)}`;
export const executionId = (n: number): string =>
  `c41d7f20-5b3a-4f6e-8a90-${(0x3d2e1f0b7a00 + n).toString(16)}`;
export const eventId = (n: number): string => `1c9a4e70-3b21-4d8f-9f60-${(0x8a5b7c2d1e00 + n).toString(16)}`;

/** Seconds after the order was placed, as a time at the broker. */
export const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 2, 2, 9) + seconds * 1000).toISOString();

export const webhook = (n: number): ObservationSource => ({
  kind: 'webhook',
  eventId: eventId(n),
  webhookId: WEBHOOK,
});
export const poll: ObservationSource = { kind: 'poll' };
export const placement: ObservationSource = { kind: 'placement' };

export function portfolioOrder(
  status: string,
  more: Partial<PortfolioOrderObservation> = {},
): PortfolioOrderObservation {
  return {
    subject: 'portfolio-order',
    source: webhook(1),
    at: at(1),
    status,
    id: PORTFOLIO_ORDER,
    accountId: ACCOUNT,
    cashAmount: '1000.00',
    currency: 'EUR',
    type: 'BUY',
    postTax: false,
    initiationFlow: 'API',
    orders: [],
    ...more,
  };
}

export function order(status: string, more: Partial<OrderObservation> = {}): OrderObservation {
  return {
    subject: 'order',
    source: webhook(2),
    at: at(2),
    status,
    id: childId(1),
    side: 'BUY',
    executions: [],
    ...more,
  };
}

export function facts(status: string, more: Partial<ExecutionFacts> = {}): ExecutionFacts {
  return {
    id: executionId(1),
    status,
    side: 'BUY',
    cashAmount: '450.10',
    currency: 'EUR',
    shareQuantity: '3.1204000000',
    price: '144.24',
    ...more,
  };
}

export function execution(
  status: string,
  { of = childId(1), ...more }: Partial<ExecutionFacts> & { of?: string } = {},
  base: Partial<ExecutionObservation> = {},
): ExecutionObservation {
  return {
    subject: 'execution',
    source: webhook(3),
    at: at(3),
    status,
    orderId: of,
    execution: facts(status, more),
    ...base,
  };
}

export function refusal(more: Partial<CancellationRefusedObservation> = {}): CancellationRefusedObservation {
  return {
    subject: 'order-cancellation',
    source: webhook(4),
    at: at(4),
    status: 'REJECTED',
    orderId: childId(1),
    ...more,
  };
}

/** Deep-freezes the value: any write throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** Applies one observation to a record; both are frozen. */
export function apply(record: PortfolioOrderRecord, observation: Observation): ApplyResultWithFindings {
  return applyWithFindings(frozen(record), frozen(observation));
}

/** The record after these observations, applied in order. */
export function recordOf(...observations: Observation[]): PortfolioOrderRecord {
  return observations.reduce(
    (record, observation) => apply(record, observation).record,
    emptyRecord(PORTFOLIO_ORDER),
  );
}
