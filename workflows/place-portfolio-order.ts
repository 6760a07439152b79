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
  condition,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import type { BrokerActivities, PlacedOrder } from '../activities/broker';
import type { CoordinationActivities } from '../activities/coordination';
import { unusable, type Decision } from '../src/domain/operators';
import {
  placementName,
  POSTS_END_AFTER_MS,
  type PlacementAttention,
  type PlacementProblem,
} from '../src/domain/placement';
import { searchAttributes as keys } from '../src/temporal/search-attributes';
import {
  cancelUpdate,
  identifyUpdate,
  placementViewQuery,
  REFUSED_AS_UNUSABLE,
  REFUSED_BY_RULE,
  type IdentifyDecision,
  type PlacementOutcome,
  type PlacementView,
  type PlacePortfolioOrderInput,
} from './messages';
import { refuse } from './operator-updates';
import { placementDetails } from './placement-details';

const FIRST_LOOK_UP_MS = 30_000;
const SLOWEST_LOOK_UP_MS = 60 * 60 * 1000;

const { handOver } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '60s' },
});

/** What people have said so far. */
interface Wishes {
  cancel?: Decision;
  identified?: IdentifyDecision;
}

/** A cancellation request from outside is a wish to cancel the order; it never ends the workflow before the answer. */
export function placePortfolioOrder(input: PlacePortfolioOrderInput): Promise<PlacementOutcome> {
  const wishes: Wishes = {};
  CancellationScope.current().cancelRequested.catch(() => {
    wishes.cancel ??= { actor: 'temporal', reason: 'The placement was asked to cancel' };
  });
  return CancellationScope.nonCancellable(() => place(input, wishes));
}

async function place(input: PlacePortfolioOrderInput, wishes: Wishes): Promise<PlacementOutcome> {
  const view: PlacementView = {
    reference: placementName(input.reference, input.attempt),
    request: input.request,
    requestedAt: input.requestedAt,
    phase: 'PLACING',
    ...(input.attempt > 1 && { attempt: input.attempt }),
    ...(input.previous !== undefined && { previous: input.previous }),
    waitingFor: 'Upvest to answer the POST.',
  };
  listen(view, wishes);
  show(view, {});

  const answer = await post(input);
  if (answer.kind === 'refused') {
    show(view, {
      phase: 'REFUSED',
      problem: answer.problem,
      waitingFor: 'Nothing: Upvest refused the order.',
    });
    return { outcome: 'refused', problem: answer.problem, view: seen(view, wishes) };
  }

  let placed = answer.kind === 'placed' ? answer.order : undefined;
  if (placed === undefined) {
    show(view, { phase: 'UNKNOWN', waitingFor: 'The order to be found at Upvest, or an operator.' });
    upsertSearchAttributes([attention('PLACEMENT_UNKNOWN')]);
    placed = await lookUp(input, view, wishes);
  }
  if (placed === undefined) {
    upsertSearchAttributes([attention()]);
    show(view, {
      phase: 'NOT_PLACED',
      waitingFor: 'Nothing: an operator says that there is no order.',
    });
    return { outcome: 'not-placed', view: seen(view, wishes) };
  }

  const portfolioOrderId = placed.observation.id;
  show(view, {
    phase: 'HANDING_OVER',
    portfolioOrderId,
    waitingFor: 'The hand-over to its own workflow.',
  });
  const handed = await handOverUntilNoWishIsLeft(input, placed, wishes);
  upsertSearchAttributes([
    { key: keys.portfolioOrderId, value: portfolioOrderId },
    handed === 'finished' ? attention('PLACED_AFTER_FINISH') : attention(),
  ]);
  show(view, { phase: 'PLACED', waitingFor: 'Nothing: the order has its own workflow.' });
  return { outcome: 'placed', portfolioOrderId, view: seen(view, wishes) };
}

function attention(...codes: PlacementAttention[]): SearchAttributePair {
  return { key: keys.attention, value: codes };
}

/** For the query and the Web UI alike. */
function show(view: PlacementView, change: Partial<PlacementView>): void {
  Object.assign(view, change);
  setCurrentDetails(placementDetails(view));
}

function listen(view: PlacementView, wishes: Wishes): void {
  setHandler(placementViewQuery, () => seen(view, wishes), { description: 'How far the placement is' });
  setHandler(
    cancelUpdate,
    (decision) => {
      wishes.cancel ??= { actor: decision.actor, reason: decision.reason };
      return {
        rule: 'operator:cancel',
        decided: 'The cancel is handed over with the order as soon as it is placed.',
      };
    },
    {
      validator: (decision) => {
        refuse(REFUSED_AS_UNUSABLE, unusable(decision));
      },
      description: 'Has the order cancelled as soon as it is placed',
    },
  );
  setHandler(
    identifyUpdate,
    (decision) => {
      wishes.identified = decision;
      const { portfolioOrderId } = decision;
      const decided =
        portfolioOrderId === undefined
          ? 'The placement ends: there is no order.'
          : `${portfolioOrderId} is read at Upvest and taken for the order.`;
      return { rule: 'placement:identified', decided };
    },
    {
      validator: (decision) => {
        refuse(REFUSED_AS_UNUSABLE, unusable(decision));
        const isOpen = view.phase === 'UNKNOWN' && wishes.identified === undefined;
        refuse(
          REFUSED_BY_RULE,
          isOpen ? undefined : 'placement:identified: the outcome of the POST is not unknown',
        );
      },
      description: 'Says which order at Upvest the POST made, or that it made none',
    },
  );
}

function seen(view: PlacementView, { cancel, identified }: Wishes): PlacementView {
  return { ...view, ...(cancel && { cancel }), ...(identified && { identified }) };
}

/** A cancel that arrives during a hand-over is not lost: it is handed over once more, with the cancel. */
async function handOverUntilNoWishIsLeft(
  placement: PlacePortfolioOrderInput,
  { observation, handedOver }: PlacedOrder,
  wishes: Wishes,
): Promise<'handed-over' | 'finished'> {
  let handed = handedOver;
  let told: Decision | undefined;
  const { identified } = wishes;
  while (handed === undefined || (handed === 'handed-over' && wishes.cancel !== told)) {
    told = wishes.cancel;
    const summary = 'Hand over to the order’s own workflow';
    handed = await handOver.executeWithOptions({ summary }, [
      { placement, observation, ...(identified && { identified }), ...(told && { cancel: told }) },
    ]);
  }
  return handed;
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

/**
 * Asks Upvest for the order, ever more slowly, until exactly one matches or an operator has said which it is. Never a
 * second POST, never a guess.
 *
 * @returns undefined when an operator says that there is none
 */
async function lookUp(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  wishes: Wishes,
): Promise<PlacedOrder | undefined> {
  const { findPlacedOrder, readPlacedOrder } = proxyActivities<BrokerActivities>({
    taskQueue: input.order.brokerTaskQueue,
    startToCloseTimeout: '60s',
    retry: { maximumInterval: '10m' },
  });
  for (let pause = FIRST_LOOK_UP_MS; ; pause = Math.min(pause * 2, SLOWEST_LOOK_UP_MS)) {
    const summary = 'Look for the order at Upvest';
    const found = await findPlacedOrder.executeWithOptions({ summary }, [input]);
    if (found !== undefined && 'subject' in found) return { observation: found };
    if (found === undefined) delete view.candidates;
    else view.candidates = found.candidates;
    show(view, {});

    await condition(() => wishes.identified !== undefined, pause, { summary: 'Look again' });
    if (wishes.identified === undefined) continue;
    const { portfolioOrderId } = wishes.identified;
    if (portfolioOrderId === undefined) return undefined;
    const observation = await readPlacedOrder.executeWithOptions({ summary: `Read ${portfolioOrderId}` }, [
      { portfolioOrderId },
    ]);
    if (observation?.accountId === input.request.accountId) return { observation };
    const what = observation === undefined ? 'is not known to Upvest' : 'belongs to another account';
    show(view, {
      waitingFor: `The order to be found at Upvest, or an operator: ${portfolioOrderId} ${what}.`,
    });
    delete wishes.identified;
  }
}
