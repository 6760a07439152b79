/**
 * Shares Upvest's rate limit among the processes of a deployment: each holds a lease of requests per second for some seconds. At
 * any moment the leases that are not over are at most the budget, whatever is asked, lost, or ends without notice.
 */

/** A share of the budget, from the moment at which the process sent its request for it. */
export interface Lease {
  requestsPerSecond: number;
  /** Without a share: when to ask again. Milliseconds. */
  forMs: number;
}

/** What was granted and may still be in use. */
interface Granted {
  requestsPerSecond: number;
  /** By the clock of the workflow that grants, milliseconds since the epoch. */
  until: number;
}

export interface Holder {
  id: string;
  /** Requests per second that it asked for last. */
  wanted: number;
  /** Several after a renewal with a smaller share: the answer may be lost, and the process goes on with the larger one. */
  granted: Granted[];
}

export interface LeaseRequest {
  /** Id of the process. */
  holder: string;
  wanted: number;
  /** Requests per second of all processes together. */
  budget: number;
}

/**
 * Half of it is left when a process asks for the next: more than Temporal takes to notice that the worker which had the workflow in its
 * cache is dead (10 s).
 */
const LEASE_MS = 24_000;
/**
 * A lease counts for so much longer than its process may use it. Upvest counts requests per second, so the last ones of one
 * process and the first ones of the next must not be in the same second.
 */
const EDGE_MS = 1_000;
/** Part of the budget that renewals leave free, so that a process without a lease gets one at once. */
const FOR_NEWCOMERS = 0.1;
/** Holders of a share of 0 ask again after this time, unless a lease ends earlier. */
const ASK_AGAIN_MS = 2_000;

/** Grants a lease, or renews it with a share that may be larger or smaller. */
export function grantLease(
  holders: readonly Holder[],
  { holder, wanted, budget }: LeaseRequest,
  now: number,
): { holders: Holder[]; lease: Lease } {
  const live = holders.flatMap((one) => {
    const granted = one.granted.filter(({ until }) => until > now);
    return granted.length === 0 ? [] : [{ ...one, granted }];
  });
  const others = live.filter(({ id }) => id !== holder);
  const before = live.find(({ id }) => id === holder)?.granted ?? [];
  const free = budget - others.reduce((sum, one) => sum + inUse(one), 0);
  const fair = fairShare(Math.floor(budget * (1 - FOR_NEWCOMERS)), wanted, others);
  const requestsPerSecond = Math.max(0, Math.floor(Math.min(fair, free)));

  const until = now + LEASE_MS + EDGE_MS;
  const granted = [
    ...before.filter((one) => one.requestsPerSecond > requestsPerSecond),
    { requestsPerSecond, until },
  ];
  const ends = others.flatMap((one) => one.granted.map((grant) => grant.until - now));
  return {
    holders: [...others, { id: holder, wanted, granted }],
    lease: {
      requestsPerSecond,
      forMs: requestsPerSecond > 0 ? LEASE_MS : Math.min(ASK_AGAIN_MS, ...ends),
    },
  };
}

/** Requests per second that a process may be sending. */
export function inUse({ granted }: Pick<Holder, 'granted'>): number {
  return Math.max(0, ...granted.map(({ requestsPerSecond }) => requestsPerSecond));
}

/**
 * Max-min fairness: no process gets more than it wants, and what one leaves goes to the others in equal parts.
 *
 * @returns the share of the process that wants `wanted`
 */
function fairShare(capacity: number, wanted: number, others: readonly Holder[]): number {
  const smallestFirst = [...others.map((one) => one.wanted), wanted].sort((a, b) => a - b);
  let left = capacity;
  for (const [index, want] of smallestFirst.entries()) {
    const equal = left / (smallestFirst.length - index);
    if (want > equal) return Math.min(wanted, equal);
    left -= want;
  }
  return wanted;
}
