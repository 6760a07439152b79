/** Finds the order of a POST whose outcome is unknown: by a search at Upvest, or by an operator's decision. */
import { ActivityFailure, condition, log, patched, proxyActivities, rootCause } from '@temporalio/workflow';
import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import type { PlacedOrder, PlacementActivities } from '../../contracts/activities';
import type {
  PlacementDecisions,
  PlacementView,
  PlacementWorkflow,
  PlacePortfolioOrderInput,
} from '../../contracts/placement';
import { isHistoryLong, nextRun } from '../next-run';
import { endSearchFailure, showSearchFailure } from './search-failure';
import { show } from './web-ui';

/** True when a pause ends early. */
export function isWoken(decisions: PlacementDecisions): boolean {
  return isDecided(decisions) || decisions.hasCandidate === true;
}

/** True for an operator's decision that can be carried out now: one about an order that could not be read waits. */
export function isDecided(decisions: PlacementDecisions): boolean {
  return decisions.identified !== undefined && !isUnread(decisions);
}

function isUnread({ identified, unread }: PlacementDecisions): boolean {
  return identified !== undefined && identified === unread;
}

export type Known =
  | { kind: 'placed'; order: PlacedOrder }
  /** An operator decided that there is no order. */
  | { kind: 'none' };

export const FIRST_LOOK_UP_MS = 30_000;
const SLOWEST_LOOK_UP_MS = 60 * 60 * 1000;
/** An operator has decided, and Upvest has to be read once. */
const SLOWEST_READ_MS = 5 * 60 * 1000;

/**
 * Polls Upvest for the order, at growing intervals, until exactly one matches or an operator has identified it. Never a
 * second POST, never a guess. It may last for months, so a long run continues as new.
 *
 * @param firstPauseMs the pause after the first search
 * @returns undefined if an operator decided that there is none
 */
export async function lookUp(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: PlacementDecisions,
  firstPauseMs = FIRST_LOOK_UP_MS,
): Promise<PlacedOrder | undefined> {
  for (let pauseMs = firstPauseMs; ;) {
    const found = await search(input, view, decisions);
    if (typeof found === 'object') return found.order;
    await condition(() => isWoken(decisions), pauseMs, { summary: 'Look again' });
    const known = await identified(input, view, decisions);
    if (known !== undefined) return known.kind === 'placed' ? known.order : undefined;
    pauseMs = Math.min(pauseMs * 2, decisions.identified ? SLOWEST_READ_MS : SLOWEST_LOOK_UP_MS);
    // A run of older code that replays beyond the limit goes on as it did.
    if (isHistoryLong(input.order.policies.historyEventsPerRun) && patched('look-up-continues-as-new'))
      await nextRun<PlacementWorkflow>(input.requestedAt)({ ...input, lookUp: { view, decisions, pauseMs } });
  }
}

/**
 * Looks for the order once.
 *
 * @returns `unclear` if several orders match or Upvest does not answer
 */
export async function search(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: PlacementDecisions,
): Promise<Extract<Known, { kind: 'placed' }> | 'not-there' | 'unclear'> {
  const { findPlacedOrder } = lookUpActivities(input);
  decisions.hasCandidate = false;
  const began = Date.now();
  try {
    const summary = 'Look for the order at Upvest';
    const found = await findPlacedOrder.executeWithOptions({ summary }, [input]);
    if (!isUnread(decisions)) endSearchFailure(view);
    if (found !== undefined && 'subject' in found) {
      delete decisions.identified;
      return { kind: 'placed', order: { observation: found } };
    }
    if (found === undefined) delete view.candidates;
    else view.candidates = found.candidates;
    show(view, {});
    return found === undefined ? 'not-there' : 'unclear';
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('Upvest could not be searched for the order', { reference: input.reference, error });
    showSearchFailure(view, rootCause(error) ?? error.message, began);
    return 'unclear';
  }
}

/**
 * Carries out an operator's decision, if there is one: reads the order, which must be on the right account. While Upvest cannot
 * be read, the decision is kept for the next call, and the cause is shown.
 */
export async function identified(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: PlacementDecisions,
): Promise<Known | undefined> {
  if (decisions.identified === undefined) return undefined;
  const { identified } = decisions;
  const { portfolioOrderId } = identified;
  if (portfolioOrderId === undefined) return { kind: 'none' };
  const { readPlacedOrder } = lookUpActivities(input);
  const began = Date.now();
  let observation: PortfolioOrderObservation | undefined;
  try {
    const summary = `Read ${portfolioOrderId}`;
    observation = await readPlacedOrder.executeWithOptions({ summary }, [{ portfolioOrderId }]);
    endSearchFailure(view);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('The identified order could not be read', { reference: input.reference, error });
    decisions.unread = identified;
    showSearchFailure(view, rootCause(error) ?? error.message, began);
    return undefined;
  }
  if (observation?.accountId?.toLowerCase() === input.request.accountId.toLowerCase())
    return { kind: 'placed', order: { observation } };
  const what = observation === undefined ? 'is not known to Upvest' : 'belongs to another account';
  show(view, {
    waitingFor: `The order to be found at Upvest, or an operator: ${portfolioOrderId} ${what}.`,
  });
  delete decisions.identified;
  return undefined;
}

/** Bounded, so that the placement shows why they fail, and so that neither an operator's decision nor the hour waits for them. */
function lookUpActivities({ order }: PlacePortfolioOrderInput) {
  return proxyActivities<PlacementActivities>({
    taskQueue: order.brokerTaskQueue,
    startToCloseTimeout: '60s',
    scheduleToCloseTimeout: '2m',
    retry: { maximumInterval: '30s' },
  });
}
