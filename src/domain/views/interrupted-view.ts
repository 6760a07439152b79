/** An order whose workflow was terminated or failed: its last state, of which nothing goes on by itself. */
import type { PortfolioOrderView } from './order-view';

const RESTART_FIRST = 'Restart the order with reconcile first; its issues are shown as they were then.';

export function interruptedView({ troubles: _troubles, ...order }: PortfolioOrderView): PortfolioOrderView {
  const { paused: _paused, ...fulfillment } = order.fulfillment;
  return {
    ...order,
    fulfillment,
    waitingFor: 'An operator to restart it with reconcile, or a webhook of Upvest.',
    waits: [],
    actions: ['reconcile'],
    attentions: order.attentions.map((one) => ({ ...one, advice: RESTART_FIRST, actions: [] })),
  };
}
