/** What the web tier counts, in Prometheus' text format. Of one process, since its start. */
import { Counter, Registry } from 'prom-client';
import type { Fate } from './webhook-batch';

export interface WebhookMetrics {
  /** One request: `accepted`, `refused` (bad signature) or `failed` (not durable), and the signature that matched. */
  request(outcome: 'accepted' | 'refused' | 'failed', signature: 'v6' | 'v15' | 'none'): void;
  /** What became of events of an accepted request. */
  events(fate: Fate): void;
}

export interface ServerMetrics {
  webhooks: WebhookMetrics;
  /** The exposition, and its content type. */
  expose(): Promise<{ text: string; contentType: string }>;
}

export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  const requests = new Counter({
    name: 'webhook_requests_total',
    help: 'Webhook requests by outcome and by the form of the signature that matched',
    labelNames: ['outcome', 'signature'] as const,
    registers: [registry],
  });
  const events = new Counter({
    name: 'webhook_events_total',
    help: 'Webhook events by fate; detail is the reason of parking, or the flow of orders of no portfolio order',
    labelNames: ['fate', 'detail'] as const,
    registers: [registry],
  });
  return {
    webhooks: {
      request(outcome, signature) {
        requests.inc({ outcome, signature });
      },
      events({ kind, detail, events: count }) {
        events.inc({ fate: kind, detail }, count);
      },
    },
    expose: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
