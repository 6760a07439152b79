/** Outcome of events, for logs and counters. */
export interface EventOutcome {
  kind: 'order' | 'parked' | 'foreign';
  /** `delivered` or `redundant`, the parking reason, or the flow that started the order. */
  detail: string;
  events: number;
}
