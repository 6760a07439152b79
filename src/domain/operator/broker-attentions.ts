/** Attentions of what Upvest answered, and of its own cancels. */
import { isCancellable } from '../order/cancellation';
import type { OrderState } from '../order-state/state';
import type { OpenAttention } from './attention';

/** Upvest does not know the order, or rejected its cancel. */
export function attentionsOfAnswers(state: OrderState): OpenAttention[] {
  const { cancel, isUnknownToBroker, unknownToBrokerSince } = state;
  const attentions: OpenAttention[] = [];
  if (isUnknownToBroker) {
    attentions.push({
      code: 'UNKNOWN_TO_BROKER',
      key: 'UNKNOWN_TO_BROKER',
      ...since(unknownToBrokerSince),
      message: 'Upvest does not know the order',
      advice: 'Check the id and the environment with Upvest. Close the order if it never existed.',
    });
  }
  if (cancel?.answer !== undefined && cancel.answer.kind !== 'accepted' && isCancellable(state)) {
    const why =
      cancel.answer.kind === 'refused'
        ? 'Upvest rejected the cancel'
        : 'Upvest does not know the order to cancel';
    attentions.push({
      code: 'CANCEL_REFUSED',
      key: `CANCEL_REFUSED|${cancel.at}`,
      ...since(cancel.answeredAt),
      message: why,
      advice: 'Acknowledge it, or request the cancel again later.',
    });
  }
  return attentions;
}

function since(time: number | undefined): Pick<OpenAttention, 'since'> {
  return time === undefined ? {} : { since: new Date(time).toISOString() };
}

/**
 * A cancel by the broker after it had accepted the order, such as SELL_LIMIT_EXCEEDED
 * (references/upvest.md#portfolio-order). Without a reason it may be the answer to a request of ours. A resubmission by
 * policy is already the reaction to it, and a balanced portfolio needs no rebalancing.
 */
export function attentionsOfBrokerCancel({
  record,
  cancel,
  revision = 0,
  ...state
}: OrderState): OpenAttention[] {
  const { status, type, cancellationReason: reason, cancellationDetails: details } = record;
  const isRequested = reason === 'CANCELLED_BY_CLIENT' || (reason === undefined && cancel !== undefined);
  const isNeedless = reason === 'PORTFOLIO_IS_BALANCED' && type === 'REBALANCING';
  const isResubmitted = (state.resubmission ?? state.resubmittedAs) !== undefined;
  if (revision === 0 || status !== 'CANCELLED' || isRequested || isNeedless || isResubmitted) return [];
  return [
    {
      code: 'CANCELLED_BY_BROKER',
      key: 'CANCELLED_BY_BROKER',
      ...(record.reached.CANCELLED && { since: record.reached.CANCELLED.at }),
      message: `Upvest cancelled the order: ${reason ?? 'without a reason'}${details === undefined ? '' : ` (${details})`}`,
      advice: 'Tell the client, and place a new order if it is still wanted. Then acknowledge.',
    },
  ];
}
