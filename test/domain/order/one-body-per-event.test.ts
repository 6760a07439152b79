/**
 * Over generated lives of an order, with observations in any order, lost and repeated, answers of ESW lost, runs terminated
 * and reset: an event id has one body at ESW, and ESW gets no event again that it has answered.
 */
import { array, assert, constantFrom, integer, oneof, property, record as planOf } from 'fast-check';
import type { Observation } from '../../../src/domain/broker/observation';
import {
  dispatchPlan,
  hasEmissionWork,
  withBatch,
  withResults,
  withUnbuildable,
} from '../../../src/domain/order/emission';
import { withPredecessor, withReset } from '../../../src/domain/order/recovery';
import { withReconciliation } from '../../../src/domain/order/reconciliation';
import { step } from '../../../src/domain/order/step';
import { initialState, withObservations, withPlacement } from '../../../src/domain/order/transitions';
import { buildOrderEvent, isUnbuildable } from '../../../src/domain/order-event/build';
import { EVENT_DETAILS, topicOf, type EventDetail } from '../../../src/domain/order-event/topic';
import type { BuiltEvent } from '../../../src/domain/outbox/outbox';
import type { OrderState } from '../../../src/domain/order-state/state';
import { reorderedBatches, withLosses } from '../calendar/schedules';
import { generateOrder, orderPlans, seeds } from '../generated-orders';
import { settings, WORKFLOW } from '../order-event/built-events';
import { PORTFOLIO_ORDER } from '../samples';
import { MINUTE, placed, policies, T } from './waiting';

type Act =
  | { kind: 'deliver' | 'reconcile' | 'send' | 'send, answer lost' | 'terminate' }
  /** Back to the state before so many acts. */
  | { kind: 'reset'; back: number };

const acts = oneof(
  { weight: 8, arbitrary: planOf({ kind: constantFrom('deliver' as const, 'send' as const) }) },
  {
    weight: 4,
    arbitrary: planOf({
      kind: constantFrom('reconcile' as const, 'send, answer lost' as const, 'terminate' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: planOf({ kind: constantFrom('reset' as const), back: integer({ min: 1, max: 12 }) }),
  },
);

/** One order's workflow, its earlier states, and what ESW has received. */
class Life {
  readonly bodies = new Map<string, string>();
  private readonly answered = new Set<string>();
  private readonly earlier: { state: OrderState; delivered: number }[] = [];
  private readonly delivered: Observation[] = [];
  private state: OrderState;
  private now = T;

  constructor(
    private readonly detail: EventDetail,
    private readonly answers: Observation[],
  ) {
    this.state = withPlacement(this.fresh(), placed, T);
  }

  act(act: Act, next: Observation[]): void {
    this.now += MINUTE;
    this.earlier.push({ state: this.state, delivered: this.delivered.length });
    switch (act.kind) {
      case 'deliver':
        this.delivered.push(...next);
        this.state = withObservations(this.state, next);
        break;
      case 'reconcile':
        this.reconcile();
        break;
      case 'send':
      case 'send, answer lost':
        this.send(act.kind === 'send');
        break;
      case 'terminate':
        this.recover({ ...withObservations(this.fresh(), next), recovery: 'recovering' });
        this.delivered.push(...next);
        break;
      case 'reset':
        this.reset(act.back);
    }
    this.state = step(this.state, this.now, policies);
  }

  private fresh(): OrderState {
    return initialState(PORTFOLIO_ORDER, this.now, policies, this.detail);
  }

  private reconcile(): void {
    const times = { askedAt: this.now, now: this.now };
    const read = { kind: 'read', observations: this.answers } as const;
    this.state = withReconciliation(this.state, read, times, policies);
  }

  /** Temporal sends all signals since that state again. */
  private reset(back: number): void {
    const { state, delivered } = this.earlier.at(-back) ??
      this.earlier[0] ?? { state: this.state, delivered: 0 };
    const outdated = withReset(withObservations(state, this.delivered.slice(delivered)), this.now);
    expect(hasEmissionWork(step(outdated, this.now, policies), this.now, policies)).toBe(false);
    this.recover(outdated);
  }

  private recover(state: OrderState): void {
    this.state = withPredecessor(state, { kind: 'found', state: this.state }, this.now);
  }

  private send(isAnswered: boolean): void {
    if (!hasEmissionWork(this.state, this.now, policies)) return;
    if (this.state.emission.inFlight.length === 0) this.build();
    const { inFlight } = this.state.emission;
    for (const { id, body } of inFlight) {
      expect(this.bodies.get(id) ?? body).toBe(body);
      expect(this.answered).not.toContain(id);
      this.bodies.set(id, body);
      if (isAnswered) this.answered.add(id);
    }
    const results = isAnswered ? inFlight.map(({ id }) => ({ id, outcome: 'accepted' as const })) : [];
    this.state = withResults(this.state, results, this.now);
  }

  private build(): void {
    const batch: BuiltEvent[] = [];
    for (const entry of dispatchPlan(this.state, this.now, policies).ready) {
      try {
        const event = buildOrderEvent({
          record: this.state.record,
          topic: entry,
          brandOrderReference: placed.reference,
          workflowId: WORKFLOW,
          settings: { ...settings, detail: this.detail },
        });
        batch.push({ ...topicOf(entry), ...event });
      } catch (error) {
        if (!isUnbuildable(error)) throw error;
        this.state = withUnbuildable(this.state, entry, error.message, this.now);
      }
    }
    this.state = withBatch(this.state, batch, placed.reference);
  }
}

test('no event id has two bodies, whatever is reordered, lost, repeated, terminated and reset (14.4)', () => {
  let events = 0;
  assert(
    property(
      orderPlans,
      seeds,
      constantFrom(...EVENT_DETAILS),
      array(acts, { minLength: 10, maxLength: 60 }),
      (plan, seed, detail, script) => {
        const { reported, answers } = generateOrder(plan);
        const batches = reorderedBatches(withLosses(reported, seed), seed);
        const life = new Life(detail, answers);
        for (const act of script)
          life.act(act, act.kind === 'deliver' || act.kind === 'terminate' ? (batches.shift() ?? []) : []);
        for (const batch of batches) {
          life.act({ kind: 'deliver' }, batch);
          life.act({ kind: 'send' }, []);
        }
        events += life.bodies.size;
      },
    ),
    { numRuns: 30 },
  );
  expect(events).toBeGreaterThan(30);
});
