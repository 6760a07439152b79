/** Finds the order of a POST whose outcome is unknown: by a search at Upvest, or by an operator's decision. */
import { READ } from '../priorities';
import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  log,
  patched,
  proxyActivities,
  rootCause,
} from '@temporalio/workflow';
import { placementName } from '../../src/domain/broker/placement';
import { requestedPauseMs, type BrokerFailureDetails } from '../../src/domain/order/broker-failure';
import type { PlacedOrder, PlacementActivities } from '../../contracts/activities';
import type {
  PlacementDecisions,
  PlacementView,
  PlacementWorkflow,
  PlacePortfolioOrderInput,
} from '../../contracts/placement';
import { isHistoryLong, nextRun } from '../next-run';
import type { PlacementRow } from './rows';
import { endSearchFailure, showSearchFailure } from './search-failure';
import { show } from './web-ui';

/** A placement under way. */
export interface Placing {
  input: PlacePortfolioOrderInput;
  view: PlacementView;
  decisions: PlacementDecisions;
  row: PlacementRow;
}

/** True when a pause ends early. */
export function isWoken({ identified, hasCandidate }: PlacementDecisions): boolean {
  return identified !== undefined || hasCandidate === true;
}

interface Placed {
  kind: 'placed';
  order: PlacedOrder;
}

export type Known =
  | Placed
  /** An operator decided that there is no order. */
  | { kind: 'none' };

/** What a search showed; `unclear` if several orders match or Upvest does not answer. */
type Search = Placed | { kind: 'not-there' } | { kind: 'unclear'; retryAfterMs?: number };

export const FIRST_LOOK_UP_MS = 30_000;
const SLOWEST_LOOK_UP_MS = 60 * 60 * 1000;

/**
 * Polls Upvest for the order, at growing intervals, until exactly one matches or an operator has identified it. Never a
 * second POST, never a guess. It may last for months, so a long run continues as new.
 *
 * @param firstPauseMs the pause after the first search
 * @returns undefined if an operator decided that there is none
 */
export async function lookUp(
  placing: Placing,
  firstPauseMs = FIRST_LOOK_UP_MS,
): Promise<PlacedOrder | undefined> {
  const { input, view, decisions } = placing;
  for (let pauseMs = firstPauseMs; ;) {
    const found = await search(placing);
    if (found.kind === 'placed') return found.order;
    await condition(() => isWoken(decisions), pauseAfter(found, pauseMs), { summary: 'Look again' });
    const known = await identified(placing);
    if (known !== undefined) return known.kind === 'placed' ? known.order : undefined;
    pauseMs = Math.min(pauseMs * 2, SLOWEST_LOOK_UP_MS);
    // A run of older code that replays beyond the limit goes on as it did.
    if (isHistoryLong(input.order.policies.historyEventsPerRun) && patched('look-up-continues-as-new'))
      await nextRun<PlacementWorkflow>(input.requestedAt)({ ...input, lookUp: { view, decisions, pauseMs } });
  }
}

/** The pause before the next search: at least the one that Upvest requested. */
export function pauseAfter(found: Search, pauseMs: number): number {
  return found.kind === 'unclear' ? Math.max(pauseMs, found.retryAfterMs ?? 0) : pauseMs;
}

/** Looks for the order once. */
export async function search({ input, view, decisions, row }: Placing): Promise<Search> {
  const { findPlacedOrder } = lookUpActivities(input);
  decisions.hasCandidate = false;
  const began = Date.now();
  try {
    const summary = 'Look for the order at Upvest';
    const found = await findPlacedOrder.executeWithOptions({ summary }, [input]);
    const isFound = found !== undefined && 'subject' in found;
    // A search says nothing about the read of the identified order.
    const isOver =
      (isFound || decisions.identified?.portfolioOrderId === undefined) && endSearchFailure(view);
    if (isFound) {
      delete decisions.identified;
      return { kind: 'placed', order: { observation: found } };
    }
    const before = view.candidates?.join();
    if (found === undefined) delete view.candidates;
    else view.candidates = found.candidates;
    show(view, {});
    if (isOver || view.candidates?.join() !== before) row.save();
    return { kind: found === undefined ? 'not-there' : 'unclear' };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('Upvest could not be searched for the order', { reference: input.reference, error });
    if (showSearchFailure(view, rootCause(error) ?? error.message, began)) row.save();
    return { kind: 'unclear', retryAfterMs: requestedPauseOf(error) };
  }
}

/**
 * Carries out an operator's decision, if there is one: reads the order, which must be on the right account. The decision stays for
 * the next call if Upvest does not answer, unless the operator decides anew in the pause.
 */
export async function identified({ input, view, decisions, row }: Placing): Promise<Known | undefined> {
  const decision = decisions.identified;
  if (decision === undefined) return undefined;
  const { portfolioOrderId } = decision;
  if (portfolioOrderId === undefined) return { kind: 'none' };
  const { readPlacedOrder } = lookUpActivities(input);
  const began = Date.now();
  try {
    const summary = `Read ${portfolioOrderId}`;
    const placement = placementName(input.reference, input.attempt);
    const read = await readPlacedOrder.executeWithOptions({ summary }, [{ portfolioOrderId, placement }]);
    const observation = read === 'claimed' ? undefined : read;
    if (endSearchFailure(view)) row.save();
    if (observation?.accountId?.toLowerCase() === input.request.accountId.toLowerCase())
      return { kind: 'placed', order: { observation } };
    const why = observation === undefined ? 'is not known to Upvest' : 'belongs to another account';
    const what = read === 'claimed' ? 'is the order of another placement' : why;
    show(view, {
      waitingFor: `The order to be found at Upvest, or an operator: ${portfolioOrderId} ${what}.`,
    });
    delete decisions.identified;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('The identified order could not be read', { reference: input.reference, error });
    if (showSearchFailure(view, rootCause(error) ?? error.message, began)) row.save();
    const pauseMs = Math.max(FIRST_LOOK_UP_MS, requestedPauseOf(error));
    const until = new Date(Date.now() + pauseMs).toISOString();
    show(view, { waitingFor: `Upvest to answer the read of ${portfolioOrderId}; the next is at ${until}.` });
    decisions.isReadPutOff = true;
    await condition(() => decisions.identified !== decision, pauseMs, { summary: 'Read again' });
    delete decisions.isReadPutOff;
  }
  return undefined;
}

/** Milliseconds; 0 if Upvest requested no pause. */
function requestedPauseOf({ cause }: ActivityFailure): number {
  const details = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return requestedPauseMs((details as [BrokerFailureDetails?])[0]);
}

/** A call that fails for two minutes ends, so that an operator's next decision does not wait for it. */
function lookUpActivities({ order }: PlacePortfolioOrderInput) {
  return proxyActivities<PlacementActivities>({
    taskQueue: order.brokerTaskQueue,
    priority: READ,
    startToCloseTimeout: '60s',
    scheduleToCloseTimeout: '2m',
    retry: { maximumInterval: '30s' },
  });
}
