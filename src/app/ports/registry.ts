/** The registry of references in the records database: it outlives the placements' workflows. User ids are not in it. */
import type { PostAttempt } from '../../domain/records/last-post';
import type { PortfolioOrderRequest } from '../../domain/broker/placement';
import type { PlacementView } from '../../../contracts/placement';

/** What is shown of a placement, and stored. */
export type KnownPlacement = Omit<PlacementView, 'request' | 'phase'> & {
  /** Without the user id where Temporal no longer has the placement. */
  request: Omit<PortfolioOrderRequest, 'userId'> & { userId?: string };
  /** NOT_STARTED: its workflow was never started, as after a crash; the next submit starts it. */
  phase: PlacementView['phase'] | 'NOT_STARTED';
};

/** A request that takes a name. */
export interface Claim {
  /** As it begins. */
  view: PlacementView;
  /** Equal for equal requests. */
  digest: string;
  /** Name of the token that placed it, if it has one. */
  submitter?: string;
  /** The deployment that places it. */
  deployment?: string;
}

/** What the registry has of a name. Times are ISO 8601 UTC. */
export interface Registered {
  name: string;
  /** Absent for an order that was saved before its placement was registered. */
  digest?: string;
  submitter?: string;
  deployment?: string;
  requestedAt?: string;
  /** When Temporal took it; absent if that is not certain. */
  startedAt?: string;
  /** When its last POST began; absent if none is known of. */
  postedAt?: string;
  /** The order at Upvest that it made. */
  portfolioOrderId?: string;
  /** Its last view that was stored; absent as for `digest`. */
  view?: KnownPlacement;
}

export interface Claimed {
  isNew: boolean;
  registered: Registered;
  /**
   * Set with `isNew` during a recovery after a loss: the name may have been taken before, so that its order is looked for at Upvest
   * since then, ISO 8601 UTC.
   */
  lookSince?: string;
}

export type PostPermission =
  | { kind: 'post' }
  /** A POST that the workflow does not know of may have placed the order: it is looked up first. */
  | { kind: 'look-up-first' }
  /** It has the order already. */
  | { kind: 'placed'; portfolioOrderId: string };

/** Every method throws RecordsUnavailable while the database is away. */
export interface Registry {
  /** Takes the name, if it is free. @returns what the registry has of it, and whether that is this claim */
  claim(claim: Claim): Promise<Claimed>;
  /** @returns undefined for a name that was never used */
  read(name: string): Promise<Registered | undefined>;
  /** Notes that Temporal has the placement. @param actual the placement that has the name in Temporal, if that is another */
  started(name: string, actual?: Claim): Promise<void>;
  /**
   * Notes that a POST begins, unless the order exists or has to be looked up first.
   *
   * @param searchedAt when the last search at Upvest without a result began, milliseconds since the epoch
   */
  beginPost(claim: Claim, attempt: PostAttempt, searchedAt?: number): Promise<PostPermission>;
  /** Stores a view of the placement, unless a later one is stored. @param at milliseconds since the epoch */
  save(claim: Claim, at: number): Promise<void>;
  /** Placements of an account and amount whose order is not known yet, oldest first. */
  open(accountId: string, cashAmount: string): Promise<Registered[]>;
  /** Name of the placement that made an order. @returns undefined for an order that none is known to have made */
  placementOf(portfolioOrderId: string): Promise<string | undefined>;
  /** Names that were taken before that time, and whose placements are not known to have been started, oldest first. */
  unstarted(before: Date): Promise<Registered[]>;
  /** Notes that the placement of a name was never started. @param at milliseconds since the epoch */
  notStarted(name: string, at: number): Promise<void>;
}

/** Portfolio orders by child order. The database away is no failure: nothing is known then, and what is learnt is lost. */
export interface OrderChildren {
  /** @returns undefined for an order that is not known, and while the database is away */
  portfolioOrderOf(orderId: string): Promise<string | undefined>;
  /** Stores it soon, in the background. */
  learn(orderId: string, portfolioOrderId: string): void;
}
