import type { OrderEventBody } from './order-event-schema';
import type { MemberErrors } from '../http/wire-response';

/** Outcome of a valid event: new, known with the same body, or known with a different body. */
export type SubmissionOutcome = 'accepted' | 'replayed' | 'conflicting';

/** One accepted event. */
export interface StoredEvent {
  /** Position in order of acceptance, from 1. */
  sequence: number;
  /** ISO 8601 time of acceptance. */
  receivedAt: string;
  /** Tenant of the body, or of the token if the body has none (lenient mode). */
  tenantCode: string;
  /** The body as received, as text; lossless, since only valid UTF-8 is accepted. */
  rawBody: string;
  /** SHA-256 of the raw bytes, lower-case hex. */
  sha256: string;
  /** The parsed body under ESW's member names, including unknown members; unsafe integers are `bigint`. */
  body: OrderEventBody;
  /** `Idempotency-Key` header, if sent. */
  idempotencyKey: string | undefined;
  /** `X-Correlation-ID` header, if sent. */
  correlationId: string | undefined;
  /** Number of valid requests with this id: the first, replays and conflicts. */
  received: number;
  /** Number of requests with the same id and the same body. */
  replays: number;
  /** Number of replays with identical bytes; fewer than `replays` if the emitter rebuilt the body. */
  byteIdenticalReplays: number;
}

/** One arrival of a valid event. The newest 100 per event are stored; `received` counts all. */
export interface EventReceipt {
  /** ISO 8601. */
  receivedAt: string;
  tenantCode: string;
  /** Id of the stored event; absent if the event has none (lenient mode). */
  id: string | undefined;
  /** `sequence` of the stored event. */
  sequence: number;
  outcome: SubmissionOutcome;
  /** The body as received. */
  bytes: Buffer;
  /** SHA-256 of the bytes, lower-case hex. */
  sha256: string;
}

/** Filter for events; absent members match everything. */
export interface EventFilter {
  tenant?: string | undefined;
  /** `brandOrderReference`. */
  reference?: string | undefined;
  /** `parentBrandOrderReference`: the events of an order's children. */
  parent?: string | undefined;
  /** Event id, case-insensitive. */
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
  /** Invalid or not authorised: 400, 401, 403, 413, 415. */
  rejected: number;
  /** Handled and counted above, but the connection was closed without a response. */
  dropped: number;
  /** Failed by a fault or an outage before the event was handled; counted nowhere else. */
  faulted: number;
}

/** One rejected request. */
export interface Rejection {
  receivedAt: string;
  status: number;
  /** Validation errors per member for a 400, otherwise empty. */
  errors: MemberErrors;
  /** `id` of the event, if the body was read and contains it as a string. */
  id?: string | undefined;
  /** `brandOrderReference`, under the same condition. */
  reference?: string | undefined;
}

/** A valid event to be stored. */
export interface Submission {
  bytes: Buffer;
  /** The JSON as sent, for the canonical comparison. */
  value: Record<string, unknown>;
  body: OrderEventBody;
  tokenTenant: string;
  idempotencyKey: string | undefined;
  correlationId: string | undefined;
}

/** Whether a stored event matches the filter. */
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
