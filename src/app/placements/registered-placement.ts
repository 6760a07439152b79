/** A placement that Temporal does not have, as the registry shows it. */
import type { KnownPlacement, Registered } from '../ports/registry';
import { isStarted } from './is-started';

/** @returns undefined for an order whose placement was never registered */
export function registeredView(registered: Registered): KnownPlacement | undefined {
  const { view, portfolioOrderId } = registered;
  if (view === undefined || portfolioOrderId !== undefined) return view;
  switch (view.phase) {
    case 'PLACING':
    case 'UNKNOWN':
    case 'HANDING_OVER':
    case 'PLACED':
      return { ...view, actions: [], waitingFor: isStarted(registered) ? LOST : UNSTARTED };
    case 'REFUSED':
    case 'NOT_PLACED':
    case 'NOT_STARTED':
      return view;
  }
}

const UNSTARTED = 'The start of its placement; the same request, submitted again, starts it, too.';
const LOST =
  'Its request to be submitted again: Temporal no longer has the placement, and the order is looked up at Upvest then.';
