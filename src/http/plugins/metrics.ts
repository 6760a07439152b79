/** Metrics of one server process since its start, for Prometheus, and those of all orders. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { EventOutcome } from '../../app/webhooks/event-outcome';

export interface WebhookMetrics {
  /**
   * Counts one request: `accepted`, `repeated` (the same again), `refused` (invalid signature) or `failed` (not durable),
   * and its signature form.
   */
  request(outcome: 'accepted' | 'repeated' | 'refused' | 'failed', signature: 'v6' | 'v15' | 'none'): void;
  /** Counts events of an accepted request. */
  events(outcome: EventOutcome): void;
}

export interface ServerMetrics {
  webhooks: WebhookMetrics;
  /** Records how far our clock is ahead of Upvest's, in milliseconds. */
  clockSkew(skewMs: number): void;
  /** The metrics in Prometheus' text format, with their content type. */
  expose(): Promise<{ text: string; contentType: string }>;
}

/** @param further metrics in the same format, added to each answer */
export function createServerMetrics(further?: () => Promise<string>): ServerMetrics {
  const registry = new Registry();
  const requests = new Counter({
    name: 'webhook_requests_total',
    help: 'Webhook requests by outcome and by the form of the matching signature',
    labelNames: ['outcome', 'signature'] as const,
    registers: [registry],
  });
  const events = new Counter({
    name: 'webhook_events_total',
    help: 'Webhook events by outcome; detail is the parking reason, or the flow of an order outside any portfolio order',
    labelNames: ['fate', 'detail'] as const,
    registers: [registry],
  });
  const clockSkew = new Gauge({
    name: 'clock_skew_seconds',
    help: 'Seconds that the clock of this machine is ahead of a partner’s, by the Date header of its last answer',
    labelNames: ['partner'] as const,
    registers: [registry],
  });
  return {
    clockSkew(skewMs) {
      clockSkew.set({ partner: 'upvest' }, skewMs / 1000);
    },
    webhooks: {
      request(outcome, signature) {
        requests.inc({ outcome, signature });
      },
      events({ kind, detail, events: count }) {
        events.inc({ fate: kind, detail }, count);
      },
    },
    async expose() {
      const texts = await Promise.all([registry.metrics(), ...(further ? [further()] : [])]);
      return { text: texts.join('\n'), contentType: registry.contentType };
    },
  };
}
