import type { ParkingReason } from './messages';

/** An unknown order becomes known; an order that refused takes messages again after it has continued as new. */
export const TIME_HELPS: ReadonlySet<ParkingReason> = new Set(['UNROUTED', 'REFUSED_BY_ORDER']);
