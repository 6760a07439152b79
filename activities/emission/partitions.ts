/** Runs the partitions of a batch side by side (references/esw.md#order-of-events). */
import { eachOf } from '../../src/lib/each-of';
import type { EventToSend } from '../../contracts/activities';

/** Events of one order that are on their way together: references/esw.md#order-of-events. */
const PARTITIONS_AT_ONCE = 8;

/**
 * Sends the events, each partition in its order. A partition ends with the first event that `send` returns false for; then nothing is
 * sent that has to follow the answers to all events before it.
 */
export async function sendPartitions(
  events: readonly EventToSend[],
  send: (event: EventToSend, partition: object) => Promise<boolean>,
): Promise<void> {
  for (const partitions of groupsOf(events)) {
    const failed = new Set<object>();
    await eachOf(partitions, PARTITIONS_AT_ONCE, async (partition) => {
      for (const event of partition) {
        if (await send(event, partition)) continue;
        failed.add(partition);
        return;
      }
    });
    if (failed.size > 0) return;
  }
}

type Partitions = Map<string | undefined, EventToSend[]>;

/** The partitions of each group: those of one group follow the answers to all events of the groups before. */
function groupsOf(events: readonly EventToSend[]): EventToSend[][][] {
  const groups: Partitions[] = [];
  for (const event of events) {
    const before = event.isBarrier === true ? undefined : groups.at(-1);
    const group: Partitions = before ?? new Map<string | undefined, EventToSend[]>();
    if (before === undefined) groups.push(group);
    const partition = group.get(event.partition);
    if (partition === undefined) group.set(event.partition, [event]);
    else partition.push(event);
  }
  return groups.map((group) => [...group.values()]);
}
