import { v4 as uuid } from 'uuid';
import { DeliveryQueue, type QueueContext, type ReleaseOptions } from './delivery-queue';
import type { Disturbance } from './delivery-disturbance';
import type { BrokerEvent, Webhook } from '../orders/wire-objects';

export type WebhookDraft = Pick<Webhook, 'title' | 'url' | 'type' | 'config'> & { exclude_type?: string[] };
export type WebhookChange = Partial<WebhookDraft & { enabled: boolean }>;

/** Webhook subscriptions, each with its own delivery queue. */
export class Webhooks {
  private readonly queues = new Map<string, DeliveryQueue>();
  private held = false;
  private disturbance: Disturbance | undefined;

  constructor(private readonly context: QueueContext) {}

  /** A new webhook starts disabled (references/upvest.md#webhook-subscriptions). */
  create(draft: WebhookDraft, timestamp: string): Webhook {
    const webhook: Webhook = {
      id: uuid(),
      created_at: timestamp,
      updated_at: timestamp,
      enabled: false,
      ...draft,
    };
    const queue = new DeliveryQueue(webhook, this.context);
    if (this.held) queue.hold();
    queue.disturb(this.disturbance);
    this.queues.set(webhook.id, queue);
    return webhook;
  }

  change(webhook: Webhook, change: WebhookChange, timestamp: string): Webhook {
    Object.assign(webhook, change, { updated_at: timestamp });
    this.queues.get(webhook.id)?.startSending();
    return webhook;
  }

  remove(webhookId: string): void {
    this.queues.get(webhookId)?.close();
    this.queues.delete(webhookId);
  }

  find(webhookId: string): Webhook | undefined {
    return this.queues.get(webhookId)?.webhook;
  }

  all(): Webhook[] {
    return [...this.queues.values()].map(({ webhook }) => webhook);
  }

  /**
   * Queues an event for every enabled webhook subscribed to its category. If the account is muted, the event is lost
   * for good.
   */
  publish(event: BrokerEvent, isMuted: boolean): void {
    for (const queue of this.queues.values()) {
      if (!queue.webhook.enabled || !subscribes(queue.webhook, event.type)) continue;
      const addressed = { ...event, webhook_id: queue.webhook.id };
      if (isMuted) this.context.onLost(addressed);
      else queue.add(addressed);
    }
  }

  disturb(disturbance: Disturbance | undefined): void {
    this.disturbance = disturbance;
    for (const queue of this.queues.values()) queue.disturb(disturbance);
  }

  hold(): void {
    this.held = true;
    for (const queue of this.queues.values()) queue.hold();
  }

  async release(options: ReleaseOptions): Promise<number> {
    this.held = false;
    const counts = await Promise.all([...this.queues.values()].map((queue) => queue.release(options)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  get idle(): boolean {
    return [...this.queues.values()].every((queue) => queue.idle);
  }

  close(): void {
    for (const queue of this.queues.values()) queue.close();
  }
}

/** The category is the part of the event type before the dot; `ALL` matches everything except `exclude_type`. */
function subscribes(webhook: Webhook, eventType: string): boolean {
  const category = eventType.split('.')[0] ?? eventType;
  if (webhook.exclude_type?.includes(category)) return false;
  return webhook.type.includes('ALL') || webhook.type.includes(category);
}
