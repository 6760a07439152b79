import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `probe` gives something; rejects with the last state after the limit. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 60_000,
): Promise<T> {
  for (const deadline = Date.now() + limitMs; ;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain for ${what}`);
    await sleep(25);
  }
}
