/** Follows an order until it has finished, across deploys and restarts of the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderStatusView } from '../../app/orders/read';
import { isTransient } from './problem';

const RETRY_INTERVAL_MS = 250;
const MAX_OUTAGE_MS = 30_000;

export function isEnd({ phase }: OrderStatusView): boolean {
  return phase === 'FINISHED' || phase === 'REFUSED' || phase === 'NOT_PLACED';
}

/**
 * Yields the snapshots of successive attempts until the order is finished, rejected or not placed. Retries only after a
 * first snapshot was read.
 *
 * @throws what an attempt throws, unless a transient failure passes within 30 s
 */
export async function* follow(
  attempt: () => AsyncIterable<OrderStatusView>,
): AsyncGenerator<OrderStatusView, void, undefined> {
  for (let lastAnswer = 0; ;) {
    try {
      for await (const view of attempt()) {
        lastAnswer = Date.now();
        yield view;
        if (isEnd(view)) return;
      }
    } catch (error) {
      if (!isTransient(error) || Date.now() - lastAnswer > MAX_OUTAGE_MS) throw error;
    }
    await sleep(RETRY_INTERVAL_MS);
  }
}

/** An attempt of a single read. */
export async function* once(
  read: () => Promise<OrderStatusView>,
): AsyncGenerator<OrderStatusView, void, undefined> {
  yield await read();
}
