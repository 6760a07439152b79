/** Every code that an order, a placement or a parked event can need attention for. */
import { ATTENTION_CODES, type AttentionCode } from '../../src/domain/operator/attention-codes';
import { PLACEMENT_ATTENTIONS, type PlacementAttention } from '../../src/domain/broker/placement';
import type { ParkingReason } from '../../contracts/parked-event';

export type AttentionName =
  | AttentionCode
  | PlacementAttention
  | `PARKED_${ParkingReason}`
  /** An order whose workflow was terminated; the lists show it without a code in the index. */
  | 'INTERRUPTED';

/** The compiler requires every reason. */
const PARKED = {
  PARKED_UNREADABLE: true,
  PARKED_UNKNOWN_TYPE: true,
  PARKED_UNROUTED: true,
  PARKED_LATE: true,
  PARKED_REFUSED_BY_ORDER: true,
} satisfies Record<`PARKED_${ParkingReason}`, true>;

export const EVERY_ATTENTION: readonly AttentionName[] = [
  ...ATTENTION_CODES,
  ...PLACEMENT_ATTENTIONS,
  ...(Object.keys(PARKED) as (keyof typeof PARKED)[]),
  'INTERRUPTED',
];
