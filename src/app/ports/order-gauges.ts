/** What the records database counts for dashboards and alerts. Times are ISO 8601 UTC. */
export interface OrderGauges {
  /** Open orders; the status is Upvest's. */
  open: { phase: string; status?: string; orders: number; oldestOpenedAt: string }[];
  /** Attentions that are not acknowledged, of open and of finished orders. */
  attentions: { code: string; isOpen: boolean; orders: number }[];
  /** Events that ESW has not answered for; `since` is absent without any. */
  pending: { events: number; orders: number; since?: string };
  /** Open orders that wait for a partner that fails; `since` is absent without any. */
  failing: { partner: 'esw' | 'upvest'; orders: number; since?: string }[];
}

/** @throws RecordsUnavailable */
export type ReadOrderGauges = () => Promise<OrderGauges>;
