/** What an order waits for, with the trouble that keeps it waiting. */
import { openItems } from '../broker/completion';
import { namesOf, pendingCount } from '../outbox/outbox';
import { wasBuilt } from '../order/emission';
import { originOf } from '../order/origin';
import { abandonedOrders, troubleOf } from '../order/troubles';
import { isDone, isOver } from '../order/transitions';
import { troubleText } from './trouble-view';
import type { OrderState } from '../order-state/state';

export function waitingFor(state: OrderState): string {
  if (isOver(state)) return 'Nothing: the order is finished.';
  return [...expected(state), ...(state.troubles ?? []).map(troubleText)].join(' ');
}

/** A hold does not end by itself, so it is named beside what Upvest or an operator has to do as well. */
function expected(state: OrderState): string[] {
  if (state.recovery === 'recovering') return ['Recovery of its predecessor run.'];
  if (isDone(state)) return [end(state)];
  if (state.held === undefined) return [missing(state) ?? next(state)];
  const also = missing(state);
  const release = `An operator to release emission, held as ${state.held}.`;
  return also === undefined ? [release] : [release, also];
}

/** What a done order waits for before it ends. */
function end({ emission: { inFlight } }: OrderState): string {
  return inFlight.length > 0
    ? `ESW to answer for ${namesOf(inFlight)}, sent before the order was closed.`
    : 'The records database to store the final record.';
}

/** What ESW rejected, or Upvest has not reported. */
function missing(state: OrderState): string | undefined {
  const { refused } = state.emission;
  if (refused.some(wasBuilt)) return `An operator: ESW rejected ${namesOf(refused.filter(wasBuilt))}.`;
  if (refused.length > 0) return `An operator: ${namesOf(refused)} could not be built.`;
  const open = openItems(state.record, abandonedOrders(state));
  return open.length > 0 ? `Upvest: ${open.join('; ')}.` : undefined;
}

function next(state: OrderState): string {
  if (state.reopened !== undefined) return 'An operator to close it.';
  if (state.resubmission !== undefined) return 'The placement that resubmits it.';
  if (originOf(state) === 'open') return 'Its placement, which has the reference.';
  if (pendingCount(state.emission) === 0) return 'What arrived to be applied.';
  return emission(state);
}

function emission(state: OrderState): string {
  const { inFlight, retryQueue, outbox, pause } = state.emission;
  const isSending = inFlight.length + retryQueue.length > 0;
  if (!isSending && state.waits.some(({ rule }) => rule === 'deadline:predecessor'))
    return `Upvest to confirm ${namesOf(outbox)}, which ESW gets afterwards.`;
  const events = `ESW to accept ${namesOf([...inFlight, ...retryQueue, ...outbox])}`;
  if (pause === undefined || troubleOf(state, 'esw') !== undefined) return `${events}.`;
  return `${events}, paused until ${new Date(pause.until).toISOString()}: ${pause.refusal.message.replace(/\.$/, '')}.`;
}
