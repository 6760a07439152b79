/** A client's request for a portfolio order, its result, and its idempotency key at the broker. */
import { v5 as uuidv5 } from 'uuid';
import type { PortfolioOrderObservation } from './observation';
import type { Decision } from '../values/decision';

/** UUIDv5 of the URL namespace and `urn:portfolio-order-coordinator:placement:v1`. */
const NAMESPACE = uuidv5('urn:portfolio-order-coordinator:placement:v1', uuidv5.URL);

/**
 * How long after the request its POST may be retried, in milliseconds. How long Upvest remembers an idempotency key is
 * unknown (references/upvest.md#idempotency), so retries are safe only for a while.
 */
export const POSTS_END_AFTER_MS = 60 * 60 * 1000;

/**
 * A POST that may have placed is repeated without a look at Upvest for this long only, in milliseconds: Upvest may forget the
 * key, and the next repeat would place again.
 */
export const REPEAT_BLINDLY_MS = 60_000;

/** Type of the failure of an activity that must not repeat the POST before the order was looked up. */
export const LOOK_UP_FIRST = 'LookUpFirst';

/** Of a placement that was recovered from the records database, which has no user ids. It never POSTs. */
export const NO_USER_ID = '';

/** Upvest's clock and ours may differ by this much. Milliseconds. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** A portfolio order as requested by a client (references/upvest.md#place-a-portfolio-order). */
export interface PortfolioOrderRequest {
  /** Upvest user, UUID; {@link NO_USER_ID} in a placement that only looks its order up. */
  userId: string;
  /** Upvest account, UUID. */
  accountId: string;
  /** Decimal string in `currency`. */
  cashAmount: string;
  currency: 'EUR' | 'GBP';
  side: 'BUY' | 'SELL';
  /** True when `cashAmount` is meant after taxes. */
  postTax: boolean;
  /** ESW's own reference of the order, where there is one; 1–256 characters. */
  eswOrderReference?: string;
  /** ISO 3166-1 alpha-2 country of the account holder, for ESW; absent: the deployment's default. */
  deliveryCountryIso?: string;
}

/** What the client requested and Upvest has to report back (references/upvest.md#portfolio-order). */
export type RequestedTerms = Pick<
  PortfolioOrderRequest,
  'accountId' | 'cashAmount' | 'currency' | 'side' | 'postTax'
>;

/** Placement data passed to the order's own workflow. */
export interface PlacementResult {
  /** Name of the placement, see {@link placementName}. */
  reference: string;
  /** Time of the client's request, ISO 8601 UTC. */
  requestedAt: string;
  /** The broker's answer to the POST. */
  observation: PortfolioOrderObservation;
  /** The order is checked against them; absent from placements of older code, whose orders are not checked. */
  requested?: RequestedTerms;
  side?: 'BUY' | 'SELL';
  /** Upvest user; sent to ESW only with `sendsUserId`. */
  userId?: string;
  eswOrderReference?: string;
  deliveryCountryIso?: string;
  /** Number of the placement attempt: 1, plus one for each resubmission; absent for 1. */
  attempt?: number;
  /** Id of the portfolio order that this one replaces. */
  previous?: string;
  /** Set when an operator identified this as the order that a POST of unknown outcome had created. */
  identified?: Decision;
  /** Cancel requested before the order had its own workflow. */
  cancel?: Decision;
}

/** Attention codes of placements. */
export const PLACEMENT_ATTENTIONS = ['PLACEMENT_STOPPED', 'PLACEMENT_UNKNOWN'] as const;
export type PlacementAttention = (typeof PLACEMENT_ATTENTIONS)[number];

/**
 * Name of one placement: the client's reference, followed by the attempt from the second one on. Client references cannot
 * contain `~`, so the names of different orders never collide.
 */
export function placementName(reference: string, attempt: number): string {
  return attempt === 1 ? reference : `${reference}~${attempt}`;
}

/** Name of the first placement of an order: the client's reference. */
export function firstPlacementName(name: string): string {
  return name.split('~')[0] ?? name;
}

/** Name of the attempt after this one. */
export function nextPlacementName(name: string): string {
  const [reference = name, attempt = '1'] = name.split('~');
  return placementName(reference, Number(attempt) + 1);
}

/**
 * Idempotency key of a placement at Upvest. It depends only on deployment, reference and attempt, so that a retry, a crash, a
 * reset or a second start cannot place the order twice, and another deployment that uses the same reference does not get
 * the order of this one.
 *
 * @param deployment absent for placements of older code
 */
export function placementIdempotencyKey({
  deployment,
  reference,
  attempt,
}: {
  deployment?: string;
  reference: string;
  attempt: number;
}): string {
  const owner = deployment === undefined ? [] : [deployment];
  return uuidv5([...owner, reference, attempt].join('|'), NAMESPACE);
}
