/** Events at ESW of one order and its children, separate from other orders on the same stack. */
import type { Stack } from '../../demo/stack';
import type { EventCounts } from '../../simulators/esw';
import { eventsOfFamily, findingsAbout } from './emission-truth';

/** Checks that ESW found no fault with the order: no event changed its body, and none came out of order. */
export function expectNoFindings(stack: Stack, reference: string): void {
  expect(findingsAbout({ name: reference }, stack.esw.control.audit())).toEqual([]);
  for (const { replays, byteIdenticalReplays } of eventsOfFamily(stack, { name: reference }))
    expect(byteIdenticalReplays).toBe(replays);
}

/** Starts counting outcomes of event requests at ESW; call the result to get the counts since then. */
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
