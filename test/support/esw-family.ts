/** What ESW has of one order and its children, apart from all others on the same stack. */
import type { Stack } from '../../src/cli/dev-stack';
import type { EventCounts } from '../../src/simulator/esw';
import { eventsOfFamily, findingsAbout } from './emission-truth';

/** Checks that ESW has nothing against the order: no event changed its body, and none came where it should not. */
export function expectNoFindings(stack: Stack, reference: string): void {
  expect(findingsAbout({ name: reference }, stack.esw.control.audit())).toEqual([]);
  for (const { replays, byteIdenticalReplays } of eventsOfFamily(stack, { name: reference }))
    expect(byteIdenticalReplays).toBe(replays);
}

/** How event requests ended at ESW since a call of this function; the result is to be called for it. */
export function countingFrom(stack: Stack): () => EventCounts {
  const before = stack.esw.control.counts();
  return () => {
    const names = Object.keys(before) as (keyof EventCounts)[];
    const now = stack.esw.control.counts();
    return Object.fromEntries(
      names.map((name) => [name, now[name] - before[name]]),
    ) as unknown as EventCounts;
  };
}
