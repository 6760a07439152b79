import { heartbeat } from '@temporalio/activity';

const EVERY_MS = 5_000;
const NEWS_AFTER_MS = 1_000;

/** What a retry of the call can go on from. */
export interface Progress {
  details: () => unknown;
  /** True if the details have changed since the last heartbeat. Default: never. */
  hasNews?: () => boolean;
}

/**
 * Runs work that waits for a partner, and heartbeats meanwhile with the details, so that a crash of this
 * worker is noticed by the heartbeat timeout instead of the much longer limit of the attempt.
 *
 * Each recorded heartbeat is a billable action: a call of less than a second has none, since it would save nothing.
 */
export async function withHeartbeat<T>(
  { details, hasNews = () => false }: Progress,
  work: () => Promise<T>,
): Promise<T> {
  let unreportedMs = 0;
  const timer = setInterval(() => {
    unreportedMs += NEWS_AFTER_MS;
    if (unreportedMs < EVERY_MS && !hasNews()) return;
    unreportedMs = 0;
    heartbeat(details());
  }, NEWS_AFTER_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
