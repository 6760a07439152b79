/** The POST, repeated under one key: in the first minute at once, later only after a look at Upvest. */
import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  proxyActivities,
  rootCause,
  TimeoutFailure,
} from '@temporalio/workflow';
import { PLACE } from '../priorities';
import { LOOK_UP_FIRST, POSTS_END_AFTER_MS } from '../../src/domain/broker/placement';
import { pauseAfterStop, type PostFailure, type Saved } from '../../src/domain/broker/placement-stop';
import type { PlacementProblem } from '../../src/domain/broker/problem';
import type { PlacementActivities } from '../../contracts/activities';
import type { PlaceAtBrokerInput, PlacePortfolioOrderInput } from '../../contracts/placement';
import {
  FIRST_LOOK_UP_MS,
  identified,
  isWoken,
  pauseAfter,
  search,
  type Known,
  type Placing,
} from './look-up';
import { showStop } from './stop';
import { show } from './web-ui';

/** Pauses between late repeats grow up to this. */
const SLOWEST_REPEAT_MS = 5 * 60 * 1000;

type Answer = Known | ({ kind: 'refused'; problem: PlacementProblem } & Saved) | { kind: 'unknown' };

/** How a call of the activity can end: not all ends are answers. */
type CallEnd = Answer | { kind: 'look-up-first' } | { kind: 'stopped'; failure: PostFailure };

/** POSTs until the outcome is known or the hour for POSTs is over. No late repeat unless Upvest shows no such order. */
export async function postOrFind(placing: Placing): Promise<Answer> {
  const { input, view, decisions, row } = placing;
  // A placement that starts late is not known to have POSTed, but may have.
  let isFirst = input.lookSince !== undefined;
  let answer: CallEnd = isFirst ? { kind: 'look-up-first' } : await post(input);
  let pause = FIRST_LOOK_UP_MS;
  for (let stops = 0; ;) {
    if (answer.kind === 'stopped') {
      stops += 1;
      const { failure } = answer;
      const pauseMs = pauseAfterStop(failure, stops, endOfPosts(input) - Date.now());
      if (pauseMs === undefined) {
        answer = whenTimeIsOver(failure);
        continue;
      }
      if (showStop(view, failure, { count: stops, pauseMs })) row.save();
      await condition(() => decisions.identified !== undefined, pauseMs, { summary: 'POST again' });
      const known = await identified(placing);
      if (known !== undefined) return known;
      // A decision that could not be carried out yet keeps the POST back.
      const isLookUpFirst = failure.mayHavePlaced || decisions.identified !== undefined;
      answer = isLookUpFirst ? { kind: 'look-up-first' } : await post(input);
    } else if (answer.kind === 'look-up-first') {
      show(view, { waitingFor: 'Upvest to answer the POST, or the order to be found there.' });
      const searchedAt = Date.now();
      const found = await search(placing);
      const known = found.kind === 'placed' ? found : await identified(placing);
      if (known !== undefined) return known;
      if (isFirst && found.kind === 'not-there') {
        isFirst = false;
        answer = await post({ ...input, searchedAt });
        continue;
      }
      const wait = pauseAfter(found, pause);
      if (Date.now() + wait > endOfPosts(input)) return { kind: 'unknown' };
      await condition(() => isWoken(decisions), wait, { summary: 'POST again' });
      pause = Math.min(pause * 2, SLOWEST_REPEAT_MS);
      const mayRepeat = found.kind === 'not-there' && !isWoken(decisions);
      if (mayRepeat) answer = await post({ ...input, mayHavePlaced: true, searchedAt });
    } else break;
  }
  // Upvest's answer is certain, whatever an operator decided in the meantime.
  if (answer.kind !== 'unknown') delete decisions.identified;
  return answer;
}

function endOfPosts({ requestedAt }: PlacePortfolioOrderInput): number {
  return Date.parse(requestedAt) + POSTS_END_AFTER_MS;
}

/** POSTs under one key until Upvest answers, a look-up is due, or the hour for POSTs is over. */
async function post(input: PlaceAtBrokerInput): Promise<CallEnd> {
  const { placeAtBroker } = proxyActivities<PlacementActivities>({
    taskQueue: input.order.brokerTaskQueue,
    priority: PLACE,
    startToCloseTimeout: '45s',
    heartbeatTimeout: '15s',
    scheduleToCloseTimeout: Math.max(1000, endOfPosts(input) - Date.now()),
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
  });
  try {
    const { side, cashAmount, currency } = input.request;
    const summary = `POST ${side} ${cashAmount} ${currency}`;
    return { kind: 'placed', order: await placeAtBroker.executeWithOptions({ summary }, [input]) };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    const type = cause instanceof ApplicationFailure ? cause.type : undefined;
    if (type === LOOK_UP_FIRST) return { kind: 'look-up-first' };
    if (cause instanceof ApplicationFailure && type === 'PlacementRefused') {
      const [problem, saved] = cause.details as [PlacementProblem, Saved?];
      return { kind: 'refused', problem, ...saved };
    }
    const failure = postFailureOf(error);
    if (failure.why !== undefined) return { kind: 'stopped', failure };
    return whenTimeIsOver(failure);
  }
}

/** A certain "no" is a rejection that may be repeated; anything else stays unknown, and is looked up. */
function whenTimeIsOver({ mayHavePlaced, problem }: PostFailure): Answer {
  return mayHavePlaced ? { kind: 'unknown' } : { kind: 'refused', problem: { ...problem, retryable: true } };
}

function postFailureOf({ cause, message }: ActivityFailure): PostFailure {
  const [details] = (cause instanceof ApplicationFailure ? (cause.details ?? []) : []) as [PostFailure?];
  if (details?.problem !== undefined) return details;
  const progress: unknown = cause instanceof TimeoutFailure ? cause.lastHeartbeatDetails : undefined;
  const { maybePlaced = true } = (progress ?? {}) as { maybePlaced?: boolean };
  return { mayHavePlaced: maybePlaced, problem: { detail: rootCause(cause) ?? message } };
}
