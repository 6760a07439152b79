/** What a client asks for, and how the request is named at the broker. */
import { v5 as uuidv5 } from 'uuid';
import type { Decision } from './cancellation';
import type { PortfolioOrderObservation } from './observation';

/** UUIDv5 of the URL namespace and `urn:portfolio-order-coordinator:placement:v1`. */
const NAMESPACE = uuidv5('urn:portfolio-order-coordinator:placement:v1', uuidv5.URL);

/**
 * POSTs of one placement end so long after the request, in milliseconds: how long Upvest remembers an idempotency key is
 * unknown (`upvest.md` 3.8), so repeating one is safe only for a while.
 */
export const POSTS_END_AFTER_MS = 60 * 60 * 1000;

/** A portfolio order as a client asks for it (`upvest.md` 3.2). */
export interface PortfolioOrderRequest {
  /** Upvest user, UUID. */
  userId: string;
  /** Upvest account, UUID. */
  accountId: string;
  /** Decimal string in `currency`. */
  cashAmount: string;
  currency: 'EUR' | 'GBP';
  side: 'BUY' | 'SELL';
  /** True when `cashAmount` is meant after taxes. */
  postTax: boolean;
  /** ESW's own reference of the order, where ESW gave one; 1–256 characters. */
  eswOrderReference?: string;
  /** ISO 3166-1 alpha-2 country of the account holder, for ESW; absent: the deployment's default. */
  deliveryCountryIso?: string;
}

/** What the long-lived workflow learns from the placement. */
export interface Placed {
  /** Name of the placement: the client's own reference, and the attempt behind it from the second on. */
  reference: string;
  /** When the client asked, ISO 8601 UTC. */
  requestedAt: string;
  /** The broker's answer to the POST. */
  observation: PortfolioOrderObservation;
  side?: 'BUY' | 'SELL';
  /** Upvest user; ESW is told only where the deployment says so. */
  userId?: string;
  eswOrderReference?: string;
  deliveryCountryIso?: string;
  /** 1, and one more for each time the order was placed again; absent for 1. */
  attempt?: number;
  /** The portfolio order whose place this one takes. */
  previous?: string;
  /** Set when an operator said that this is the order which a POST of unknown outcome had made. */
  identified?: Decision;
  /** A cancel that was asked for before the order had its own workflow. */
  cancel?: Decision;
}

/** Every code that a placement can need attention for. */
export const PLACEMENT_ATTENTIONS = ['PLACEMENT_UNKNOWN', 'PLACED_AFTER_FINISH'] as const;
export type PlacementAttention = (typeof PLACEMENT_ATTENTIONS)[number];

/**
 * The name of one placement. No client can choose a name with a `~` (`portfolio-orders.ts`), so the second attempt of one
 * order is never the first of another.
 */
export function placementName(reference: string, attempt: number): string {
  return attempt === 1 ? reference : `${reference}~${attempt}`;
}

/** Upvest's final refusal of a placement. */
export interface PlacementProblem {
  /** HTTP status. */
  status: number;
  /** Last segment of the problem type. */
  type?: string;
  title?: string;
  detail?: string;
  /** Upvest's request id, for their support. */
  requestId?: string;
}

/**
 * The idempotency key of a placement at Upvest. It depends on nothing but the reference and the number of the attempt to
 * place it, so that neither a retry, a crash, a reset nor a second start can place twice.
 */
export function placementIdempotencyKey(reference: string, attempt: number): string {
  return uuidv5(`${reference}|${attempt}`, NAMESPACE);
}
