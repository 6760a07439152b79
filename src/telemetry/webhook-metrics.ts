/** Metrics of the webhooks that one server process receives. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EventOutcome } from '../app/webhooks/event-outcome';

export interface WebhookMetrics {
  /**
   * Counts one request: `accepted`, `repeated` (the same again), `refused` (invalid signature) or `failed` (not durable),
   * and its signature form.
   */
  request(outcome: 'accepted' | 'repeated' | 'refused' | 'failed', signature: 'v6' | 'v15' | 'none'): void;
  /** Counts events of an accepted request. */
  events(outcome: EventOutcome): void;
  /** Takes the age of the oldest event of an accepted request, in milliseconds. */
  lag(ms: number): void;
}

/** From a tenth of a second to a day: Upvest repeats what it could not deliver for up to that long. */
const LAG_BUCKETS_S = [0.1, 0.5, 1, 3, 10, 30, 60, 300, 900, 3_600, 86_400];

export function createWebhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'webhook_requests_total',
    help: 'Webhook requests by outcome and by the form of the matching signature',
    labelNames: ['outcome', 'signature'] as const,
    registers,
  });
  const events = new Counter({
    name: 'webhook_events_total',
    help: 'Webhook events by outcome; detail is the parking reason, or the flow of an order outside any portfolio order',
    labelNames: ['fate', 'detail'] as const,
    registers,
  });
  const lastAccepted = new Gauge({
    name: 'webhook_last_accepted_timestamp_seconds',
    help: 'When this process accepted a webhook request last; absent before the first',
    // A gauge without labels would be 0 from the start, which is a time.
    labelNames: ['partner'] as const,
    registers,
  });
  const lag = new Histogram({
    name: 'webhook_lag_seconds',
    help: 'From the time of the oldest event of an accepted request to its acceptance',
    buckets: LAG_BUCKETS_S,
    registers,
  });
  return {
    request(outcome, signature) {
      requests.inc({ outcome, signature });
      if (outcome === 'accepted' || outcome === 'repeated')
        lastAccepted.set({ partner: 'upvest' }, Date.now() / 1000);
    },
    events({ kind, detail, events: count }) {
      events.inc({ fate: kind, detail }, count);
    },
    lag(ms) {
      lag.observe(Math.max(0, ms) / 1000);
    },
  };
}
