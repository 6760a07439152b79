/** How many parked events are open, by reason: from one page of Temporal's index, where alone they are. */
import { PARKING_REASONS, type ParkedEvents } from './parked-events';

/** Open parked events by reason. */
export type ParkedCounts = Readonly<Record<string, number>>;

/** One page of Temporal's index: more are not counted. */
const MAX_EVENTS = 1000;

/** @returns each reason, with 0 for those of no event. @throws IndexTooSlow; ServiceError when Temporal cannot be reached */
export async function countParked(parked: ParkedEvents): Promise<ParkedCounts> {
  const { events } = await parked.page({}, { limit: MAX_EVENTS });
  return Object.fromEntries(
    PARKING_REASONS.map((reason) => [reason, events.filter((event) => event.reason === reason).length]),
  );
}
