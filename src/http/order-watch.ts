/** Follows orders for those who watch them: Temporal tells no web server of changes, so each watched order is asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderStatusView } from '../temporal/order-reader';
import { etagOf } from './etag';

/** An order at one moment, as JSON. */
export interface Look {
  etag: string;
  content: string;
  phase: OrderStatusView['phase'];
}

export function lookAt(view: OrderStatusView): Look {
  const content = JSON.stringify(view);
  return { etag: etagOf(content), content, phase: view.phase };
}

/** The name under which all watchers of one order meet, whether they came by its reference or its id. */
export function watchedName(asked: string, { reference, portfolioOrderId }: OrderStatusView): string {
  return reference ?? portfolioOrderId ?? asked;
}

export interface OrderWatch {
  /**
   * Tells of each look, changed or not; `undefined` where the order could not be looked at just now.
   *
   * @returns ends it
   */
  follow(name: string, told: (look: Look | undefined) => void): () => void;
}

/**
 * However many watch one order, it is looked at once in each interval, and not at all while nobody watches.
 *
 * @param look of an order; its errors are passing: a worker or Temporal is away
 */
export function createOrderWatch(
  look: (name: string) => Promise<OrderStatusView | undefined>,
  everyMs: number,
): OrderWatch {
  const watched = new Map<string, Set<(look: Look | undefined) => void>>();

  async function run(name: string, watchers: Set<(look: Look | undefined) => void>): Promise<void> {
    for (;;) {
      await sleep(everyMs, undefined, { ref: false });
      if (watchers.size === 0) break;
      const view = await look(name).catch(() => undefined);
      const seen = view && lookAt(view);
      for (const told of watchers) told(seen);
    }
    watched.delete(name);
  }

  return {
    follow(name, told) {
      const known = watched.get(name);
      const watchers = known ?? new Set();
      watchers.add(told);
      if (known === undefined) {
        watched.set(name, watchers);
        void run(name, watchers);
      }
      return () => {
        watchers.delete(told);
      };
    },
  };
}
