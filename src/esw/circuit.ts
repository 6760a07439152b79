/**
 * How many requests of this process are on their way to ESW. It is the semaphore and the circuit breaker in one, because
 * both decide whether a request may start: at the limit it waits, while ESW takes nothing it does not start, and after
 * that the limit grows from one.
 */
import type { Refusal } from '../domain/outbox/outbox';
import type { SinkOutcome } from '../app/ports/fulfillment-sink';
import { untilAborted } from '../lib/timeout';

type Failure = Extract<SinkOutcome, { outcome: 'retry' | 'unauthorised' }>;

/**
 * Different events that fail one after another, with no answer for any event in between, open the circuit. Different ones,
 * since a single event can make ESW fail every time; ten, since ESW may fail for a third of them and take the others.
 */
const EVENTS_UNTIL_OPEN = 10;
/** Times between the starts of two probes: they double up to the longest. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

export interface CircuitOptions {
  maxInFlight: number;
  clock: { now(): number };
  /** At least 0, below 1. Default: Math.random. */
  random?: () => number;
  /** Called when the circuit opens, and when an answer closes it. */
  onChange?: ((change: CircuitChange) => void) | undefined;
}

export type CircuitChange =
  { state: 'open'; cause: string; pauseMs: number } | { state: 'closed'; afterMs: number };

/** Runs `work`, the delivery of the event, once it may start; throws the signal's reason if it aborts during the wait. */
export type Circuit = (
  eventId: string,
  work: () => Promise<SinkOutcome>,
  signal?: AbortSignal,
) => Promise<SinkOutcome>;

/** May send, or the answer that stands for what ESW would say. */
type Permit = 'request' | 'probe' | Failure;

interface Open {
  since: number;
  /** From then on the next request may probe. */
  until: number;
  pauseMs: number;
  failure: Failure;
}

export function createCircuit(options: CircuitOptions): Circuit {
  const { maxInFlight, clock, random = Math.random, onChange } = options;
  let limit = maxInFlight;
  let running = 0;
  let open: Open | undefined;
  /** Ids of events that failed since the last answer. */
  let failed = new Set<string>();
  const waiting = new Set<(permit: Permit) => void>();

  async function acquire(signal: AbortSignal | undefined): Promise<Permit> {
    signal?.throwIfAborted();
    if (open !== undefined) {
      if (clock.now() < open.until) return withoutRequest(open);
      // From its start, so that a probe without an answer delays no other.
      open = withPause(open, Math.min(LONGEST_PAUSE_MS, 2 * open.pauseMs));
      running += 1;
      return 'probe';
    }
    if (running < limit) {
      running += 1;
      return 'request';
    }
    let grant: (permit: Permit) => void = () => undefined;
    const granted = new Promise<Permit>((resolve) => {
      grant = resolve;
      waiting.add(grant);
    });
    try {
      return await untilAborted(granted, signal);
    } catch (reason) {
      // Release the permit if it was granted and aborted at the same time.
      if (!waiting.delete(grant) && (await granted) === 'request') release();
      throw reason;
    }
  }

  function release(): void {
    running -= 1;
    grantPermits();
  }

  function grantPermits(): void {
    for (const grant of waiting) {
      if (open === undefined && running >= limit) return;
      waiting.delete(grant);
      if (open !== undefined) grant(withoutRequest(open));
      else {
        running += 1;
        grant('request');
      }
    }
  }

  function answered(): void {
    failed = new Set();
    if (open === undefined) limit = Math.min(maxInFlight, limit + 1);
    else {
      onChange?.({ state: 'closed', afterMs: clock.now() - open.since });
      open = undefined;
      limit = 1;
    }
    grantPermits();
  }

  function notAnswered(eventId: string, failure: Failure, isProbe: boolean): void {
    // ESW takes fewer requests at a time than it gets.
    if (isBusy(failure.refusal)) limit = Math.max(1, Math.floor(limit / 2));
    failed.add(eventId);
    const cause = withoutEvent(failure, eventId);
    if (open === undefined) {
      if (failed.size < EVENTS_UNTIL_OPEN) return;
      const now = clock.now();
      open = withPause({ since: now, until: now, pauseMs: 0, failure: cause }, pauseOf(failure));
      onChange?.({ state: 'open', cause: cause.refusal.message, pauseMs: open.pauseMs });
      grantPermits();
      // What began before the circuit opened says nothing about the time since.
    } else if (isProbe) open = { ...open, failure: cause };
  }

  function withPause(circuit: Open, pauseMs: number): Open {
    return { ...circuit, pauseMs, until: clock.now() + pauseMs };
  }

  /** What every event would meet, without a request: ESW's own words, and when the next probe is due. */
  function withoutRequest({ until, pauseMs, failure }: Open): Failure {
    if (failure.outcome === 'unauthorised') return failure;
    const { refusal } = failure;
    // Spread, so that the orders that wait do not come back in the same moment.
    const probeInMs = Math.max(0, until - clock.now()) + Math.ceil(random() * (pauseMs / 2));
    return { outcome: 'retry', refusal, unsentForMs: Math.max(1_000, probeInMs) };
  }

  return async (eventId, work, signal) => {
    const permit = await acquire(signal);
    if (typeof permit !== 'string') return permit;
    const isProbe = permit === 'probe';
    try {
      const outcome = await work();
      if (outcome.outcome === 'accepted' || outcome.outcome === 'refused') answered();
      else notAnswered(eventId, outcome, isProbe);
      return outcome;
    } finally {
      release();
    }
  };
}

/** As long as ESW asks, within our bounds. */
function pauseOf(failure: Failure): number {
  const asked = failure.outcome === 'retry' ? (failure.retryAfterMs ?? 0) : 0;
  return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, asked));
}

function isBusy({ status }: Refusal): boolean {
  return status === 429;
}

/** The failure as it concerns every event: without the one that met it, and ESW's name for that exchange. */
function withoutEvent(failure: Failure, eventId: string): Failure {
  const { correlationId: _, ...refusal } = failure.refusal;
  const message = refusal.message.replace(` to ${eventId}`, '');
  return { ...failure, refusal: { ...refusal, message } };
}
