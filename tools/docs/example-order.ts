/** A small portfolio order from placing to settlement, run through the domain functions: which events ESW gets, and when. */
import { topicOf } from '../../src/domain/order-event/topic';
import type { BuiltEvent } from '../../src/domain/outbox/outbox';
import type { ExecutionFacts, Observation, ObservationSource } from '../../src/domain/broker/observation';
import { buildOrderEvent } from '../../src/domain/order-event/build';
import { dispatchPlan, withBatch, withResults } from '../../src/domain/order/emission';
import {
  drainInbox,
  initialState,
  withObservations,
  withPlacement,
} from '../../src/domain/order/transitions';
import type { OrderState } from '../../src/domain/order-state/state';
import { standardPolicies } from '../../src/config/policies';

const PORTFOLIO_ORDER = '8a4d1c6e-2f0b-4b7a-9c35-6e1d0f2a7b41';
const REFERENCE = 'RETIREMENT-2026-03';
const CHILDREN = ['3c9e7a52-1d84-4f6b-8a20-5b7e9d0c1f61', 'b17f4e08-6c23-4d95-b8e1-0a4c6f3d2e72'] as const;
const EXECUTIONS = ['91d5b3f7-0e48-4a6c-9b12-7c8f5e2d4a83', 'e60a8d24-5b97-4c31-a7f6-3d1b9e8c0f94'] as const;
const AMOUNTS = ['299.98', '199.99'] as const;
const SHARES = ['3.0512', '11.0000'] as const;
const ISINS = ['IE00B4L5Y983', 'IE00B3RBWM25'] as const;
const EMISSION = {
  tenantCode: 'PFOLIO',
  actor: 'portfolio-order-coordinator',
  deliveryCountryIso: 'DE',
  detail: 'executions',
} as const;
const POLICIES = {
  placedGraceMs: 60_000,
  predecessorGraceMs: 30_000,
  historyEventsPerRun: 1200,
  deadlines: standardPolicies().deadlines,
};

/** One request of Upvest's webhook, and what ESW is sent on it. */
export interface ExampleStep {
  /** What Upvest sent, as Markdown; events of children are those of both. */
  observed: string;
  /** In the order in which they are sent. */
  sent: { id: string; body: string }[];
}

/** The order from placing to settlement, with the events of all three streams. */
export function exampleOrder(): ExampleStep[] {
  const start = Date.parse('2026-03-02T09:00:00Z');
  let state = withPlacement(
    initialState(PORTFOLIO_ORDER, start, POLICIES, EMISSION.detail),
    {
      reference: REFERENCE,
      requestedAt: time(0),
      side: 'BUY',
      observation: whole('NEW', 0, { kind: 'placement' }),
    },
    start,
  );
  const [first, second] = [0, 1] as const;
  const steps: [observed: string, observations: Observation[]][] = [
    ['answer to our `POST`: NEW', []],
    [
      '`PORTFOLIO_ORDER.PROCESSING`, `ORDER.NEW`',
      [whole('PROCESSING', 7), child(first, 'NEW', 6), child(second, 'NEW', 6)],
    ],
    ['`ORDER.PROCESSING`', [child(first, 'PROCESSING', 8), child(second, 'PROCESSING', 8)]],
    [
      '`EXECUTION.FILLED`, `ORDER.FILLED`, `PORTFOLIO_ORDER.FILLED`',
      [
        execution(first, 'FILLED', 70),
        child(first, 'FILLED', 71),
        execution(second, 'FILLED', 90),
        child(second, 'FILLED', 91),
        whole('FILLED', 92),
      ],
    ],
    [
      '`EXECUTION.SETTLED`, `PORTFOLIO_ORDER.SETTLED`',
      [
        execution(first, 'SETTLED', TWO_DAYS),
        execution(second, 'SETTLED', TWO_DAYS + 1),
        whole('SETTLED', TWO_DAYS + 2),
      ],
    ],
  ];
  return steps.map(([observed, observations]) => {
    state = drainInbox(withObservations(state, observations), start);
    const batch = batchOf(state, start);
    const results = batch.map(({ id }) => ({ id, outcome: 'accepted' as const }));
    state = withResults(withBatch(state, batch, REFERENCE), results, start);
    return { observed, sent: batch.map(({ id, body }) => ({ id, body })) };
  });
}

const TWO_DAYS = 2 * 86_400 + 7 * 3600;

function batchOf(state: OrderState, now: number): BuiltEvent[] {
  return dispatchPlan(state, now, POLICIES).ready.map((entry) => ({
    ...topicOf(entry),
    ...buildOrderEvent({
      record: state.record,
      topic: entry,
      brandOrderReference: REFERENCE,
      workflowId: `portfolio-order/${PORTFOLIO_ORDER}`,
      settings: EMISSION,
      ...(state.placed && { placed: state.placed }),
    }),
  }));
}

function time(seconds: number): string {
  return new Date(Date.UTC(2026, 2, 2, 9) + seconds * 1000).toISOString();
}

/** Webhook event ids need not be real ones; each is used once. */
function webhook(subject: number, seconds: number): ObservationSource {
  const tail = (subject * 1_000_000 + seconds).toString(16).padStart(12, '0');
  return {
    kind: 'webhook',
    eventId: `4f2a9c10-7e53-4b8d-9a61-${tail}`,
    webhookId: 'd2c8b1a7-3f94-4e05-8c6d-1a7f9e0b5c23',
  };
}

function whole(
  status: string,
  seconds: number,
  source: ObservationSource = webhook(1, seconds),
): Observation & { subject: 'portfolio-order' } {
  return {
    subject: 'portfolio-order',
    source,
    at: time(seconds),
    status,
    id: PORTFOLIO_ORDER,
    accountId: '57e0b9d3-8c14-4a6f-b2e5-9d3c7f1a0e68',
    cashAmount: '500.00',
    currency: 'EUR',
    type: 'BUY',
    postTax: false,
    initiationFlow: 'API',
    createdAt: time(0),
    orders: [],
  };
}

function child(index: 0 | 1, status: string, seconds: number): Observation {
  return {
    subject: 'order',
    source: webhook(2 + index, seconds),
    at: time(seconds),
    status,
    id: CHILDREN[index],
    side: 'BUY',
    instrumentId: ISINS[index],
    cashAmount: index === 0 ? '300.00' : '200.00',
    currency: 'EUR',
    executions: status === 'FILLED' ? [facts(index, 'FILLED')] : [],
  };
}

function execution(index: 0 | 1, status: string, seconds: number): Observation {
  return {
    subject: 'execution',
    source: webhook(4 + index, seconds),
    at: time(seconds),
    status,
    orderId: CHILDREN[index],
    execution: facts(index, status),
  };
}

function facts(index: 0 | 1, status: string): ExecutionFacts {
  return {
    id: EXECUTIONS[index],
    status,
    side: 'BUY',
    cashAmount: AMOUNTS[index],
    currency: 'EUR',
    shareQuantity: SHARES[index],
    price: index === 0 ? '98.31' : '18.18',
  };
}
