/** Lives worth a picture, lived by the domain core: told by the broker step by step, with ESW answering. */
import { advance } from '../../src/domain/advance';
import { withCancelAnswer } from '../../src/domain/cancellation';
import { addressOf, topicOf, type BuiltEvent } from '../../src/domain/emission';
import type { ExecutionFacts, Observation } from '../../src/domain/observation';
import * as operators from '../../src/domain/operators';
import { emissionPlan, withBatch, withResults } from '../../src/domain/order-emission';
import {
  newLife,
  resumedLife,
  withObservations,
  withPlaced,
  type OrderLife,
} from '../../src/domain/order-life';
import { withAnswer } from '../../src/domain/reconciliation';
import { timelineOf, type TimelineEntry } from '../../src/domain/timeline';
import { viewOf, type PortfolioOrderView } from '../../src/domain/view';
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
import { policies, T } from '../domain/waiting';

export interface Pictured {
  view: PortfolioOrderView;
  entries: TimelineEntry[];
}

export const picturedOf = (life: OrderLife): Pictured => ({ view: viewOf(life), entries: timelineOf(life) });

type Answer = 'accepted' | 'refused' | 'none';
/** What is told at a time, in seconds after placing, or what somebody does then. */
type Step = [seconds: number, what: Observation[] | ((life: OrderLife, now: number) => OrderLife)];

export const INSTRUMENTS = ['IE00B4L5Y983', 'IE00B3RBWM25', 'US0378331005', 'DE0007164600'];

/** A placed order to which all of this happened. */
export function lived(steps: Step[], esw: (event: BuiltEvent) => Answer = () => 'accepted'): OrderLife {
  const observation = portfolioOrder('NEW', { source: placement, at: at(0), createdAt: at(0) });
  const placed = { reference: 'savings-2026-03', requestedAt: at(0), side: 'BUY' as const, observation };
  const fresh = withPlaced(newLife(PORTFOLIO_ORDER, T, policies, 'executions'), placed, T);
  let life = told(advance({ ...fresh, past: 'known' }, T, policies), T + 400, esw);
  for (const [seconds, what] of steps) {
    const now = T + Math.round(seconds * 1000);
    life = typeof what === 'function' ? what(life, now) : withObservations(life, what);
    life = told(advance(life, now + 40, policies), now + 120, esw);
  }
  return life;
}

/** ESW takes what is due, one batch after the other, each answered within half a second. */
function told(life: OrderLife, from: number, esw: (event: BuiltEvent) => Answer): OrderLife {
  let now = from;
  let after = life;
  for (;;) {
    const batch = emissionPlan(after, now, policies)
      .due.map((entry): BuiltEvent => {
        const addressed = addressOf(topicOf(entry));
        const { status, orderId = '', executionId: id = '' } = addressed;
        return { ...addressed, id: `event-${orderId}${id}-${status}`, body: '{}' };
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

/** The happy way; `spacing` and `settled` in seconds. */
export function happy(children: number, { spacing = 0.3, settled = 6 } = {}): OrderLife {
  const all = numbers(children);
  const end = 1 + spacing * (children + 4);
  return lived([
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

export const settledInDays = (): OrderLife => happy(3, { spacing: 45, settled: SETTLES });

/** FILLED on Monday, and nothing of it settled yet. */
export const awaitingSettlement = (): OrderLife =>
  lived([
    [7, [whole('PROCESSING', 7), child(1, 'NEW', 6), child(2, 'NEW', 6)]],
    [9, [child(1, 'PROCESSING', 8), child(2, 'PROCESSING', 8)]],
    [70, [executed(1, 'FILLED', 70), child(1, 'FILLED', 70, [fill(1)])]],
    [4 * MINUTES, [executed(2, 'FILLED', 4 * MINUTES), child(2, 'FILLED', 4 * MINUTES, [fill(2)])]],
    [4 * MINUTES + 1, [whole('FILLED', 4 * MINUTES + 1)]],
  ]);

/** Nothing moves on although days have passed, and Upvest was asked in vain. */
export const overdue = (): OrderLife =>
  lived([
    [7, [whole('PROCESSING', 7), child(1, 'NEW', 6), child(2, 'NEW', 6)]],
    [9, [child(1, 'PROCESSING', 8)]],
    [4 * 24 * HOURS, []],
  ]);

export const unseen = (): OrderLife =>
  resumedLife({ ...newLife(PORTFOLIO_ORDER, T, policies), past: 'known' });

const ada = { actor: 'Ada Lovelace (demo-operate)', reason: 'the client called & asked for <it>' };

/** An operator cancels in time for one child only. */
export function cancelledMixed(): OrderLife {
  return lived([
    [0.6, [whole('PROCESSING', 0.6), child(1, 'NEW', 0.5), child(2, 'NEW', 0.5), child(3, 'NEW', 0.5)]],
    [1, [child(1, 'PROCESSING', 0.9), child(2, 'PROCESSING', 0.95)]],
    [2, [executed(1, 'FILLED', 2), child(1, 'FILLED', 2.02, [fill(1)])]],
    [2.6, (life, now) => operators.cancel.apply(life, ada, now).life],
    [2.8, (life, now) => withCancelAnswer(life, { kind: 'accepted' }, now)],
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
export function mistrade(): OrderLife {
  return lived([
    [0.6, [whole('PROCESSING', 0.6), child(1, 'NEW', 0.5), child(2, 'NEW', 0.5)]],
    [2, [executed(1, 'FILLED', 2), child(1, 'FILLED', 2.02, [fill(1)])]],
    [3, [executed(2, 'FILLED', 3), child(2, 'FILLED', 3.02, [fill(2)]), whole('FILLED', 3.1)]],
    [5, [executed(1, 'SETTLED', 5)]],
    [6, [executed(2, 'CANCELLED', 6)]],
    [7, [whole('SETTLED', 7)]],
  ]);
}

/** ESW refuses PROCESSING, and does not answer to all else of it. */
export function refusedByEsw(): OrderLife {
  const steps: Step[] = [
    [0.6, [whole('PROCESSING', 0.6), child(1, 'NEW', 0.5)]],
    [1, [child(1, 'PROCESSING', 0.9)]],
    [2, [executed(1, 'FILLED', 2), child(1, 'FILLED', 2.02, [fill(1)])]],
    [2.5, [whole('FILLED', 2.5)]],
  ];
  return lived(steps, ({ status, orderId }) => {
    if (orderId !== undefined) return status === 'FILLED' ? 'none' : 'accepted';
    return status === 'NEW' ? 'accepted' : status === 'PROCESSING' ? 'refused' : 'none';
  });
}

/** Operators and the coordinator had a lot to do, within days. */
export function eventful(): OrderLife {
  const ask = (life: OrderLife, now: number): OrderLife =>
    withAnswer(life, { kind: 'read', observations: [] }, { askedAt: now, now }, policies);
  const reconcile = (life: OrderLife, now: number): OrderLife =>
    ask(operators.reconcile.apply(life, ada, now).life, now + 200);
  return lived([
    [7, [whole('PROCESSING', 7), child(1, 'NEW', 6), child(2, 'NEW', 6)]],
    [9, [child(1, 'PROCESSING', 8)]],
    [1.1 * HOURS, ask],
    [3.3 * HOURS, ask],
    [3.4 * HOURS, reconcile],
    [3.5 * HOURS, reconcile],
    [
      3.6 * HOURS,
      (life, now) => withCancelAnswer(operators.cancel.apply(life, ada, now).life, REFUSAL, now + 300),
    ],
    [20 * HOURS, [executed(1, 'FILLED', 20 * HOURS), child(1, 'FILLED', 20 * HOURS, [fill(1)])]],
    [26 * HOURS, ask],
    [3 * 24 * HOURS, ask],
    [3.1 * 24 * HOURS, (life, now) => operators.acknowledge.apply(life, ada, now).life],
  ]);
}

const REFUSAL = {
  kind: 'refused' as const,
  problem: { status: 409, type: 'https://docs.upvest.co/errors/conflict', detail: 'It cannot be cancelled.' },
};
