/** Order states for charts, produced by the domain core from broker observations and ESW responses. */
import { step } from '../../src/domain/order/step';
import { withCancelAnswer } from '../../src/domain/order/cancellation';
import { topicOf } from '../../src/domain/order-event/topic';
import type { BuiltEvent } from '../../src/domain/outbox/outbox';
import type { ExecutionFacts, Observation } from '../../src/domain/broker/observation';
import * as operators from '../../src/domain/operator/operator-commands';
import { dispatchPlan, withBatch, withResults } from '../../src/domain/order/emission';
import { initialState, withObservations, withPlacement } from '../../src/domain/order/transitions';
import { withReconciliation } from '../../src/domain/order/reconciliation';
import { timelineOf, type TimelineEntry } from '../../src/domain/views/timeline';
import { viewOf, type PortfolioOrderView } from '../../src/domain/views/order-view';
import {
  at,
  childId,
  execution,
  executionId,
  facts,
  order,
  placement,
  PORTFOLIO_ORDER,
  portfolioOrder,
  webhook,
} from '../domain/samples';
import { policies, T } from '../domain/order/waiting';
import type { OrderState } from '../../src/domain/order-state/state';

export interface Pictured {
  view: PortfolioOrderView;
  entries: TimelineEntry[];
}

export const picturedOf = (state: OrderState): Pictured => ({
  view: viewOf(state),
  entries: timelineOf(state),
});

type Answer = 'accepted' | 'refused' | 'none';
/** Observations or an action at a time, in seconds after placing. */
type Step = [seconds: number, event: Observation[] | ((state: OrderState, now: number) => OrderState)];

export const INSTRUMENTS = ['IE00B4L5Y983', 'IE00B3RBWM25', 'US0378331005', 'DE0007164600'];

/** A placed order after all steps. */
export function orderAfter(steps: Step[], esw: (event: BuiltEvent) => Answer = () => 'accepted'): OrderState {
  const observation = portfolioOrder('NEW', { source: placement, at: at(0), createdAt: at(0) });
  const placed = { reference: 'savings-2026-03', requestedAt: at(0), side: 'BUY' as const, observation };
  const fresh = withPlacement(initialState(PORTFOLIO_ORDER, T, policies, 'executions'), placed, T);
  let state = emitted(step({ ...fresh, recovery: 'recovered' }, T, policies), T + 400, esw);
  for (const [seconds, event] of steps) {
    const now = T + Math.round(seconds * 1000);
    state = typeof event === 'function' ? event(state, now) : withObservations(state, event);
    state = emitted(step(state, now + 40, policies), now + 120, esw);
  }
  return state;
}

/** Sends ready events to ESW in batches, each answered after 150 ms. */
function emitted(state: OrderState, from: number, esw: (event: BuiltEvent) => Answer): OrderState {
  let now = from;
  let after = state;
  for (;;) {
    const batch = dispatchPlan(after, now, policies)
      .ready.map((entry): BuiltEvent => {
        const key = topicOf(entry);
        const { status, orderId = '', executionId: id = '' } = key;
        return { ...key, id: `event-${orderId}${id}-${status}`, body: '{}' };
      })
      .filter((event) => esw(event) !== 'none');
    if (batch.length === 0) return after;
    now += 150;
    const results = batch.map((event) => ({
      id: event.id,
      ...(esw(event) === 'accepted'
        ? { outcome: 'accepted' as const }
        : {
            outcome: 'refused' as const,
            refusal: {
              status: 400,
              message: 'FulfillmentStatus is not known',
              at: new Date(now).toISOString(),
            },
          }),
    }));
    after = withResults(withBatch(after, batch, 'savings-2026-03'), results, now);
  }
}

const whole = (status: string, seconds: number, more = {}) =>
  portfolioOrder(status, { source: webhook(Math.round(seconds * 10)), at: at(seconds), ...more });

export function child(n: number, status: string, seconds: number, fills: ExecutionFacts[] = []): Observation {
  return order(status, {
    source: webhook(1000 * n + Math.round(seconds * 10)),
    at: at(seconds),
    id: childId(n),
    instrumentId: INSTRUMENTS[(n - 1) % INSTRUMENTS.length] ?? '',
    cashAmount: '100.00',
    currency: 'EUR',
    executions: fills,
  });
}

export const fill = (n: number, status = 'FILLED'): ExecutionFacts =>
  facts(status, { id: executionId(n), cashAmount: '100.00', settlementDate: '2026-03-04' });

export const executed = (n: number, status: string, seconds: number): Observation =>
  execution(
    status,
    { of: childId(n), id: executionId(n), cashAmount: '100.00', settlementDate: '2026-03-04' },
    { source: webhook(100_000 * n + Math.round(seconds * 10)), at: at(seconds) },
  );

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The happy path; `spacing` and `settled` in seconds. */
export function happy(children: number, { spacing = 0.3, settled = 6 } = {}): OrderState {
  const all = numbers(children);
  const end = 1 + spacing * (children + 4);
  return orderAfter([
    [0.6, [whole('PROCESSING', 0.6), ...all.map((n) => child(n, 'NEW', 0.5))]],
    [0.9, all.map((n) => child(n, 'PROCESSING', 0.8 + 0.01 * n))],
    ...all.map((n): Step => {
      const seconds = 1 + spacing * n;
      return [seconds, [executed(n, 'FILLED', seconds), child(n, 'FILLED', seconds + 0.02, [fill(n)])]];
    }),
    [end, [whole('FILLED', end)]],
    [end + settled, all.map((n) => executed(n, 'SETTLED', end + settled + n / 200))],
    [end + settled + 0.5, [whole('SETTLED', end + settled + 0.5)]],
  ]);
}

const MINUTES = 60;
const HOURS = 3600;
/** Wednesday 18:00 in Berlin, from Monday 09:00 UTC on. */
export const SETTLES = 2 * 24 * HOURS + 8 * HOURS;

export const settledInDays = (): OrderState => happy(3, { spacing: 45, settled: SETTLES });

/** FILLED on Monday, and nothing settled yet. */
export const awaitingSettlement = (): OrderState =>
  orderAfter([
    [7, [whole('PROCESSING', 7), child(1, 'NEW', 6), child(2, 'NEW', 6)]],
    [9, [child(1, 'PROCESSING', 8), child(2, 'PROCESSING', 8)]],
    [70, [executed(1, 'FILLED', 70), child(1, 'FILLED', 70, [fill(1)])]],
    [4 * MINUTES, [executed(2, 'FILLED', 4 * MINUTES), child(2, 'FILLED', 4 * MINUTES, [fill(2)])]],
    [4 * MINUTES + 1, [whole('FILLED', 4 * MINUTES + 1)]],
  ]);

/** No progress for days, and Upvest reported nothing new. */
export const overdue = (): OrderState =>
  orderAfter([
    [7, [whole('PROCESSING', 7), child(1, 'NEW', 6), child(2, 'NEW', 6)]],
    [9, [child(1, 'PROCESSING', 8)]],
    [4 * 24 * HOURS, []],
  ]);

export const unseen = (): OrderState => ({
  ...initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'),
  recovery: 'recovered',
});

const ada = { actor: 'Ada Lovelace (demo-operate)', reason: 'the client called & asked for <it>' };

/** An operator cancels in time for one child only. */
export function cancelledMixed(): OrderState {
  return orderAfter([
    [0.6, [whole('PROCESSING', 0.6), child(1, 'NEW', 0.5), child(2, 'NEW', 0.5), child(3, 'NEW', 0.5)]],
    [1, [child(1, 'PROCESSING', 0.9), child(2, 'PROCESSING', 0.95)]],
    [2, [executed(1, 'FILLED', 2), child(1, 'FILLED', 2.02, [fill(1)])]],
    [2.6, (state, now) => operators.cancel.apply(state, ada, now).state],
    [2.8, (state, now) => withCancelAnswer(state, { kind: 'accepted' }, now)],
    [
      3.4,
      [
        child(2, 'CANCELLED', 3.3),
        child(3, 'CANCELLED', 3.35),
        whole('CANCELLED', 3.4, { cancellationReason: 'CANCELLED_BY_CLIENT' }),
      ],
    ],
    [6, [executed(1, 'SETTLED', 6)]],
  ]);
}

/** One execution is cancelled after it was settled. */
export function mistrade(): OrderState {
  return orderAfter([
    [0.6, [whole('PROCESSING', 0.6), child(1, 'NEW', 0.5), child(2, 'NEW', 0.5)]],
    [2, [executed(1, 'FILLED', 2), child(1, 'FILLED', 2.02, [fill(1)])]],
    [3, [executed(2, 'FILLED', 3), child(2, 'FILLED', 3.02, [fill(2)]), whole('FILLED', 3.1)]],
    [5, [executed(1, 'SETTLED', 5)]],
    [6, [executed(2, 'CANCELLED', 6)]],
    [7, [whole('SETTLED', 7)]],
  ]);
}

/** ESW rejects PROCESSING of the portfolio order, and does not respond to its other events. */
export function refusedByEsw(): OrderState {
  const steps: Step[] = [
    [0.6, [whole('PROCESSING', 0.6), child(1, 'NEW', 0.5)]],
    [1, [child(1, 'PROCESSING', 0.9)]],
    [2, [executed(1, 'FILLED', 2), child(1, 'FILLED', 2.02, [fill(1)])]],
    [2.5, [whole('FILLED', 2.5)]],
  ];
  return orderAfter(steps, ({ status, orderId }) => {
    if (orderId !== undefined) return status === 'FILLED' ? 'none' : 'accepted';
    return status === 'NEW' ? 'accepted' : status === 'PROCESSING' ? 'refused' : 'none';
  });
}

/** Many actions of operators and the coordinator within days. */
export function eventful(): OrderState {
  const ask = (state: OrderState, now: number): OrderState =>
    withReconciliation(state, { kind: 'read', observations: [] }, { askedAt: now, now }, policies);
  const reconcile = (state: OrderState, now: number): OrderState =>
    ask(operators.reconcile.apply(state, ada, now).state, now + 200);
  return orderAfter([
    [7, [whole('PROCESSING', 7), child(1, 'NEW', 6), child(2, 'NEW', 6)]],
    [9, [child(1, 'PROCESSING', 8)]],
    [1.1 * HOURS, ask],
    [3.3 * HOURS, ask],
    [3.4 * HOURS, reconcile],
    [3.5 * HOURS, reconcile],
    [
      3.6 * HOURS,
      (state, now) => withCancelAnswer(operators.cancel.apply(state, ada, now).state, REFUSAL, now + 300),
    ],
    [20 * HOURS, [executed(1, 'FILLED', 20 * HOURS), child(1, 'FILLED', 20 * HOURS, [fill(1)])]],
    [26 * HOURS, ask],
    [3 * 24 * HOURS, ask],
    [3.1 * 24 * HOURS, (state, now) => operators.acknowledge.apply(state, ada, now).state],
  ]);
}

const REFUSAL = {
  kind: 'refused' as const,
  problem: { status: 409, type: 'https://docs.upvest.co/errors/conflict', detail: 'It cannot be cancelled.' },
};
