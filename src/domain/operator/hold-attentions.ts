/** Attentions of orders that are held, or kept open, until an operator decides. */
import { answerMismatchKey } from '../order/answer-check';
import { cancelForbidden } from '../order/cancellation';
import type { OrderState } from '../order-state/state';
import type { OpenAttention } from './attention';

const ASK_ESW = 'Ask ESW whether it has the order, then release or close it.';

/** The reasons that leave it unknown what ESW has. */
const HOLDS: Record<
  Exclude<NonNullable<OrderState['held']>, 'ANSWER_MISMATCH'>,
  { message: string; advice: string }
> = {
  FIRST_SEEN_FINISHED: {
    message: 'The order was first seen long after it had finished; ESW may already have its events',
    advice: ASK_ESW,
  },
  FIRST_SEEN_LATE: {
    message:
      'The order was first seen more than 25 days after it was created; ESW may already have its events',
    advice: ASK_ESW,
  },
  HEALED_WITHOUT_LEDGER: {
    message: 'A predecessor run of the workflow cannot be read; ESW may already have its events',
    advice: 'Ask ESW which events it has, then release or close the order.',
  },
};

export function attentionsOfHolds(state: OrderState): OpenAttention[] {
  const { held, reopened, answerMismatch, placedAfterFinish, placed, placedAgain = [], emission } = state;
  const attentions: OpenAttention[] = [];
  if (answerMismatch !== undefined) {
    const isAtEsw = emission.accepted.length + emission.inFlight.length > 0;
    attentions.push({
      code: 'ANSWER_MISMATCH',
      key: answerMismatchKey(answerMismatch),
      message: `The order at Upvest is not what the client requested: ${answerMismatch}. ${isAtEsw ? 'ESW may have events of it' : 'ESW has none of its events'}`,
      advice: `Check with Upvest and with the client. Release it if the order is right; otherwise ${cancelForbidden(state) === undefined ? 'cancel it at Upvest, or close it' : 'close it'}.`,
    });
  }
  if (held !== undefined && held !== 'ANSWER_MISMATCH')
    attentions.push({ code: held, key: held, ...HOLDS[held] });
  if (placedAfterFinish !== undefined) {
    const { reference, at } = placedAfterFinish;
    attentions.push({
      code: 'PLACED_AFTER_FINISH',
      key: `PLACED_AFTER_FINISH|${reference}|${at}`,
      since: new Date(at).toISOString(),
      message: `The order had finished when the placement ${reference} turned out to have made it; ESW does not have it under that reference`,
      advice: 'Compare the order with the request, and tell the client and ESW. Then acknowledge.',
    });
  }
  for (const { reference, at } of placedAgain)
    attentions.push({
      code: 'PLACED_TWICE',
      key: `PLACED_TWICE|${reference}`,
      since: new Date(at).toISOString(),
      message: `The placement ${reference} took the order for its own, which ${placed?.reference ?? 'another one'} has: at most one of the two requests was placed`,
      advice:
        'Find out at Upvest which request made the order, and tell the client of the other, who can place it again under a new reference. Then acknowledge.',
    });
  if (reopened !== undefined) {
    attentions.push({
      code: 'REOPENED',
      key: `REOPENED|${reopened.at}`,
      since: reopened.at,
      message: `${reopened.actor} reopened the finished order: ${reopened.reason}`,
      advice: 'Retry its parked events, if it has any, check the result, then close it.',
    });
  }
  return attentions;
}
