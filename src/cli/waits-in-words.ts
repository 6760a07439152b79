/** What an order waits for, until when, and what happens then, in plain words. */
import type { PortfolioOrderView, WaitView } from '../domain/view';
import { POSTS_END_AFTER_MS } from '../domain/placement';
import type { WaitId } from '../domain/waits';
import type { PlacementView } from '../../workflows/messages';
import type { OrderStatusView } from '../temporal/order-reader';
import { moment, plain } from './text';

/** The compiler asks for every rule of ours; a server of another release may have more. */
const WHAT: Partial<Record<string, string>> = {
  'deadline:new': 'Upvest has not begun with it',
  'deadline:processing': 'It is being executed',
  'deadline:parts': 'The order and its parts disagree, so some word is late or lost',
  'deadline:settlement': 'Executions are to be settled',
  'deadline:cancel': 'Nothing has come yet of the cancel that Upvest took',
  'deadline:predecessor': 'A status came ahead of those before it, and is held back from ESW',
  'policy:resubmit': 'Whether it is to be placed again has to be certain',
} satisfies Record<WaitId, string>;

/** What happens next while nobody does anything; nothing happens of itself to an order that nobody follows. */
export function sentencesOf({ order, placement, interrupted }: OrderStatusView, now: number): string[] {
  if (interrupted) return [];
  if (order) return waitSentences(order, now);
  return placement ? placementSentences(placement, now) : [];
}

/** One sentence for each deadline that is on, and for a pause of what goes to ESW. */
function waitSentences({ waits, fulfillment }: PortfolioOrderView, now: number): string[] {
  const { paused } = fulfillment;
  return [
    ...waits.map((wait) => waitSentence(wait, now)),
    ...(paused
      ? [
          `ESW takes nothing just now (${plain(paused.message)}): it is tried again ${moment(paused.until, now)}, or at once after retry-emission.`,
        ]
      : []),
  ];
}

function waitSentence({ rule, asksAt, asked, attentionAt, overdue }: WaitView, now: number): string {
  const again =
    asked === 0 ? 'is asked' : `was asked ${asked} time${asked === 1 ? '' : 's'} and is asked again`;
  const asks = Date.parse(asksAt) > now ? `Upvest ${again} ${moment(asksAt, now)}` : 'Upvest is being asked';
  return `${WHAT[rule] ?? 'It waits'}: ${asks}${untilWhen(attentionAt, overdue, now)}. [${rule}]`;
}

function untilWhen(attentionAt: string | undefined, overdue: boolean, now: number): string {
  if (attentionAt === undefined) return '';
  return overdue
    ? `; it is OVERDUE since ${moment(attentionAt, now)}, and somebody was told`
    : `; if it is still so ${moment(attentionAt, now)}, somebody is told`;
}

/** Of an order that is not placed yet. */
function placementSentences({ phase, requestedAt }: PlacementView, now: number): string[] {
  const end = moment(new Date(Date.parse(requestedAt) + POSTS_END_AFTER_MS).toISOString(), now);
  switch (phase) {
    case 'PLACING':
      return [
        `The POST is repeated under the same key until ${end}; then the order is only looked up, and somebody is told.`,
      ];
    case 'UNKNOWN':
      return [
        'The order is looked up at Upvest, ever more slowly, until one fits or somebody says which it is. It is never placed a second time.',
      ];
    case 'HANDING_OVER':
    case 'PLACED':
      return ['Upvest has it; its workflow takes over in a moment.'];
    case 'REFUSED':
    case 'NOT_PLACED':
      return [];
  }
}
