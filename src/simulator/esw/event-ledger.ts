import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from './json-body';
import type { OrderEventBody } from './order-event-schema';
import type { OrderingAudit } from './ordering-audit';
import type { MemberErrors } from './wire-answer';

/** One accepted event, as the inspection shows it. */
export interface StoredEvent {
  /** Place in the order of acceptance, from 1. */
  sequence: number;
  /** ISO 8601 time of acceptance. */
  receivedAt: string;
  /** Tenant of the body, or of the token where the body (in lenient mode) has none. */
  tenantCode: string;
  /** The body exactly as it came. */
  rawBody: string;
  /** SHA-256 of the raw bytes, lower-case hex. */
  sha256: string;
  /** The parsed body under ESW's member names, unknown members kept. */
  body: OrderEventBody;
  /** `Idempotency-Key` header, if sent. */
  idempotencyKey: string | undefined;
  /** `X-Correlation-ID` header, if sent. */
  correlationId: string | undefined;
  /** Times the same id came again with the same body. */
  replays: number;
  /** Those of the replays that were equal byte for byte; less than `replays` means an emitter rebuilt the body. */
  byteIdenticalReplays: number;
}

/** Narrows a listing; absent members match everything. */
export interface EventFilter {
  tenant?: string | undefined;
  /** `brandOrderReference`. */
  reference?: string | undefined;
  /** Event id, compared without case. */
  id?: string | undefined;
}

/** How event requests ended. Answers made up by faults and outages are in none of these. */
export interface EventCounts {
  /** Stored for the first time. */
  accepted: number;
  /** Known id, same body. */
  replayed: number;
  /** Known id, different body: must stay 0. */
  conflicting: number;
  /** Refused on their own demerits: 400, 401, 403, 413, 415. */
  rejected: number;
}

/** One refused request. */
export interface Rejection {
  receivedAt: string;
  status: number;
  /** Faults per member of a 400, otherwise empty. */
  errors: MemberErrors;
}

/** A valid event on its way into the ledger. */
export interface Submission {
  bytes: Uint8Array;
  /** The JSON as sent: what the canonical comparison looks at. */
  value: JsonObject;
  body: OrderEventBody;
  tokenTenant: string;
  idempotencyKey: string | undefined;
  correlationId: string | undefined;
}

/** Only the newest refusals are kept, so that an endless retry loop does not fill the memory. */
const keptRejections = 1000;

/** Remembers accepted events, tells replays and conflicts, and counts. Key: tenant code and event id. */
export class EventLedger {
  private events: StoredEvent[] = [];
  private readonly byKey = new Map<string, { event: StoredEvent; canonicalBody: string }>();
  private rejections: Rejection[] = [];
  private tally: EventCounts = noCounts();

  constructor(
    private readonly audit: OrderingAudit,
    private readonly now: () => number,
  ) {}

  /** Stores a new event, or says that its id is known with the same or with another body. */
  submit(submission: Submission): 'accepted' | 'replayed' | 'conflicting' {
    const { bytes, value, body, tokenTenant } = submission;
    const receivedAt = this.time();
    const tenantCode = body.tenantCode ?? tokenTenant;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const canonicalBody = canonicalJson(value);
    // GUIDs are equal whatever their case; an event without id (lenient) cannot be recognised again.
    const key = body.id === undefined ? undefined : JSON.stringify([tenantCode, body.id.toLowerCase()]);
    const known = key === undefined ? undefined : this.byKey.get(key);
    if (known?.canonicalBody === canonicalBody) {
      this.tally.replayed += 1;
      known.event.replays += 1;
      if (known.event.sha256 === sha256) known.event.byteIdenticalReplays += 1;
      return 'replayed';
    }
    if (known) {
      this.tally.conflicting += 1;
      this.audit.conflict({ receivedAt, tenantCode, body });
      return 'conflicting';
    }
    const event: StoredEvent = {
      sequence: this.events.length + 1,
      receivedAt,
      tenantCode,
      rawBody: Buffer.from(bytes).toString('utf8'),
      sha256,
      body,
      idempotencyKey: submission.idempotencyKey,
      correlationId: submission.correlationId,
      replays: 0,
      byteIdenticalReplays: 0,
    };
    this.events.push(event);
    if (key !== undefined) this.byKey.set(key, { event, canonicalBody });
    this.tally.accepted += 1;
    this.audit.observe(event);
    return 'accepted';
  }

  /** Notes a request refused with `status`. */
  reject(status: number, errors: MemberErrors = {}): void {
    this.tally.rejected += 1;
    this.rejections = [
      ...this.rejections.slice(1 - keptRejections),
      { receivedAt: this.time(), status, errors },
    ];
  }

  /** Copies of the accepted events, in order of acceptance. */
  list(filter: EventFilter = {}): StoredEvent[] {
    const matching = this.events.filter(
      ({ tenantCode, body }) =>
        (filter.tenant === undefined || filter.tenant === tenantCode) &&
        (filter.reference === undefined || filter.reference === body.brandOrderReference) &&
        (filter.id === undefined || filter.id.toLowerCase() === body.id?.toLowerCase()),
    );
    return structuredClone(matching);
  }

  counts(): EventCounts {
    return { ...this.tally };
  }

  /** The newest refusals, oldest first. */
  rejected(): Rejection[] {
    return structuredClone(this.rejections);
  }

  clear(): void {
    this.events = [];
    this.byKey.clear();
    this.rejections = [];
    this.tally = noCounts();
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}

function noCounts(): EventCounts {
  return { accepted: 0, replayed: 0, conflicting: 0, rejected: 0 };
}
