import type { BrokerEvent } from './objects';

/** An event addressed to one webhook, as its envelope carries it. */
export type AddressedEvent = BrokerEvent & { webhook_id: string };

const envelopeBytes = Buffer.byteLength('{"payload":[]}');

export function envelope(events: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ payload: events }));
}

/**
 * Collects events until the oldest has waited for the webhook's delay or the next one would make the package too large;
 * a single event that is too large goes alone (upvest.md 3.7, 5.4). Inside a request events ascend: one that is not
 * later than the last begins the next request.
 */
export class BatchForming {
  private events: AddressedEvent[] = [];
  private bytes = envelopeBytes;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: { delayMs: () => number; maxBytes: () => number },
    private readonly onBatch: (events: AddressedEvent[]) => void,
  ) {}

  add(event: AddressedEvent, inNewRequest = false): void {
    const size = Buffer.byteLength(JSON.stringify(event)) + 1;
    const last = this.events.at(-1);
    if (
      last &&
      (inNewRequest || this.bytes + size > this.limits.maxBytes() || momentOf(event) <= momentOf(last))
    )
      this.cut();
    this.events.push(event);
    this.bytes += size;
    this.timer ??= setTimeout(() => {
      this.cut();
    }, this.limits.delayMs());
  }

  /** Ends the batch now, if there is one. */
  cut(): void {
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

export function momentOf({ created_at }: BrokerEvent): number {
  return Date.parse(created_at);
}

/** Cuts a list into `count` runs of about equal length, none of them empty. */
export function recut<T>(items: readonly T[], count: number): T[][] {
  const runs = Math.min(count, items.length);
  return Array.from({ length: runs }, (_, index) =>
    items.slice(Math.floor((index * items.length) / runs), Math.floor(((index + 1) * items.length) / runs)),
  );
}
