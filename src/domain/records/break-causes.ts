/** Causes of breaks: differences between Upvest, this coordinator and ESW that do not pass by themselves. Codes are an API. */
export const BREAK_CAUSES = {
  UNKNOWN_ORDER: {
    meaning: 'Upvest has an order that was not known here.',
    remedy: 'The sweep adopted it. Check with "portfolio-orders webhook" why its webhooks did not arrive.',
  },
  STATUS_DIFFERS: {
    meaning: 'The order has another status at Upvest than here.',
    remedy: 'Check the order with Upvest: portfolio-orders reconcile <order> --reason <text>.',
  },
  AMOUNT_DIFFERS: {
    meaning: 'The order has another amount at Upvest than here.',
    remedy: 'Ask Upvest which amount is right; then check the order: portfolio-orders reconcile.',
  },
  CURRENCY_DIFFERS: {
    meaning: 'The order has another currency at Upvest than here.',
    remedy: 'Ask Upvest which currency is right; then check the order: portfolio-orders reconcile.',
  },
  ACCOUNT_DIFFERS: {
    meaning: 'The order belongs to another account at Upvest than here.',
    remedy: 'Ask Upvest which account is right; then check the order: portfolio-orders reconcile.',
  },
  CHILD_MISSING: {
    meaning: 'Upvest lists a child order that is not known here.',
    remedy: 'Check the order with Upvest: portfolio-orders reconcile <order> --reason <text>.',
  },
  CHILD_STATUS_DIFFERS: {
    meaning: 'A child order has another status at Upvest than here.',
    remedy: 'Check the order with Upvest: portfolio-orders reconcile <order> --reason <text>.',
  },
  CHILD_UNKNOWN_AT_UPVEST: {
    meaning: 'A child order that is known here is not in the order at Upvest.',
    remedy: 'Ask Upvest which order the child belongs to.',
  },
  MISSING_AT_UPVEST: {
    meaning: 'Upvest does not know an order that is known here.',
    remedy:
      'Ask Upvest for the order by its id. Close it with the answer as evidence: portfolio-orders close.',
  },
  UNREADABLE_AT_UPVEST: {
    meaning: 'Upvest lists an order that cannot be read.',
    remedy: 'Ask Upvest for the field that is named; other orders are compared.',
  },
  NOT_AT_ESW: {
    meaning: 'Upvest reported a status that ESW has not accepted.',
    remedy: 'See why with "portfolio-orders show"; then resend, release or leave out the event.',
  },
  ONLY_AT_ESW: {
    meaning: 'ESW accepted an event of a status that the order does not have at Upvest.',
    remedy: 'Ask Upvest which status is right, and ESW to correct the order if theirs is wrong.',
  },
  ROW_BEHIND: {
    meaning: 'The records database shows another order than its workflow.',
    remedy:
      'Check the order with Upvest, which saves it anew: portfolio-orders reconcile <order> --reason <text>.',
  },
  UNSTARTED_PLACEMENT: {
    meaning: 'A reference was taken, and its placement was never started.',
    remedy: 'Submit the same request again: it starts the placement, and never places twice.',
  },
  INTERRUPTED: {
    meaning: 'The workflow of an open order was terminated, failed or is gone.',
    remedy: 'The sweep restarted it from its row. Find out who ended it, by the history of the earlier run.',
  },
} as const satisfies Record<string, { meaning: string; remedy: string }>;

export type BreakCause = keyof typeof BREAK_CAUSES;

/** One difference of an order. */
export interface Difference {
  cause: BreakCause;
  /** What differs within the order: id of a child order, an event. Empty for the order itself. */
  subject: string;
  /** As it is here. */
  ours?: string;
  /** As the partner has it. */
  theirs?: string;
  /** One sentence. */
  text: string;
}
