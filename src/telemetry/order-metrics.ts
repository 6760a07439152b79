/** Metrics of orders and parked events, for Prometheus: as of some seconds ago, and absent where they cannot be read. */
import { Gauge, Registry } from 'prom-client';
import type { OrderGauges } from '../app/ports/order-gauges';
import type { ParkedCounts } from '../app/parked-events/parked-counts';
import { untilAborted, withTimeLimit } from '../lib/timeout';

export interface OrderMetricsOptions {
  orders: () => Promise<OrderGauges>;
  parked: () => Promise<ParkedCounts>;
  /** Takes a failure, at most once for each read. */
  onFailure: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** However often it is scraped, and by however many. */
const ORDERS_EVERY_MS = 10_000;
/** Of Temporal's index, whose queries cost more. */
const PARKED_EVERY_MS = 30_000;
/** A scrape must not fail for a database that hangs; Prometheus waits ten seconds by default. */
const READ_LIMIT_MS = 3_000;

/** @returns the metrics in Prometheus' text format; it never throws */
export function createOrderMetrics({
  orders,
  parked,
  onFailure,
  now = Date.now,
}: OrderMetricsOptions): () => Promise<string> {
  const readOrders = kept(orders, ORDERS_EVERY_MS, onFailure, now);
  const readParked = kept(parked, PARKED_EVERY_MS, onFailure, now);
  return async () => {
    const [gauges, counts] = await Promise.all([readOrders(), readParked()]);
    const registry = new Registry();
    new Gauge({
      name: 'records_database_up',
      help: '1 if the records database answers; otherwise the metrics of orders are absent',
      registers: [registry],
    }).set(gauges === undefined ? 0 : 1);
    if (gauges !== undefined) addOrders(registry, gauges);
    if (counts !== undefined) addParked(registry, counts);
    return registry.metrics();
  };
}

/** Reads at most once in a while, whether it fails or not, and one at a time. */
function kept<T>(
  read: () => Promise<T>,
  everyMs: number,
  onFailure: (error: unknown) => void,
  now: () => number,
): () => Promise<T | undefined> {
  let readAt = -Infinity;
  let reading: Promise<T | undefined> = Promise.resolve(undefined);
  return () => {
    if (now() - readAt < everyMs) return reading;
    readAt = now();
    reading = withTimeLimit(READ_LIMIT_MS, (limit) => untilAborted(read(), limit)).catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
    return reading;
  };
}

function addOrders(registry: Registry, { open, attentions, pending, failing }: OrderGauges): void {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const seconds = (time: string): number => Date.parse(time) / 1000;

  const count = gauge('orders_open', 'Open orders by phase and Upvest’s status', ['phase', 'status']);
  const oldest = gauge(
    'orders_open_oldest_timestamp_seconds',
    'When the oldest open order of a phase and status was opened',
    ['phase', 'status'],
  );
  for (const { phase, status = '', orders, oldestOpenedAt } of open) {
    count.set({ phase, status }, orders);
    oldest.set({ phase, status }, seconds(oldestOpenedAt));
  }

  const attention = gauge('orders_attention', 'Orders with an attention that is not acknowledged', [
    'code',
    'state',
  ]);
  for (const { code, isOpen, orders } of attentions)
    attention.set({ code, state: isOpen ? 'open' : 'finished' }, orders);

  gauge('esw_pending_events', 'Events that ESW has not answered for', []).set(pending.events);
  gauge('esw_pending_orders', 'Orders with events that ESW has not answered for', []).set(pending.orders);
  if (pending.since !== undefined)
    gauge(
      'esw_pending_oldest_timestamp_seconds',
      'When Upvest reported the oldest event that ESW has not answered for',
      [],
    ).set(seconds(pending.since));

  const waiting = gauge('partner_waiting_orders', 'Open orders that wait for a partner that fails', [
    'partner',
  ]);
  const since = gauge(
    'partner_failing_since_timestamp_seconds',
    'Start of the oldest trouble with a partner',
    ['partner'],
  );
  for (const one of failing) {
    waiting.set({ partner: one.partner }, one.orders);
    if (one.since !== undefined) since.set({ partner: one.partner }, seconds(one.since));
  }
}

function addParked(registry: Registry, counts: ParkedCounts): void {
  const gauge = new Gauge({
    name: 'parked_events_open',
    help: 'Parked events that no operator has decided on, by reason; at most 1,000 are counted',
    labelNames: ['reason'] as const,
    registers: [registry],
  });
  for (const [reason, events] of Object.entries(counts)) gauge.set({ reason }, events);
}
