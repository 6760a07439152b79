/**
 * Which activities overtake others that wait for a slot of the same task queue (`priority`, 1 first, 3 where nothing is said). A
 * thousand overdue reads must not hold up a cancel, and parked events must not hold up a handoff.
 */
import type { Priority } from '@temporalio/common';

/** A cancel is worth less with each second: the market fills the order meanwhile. */
export const CANCEL: Priority = { priorityKey: 1 };
/** Clients wait for it, and prices move. The handoff ends a placing. */
export const PLACE: Priority = { priorityKey: 2 };
/** A deadline asks because nothing came: seconds more do not matter, and there may be many at once. */
export const READ: Priority = { priorityKey: 4 };
/** Their events are safe, and repeated for days. A sweep goes on for hours. */
export const BACKGROUND: Priority = { priorityKey: 5 };
