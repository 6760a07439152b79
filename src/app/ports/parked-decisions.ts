/** Where decisions about parked events are kept: with those about orders, in the records database. */
import type { ParkedDecisions } from '../../../contracts/parked-event';

export interface ParkedDecisionLog {
  /** Adds those that are not stored yet. @throws RecordsUnavailable */
  add(decisions: ParkedDecisions): Promise<void>;
}
