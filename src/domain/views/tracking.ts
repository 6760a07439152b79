/** Whether an order is tracked, and what is open, in a phrase that follows its status. */
import type { PortfolioOrderView } from './order-view';

/** Such as `tracked, 1 open issue`: a status alone reads as if all were well. */
export function trackingOf(
  { finished, closed, attentions, troubles = [] }: PortfolioOrderView,
  isInterrupted: boolean,
): string {
  const tracking = closed ? 'closed by an operator' : finished ? 'finished' : 'tracked';
  const issues = attentions.length;
  return [
    isInterrupted ? 'not tracked' : tracking,
    ...(troubles.length > 0 ? ['retrying what fails'] : []),
    ...(issues === 0 ? [] : [`${issues} open issue${issues === 1 ? '' : 's'}`]),
  ].join(', ');
}
