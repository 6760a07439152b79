/**
 * Places one portfolio order once and only once, then hands over to the workflow that follows it.
 *
 * Upvest names the order only in its answer, so placing has a short workflow of its own, named by the client's reference.
 * An unknown outcome is never guessed: the POST is repeated under the same key for an hour, and after that the order is
 * looked up until it is found or somebody decides.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  log,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { BrokerActivities, PlacedOrder } from '../activities/broker';
import type { CoordinationActivities } from '../activities/coordination';
import { POSTS_END_AFTER_MS, type PlacementProblem } from '../src/domain/placement';
import { searchAttributes as keys } from '../src/temporal/search-attributes';
import {
  placementViewQuery,
  type PlacementOutcome,
  type PlacementView,
  type PlacePortfolioOrderInput,
} from './messages';

const FIRST_LOOK_UP_MS = 30_000;
const SLOWEST_LOOK_UP_MS = 60 * 60 * 1000;

const { handOver } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '60s' },
});

/** A cancellation request from outside must not end the workflow between the POST and its answer. */
export function placePortfolioOrder(input: PlacePortfolioOrderInput): Promise<PlacementOutcome> {
  return CancellationScope.nonCancellable(() => place(input));
}

async function place(input: PlacePortfolioOrderInput): Promise<PlacementOutcome> {
  const view: PlacementView = {
    reference: input.reference,
    request: input.request,
    requestedAt: input.requestedAt,
    phase: 'PLACING',
    waitingFor: 'Upvest to answer the POST.',
  };
  setHandler(placementViewQuery, () => view, { description: 'How far the placement is' });

  const answer = await post(input);
  if (answer.kind === 'refused') {
    Object.assign(view, {
      phase: 'REFUSED',
      problem: answer.problem,
      waitingFor: 'Nothing: Upvest refused the order.',
    });
    return { outcome: 'refused', problem: answer.problem, view };
  }

  let placed = answer.kind === 'placed' ? answer.order : undefined;
  if (placed === undefined) {
    Object.assign(view, { phase: 'UNKNOWN', waitingFor: 'The order to be found at Upvest, or an operator.' });
    upsertSearchAttributes([{ key: keys.attention, value: ['PLACEMENT_UNKNOWN'] }]);
    placed = await lookUp(input);
  }

  const portfolioOrderId = placed.observation.id;
  Object.assign(view, {
    phase: 'HANDING_OVER',
    portfolioOrderId,
    waitingFor: 'The hand-over to its own workflow.',
  });
  const handed = placed.handedOver ?? (await handOver({ placement: input, observation: placed.observation }));
  upsertSearchAttributes([
    { key: keys.portfolioOrderId, value: portfolioOrderId },
    { key: keys.attention, value: handed === 'finished' ? ['PLACED_AFTER_FINISH'] : [] },
  ]);
  Object.assign(view, { phase: 'PLACED', waitingFor: 'Nothing: the order has its own workflow.' });
  return { outcome: 'placed', portfolioOrderId, view };
}

type Answer =
  | { kind: 'placed'; order: PlacedOrder }
  | { kind: 'refused'; problem: PlacementProblem }
  | { kind: 'unknown' };

/** POSTs under one key until Upvest answers or the time for POSTs is over. */
async function post(input: PlacePortfolioOrderInput): Promise<Answer> {
  const endsAt = Date.parse(input.requestedAt) + POSTS_END_AFTER_MS;
  const { placePortfolioOrder: placeAtBroker } = proxyActivities<BrokerActivities>({
    taskQueue: input.order.brokerTaskQueue,
    startToCloseTimeout: '45s',
    heartbeatTimeout: '15s',
    scheduleToCloseTimeout: Math.max(1000, endsAt - Date.now()),
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
  });
  try {
    const { side, cashAmount, currency } = input.request;
    const summary = `POST ${side} ${cashAmount} ${currency}`;
    return { kind: 'placed', order: await placeAtBroker.executeWithOptions({ summary }, [input]) };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'PlacementRefused') {
      return { kind: 'refused', problem: cause.details?.[0] as PlacementProblem };
    }
    log.error('The outcome of the POST is unknown', { reference: input.reference, error });
    return { kind: 'unknown' };
  }
}

/** Asks Upvest for the order, ever more slowly, until exactly one matches. Never a second POST, never a guess. */
async function lookUp(input: PlacePortfolioOrderInput): Promise<PlacedOrder> {
  const { findPlacedOrder } = proxyActivities<BrokerActivities>({
    taskQueue: input.order.brokerTaskQueue,
    startToCloseTimeout: '60s',
    retry: { maximumInterval: '10m' },
  });
  for (let pause = FIRST_LOOK_UP_MS; ; pause = Math.min(pause * 2, SLOWEST_LOOK_UP_MS)) {
    const observation = await findPlacedOrder(input);
    if (observation !== undefined) return { observation };
    await sleep(pause, { summary: 'Next look for the order at Upvest' });
  }
}
