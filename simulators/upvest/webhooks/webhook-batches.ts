import type { BrokerEvent } from '../orders/wire-objects';

/** An event addressed to one webhook, as sent in the envelope. */
export type AddressedEvent = BrokerEvent & { webhook_id: string };

const envelopeBytes = Buffer.byteLength('{"payload":[]}');

export function envelope(events: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ payload: events }));
}

/**
 * Collects events into batches until the webhook's delay is over for the oldest or the next one would exceed the
 * package size; a single larger event is sent alone (references/upvest.md#webhook-subscriptions, #delivery-semantics).
 * Events ascend within a batch: one that is not later than the last starts a new batch.
 */
export class BatchBuilder {
  private events: AddressedEvent[] = [];
  private bytes = envelopeBytes;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: { delayMs: () => number; maxBytes: () => number },
    private readonly onBatch: (events: AddressedEvent[]) => void,
  ) {}

  add(event: AddressedEvent, startsRequest = false): void {
    const size = Buffer.byteLength(JSON.stringify(event)) + 1;
    const last = this.events.at(-1);
    if (
      last &&
      (startsRequest || this.bytes + size > this.limits.maxBytes() || createdAtMs(event) <= createdAtMs(last))
    )
      this.flush();
    this.events.push(event);
    this.bytes += size;
    this.timer ??= setTimeout(() => {
      this.flush();
    }, this.limits.delayMs());
  }

  /** Completes the current batch, if any. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.events.length === 0) return;
    const events = this.events;
    this.events = [];
    this.bytes = envelopeBytes;
    this.onBatch(events);
  }

  get empty(): boolean {
    return this.events.length === 0;
  }

  close(): void {
    clearTimeout(this.timer);
    this.events = [];
  }
}

export function createdAtMs({ created_at }: BrokerEvent): number {
  return Date.parse(created_at);
}

/** Splits a list into `count` non-empty runs of about equal length. */
export function splitIntoRuns<T>(items: readonly T[], count: number): T[][] {
  const runs = Math.min(count, items.length);
  return Array.from({ length: runs }, (_, index) =>
    items.slice(Math.floor((index * items.length) / runs), Math.floor(((index + 1) * items.length) / runs)),
  );
}
