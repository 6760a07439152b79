/** Orders whose outcome differs from the request, or that Upvest reports in an undocumented way. */
import { finishedOrder, isAt, place, sendEvent, untilOrder, type AccountSettings } from '../orders';
import type { AttentionName } from '../attentions';
import type { Situation } from './situation';

/** An order that finishes with a finding that needs attention. */
function ending(
  name: string,
  shows: AttentionName,
  settings: AccountSettings,
  description: string,
): Situation {
  return {
    name,
    description,
    shows: [shows],
    async arrange(stack, reference) {
      await finishedOrder(stack, reference, settings);
      return { order: reference };
    },
  };
}

export const mistrade = ending(
  'mistrade',
  'MISTRADE',
  { scenario: 'MISTRADE' },
  'Upvest cancels a filled execution instead of settling it.',
);

export const mixedOutcome = ending(
  'mixed-outcome',
  'MIXED_OUTCOME',
  { scenario: 'PARTNER_CANCEL_LAST_CHILD' },
  'The trading partner cancels one child order; the others fill and settle.',
);

export const cancelledByBroker = ending(
  'cancelled-by-broker',
  'CANCELLED_BY_BROKER',
  { rejectWith: 'ACCOUNT_IS_EMPTY' },
  'Upvest accepts the order, and then cancels it because the account is empty.',
);

export const overfilled = ending(
  'overfilled',
  'OVERFILLED',
  { fillsAtPercent: '120' },
  'Upvest executes 20 % more than was ordered.',
);

export const underfilled = ending(
  'underfilled',
  'AMOUNT_MISMATCH',
  { fillsAtPercent: '80' },
  'Upvest reports everything as filled, for 20 % less than was ordered.',
);

export const unknownStatus: Situation = {
  name: 'unknown-status',
  description: 'Upvest reports the status SUSPENDED, which it does not document.',
  shows: ['UNKNOWN_STATUS'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
    const { portfolioOrder } = stack.upvest.control.portfolioOrder(portfolioOrderId);
    await sendEvent(stack, 'PORTFOLIO_ORDER.SUSPENDED', { ...portfolioOrder, status: 'SUSPENDED' });
    return { order: reference };
  },
};

export const changedTerms: Situation = {
  name: 'changed-terms',
  description:
    'Upvest reports the order with another amount than the client requested and than it reported before.',
  shows: ['ANSWER_MISMATCH', 'TERMS_CHANGED'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
    const { portfolioOrder } = stack.upvest.control.portfolioOrder(portfolioOrderId);
    const changed = { ...portfolioOrder, cash_amount: '9000.00', updated_at: new Date().toISOString() };
    await sendEvent(stack, 'PORTFOLIO_ORDER.PROCESSING', changed);
    return { order: reference };
  },
};

export const longAmount: Situation = {
  name: 'long-amount',
  description: 'Upvest reports a child order for a third of the amount, with sixteen decimals.',
  shows: ['LONG_AMOUNT'],
  async arrange(stack, reference) {
    const { portfolioOrderId } = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
    await untilOrder(stack, reference, (order) => isAt(order, 'FILLED'));
    const [child] = stack.upvest.control.portfolioOrder(portfolioOrderId).orders;
    const long = { ...child, cash_amount: '333.3333333333333333', updated_at: new Date().toISOString() };
    await sendEvent(stack, 'ORDER.FILLED', long);
    return { order: reference };
  },
};
