/** Whether the partners answer, as the open orders see it: from Temporal's index, so that it works without a worker. */
import type { Client } from '@temporalio/client';
import { searchAttributes } from '../../../contracts/search-attributes';
import { fromIndex, type Partner, type PartnerTrouble } from '../../domain/views/partner-trouble';
import { is, readIndex } from '../../temporal/visibility';

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
      /** True if more orders wait than were counted. */
      isMore?: true;
    };

export type PartnersStatus = Record<Partner, PartnerState>;

/** The clock of the server, which decides on signatures. */
export interface ClockState {
  /** Seconds that it is ahead of Upvest's; negative: behind. */
  aheadSeconds: number;
  /** True if it is off by so much that Upvest may reject signatures, or the server webhooks. */
  isOff: boolean;
}

/** `clock` is absent until Upvest has answered the server, and for `--direct`. */
export type Status = PartnersStatus & { clock?: ClockState };

/** @throws IndexTooSlow; ServiceError when Temporal cannot be reached */
export type ReadPartners = () => Promise<PartnersStatus>;

/** One page of Temporal's index. */
const MAX_ORDERS = 1000;

/** @param taskQueue restricts it to this deployment: others may share the namespace */
export function createPartnerStatus(client: Client, taskQueue: string): ReadPartners {
  const { partnerTrouble } = searchAttributes;
  const waiting = [
    is('TaskQueue', taskQueue),
    is('ExecutionStatus', 'Running'),
    `${partnerTrouble.name} IS NOT NULL`,
  ].join(' AND ');

  return async () => {
    const { runs, next } = await readIndex(client, waiting, { limit: MAX_ORDERS });
    const troubles = runs
      .flatMap((run) => run.values(partnerTrouble))
      .flatMap((entry) => fromIndex(entry) ?? []);
    const stateOf = (partner: Partner): PartnerState =>
      partnerState(
        troubles.filter((one) => one.partner === partner),
        next !== undefined,
      );
    return { esw: stateOf('esw'), upvest: stateOf('upvest') };
  };
}

function partnerState(troubles: PartnerTrouble[], isMore: boolean): PartnerState {
  const bySince = [...troubles].sort((a, b) => (a.since < b.since ? -1 : 1));
  const [oldest] = bySince;
  const newest = bySince.at(-1);
  if (oldest === undefined || newest === undefined) return { state: 'ok' };
  return {
    state: 'failing',
    since: oldest.since,
    lastError: newest.error,
    ordersWaiting: troubles.length,
    ...(isMore && { isMore }),
  };
}
