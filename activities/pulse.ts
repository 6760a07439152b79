import { heartbeat } from '@temporalio/activity';

const EVERY_MS = 5_000;

/**
 * Runs work that waits for somebody else, and heartbeats meanwhile with what `details` gives, so that a crash of this
 * worker is noticed by the heartbeat timeout instead of the much longer limit of the attempt.
 */
export async function withPulse<T>(details: () => unknown, work: () => Promise<T>): Promise<T> {
  const pulse = setInterval(() => {
    heartbeat(details());
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
  }
}
