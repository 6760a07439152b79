/** Polls watched orders: Temporal does not push changes to web servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderStatusView } from '../../app/orders/read';
import { etagOf } from '../plugins/etag';

/** An order at one moment, as JSON. */
export interface Snapshot {
  etag: string;
  content: string;
  phase: OrderStatusView['phase'];
}

export function takeSnapshot(view: OrderStatusView): Snapshot {
  const content = JSON.stringify(view);
  return { etag: etagOf(content), content, phase: view.phase };
}

/** One name per order for all its watchers, whether they use its reference or its id. */
export function watchedName(requested: string, { reference, portfolioOrderId }: OrderStatusView): string {
  return reference ?? portfolioOrderId ?? requested;
}

export interface OrderPoller {
  /**
   * Reports each snapshot, changed or not; `undefined` when a poll failed.
   *
   * @returns a function that stops following
   */
  follow(name: string, onSnapshot: OnSnapshot): () => void;
}

type OnSnapshot = (snapshot: Snapshot | undefined) => void;

/**
 * Polls each watched order once per interval, however many watch it, and stops when the last watcher leaves.
 *
 * @param read reads an order; its errors are treated as transient
 */
export function createOrderPoller(
  read: (name: string) => Promise<OrderStatusView | undefined>,
  everyMs: number,
): OrderPoller {
  const watched = new Map<string, Set<OnSnapshot>>();

  async function run(name: string, watchers: Set<OnSnapshot>): Promise<void> {
    for (;;) {
      await sleep(everyMs, undefined, { ref: false });
      if (watchers.size === 0) break;
      const view = await read(name).catch(() => undefined);
      const snapshot = view && takeSnapshot(view);
      for (const onSnapshot of watchers) onSnapshot(snapshot);
    }
    watched.delete(name);
  }

  return {
    follow(name, onSnapshot) {
      const known = watched.get(name);
      const watchers = known ?? new Set();
      watchers.add(onSnapshot);
      if (known === undefined) {
        watched.set(name, watchers);
        void run(name, watchers);
      }
      return () => {
        watchers.delete(onSnapshot);
      };
    },
  };
}
