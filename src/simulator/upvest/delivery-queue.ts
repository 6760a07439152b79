import { DisturbedStream, type Disturbance } from './disturbance';
import type { Webhook } from './objects';
import { BatchForming, envelope, momentOf, recut, type AddressedEvent } from './webhook-batches';
import type { WebhookTransport } from './webhook-delivery';
import type { SealedRequest, WebhookSigner } from './webhook-signature';

/** One attempt to deliver one batch. */
export interface DeliveryAttempt {
  webhookId: string;
  eventIds: string[];
  /** Counts the attempts of this batch, copies included, from 1. */
  attempt: number;
  /** The receiver's HTTP status; 0 when it gave none. */
  status: number;
  /** When the attempt ended, as an ISO timestamp. */
  at: string;
  /** Upvest's seconds until the next attempt; none after a success. */
  retryInSeconds?: number;
}

/** How held events are let go. */
export interface ReleaseOptions {
  /** Order of the batches; events inside a batch stay ascending. Default forward. */
  order?: 'forward' | 'reverse';
  /** How often each batch is sent, byte for byte the same, in a row. Default 1. */
  copies?: number;
  /** Cut the held events anew into this many batches; without it they stay as they were cut. */
  batches?: number;
}

export interface QueueContext {
  signer: WebhookSigner;
  transport: WebhookTransport;
  /** Real milliseconds of one of Upvest's seconds. */
  secondMs: () => number;
  /** Whether a redelivery gets a signature of its own. */
  resignRedeliveries: boolean;
  onAttempt: (attempt: DeliveryAttempt) => void;
  /** An event that a disturbance or an account's silence has lost. */
  onLost: (event: AddressedEvent) => void;
}

interface Batch {
  events: AddressedEvent[];
  /** Made at the first attempt and sent unchanged until the URL changes: redeliveries keep signature and nonce. */
  sealed?: SealedRequest;
  attempts: number;
  copiesLeft: number;
  onAcknowledged: () => void;
}

/** Upvest's back-off in its seconds, before it stays at the longest for ever (upvest.md 5.4). */
const backoffSeconds = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377];
const longestBackoffSeconds = 600;
const defaultDelaySeconds = 1;
const defaultMaxBytes = 51_200;

/**
 * The deliveries of one webhook: one request at a time, and a batch that was not answered with exactly 200 is sent
 * again before any later one (head of line).
 */
export class DeliveryQueue {
  private readonly disturbed: DisturbedStream;
  private readonly forming: BatchForming;
  private batches: Batch[] = [];
  private held = false;
  private closed = false;
  private pumping = false;
  private wake: (() => void) | undefined;

  constructor(
    readonly webhook: Webhook,
    private readonly context: QueueContext,
  ) {
    const delayMs = (): number =>
      parseInt(webhook.config.delay ?? `${defaultDelaySeconds}s`, 10) * context.secondMs();
    const maxBytes = (): number => webhook.config.max_package_size ?? defaultMaxBytes;
    this.disturbed = new DisturbedStream({
      forward: (event, inNewRequest) => {
        this.forming.add(event, inNewRequest);
      },
      onLost: context.onLost,
      quietMs: delayMs,
    });
    this.forming = new BatchForming({ delayMs, maxBytes }, (events) => {
      this.batches.push(newBatch(events));
      this.kick();
    });
  }

  add(event: AddressedEvent): void {
    this.disturbed.add(event);
  }

  disturb(disturbance: Disturbance | undefined): void {
    this.disturbed.disturb(disturbance);
  }

  hold(): void {
    this.held = true;
  }

  /** Resolves with the number of batches when all that were held are acknowledged. */
  async release({ order = 'forward', copies = 1, batches }: ReleaseOptions): Promise<number> {
    this.disturbed.flush();
    this.forming.cut();
    // What was tried already is fixed in its bytes and stays at the head.
    const tried = this.batches.filter(({ attempts }) => attempts > 0);
    const untried = this.batches.filter(({ attempts }) => attempts === 0).map(({ events }) => events);
    const cut = batches === undefined ? untried : recut(ascending(untried.flat()), batches);
    if (order === 'reverse') cut.reverse();
    const released = cut.map((events) => newBatch(events, copies));
    const acknowledged = released.map(
      (batch) =>
        new Promise<void>((resolve) => {
          batch.onAcknowledged = resolve;
        }),
    );
    this.batches = [...tried, ...released];
    this.held = false;
    this.kick();
    await Promise.all(acknowledged);
    return released.length;
  }

  /** Whether everything was delivered. */
  get idle(): boolean {
    return this.disturbed.empty && this.forming.empty && this.batches.length === 0;
  }

  /** To be called when the queue may go on: a batch came, it was released, or its webhook was enabled. */
  kick(): void {
    if (this.pumping) return;
    this.pumping = true;
    void this.pump();
  }

  close(): void {
    this.closed = true;
    this.disturbed.close();
    this.forming.close();
    this.wake?.();
    // Nobody will acknowledge these any more; whoever waits for them must not wait for ever.
    for (const batch of this.batches) batch.onAcknowledged();
    this.batches = [];
  }

  private async pump(): Promise<void> {
    for (let batch = this.next(); batch; batch = this.next()) {
      const retryInSeconds = await this.attempt(batch);
      if (retryInSeconds !== undefined) {
        await this.backOff(retryInSeconds);
        continue;
      }
      batch.copiesLeft -= 1;
      if (batch.copiesLeft > 0) continue;
      this.batches = this.batches.filter((other) => other !== batch);
      batch.onAcknowledged();
    }
    // Not later, in a `finally` of the caller: what comes between would be left lying.
    this.pumping = false;
  }

  private next(): Batch | undefined {
    return this.closed || this.held || !this.webhook.enabled ? undefined : this.batches[0];
  }

  /** Answers Upvest's seconds until the next attempt, or nothing after a success. */
  private async attempt(batch: Batch): Promise<number | undefined> {
    batch.attempts += 1;
    if (this.context.resignRedeliveries || batch.sealed?.url !== this.webhook.url) {
      batch.sealed = await this.context.signer.seal(this.webhook.url, envelope(batch.events));
    }
    const { status } = await this.context.transport.send(batch.sealed);
    const retryInSeconds = status === 200 ? undefined : backoffOf(batch.attempts);
    if (this.closed) return retryInSeconds;
    this.context.onAttempt({
      webhookId: this.webhook.id,
      eventIds: batch.events.map(({ id }) => id),
      attempt: batch.attempts,
      status,
      at: new Date().toISOString(),
      ...(retryInSeconds !== undefined && { retryInSeconds }),
    });
    return retryInSeconds;
  }

  private async backOff(seconds: number): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * this.context.secondMs());
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}

function backoffOf(attempts: number): number {
  return backoffSeconds[attempts - 1] ?? longestBackoffSeconds;
}

function ascending(events: AddressedEvent[]): AddressedEvent[] {
  return [...events].sort((one, other) => momentOf(one) - momentOf(other));
}

function newBatch(events: AddressedEvent[], copies = 1): Batch {
  return { events, attempts: 0, copiesLeft: copies, onAcknowledged: () => undefined };
}
