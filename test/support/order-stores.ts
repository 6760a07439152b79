/** Stores for orders in tests of activities: one in memory, and one whose database is away. */
import type { OrderSave, OrderStore, SavedOrder, SaveOutcome } from '../../src/app/ports/order-store';

export const awayStore: OrderStore = {
  save: () => Promise.reject(new Error('The records database is away')),
  read: () => Promise.reject(new Error('The records database is away')),
};

export interface MemoryStore extends OrderStore {
  /** All saves, oldest first. */
  saves: OrderSave[];
  /** Of the next saves. Default: saved. */
  outcome: SaveOutcome;
}

export function memoryStore(): MemoryStore {
  const saves: OrderSave[] = [];
  return {
    saves,
    outcome: 'saved',
    save(order) {
      if (this.outcome === 'saved') saves.push(order);
      return Promise.resolve(this.outcome);
    },
    read(portfolioOrderId) {
      const last = saves.findLast(({ state }) => state.record.portfolioOrderId === portfolioOrderId);
      return Promise.resolve<SavedOrder | undefined>(last);
    },
  };
}
