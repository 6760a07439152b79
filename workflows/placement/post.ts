/** The POST, repeated under one key: in the first minute at once, later only after a look at Upvest. */
import { ActivityFailure, ApplicationFailure, condition, log, proxyActivities } from '@temporalio/workflow';
import { LOOK_UP_FIRST, POSTS_END_AFTER_MS } from '../../src/domain/broker/placement';
import type { PlacementProblem } from '../../src/domain/broker/problem';
import type { PlacementActivities } from '../../contracts/activities';
import type { PlaceAtBrokerInput, PlacementView, PlacePortfolioOrderInput } from '../../contracts/placement';
import { FIRST_LOOK_UP_MS, identified, isWoken, search, type Decisions, type Known } from './look-up';
import { show } from './web-ui';

/** Pauses between late repeats grow up to this. */
const SLOWEST_REPEAT_MS = 5 * 60 * 1000;

type Answer = Known | { kind: 'refused'; problem: PlacementProblem } | { kind: 'unknown' };

/** POSTs until the outcome is known or the hour for POSTs is over. No late repeat unless Upvest shows no such order. */
export async function postOrFind(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: Decisions,
): Promise<Answer> {
  let answer = await post(input);
  let pause = FIRST_LOOK_UP_MS;
  while (answer.kind === 'look-up-first') {
    show(view, { waitingFor: 'Upvest to answer the POST, or the order to be found there.' });
    const found = await search(input, view, decisions);
    const known = typeof found === 'object' ? found : await identified(input, view, decisions);
    if (known !== undefined) return known;
    if (Date.now() + pause > endOfPosts(input)) return { kind: 'unknown' };
    await condition(() => isWoken(decisions), pause, { summary: 'POST again' });
    pause = Math.min(pause * 2, SLOWEST_REPEAT_MS);
    const mayRepeat = found === 'not-there' && !isWoken(decisions);
    if (mayRepeat) answer = await post({ ...input, mayHavePlaced: true });
  }
  // Upvest's answer is certain, whatever an operator decided in the meantime.
  if (answer.kind !== 'unknown') delete decisions.identified;
  return answer;
}

function endOfPosts({ requestedAt }: PlacePortfolioOrderInput): number {
  return Date.parse(requestedAt) + POSTS_END_AFTER_MS;
}

/** POSTs under one key until Upvest answers, a look-up is due, or the hour for POSTs is over. */
async function post(input: PlaceAtBrokerInput): Promise<Answer | { kind: 'look-up-first' }> {
  const { placeAtBroker } = proxyActivities<PlacementActivities>({
    taskQueue: input.order.brokerTaskQueue,
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
      return { kind: 'refused', problem: cause.details?.[0] as PlacementProblem };
    }
    log.error('The outcome of the POST is unknown', { reference: input.reference, error });
    return { kind: 'unknown' };
  }
}
