/** Messages between the benchmark and the process of the simulated partners. */
import type { Stream } from './options';

/** What both partners need to know of their client. */
export interface PartnerAccess {
  upvest: {
    url: string;
    clientId: string;
    clientSecret: string;
    keyId: string;
    /** PEM. */
    privateKey: string;
  };
  esw: { url: string; clientId: string; clientSecret: string; scope: string; tenantCode: string };
}

export interface SignedRequest {
  headers: Record<string, string>;
  body: string;
}

/** An order that Upvest knows before it is placed, with all its webhook requests. */
export interface Basket {
  /** The client's reference. */
  reference: string;
  userId: string;
  accountId: string;
  cashAmount: string;
  portfolioOrderId: string;
  requests: SignedRequest[];
}

/** Number of OrderEvents of an order that is settled as usual: 4 statuses, and 3 of each child. */
export function orderEventsOf(stream: Stream, children: number): number {
  return stream === 'orders' ? 4 + 3 * children : 4;
}

export type Question =
  | { ask: 'start'; partnerLatencyMs: number; children: number; requests: number }
  | { ask: 'prepare'; count: number }
  | { ask: 'forget' };

export type Reply =
  | { reply: 'started'; access: PartnerAccess }
  | { reply: 'prepared'; baskets: Basket[] }
  | { reply: 'forgotten'; audit: string[]; rejections: string[] };

/** Sent unasked. */
export type Notice =
  /** Upvest has answered the placement on this account. */
  | { notice: 'placed'; accountId: string }
  /** ESW has accepted a further event of the order with this reference. */
  | { notice: 'accepted'; reference: string };

export const WEBHOOK_PATH = '/webhooks/upvest';
