/** Follows an order until its end, over deploys and restarts of the server: the order goes on meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderStatusView } from '../temporal/order-reader';
import { isTransient } from './orders-problem';

const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 30_000;

export function isEnd({ phase }: OrderStatusView): boolean {
  return phase === 'FINISHED' || phase === 'REFUSED' || phase === 'NOT_PLACED';
}

/**
 * The looks of one attempt after the other, until the order is finished, refused or known not to be there. Without a
 * first answer there is nothing to be patient for.
 *
 * @throws what an attempt throws, unless it passes by itself within half a minute
 */
export async function* following(
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
      if (!isTransient(error) || Date.now() - lastAnswer > PATIENCE_MS) throw error;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** An attempt that is a single look. */
export async function* once(
  look: () => Promise<OrderStatusView>,
): AsyncGenerator<OrderStatusView, void, undefined> {
  yield await look();
}
