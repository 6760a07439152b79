import { DisturbedDelivery, type Disturbance } from './delivery-disturbance';
import type { Webhook } from '../orders/wire-objects';
import { BatchBuilder, envelope, createdAtMs, splitIntoRuns, type AddressedEvent } from './webhook-batches';
import type { WebhookTransport } from './webhook-transport';
import type { SignedWebhookRequest, WebhookSigner } from './webhook-signature';

/** One attempt to deliver one batch. */
export interface DeliveryAttempt {
  webhookId: string;
  eventIds: string[];
  /** Number of this attempt for the batch, copies included, from 1. */
  attempt: number;
  /** The receiver's HTTP status; 0 without a response. */
  status: number;
  /** From the start of the attempt to the answer, milliseconds. */
  tookMs: number;
  /** End of the attempt, as an ISO timestamp. */
  at: string;
  /** Seconds of Upvest's clock until the next attempt; absent after a success. */
  retryInSeconds?: number;
}

/** How to release held events. */
export interface ReleaseOptions {
  /** Order of the batches; events inside a batch stay ascending. Default forward. */
  order?: 'forward' | 'reverse';
  /** How often each batch is sent in a row, byte for byte the same. Default 1. */
  copies?: number;
  /** Number of batches to regroup the held events into; default: the existing batches. */
  batches?: number;
}

export interface QueueContext {
  signer: WebhookSigner;
  transport: WebhookTransport;
  /** Length of one second of Upvest's clock, in real milliseconds. */
  secondMs: () => number;
  /** Whether each redelivery gets a new signature. */
  resignRedeliveries: boolean;
  onAttempt: (attempt: DeliveryAttempt) => void;
  /** Called for each event that is never delivered. */
  onLost: (event: AddressedEvent) => void;
}

interface Batch {
  events: AddressedEvent[];
  /** Created at the first attempt and reused until the URL changes: redeliveries keep signature and nonce. */
  signed?: SignedWebhookRequest;
  attempts: number;
  copiesLeft: number;
  onAcknowledged: () => void;
}

/**
 * Upvest's back-off in seconds of its clock, before it stays at the maximum (references/upvest.md#delivery-semantics).
 */
const backoffSeconds = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377];
const maxBackoffSeconds = 600;
const defaultDelaySeconds = 1;
const defaultMaxBytes = 51_200;

/**
 * Delivers the events of one webhook: one request at a time; a batch without a 200 response is retried before any later
 * one (head-of-line blocking).
 */
export class DeliveryQueue {
  private readonly disturbance: DisturbedDelivery;
  private readonly builder: BatchBuilder;
  private batches: Batch[] = [];
  private held = false;
  private closed = false;
  private isSending = false;
  private wake: (() => void) | undefined;

  constructor(
    readonly webhook: Webhook,
    private readonly context: QueueContext,
  ) {
    const delayMs = (): number =>
      parseInt(webhook.config.delay ?? `${defaultDelaySeconds}s`, 10) * context.secondMs();
    const maxBytes = (): number => webhook.config.max_package_size ?? defaultMaxBytes;
    this.disturbance = new DisturbedDelivery({
      forward: (event, startsRequest) => {
        this.builder.add(event, startsRequest);
      },
      onLost: context.onLost,
      idleMs: delayMs,
    });
    this.builder = new BatchBuilder({ delayMs, maxBytes }, (events) => {
      this.batches.push(newBatch(events));
      this.startSending();
    });
  }

  add(event: AddressedEvent): void {
    this.disturbance.add(event);
  }

  disturb(disturbance: Disturbance | undefined): void {
    this.disturbance.disturb(disturbance);
  }

  hold(): void {
    this.held = true;
  }

  /** Resolves with the number of batches when all that were held are acknowledged. */
  async release({ order = 'forward', copies = 1, batches }: ReleaseOptions): Promise<number> {
    this.disturbance.flush();
    this.builder.flush();
    // Attempted batches have fixed bytes and stay at the head.
    const attempted = this.batches.filter(({ attempts }) => attempts > 0);
    const unattempted = this.batches.filter(({ attempts }) => attempts === 0).map(({ events }) => events);
    const regrouped =
      batches === undefined ? unattempted : splitIntoRuns(ascending(unattempted.flat()), batches);
    if (order === 'reverse') regrouped.reverse();
    const released = regrouped.map((events) => newBatch(events, copies));
    const acknowledged = released.map(
      (batch) =>
        new Promise<void>((resolve) => {
          batch.onAcknowledged = resolve;
        }),
    );
    this.batches = [...attempted, ...released];
    this.held = false;
    this.startSending();
    await Promise.all(acknowledged);
    return released.length;
  }

  /** Whether all events are delivered. */
  get idle(): boolean {
    return this.disturbance.empty && this.builder.empty && this.batches.length === 0;
  }

  /** Starts sending if possible. Call it on a new batch, a release, or when the webhook is enabled. */
  startSending(): void {
    if (this.isSending) return;
    this.isSending = true;
    void this.sendBatches();
  }

  close(): void {
    this.closed = true;
    this.disturbance.close();
    this.builder.close();
    this.wake?.();
    // These will never be acknowledged; resolve the promises that wait for them.
    for (const batch of this.batches) batch.onAcknowledged();
    this.batches = [];
  }

  private async sendBatches(): Promise<void> {
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
    // Reset here, not in a `finally` of the caller: a batch that arrives in between would be left unsent.
    this.isSending = false;
  }

  private next(): Batch | undefined {
    return this.closed || this.held || !this.webhook.enabled ? undefined : this.batches[0];
  }

  /** Returns the seconds until the next attempt, or undefined after a success. */
  private async attempt(batch: Batch): Promise<number | undefined> {
    batch.attempts += 1;
    if (this.context.resignRedeliveries || batch.signed?.url !== this.webhook.url) {
      batch.signed = await this.context.signer.sign(this.webhook.url, envelope(batch.events));
    }
    const startedAt = performance.now();
    const { status } = await this.context.transport.send(batch.signed);
    const tookMs = performance.now() - startedAt;
    const retryInSeconds = status === 200 ? undefined : backoffOf(batch.attempts);
    if (this.closed) return retryInSeconds;
    this.context.onAttempt({
      webhookId: this.webhook.id,
      eventIds: batch.events.map(({ id }) => id),
      attempt: batch.attempts,
      status,
      tookMs,
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
  return backoffSeconds[attempts - 1] ?? maxBackoffSeconds;
}

function ascending(events: AddressedEvent[]): AddressedEvent[] {
  return [...events].sort((one, other) => createdAtMs(one) - createdAtMs(other));
}

function newBatch(events: AddressedEvent[], copies = 1): Batch {
  return { events, attempts: 0, copiesLeft: copies, onAcknowledged: () => undefined };
}
