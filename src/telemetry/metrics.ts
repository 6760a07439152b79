/** Everything that a process measures, in one registry; names and labels are those of docs/operations.md#metrics. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Partner } from '../partners/answer-meaning';
import { version } from '../lib/package-root';
import { createPartnerMetrics, type PartnerMetrics } from './partner-metrics';
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics';

export interface Metrics {
  webhooks: WebhookMetrics;
  partner(partner: Partner): PartnerMetrics;
  /** Adds what is measured elsewhere to each answer; it never rejects. */
  add(further: () => Promise<string>): void;
  /** All metrics in Prometheus' text format, with their content type. */
  expose(): Promise<{ text: string; contentType: string }>;
}

/**
 * @param options.processName `worker` or `server`
 * @param options.hasDefaults whether CPU, memory and event loop of the process are measured, once per process. Default: false
 */
export function createMetrics({
  processName,
  hasDefaults = false,
}: {
  processName: string;
  hasDefaults?: boolean;
}): Metrics {
  const registry = new Registry();
  if (hasDefaults) collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['process', 'version', 'node'] as const,
    registers: [registry],
  }).set({ process: processName, version: version(), node: process.versions.node }, 1);
  const further: (() => Promise<string>)[] = [];
  return {
    webhooks: createWebhookMetrics(registry),
    partner: createPartnerMetrics(registry),
    add(one) {
      further.push(one);
    },
    async expose() {
      const texts = await Promise.all([registry.metrics(), ...further.map((read) => read())]);
      return { text: texts.join('\n'), contentType: registry.contentType };
    },
  };
}
