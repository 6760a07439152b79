import type { OrderEventBody } from './order-event-schema';
import type { MemberErrors } from './wire-answer';

/** How a valid event was taken: for the first time, again with the same body, or again with another one. */
export type SubmissionOutcome = 'accepted' | 'replayed' | 'conflicting';

/** One accepted event, as the inspection shows it. */
export interface StoredEvent {
  /** Place in the order of acceptance, from 1. */
  sequence: number;
  /** ISO 8601 time of acceptance. */
  receivedAt: string;
  /** Tenant of the body, or of the token where the body (in lenient mode) has none. */
  tenantCode: string;
  /** The body exactly as it came, as text: only valid UTF-8 is accepted, so nothing is lost. */
  rawBody: string;
  /** SHA-256 of the raw bytes, lower-case hex. */
  sha256: string;
  /** The parsed body under ESW's member names, unknown members kept; integers beyond the safe ones are `bigint`. */
  body: OrderEventBody;
  /** `Idempotency-Key` header, if sent. */
  idempotencyKey: string | undefined;
  /** `X-Correlation-ID` header, if sent. */
  correlationId: string | undefined;
  /** Valid requests with this id so far: the first, replays and conflicts. */
  received: number;
  /** Times the same id came again with the same body. */
  replays: number;
  /** Those of the replays that were equal byte for byte; less than `replays` means an emitter rebuilt the body. */
  byteIdenticalReplays: number;
}

/** One arrival of a valid event. Of each event the newest 100 are kept; its `received` counts all. */
export interface EventReceipt {
  /** ISO 8601. */
  receivedAt: string;
  tenantCode: string;
  /** Id of the event as stored first; absent in lenient mode where the event has none. */
  id: string | undefined;
  /** `sequence` of the stored event. */
  sequence: number;
  outcome: SubmissionOutcome;
  /** The body exactly as it came. */
  bytes: Buffer;
  /** SHA-256 of the bytes, lower-case hex. */
  sha256: string;
}

/** Narrows a listing; absent members match everything. */
export interface EventFilter {
  tenant?: string | undefined;
  /** `brandOrderReference`. */
  reference?: string | undefined;
  /** `parentBrandOrderReference`: the events of an order's children. */
  parent?: string | undefined;
  /** Event id, compared without case. */
  id?: string | undefined;
}

/** How event requests ended. */
export interface EventCounts {
  /** Stored for the first time. */
  accepted: number;
  /** Known id, same body. */
  replayed: number;
  /** Known id, different body: must stay 0. */
  conflicting: number;
  /** Refused on their own demerits: 400, 401, 403, 413, 415. */
  rejected: number;
  /** Handled and counted above, but the connection was closed without an answer. */
  dropped: number;
  /** Answered or broken off by a fault or an outage, without the event being looked at; counted nowhere else. */
  faulted: number;
}

/** One refused request. */
export interface Rejection {
  receivedAt: string;
  status: number;
  /** Faults per member of a 400, otherwise empty. */
  errors: MemberErrors;
  /** `id` of the event, where the body was read and has one that is text. */
  id?: string | undefined;
  /** `brandOrderReference`, likewise. */
  reference?: string | undefined;
}

/** A valid event on its way into the ledger. */
export interface Submission {
  bytes: Buffer;
  /** The JSON as sent: what the canonical comparison looks at. */
  value: Record<string, unknown>;
  body: OrderEventBody;
  tokenTenant: string;
  idempotencyKey: string | undefined;
  correlationId: string | undefined;
}

/** Tells whether a stored event is one that is asked for. */
export function matchesFilter({ tenantCode, body }: StoredEvent, filter: EventFilter): boolean {
  return (
    (filter.tenant === undefined || filter.tenant === tenantCode) &&
    (filter.reference === undefined || filter.reference === body.brandOrderReference) &&
    (filter.parent === undefined || filter.parent === body.parentBrandOrderReference) &&
    (filter.id === undefined || filter.id.toLowerCase() === body.id?.toLowerCase())
  );
}

/** All zero. */
export function noCounts(): EventCounts {
  return { accepted: 0, replayed: 0, conflicting: 0, rejected: 0, dropped: 0, faulted: 0 };
}
