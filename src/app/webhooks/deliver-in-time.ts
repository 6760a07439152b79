/** Delivers the orders' events of one request for as long as the request has time. */
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import type { EventOutcome } from './event-outcome';
import type { OrderGroup } from './group-by-order';

/** Deliveries at once: enough for a fast server, and not more than a slow one answers in time. */
const CONCURRENCY = 32;

/**
 * No delivery begins whose answer would come too late, by how long the last one took: a slow server would answer nothing else before it,
 * and what waits is parked by one call more.
 *
 * @param outcomes receives each outcome at once, also when it throws later
 * @returns what has no outcome in time; some of it may arrive all the same
 * @throws what `deliver` throws, unless the server only needs more time
 */
export async function deliverInTime(
  groups: OrderGroup[],
  deliver: (group: OrderGroup) => Promise<EventOutcome>,
  timeLimitMs: number,
  outcomes: Map<OrderGroup, EventOutcome>,
): Promise<OrderGroup[]> {
  const waiting = groups.values();
  const startedAt = performance.now();
  let lastTookMs = 0;
  let isOver = false;
  const deliverNext = async (): Promise<void> => {
    for (const group of waiting) {
      const beganAt = performance.now();
      if (beganAt - startedAt + lastTookMs > timeLimitMs) return;
      try {
        outcomes.set(group, await deliver(group));
        lastTookMs = performance.now() - beganAt;
      } catch (error) {
        if (!needsTime(error)) throw error;
        isOver = true;
      }
      if (isOver) return;
    }
  };
  const all = Promise.all(Array.from({ length: CONCURRENCY }, deliverNext));
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeLimitMs);
  });
  try {
    await Promise.race([all, timeUp]);
  } finally {
    isOver = true;
    clearTimeout(timer);
    // Those on their way when the time was up end unseen.
    all.catch(() => undefined);
  }
  return groups.filter((group) => !outcomes.has(group));
}

/** True for a server that is throttling or slow, not away. */
function needsTime(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code === grpcStatus.resourceExhausted || code === grpcStatus.deadlineExceeded;
}
