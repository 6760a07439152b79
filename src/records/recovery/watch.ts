/** Whether a recovery after a loss is under way, as a process knows it without asking the database each time. */
import type { RecordsDatabase } from '../connect';
import { createRecoveryStore } from './recovery-store';

export interface RecoveryWatch {
  /** As the database said last; false before it has answered. */
  isUnderWay(): boolean;
  /** Reads it now. A database that is away changes nothing. */
  look(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 5_000;

/** Reads it every few seconds, from the first `look` on. */
export function watchRecovery(db: RecordsDatabase): RecoveryWatch {
  const store = createRecoveryStore(db);
  let isUnderWay = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    timer ??= setInterval(() => void look(), EVERY_MS).unref();
    try {
      isUnderWay = (await store.current()) !== undefined;
    } catch {
      // A recovery that was under way still is.
    }
  }

  return {
    isUnderWay: () => isUnderWay,
    look,
    stop() {
      clearInterval(timer);
    },
  };
}
