import { createHash } from 'node:crypto';
import {
  matchesFilter,
  noCounts,
  type EventCounts,
  type EventFilter,
  type EventReceipt,
  type Rejection,
  type StoredEvent,
  type Submission,
  type SubmissionOutcome,
} from './event-records';
import { canonicalJson } from '../http/json-body';
import type { SimulatorSettings } from '../options';
import type { OrderingAudit } from '../audit/ordering-audit';

/** Limit of stored rejections, so that an endless retry loop does not exhaust the memory. */
const maxRejections = 1000;
/** Limit of stored arrivals per event. */
const maxReceipts = 100;

/** A stored event with its canonical body, to compare replays. */
interface Entry {
  event: StoredEvent;
  canonicalBody: string;
  receipts: EventReceipt[];
}

/** Stores accepted events, detects replays and conflicts, and counts. Key: tenant code and event id. */
export class EventLedger {
  private entries: Entry[] = [];
  private readonly byKey = new Map<string, Entry>();
  private rejections: Rejection[] = [];
  private tally = noCounts();

  constructor(
    private readonly audit: OrderingAudit,
    private readonly settings: Pick<SimulatorSettings, 'now' | 'onAccepted'>,
  ) {}

  /** Stores a new event, or detects a known id with the same or a different body. */
  submit(submission: Submission): SubmissionOutcome {
    const { bytes, value, body } = submission;
    const tenantCode = body.tenantCode ?? submission.tokenTenant;
    const arrival = { receivedAt: this.time(), tenantCode, bytes, sha256: sha256Of(bytes) };
    const canonicalBody = canonicalJson(value);
    // GUIDs are case-insensitive; an event without an id (lenient mode) is never a duplicate.
    const key = body.id === undefined ? undefined : JSON.stringify([tenantCode, body.id.toLowerCase()]);
    const known = key === undefined ? undefined : this.byKey.get(key);
    const outcome = outcomeOf(known, canonicalBody);
    this.tally[outcome] += 1;
    const entry = known ?? this.store(submission, arrival, canonicalBody);
    if (!known && key !== undefined) this.byKey.set(key, entry);
    count(entry.event, outcome, arrival.sha256);
    const { id, brandOrderReference: reference } = entry.event.body;
    const receipt: EventReceipt = { ...arrival, id, sequence: entry.event.sequence, outcome };
    entry.receipts = [...entry.receipts.slice(1 - maxReceipts), receipt];
    if (outcome === 'accepted') {
      this.audit.observe(entry.event);
      this.settings.onAccepted(body);
    }
    if (outcome === 'conflicting')
      this.audit.conflict({ receivedAt: arrival.receivedAt, tenantCode, body }, { id, reference });
    return outcome;
  }

  /** Records a rejected request. */
  reject(rejection: Omit<Rejection, 'receivedAt'>): void {
    this.tally.rejected += 1;
    const recorded = { receivedAt: this.time(), ...rejection };
    this.rejections = [...this.rejections.slice(1 - maxRejections), recorded];
  }

  /** Counts a request that ended by a fault or an outage. */
  countFault(how: 'dropped' | 'faulted'): void {
    this.tally[how] += 1;
  }

  /** Copies of the accepted events, in order of acceptance. */
  list(filter: EventFilter = {}): StoredEvent[] {
    return structuredClone(this.stored().filter((event) => matchesFilter(event, filter)));
  }

  /** The accepted events themselves, read-only. */
  stored(): readonly StoredEvent[] {
    return this.entries.map(({ event }) => event);
  }

  /** Arrivals of the accepted events: grouped by event in order of acceptance, oldest first within each group. */
  receipts(filter: EventFilter = {}): EventReceipt[] {
    return this.entries
      .filter(({ event }) => matchesFilter(event, filter))
      .flatMap(({ receipts }) => receipts.map((one) => ({ ...one, bytes: Buffer.from(one.bytes) })));
  }

  counts(): EventCounts {
    return { ...this.tally };
  }

  /** The newest rejections, oldest first. */
  rejected(): Rejection[] {
    return structuredClone(this.rejections);
  }

  clear(): void {
    this.entries = [];
    this.byKey.clear();
    this.rejections = [];
    this.tally = noCounts();
  }

  private store(
    { body, idempotencyKey, correlationId }: Submission,
    {
      receivedAt,
      tenantCode,
      bytes,
      sha256,
    }: Pick<EventReceipt, 'receivedAt' | 'tenantCode' | 'bytes' | 'sha256'>,
    canonicalBody: string,
  ): Entry {
    const event: StoredEvent = {
      sequence: this.entries.length + 1,
      receivedAt,
      tenantCode,
      rawBody: bytes.toString('utf8'),
      sha256,
      body,
      idempotencyKey,
      correlationId,
      received: 0,
      replays: 0,
      byteIdenticalReplays: 0,
    };
    const entry = { event, canonicalBody, receipts: [] };
    this.entries.push(entry);
    return entry;
  }

  private time(): string {
    return new Date(this.settings.now()).toISOString();
  }
}

function outcomeOf(known: Entry | undefined, canonicalBody: string): SubmissionOutcome {
  if (!known) return 'accepted';
  return known.canonicalBody === canonicalBody ? 'replayed' : 'conflicting';
}

function count(event: StoredEvent, outcome: SubmissionOutcome, sha256: string): void {
  event.received += 1;
  if (outcome !== 'replayed') return;
  event.replays += 1;
  if (event.sha256 === sha256) event.byteIdenticalReplays += 1;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
