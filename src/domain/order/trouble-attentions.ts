/** The attentions of troubles that have lasted too long. */
import { describeTrouble, troubleKey, TROUBLE_CODES, type TroubleCode } from './troubles';
import { isBlockedByUpvest } from './emission';
import type { OrderAction } from './order-action';
import type { OrderState, TroubleKind } from '../order-state/state';

const ADVICE: Record<TroubleKind, string> = {
  esw: 'Check ESW. The coordinator retries automatically, or at once with retry-emission.',
  upvest: 'Check Upvest. The coordinator retries automatically, or at once with reconcile.',
  'child-unreadable':
    'Contact Upvest support with the order id. The coordinator retries automatically, or at once with reconcile.',
  'child-unknown':
    'Check the child order with Upvest. Acknowledge it to let the order end without that child.',
  cancel: 'If it is urgent, cancel the order at Upvest directly. The coordinator retries automatically.',
  placement: 'Resolve the open placement of the same account and amount with identify.',
};

export function attentionsOfTroubles(state: OrderState): {
  code: TroubleCode;
  key: string;
  message: string;
  advice: string;
  actions?: OrderAction[];
}[] {
  // Credentials that ESW rejects have an attention of their own.
  const isExplained = (kind: TroubleKind): boolean =>
    kind === 'esw' && state.emission.pause?.why === 'unauthorised';
  const overdue = (state.troubles ?? []).filter(({ overdue, kind }) => overdue && !isExplained(kind));
  return overdue.map((trouble) => {
    const { kind } = trouble;
    const code = TROUBLE_CODES[kind];
    const facts = { code, key: troubleKey(trouble), message: describeTrouble(trouble) };
    if (code !== 'BROKER_UNREADABLE' || !isBlockedByUpvest(state)) return { ...facts, advice: ADVICE[kind] };
    return {
      ...facts,
      advice: `${ADVICE[kind]} Release sends ESW what waits for Upvest.`,
      actions: ['reconcile', 'release', 'acknowledge'],
    };
  });
}
