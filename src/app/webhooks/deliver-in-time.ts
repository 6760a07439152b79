/** Delivers the orders' events of one request for as long as the request has time. */
import { grpcCodeOf, grpcStatus } from '../../temporal/grpc';
import type { EventOutcome } from './event-outcome';
import type { OrderGroup } from './group-by-order';

/** Deliveries at once: enough for a fast server, and not more than a slow one answers in time. */
const CONCURRENCY = 32;

/**
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
  let isOver = false;
  const deliverNext = async (): Promise<void> => {
    for (const group of waiting) {
      try {
        outcomes.set(group, await deliver(group));
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
