/**
 * The whole state of one `portfolioOrder` workflow as plain JSON, and how it changes. The workflow adds time, messages and
 * activities to this; it holds no state of its own, so a run hands over to the next one by passing this object on.
 */
import { isFinishedAtBroker } from './aggregate';
import { changeRecord } from './apply-observation';
import {
  noEmission,
  planEmission,
  withoutOvertaken,
  type BuiltEvent,
  type Emission,
  type EmissionPlan,
  type OutboxEntry,
  type Refusal,
} from './emission';
import { isKnown, portfolioOrderLifecycle, stepBetween, type PortfolioOrderStatus } from './lifecycle';
import type { Observation } from './observation';
import { isObservation } from './observation-guard';
import type { Placed } from './placement';
import type { Policies } from './policies';
import { emptyRecord, type PortfolioOrderRecord } from './record';

export interface OrderLife {
  /** When the first run started, milliseconds since the epoch. */
  startedAt: number;
  /** 1 for the first run, one more after each continue-as-new. */
  run: number;
  record: PortfolioOrderRecord;
  emission: Emission;
  /** Observations that arrived and are not applied yet. */
  inbox: Observation[];
  /** Messages whose shape was unusable; they are counted, never a reason to stop. */
  unusableMessages: number;
  placed?: Placed;
  /** When the order was taken for one that nobody placed here, milliseconds since the epoch. */
  adoptedAt?: number;
  /** When to ask (again) whether a placement is under way, milliseconds since the epoch. */
  askForPlacementAt: number;
  /** The name under which ESW files this order; fixed with the first event built. */
  brandOrderReference?: string;
}

export function newLife(portfolioOrderId: string, now: number, policies: Policies): OrderLife {
  return {
    startedAt: now,
    run: 1,
    record: emptyRecord(portfolioOrderId),
    emission: noEmission,
    inbox: [],
    unusableMessages: 0,
    askForPlacementAt: now + policies.placedGraceMs,
  };
}

/** Takes up the placement's facts. A second placement of the same order changes nothing. */
export function withPlaced(life: OrderLife, placed: Placed): OrderLife {
  if (life.placed !== undefined) return life;
  return { ...life, placed, inbox: [...life.inbox, placed.observation] };
}

/** Puts observations into the inbox. Input never throws: what has no usable shape is counted. */
export function withObservations(life: OrderLife, observations: unknown): OrderLife {
  const list: unknown[] = Array.isArray(observations) ? observations : [observations];
  const usable = list.filter(isObservation);
  const unusable = list.length - usable.length;
  return { ...life, inbox: [...life.inbox, ...usable], unusableMessages: life.unusableMessages + unusable };
}

/**
 * Applies everything in the inbox and notes what ESW has to be told. An order that the broker started by itself is
 * adopted as soon as that is known.
 */
export function drainInbox(life: OrderLife, now: number): OrderLife {
  let { record } = life;
  const outbox = [...life.emission.outbox];
  for (const observation of life.inbox) {
    const changed = changeRecord(record, observation);
    record = changed.record;
    for (const { subject, status } of changed.transitions) {
      if (subject !== 'portfolio-order' || !isKnown(portfolioOrderLifecycle, status)) continue;
      // CANCELLED after SETTLED, say: a finding, but nothing that ESW is told (`esw-order-event.md` 8.7).
      if (isRuledOut(status, record.status)) continue;
      outbox.push({ status, seenAt: now });
    }
  }
  const adopts = identityOf(life) === 'open' && wasStartedByBroker(record);
  return {
    ...life,
    record,
    inbox: [],
    emission: withoutOvertaken({ ...life.emission, outbox }),
    ...(adopts && { adoptedAt: now }),
  };
}

/** True for a status that contradicts the present one and ranks below it. */
function isRuledOut(late: PortfolioOrderStatus, present: PortfolioOrderStatus | undefined): boolean {
  if (present === undefined) return false;
  return stepBetween(portfolioOrderLifecycle, late, present)?.verdict === 'contradicts';
}

/** Who the order is to ESW: still open, placed by us, or adopted from the broker. */
export function identityOf(life: OrderLife): 'open' | 'placed' | 'adopted' {
  if (life.placed !== undefined) return 'placed';
  return life.adoptedAt === undefined ? 'open' : 'adopted';
}

/**
 * True when the order certainly was not placed by a client of ours: the broker started it itself (`upvest.md` 4.1). A
 * missing flow is treated like API.
 */
function wasStartedByBroker(record: PortfolioOrderRecord): boolean {
  return record.initiationFlow !== undefined && record.initiationFlow !== 'API';
}

/** True when there is something to emit, nobody has claimed the order, and its grace time is over. */
export function needsPlacementAnswer(life: OrderLife, now: number): boolean {
  return identityOf(life) === 'open' && life.emission.outbox.length > 0 && now >= life.askForPlacementAt;
}

/** Takes up the answer: while a placement is under way it is asked again later, otherwise the order is adopted. */
export function withPlacementAnswer(
  life: OrderLife,
  underWay: boolean,
  now: number,
  graceMs: number,
): OrderLife {
  return underWay ? { ...life, askForPlacementAt: now + graceMs } : { ...life, adoptedAt: now };
}

/** What may be emitted now. Nothing, while it is not known under which reference. */
export function emissionPlan(life: OrderLife, now: number, policies: Policies): EmissionPlan {
  if (identityOf(life) === 'open') return { due: [], held: life.emission.outbox };
  return planEmission(life.emission, life.record, now, policies.predecessorGraceMs);
}

/** When the workflow has to act although nothing arrived, milliseconds since the epoch; undefined: it only waits for messages. */
export function nextDeadline(life: OrderLife, now: number, policies: Policies): number | undefined {
  if (identityOf(life) === 'open' && life.emission.outbox.length > 0) return life.askForPlacementAt;
  return emissionPlan(life, now, policies).nextAt;
}

/** Notes that these events were built and are on their way, under a reference that is fixed from now on. */
export function withBatch(life: OrderLife, batch: BuiltEvent[], brandOrderReference: string): OrderLife {
  const taken = new Set(batch.map((event) => event.status));
  const outbox = life.emission.outbox.filter((entry) => !taken.has(entry.status));
  return { ...life, brandOrderReference, emission: { ...life.emission, outbox, inFlight: batch } };
}

/** Files an event that could not be built: nothing was sent, and somebody has to decide. */
export function withUnbuildable(life: OrderLife, entry: OutboxEntry, message: string): OrderLife {
  const outbox = life.emission.outbox.filter((one) => one.status !== entry.status);
  const refused = [...life.emission.refused, { status: entry.status, refusal: { message } }];
  return { ...life, emission: { ...life.emission, outbox, refused } };
}

/** ESW's answer to one event of the batch. */
export type EmissionResult =
  { id: string; outcome: 'accepted' } | { id: string; outcome: 'refused'; refusal: Refusal };

/** Files the answers; events without an answer stay in flight and are sent again with the same bytes. */
export function withResults(life: OrderLife, results: EmissionResult[]): OrderLife {
  const answers = new Map(results.map((result) => [result.id, result]));
  const { emission } = life;
  const accepted = [...emission.accepted];
  const refused = [...emission.refused];
  for (const event of emission.inFlight) {
    const answer = answers.get(event.id);
    if (answer?.outcome === 'accepted') accepted.push({ status: event.status, id: event.id });
    if (answer?.outcome === 'refused') refused.push({ ...event, refusal: answer.refusal });
  }
  const inFlight = emission.inFlight.filter((event) => !answers.has(event.id));
  return { ...life, emission: { ...emission, accepted, refused, inFlight } };
}

/**
 * The order is over when the broker has nothing more to tell, everything owed to ESW was accepted and no message is
 * unread. A refused event keeps it open: somebody has to decide.
 */
export function isOver(life: OrderLife): boolean {
  const { outbox, inFlight, refused } = life.emission;
  const owed = outbox.length + inFlight.length + refused.length;
  return life.inbox.length === 0 && owed === 0 && isFinishedAtBroker(life.record);
}
