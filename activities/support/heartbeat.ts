import { heartbeat } from '@temporalio/activity';

const EVERY_MS = 5_000;

/**
 * Runs work that waits for a partner, and heartbeats meanwhile with `details`, so that a crash of this
 * worker is noticed by the heartbeat timeout instead of the much longer limit of the attempt.
 */
export async function withHeartbeat<T>(details: () => unknown, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    heartbeat(details());
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
