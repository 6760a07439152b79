/** Whether a partner fails for an order: who, since when, and why. */
import type { OrderState, TroubleKind } from '../order-state/state';

export const PARTNERS = ['esw', 'upvest'] as const;
export type Partner = (typeof PARTNERS)[number];

export interface PartnerTrouble {
  partner: Partner;
  /** ISO 8601 UTC. */
  since: string;
  /** Why the last attempt failed. */
  error: string;
}

/** Only people can find out who placed an order, Temporal and the records database are no partners; the other kinds are answers of one, or none. */
const PARTNER_OF: Record<TroubleKind, Partner | undefined> = {
  esw: 'esw',
  upvest: 'upvest',
  cancel: 'upvest',
  'child-unreadable': 'upvest',
  'child-unknown': undefined,
  placement: undefined,
  recovery: undefined,
  records: undefined,
};

/** At most one for each partner: the oldest trouble of the order with it. */
export function partnerTroubles({ troubles = [], emission: { pause } }: OrderState): PartnerTrouble[] {
  // ESW answers, but takes nothing: it rejects our credentials, or requests a pause.
  const paused =
    pause === undefined ? [] : [{ kind: 'esw' as const, since: pause.since, cause: pause.refusal.message }];
  return PARTNERS.flatMap((partner) => {
    const [oldest] = [...troubles, ...paused]
      .filter(({ kind }) => PARTNER_OF[kind] === partner)
      .sort((a, b) => a.since - b.since);
    if (oldest === undefined) return [];
    return [{ partner, since: new Date(oldest.since).toISOString(), error: oldest.cause }];
  });
}

/** Characters of an entry; Temporal's SQL stores keep at most 255 of a keyword. */
const MAX_ENTRY = 200;

/** The entry of the index; an error that it cannot hold ends with an ellipsis. */
export function toIndex({ partner, since, error }: PartnerTrouble): string {
  const characters = Array.from(`${partner} ${since} ${error.replace(/\p{C}/gu, ' ')}`);
  return characters.length > MAX_ENTRY
    ? `${characters.slice(0, MAX_ENTRY - 1).join('')}…`
    : characters.join('');
}
