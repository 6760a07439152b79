import { setTimeout as sleep } from 'node:timers/promises';

/** Polls less often as a wait gets longer: each probe costs the system under test time. */
const SHORTEST_PAUSE_MS = 15;
const LONGEST_PAUSE_MS = 150;
const PAUSE_PER_WAIT = 0.2;

/** Waits until `probe` returns a value; rejects after the limit. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 60_000,
): Promise<T> {
  const startedAt = Date.now();
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    const waitedMs = Date.now() - startedAt;
    if (waitedMs > limitMs) throw new Error(`Waited ${limitMs} ms in vain for ${what}`);
    await sleep(Math.min(Math.max(waitedMs * PAUSE_PER_WAIT, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
  }
}
