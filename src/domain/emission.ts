/**
 * Which OrderEvents are owed to ESW, which may go now, and what became of the others.
 *
 * The outbox holds statuses, not bodies: a body is built once, when the lane takes it, and from then on its bytes never
 * change.
 */
import { skippedStatuses } from './findings';
import { portfolioOrderLifecycle, rank, type PortfolioOrderStatus } from './lifecycle';
import type { PortfolioOrderRecord } from './record';

/** A status that ESW has not been told of. */
export interface OutboxEntry {
  status: PortfolioOrderStatus;
  /** When we first saw it, milliseconds since the epoch: grace times count from here. */
  seenAt: number;
  /** True once the broker was asked for what comes before it. */
  isChecked?: true;
}

/** An OrderEvent with its final bytes. */
export interface BuiltEvent {
  status: PortfolioOrderStatus;
  /** OrderEvent id. */
  id: string;
  /** JSON text, sent as it is on every attempt. */
  body: string;
}

/** ESW's final refusal of an event. */
export interface Refusal {
  /** HTTP status; absent when the event could not even be built. */
  status?: number;
  message: string;
  /** ESW's trace id, where it gave one. */
  correlationId?: string;
  /** When we had it, ISO 8601 UTC. */
  at?: string;
}

export interface Emission {
  outbox: OutboxEntry[];
  /** The batch that the lane is sending. */
  inFlight: BuiltEvent[];
  /** What ESW accepted, in order; `at` is when we had its answer, ISO 8601 UTC. */
  accepted: { status: PortfolioOrderStatus; id: string; at?: string }[];
  /** What ESW refused, with the bytes that it refused. */
  refused: (Partial<BuiltEvent> & { status: PortfolioOrderStatus; refusal: Refusal })[];
}

export const noEmission: Emission = { outbox: [], inFlight: [], accepted: [], refused: [] };

export interface EmissionPlan {
  /** May go now, in lifecycle order. */
  due: OutboxEntry[];
  /** Waits for its grace time or for what comes before it. */
  held: OutboxEntry[];
  /** When the grace time of the first held entry ends, milliseconds since the epoch. */
  nextAt?: number;
}

/** How long a status waits for those before it. */
export interface PredecessorRule {
  /** Milliseconds. */
  graceMs: number;
  /** True when the broker is asked at the end of that time, and the status waits for its answer, too. */
  asks: boolean;
}

/**
 * Sorts the outbox into what may go now and what has to wait. A status whose predecessors were not seen, or that was only
 * seen inside the snapshot of another event, is held for the grace time; then the broker is asked, and it goes out as what
 * was really observed (`esw-order-event.md` 8.7). Everything behind a held entry waits too: order matters more than speed.
 */
export function planEmission(
  emission: Emission,
  record: PortfolioOrderRecord,
  now: number,
  { graceMs, asks }: PredecessorRule,
): EmissionPlan {
  const outbox = [...emission.outbox].sort((a, b) => rankOf(a.status) - rankOf(b.status));
  const furthest = furthestSent(emission);
  const firstHeld = outbox.findIndex(
    ({ status, seenAt, isChecked }) =>
      (now < seenAt + graceMs || (asks && !isChecked)) && isUncertain(status, record, furthest),
  );
  if (firstHeld === -1) return { due: outbox, held: [] };
  const held = outbox.slice(firstHeld);
  const [first] = held;
  return { due: outbox.slice(0, firstHeld), held, ...(first && { nextAt: first.seenAt + graceMs }) };
}

/**
 * Takes out what turned up after a later status had gone out: sending it would take ESW's view back. It stays in the
 * record, and later events list it among their transactions.
 */
export function withoutOvertaken(emission: Emission): Emission {
  const furthest = furthestSent(emission);
  return { ...emission, outbox: emission.outbox.filter((entry) => rankOf(entry.status) > furthest) };
}

/**
 * True for a status that was only seen inside the snapshot of another event, or that left a gap behind it. Gaps before
 * what went out already were waited for once.
 */
function isUncertain(status: PortfolioOrderStatus, record: PortfolioOrderRecord, furthest: number): boolean {
  if (record.reached[status]?.by === 'snapshot') return true;
  return skippedStatuses(portfolioOrderLifecycle, record, status).some(
    (skipped) => rankOf(skipped) > furthest,
  );
}

/** Rank of the furthest status that went out; -1 before the first. */
function furthestSent({ accepted, refused, inFlight }: Emission): number {
  return Math.max(-1, ...[...accepted, ...refused, ...inFlight].map((event) => rankOf(event.status)));
}

function rankOf(status: PortfolioOrderStatus): number {
  return rank(portfolioOrderLifecycle, status);
}
