/** How the state of one order's emission changes: what may go, what is on its way, what ESW said. */
import type { Decision } from './cancellation';
import { planEmission, type BuiltEvent, type EmissionPlan, type OutboxEntry, type Refusal } from './emission';
import { identityOf } from './identity';
import { noted } from './journal';
import type { OrderLife } from './order-life';
import type { Policies } from './policies';

/** What may be emitted now. Nothing, while it is not known under which reference, or whether it was told before. */
export function emissionPlan(life: OrderLife, now: number, policies: Policies): EmissionPlan {
  const isHeld = identityOf(life) === 'open' || life.held !== undefined || life.past === 'unknown';
  if (isHeld) return { due: [], held: life.emission.outbox };
  const { predecessorGraceMs: graceMs, deadlines } = policies;
  return planEmission(life.emission, life.record, now, { graceMs, asks: deadlines !== undefined });
}

/** Notes that these events were built and are on their way, under a reference that is fixed from now on. */
export function withBatch(life: OrderLife, batch: BuiltEvent[], brandOrderReference: string): OrderLife {
  const taken = new Set(batch.map((event) => event.status));
  const outbox = life.emission.outbox.filter((entry) => !taken.has(entry.status));
  return { ...life, brandOrderReference, emission: { ...life.emission, outbox, inFlight: batch } };
}

/** Files an event that could not be built: nothing was sent, and somebody has to decide. */
export function withUnbuildable(
  life: OrderLife,
  entry: OutboxEntry,
  message: string,
  now: number,
): OrderLife {
  const outbox = life.emission.outbox.filter((one) => one.status !== entry.status);
  const refused = [
    ...life.emission.refused,
    { status: entry.status, refusal: { message, at: new Date(now).toISOString() } },
  ];
  return { ...life, emission: { ...life.emission, outbox, refused } };
}

/** ESW's answer to one event of the batch. */
export type EmissionResult =
  { id: string; outcome: 'accepted' } | { id: string; outcome: 'refused'; refusal: Refusal };

/** Files the answers; events without an answer stay in flight and are sent again with the same bytes. */
export function withResults(life: OrderLife, results: EmissionResult[], now: number): OrderLife {
  const answers = new Map(results.map((result) => [result.id, result]));
  const at = new Date(now).toISOString();
  const { emission } = life;
  const accepted = [...emission.accepted];
  const refused = [...emission.refused];
  for (const event of emission.inFlight) {
    const answer = answers.get(event.id);
    if (answer?.outcome === 'accepted') accepted.push({ status: event.status, id: event.id, at });
    if (answer?.outcome === 'refused') refused.push({ ...event, refusal: { ...answer.refusal, at } });
  }
  const inFlight = emission.inFlight.filter((event) => !answers.has(event.id));
  return { ...life, emission: { ...emission, accepted, refused, inFlight } };
}

/** Lets what was held back go. */
export function withRelease(life: OrderLife, { actor, reason }: Decision, now: number): OrderLife {
  const { held, ...released } = life;
  const text = `What was held (${held ?? 'nothing'}) may go to ESW`;
  return {
    ...released,
    journal: noted(life.journal, now, { rule: 'operator:release', text, actor, reason }),
  };
}

/** Puts refused events that have a body back in front, as they are: the same id and the same bytes. */
export function withRetriedEmission(life: OrderLife, { actor, reason }: Decision, now: number): OrderLife {
  const { refused, inFlight } = life.emission;
  const again = refused.flatMap(({ status, id, body }) =>
    id === undefined || body === undefined ? [] : [{ status, id, body }],
  );
  const unbuilt = refused.filter(({ id }) => id === undefined).map(({ status }) => ({ status, seenAt: 0 }));
  const emission = {
    ...life.emission,
    refused: [],
    inFlight: [...again, ...inFlight],
    outbox: [...unbuilt, ...life.emission.outbox],
  };
  const text = `To be sent again: ${refused.map(({ status }) => status).join(', ')}`;
  return {
    ...life,
    emission,
    journal: noted(life.journal, now, { rule: 'operator:retry-emission', text, actor, reason }),
  };
}
