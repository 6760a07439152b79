/** Whether the partners answer, as the rows of open orders have it, and whether the clock is right. */
import type { Partner } from '../../domain/views/partner-trouble';

export type PartnerState =
  | { state: 'ok' }
  | {
      state: 'failing';
      /** Start of the oldest trouble, ISO 8601 UTC. */
      since: string;
      /** Cause of the newest one. */
      lastError: string;
      /** Orders that wait for the partner. */
      ordersWaiting: number;
    };

export type PartnersStatus = Record<Partner, PartnerState>;

/** The clock of the server, which decides on signatures. */
export interface ClockState {
  /** Seconds by which it is later than Upvest's clock; negative where it is earlier. */
  aheadSeconds: number;
  /** True if it is off by so much that Upvest may reject signatures, or the server webhooks. */
  isOff: boolean;
}

/** `clock` is absent until Upvest has answered the server, and for `--direct`. */
export type Status = PartnersStatus & { clock?: ClockState };

/** @throws RecordsUnavailable */
export type ReadPartners = () => Promise<PartnersStatus>;
