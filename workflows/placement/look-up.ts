/** Finds the order of a POST whose outcome is unknown: by a search at Upvest, or by an operator's decision. */
import { ActivityFailure, condition, log, proxyActivities } from '@temporalio/workflow';
import type { PlacedOrder, PlacementActivities } from '../../contracts/activities';
import type { IdentifyDecision, PlacementView, PlacePortfolioOrderInput } from '../../contracts/placement';
import type { Decision } from '../../src/domain/values/decision';
import { show } from './web-ui';

/** Decisions of operators and clients so far, and hints. */
export interface Decisions {
  cancel?: Decision;
  identified?: IdentifyDecision;
  /** Set when a webhook reported an order that may be this one, until the next search. */
  hasCandidate?: boolean;
}

/** True when a pause ends early. */
export function isWoken({ identified, hasCandidate }: Decisions): boolean {
  return identified !== undefined || hasCandidate === true;
}

export type Known =
  | { kind: 'placed'; order: PlacedOrder }
  /** An operator decided that there is no order. */
  | { kind: 'none' };

export const FIRST_LOOK_UP_MS = 30_000;
const SLOWEST_LOOK_UP_MS = 60 * 60 * 1000;

/**
 * Polls Upvest for the order, at growing intervals, until exactly one matches or an operator has identified it. Never a
 * second POST, never a guess.
 *
 * @returns undefined if an operator decided that there is none
 */
export async function lookUp(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: Decisions,
): Promise<PlacedOrder | undefined> {
  for (let pause = FIRST_LOOK_UP_MS; ; pause = Math.min(pause * 2, SLOWEST_LOOK_UP_MS)) {
    const found = await search(input, view, decisions);
    if (typeof found === 'object') return found.order;
    await condition(() => isWoken(decisions), pause, { summary: 'Look again' });
    const known = await identified(input, view, decisions);
    if (known !== undefined) return known.kind === 'placed' ? known.order : undefined;
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
  decisions: Decisions,
): Promise<Extract<Known, { kind: 'placed' }> | 'not-there' | 'unclear'> {
  const { findPlacedOrder } = lookUpActivities(input);
  decisions.hasCandidate = false;
  try {
    const summary = 'Look for the order at Upvest';
    const found = await findPlacedOrder.executeWithOptions({ summary }, [input]);
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
    return 'unclear';
  }
}

/** Carries out an operator's decision, if there is one: reads the order, which must be on the right account. */
export async function identified(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: Decisions,
): Promise<Known | undefined> {
  if (decisions.identified === undefined) return undefined;
  const { portfolioOrderId } = decisions.identified;
  if (portfolioOrderId === undefined) return { kind: 'none' };
  const { readPlacedOrder } = lookUpActivities(input);
  const observation = await readPlacedOrder.executeWithOptions({ summary: `Read ${portfolioOrderId}` }, [
    { portfolioOrderId },
  ]);
  if (observation?.accountId?.toLowerCase() === input.request.accountId.toLowerCase())
    return { kind: 'placed', order: { observation } };
  const what = observation === undefined ? 'is not known to Upvest' : 'belongs to another account';
  show(view, {
    waitingFor: `The order to be found at Upvest, or an operator: ${portfolioOrderId} ${what}.`,
  });
  delete decisions.identified;
  return undefined;
}

/** A search that fails for a minute ends, so that an operator's decision does not wait for it. */
function lookUpActivities({ order }: PlacePortfolioOrderInput) {
  const taskQueue = order.brokerTaskQueue;
  const { findPlacedOrder } = proxyActivities<PlacementActivities>({
    taskQueue,
    startToCloseTimeout: '60s',
    scheduleToCloseTimeout: '2m',
    retry: { maximumInterval: '30s' },
  });
  const { readPlacedOrder } = proxyActivities<PlacementActivities>({
    taskQueue,
    startToCloseTimeout: '60s',
    retry: { maximumInterval: '10m' },
  });
  return { findPlacedOrder, readPlacedOrder };
}
