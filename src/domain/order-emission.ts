/** How the state of one order's emission changes: what may go, what is on its way, what ESW said. */
import type { Decision } from './cancellation';
import {
  addressOf,
  isClogged,
  keyOf,
  namesOf,
  type BuiltEvent,
  type OutboxEntry,
  type Pause,
  type Refusal,
} from './emission';
import { planEmission, type EmissionPlan } from './emission-plan';
import { identityOf } from './identity';
import { noted } from './journal';
import type { OrderLife } from './order-life';
import type { Policies } from './policies';

/** Pauses grow from one minute to a quarter of an hour: credentials are mended by people. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** A sink that asks for more is asked again all the same. */
const LONGEST_ASKED_PAUSE_MS = 60 * 60_000;

/** What may be emitted now. Nothing, while it is not known under which reference, or whether it was told before. */
export function emissionPlan(life: OrderLife, now: number, policies: Policies): EmissionPlan {
  const isHeld =
    identityOf(life) === 'open' ||
    life.held !== undefined ||
    life.past === 'unknown' ||
    isClogged(life.emission);
  if (isHeld) return { due: [], held: life.emission.outbox };
  const { predecessorGraceMs: graceMs, deadlines } = policies;
  return planEmission(life.emission, life.record, now, { graceMs, asks: deadlines !== undefined });
}

/** True when something is to be sent now. */
export function hasEmissionWork(life: OrderLife, now: number, policies: Policies): boolean {
  const { inFlight, again = [], pause } = life.emission;
  if (pause !== undefined && now < pause.until) return false;
  return inFlight.length > 0 || again.length > 0 || emissionPlan(life, now, policies).due.length > 0;
}

/** Notes that these events were built and are on their way, under a reference that is fixed from now on. */
export function withBatch(life: OrderLife, batch: BuiltEvent[], brandOrderReference: string): OrderLife {
  const taken = new Set(batch.map(keyOf));
  const outbox = life.emission.outbox.filter((entry) => !taken.has(keyOf(entry)));
  return { ...life, brandOrderReference, emission: { ...life.emission, outbox, inFlight: batch } };
}

/** Puts the first `count` events that an operator wants sent once more on their way. */
export function withBatchAgain(life: OrderLife, count: number): OrderLife {
  const { again = [], ...rest } = life.emission;
  const left = again.slice(count);
  const emission = { ...rest, ...(left.length > 0 && { again: left }), inFlight: again.slice(0, count) };
  return { ...life, emission };
}

/** Files an event that could not be built: nothing was sent, and somebody has to decide. */
export function withUnbuildable(
  life: OrderLife,
  entry: OutboxEntry,
  message: string,
  now: number,
): OrderLife {
  const outbox = life.emission.outbox.filter((one) => keyOf(one) !== keyOf(entry));
  const refused = [
    ...life.emission.refused,
    { ...addressOf(entry), refusal: { message, at: new Date(now).toISOString() } },
  ];
  return { ...life, emission: { ...life.emission, outbox, refused } };
}

/** ESW's answer to one event of the batch. */
export type EmissionResult =
  { id: string; outcome: 'accepted' } | { id: string; outcome: 'refused'; refusal: Refusal };

/**
 * Files the answers; events without an answer stay in flight and are sent again with the same bytes. An answer ends a
 * pause: whoever gives one takes events.
 */
export function withResults(life: OrderLife, results: EmissionResult[], now: number): OrderLife {
  const answers = new Map(results.map((result) => [result.id, result]));
  const at = new Date(now).toISOString();
  const { pause, ...emission } = life.emission;
  const accepted = [...emission.accepted];
  const refused = [...emission.refused];
  for (const event of emission.inFlight) {
    const answer = answers.get(event.id);
    const { id } = event;
    if (answer?.outcome === 'accepted') accepted.push({ ...addressOf(event), id, at });
    if (answer?.outcome === 'refused') refused.push({ ...event, refusal: { ...answer.refusal, at } });
  }
  const inFlight = emission.inFlight
    .filter((event) => !answers.has(event.id))
    .map((event) => ({ ...event, sentBefore: true as const }));
  const isAnswered = results.length > 0;
  return {
    ...life,
    emission: { ...emission, ...(pause && !isAnswered && { pause }), accepted, refused, inFlight },
  };
}

/** Stops the lane for a while; `retryAfterMs` is what ESW asked for. */
export function withPause(
  life: OrderLife,
  { why, refusal, retryAfterMs }: Pick<Pause, 'why' | 'refusal'> & { retryAfterMs?: number },
  now: number,
): OrderLife {
  const { pause: before } = life.emission;
  const goesOn = before?.why === why ? before : undefined;
  const attempts = (goesOn?.attempts ?? 0) + 1;
  const backOff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
  const ms = retryAfterMs === undefined ? backOff : Math.min(LONGEST_ASKED_PAUSE_MS, retryAfterMs);
  const at = new Date(now).toISOString();
  const pause: Pause = {
    why,
    refusal: { ...refusal, at },
    since: goesOn?.since ?? now,
    until: now + ms,
    attempts,
  };
  const text =
    why === 'busy'
      ? `ESW asked for a pause: ${refusal.message}`
      : `ESW takes nothing from this deployment: ${refusal.message}`;
  const paused = { ...life, emission: { ...life.emission, pause } };
  if (goesOn !== undefined) return paused;
  return { ...paused, journal: noted(life.journal, now, { rule: 'emission:paused', text }) };
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

/**
 * Has refused events sent once more: as they are where they have a body, with the same id and the same bytes; built anew
 * where they could not be built. It ends a pause, too.
 */
export function withRetriedEmission(life: OrderLife, { actor, reason }: Decision, now: number): OrderLife {
  const { refused, again = [], pause, ...rest } = life.emission;
  const parked = refused.flatMap(({ refusal: _refusal, id, body, ...event }) =>
    id === undefined || body === undefined ? [] : [{ ...event, id, body }],
  );
  const unbuilt = refused
    .filter(({ id }) => id === undefined)
    .map((entry): OutboxEntry => ({
      ...addressOf(entry),
      seenAt: 0,
      isChecked: true,
      isRetried: true,
    }));
  const resent = [...again, ...parked];
  const emission = {
    ...rest,
    refused: [],
    ...(resent.length > 0 && { again: resent }),
    outbox: [...unbuilt, ...rest.outbox],
  };
  const what = refused.length > 0 ? `To be sent again: ${namesOf(refused)}` : 'ESW is to be tried again now';
  const text = pause === undefined || refused.length === 0 ? what : `${what}; the pause is over`;
  return {
    ...life,
    emission,
    journal: noted(life.journal, now, { rule: 'operator:retry-emission', text, actor, reason }),
  };
}
