import { setTimeout as sleep } from 'node:timers/promises';

/** A wait that has become long is looked at less often: each look is work for what is waited for. */
const SHORT_WAIT_MS = 500;

/** Waits until `probe` gives something; rejects with the last state after the limit. */
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
    await sleep(waitedMs > SHORT_WAIT_MS ? 100 : 25);
  }
}
