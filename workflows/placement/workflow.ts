/**
 * Places one portfolio order exactly once, then hands off to the workflow that tracks it.
 *
 * Upvest assigns the order's id in its answer, so placing has a short workflow of its own, named by the client's reference.
 * An unknown outcome is never guessed: the POST is repeated under the same key for an hour; after that the order is
 * looked up until it is found or an operator decides.
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
import { appendAudit, type AuditEntry } from '../../src/domain/order-state/audit-log';
import { problemText } from '../../src/domain/broker/problem';
import { placementSteps } from '../../src/domain/views/placement-steps';
import type { OrderAction } from '../../src/domain/order/order-action';
import { unusable } from '../../src/domain/order/operator-commands';
import {
  placementName,
  POSTS_END_AFTER_MS,
  type PlacementAttention,
} from '../../src/domain/broker/placement';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import { refuse } from '../portfolio-order/operator-updates';
import { placementDetails } from './web-ui';
import { cancelUpdate, REFUSED_AS_UNUSABLE, REFUSED_BY_RULE } from '../../contracts/decisions';
import {
  identifyUpdate,
  placementViewQuery,
  type IdentifyDecision,
  type PlacementOutcome,
  type PlacementView,
  type PlacePortfolioOrderInput,
} from '../../contracts/placement';
import type { PlacementActivities, PlacedOrder, HandoffActivities } from '../../contracts/activities';
import type { PlacementProblem } from '../../src/domain/broker/problem';
import type { Decision } from '../../src/domain/values/decision';

const FIRST_LOOK_UP_MS = 30_000;
const SLOWEST_LOOK_UP_MS = 60 * 60 * 1000;

const { handOff } = proxyActivities<HandoffActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '60s' },
});

/** Decisions of operators and clients so far. */
interface Decisions {
  cancel?: Decision;
  identified?: IdentifyDecision;
}

/** A cancellation of the workflow requests a cancel of the order; it never ends the workflow before the answer. */
export function placePortfolioOrder(input: PlacePortfolioOrderInput): Promise<PlacementOutcome> {
  const decisions: Decisions = {};
  CancellationScope.current().cancelRequested.catch(() => {
    decisions.cancel ??= { actor: 'temporal', reason: 'The placement workflow was asked to cancel' };
  });
  return CancellationScope.nonCancellable(() => place(input, decisions));
}

async function place(input: PlacePortfolioOrderInput, decisions: Decisions): Promise<PlacementOutcome> {
  const view: PlacementView = {
    reference: placementName(input.reference, input.attempt),
    request: input.request,
    requestedAt: input.requestedAt,
    phase: 'PLACING',
    ...(input.attempt > 1 && { attempt: input.attempt }),
    ...(input.previous !== undefined && { previous: input.previous }),
    steps: placementSteps(input.requestedAt),
    waitingFor: 'Upvest to answer the POST.',
  };
  listen(view, decisions);
  show(view, {});

  const answer = await post(input);
  if (answer.kind === 'refused') {
    note(view, {
      rule: 'placement:rejected',
      text: `Upvest rejected the order: ${problemText(answer.problem)}`,
    });
    show(view, {
      phase: 'REFUSED',
      problem: answer.problem,
      waitingFor: 'Nothing: Upvest rejected the order.',
    });
    return { outcome: 'refused', problem: answer.problem, view: seen(view, decisions) };
  }

  let placed = answer.kind === 'placed' ? answer.order : undefined;
  if (placed === undefined) {
    note(view, { rule: 'placement:unknown', text: 'It is unknown whether Upvest has the order' });
    show(view, { phase: 'UNKNOWN', waitingFor: 'The order to be found at Upvest, or an operator.' });
    upsertSearchAttributes([attention('PLACEMENT_UNKNOWN')]);
    placed = await lookUp(input, view, decisions);
  }
  if (placed === undefined) {
    upsertSearchAttributes([attention()]);
    show(view, {
      phase: 'NOT_PLACED',
      waitingFor: 'Nothing: an operator decided that there is no order.',
    });
    return { outcome: 'not-placed', view: seen(view, decisions) };
  }

  const portfolioOrderId = placed.observation.id;
  note(view, { rule: 'placement:placed', text: `Upvest has the order as ${portfolioOrderId}` });
  show(view, {
    phase: 'HANDING_OVER',
    portfolioOrderId,
    waitingFor: 'The handoff to the order’s own workflow.',
  });
  const handed = await handOffWithLatestCancel(input, placed, decisions);
  upsertSearchAttributes([
    { key: keys.portfolioOrderId, value: portfolioOrderId },
    handed === 'finished' ? attention('PLACED_AFTER_FINISH') : attention(),
  ]);
  show(view, { phase: 'PLACED', waitingFor: 'Nothing: the order has its own workflow.' });
  return { outcome: 'placed', portfolioOrderId, view: seen(view, decisions) };
}

function attention(...codes: PlacementAttention[]): SearchAttributePair {
  return { key: keys.attention, value: codes };
}

/** Appends to the timeline of the placement. */
function note(view: PlacementView, entry: Omit<AuditEntry, 'at'>): void {
  view.steps = appendAudit(view.steps ?? [], Date.now(), entry);
}

/** Updates the view for the query and for the Web UI. */
function show(view: PlacementView, change: Partial<PlacementView>): void {
  Object.assign(view, change);
  setCurrentDetails(placementDetails(view));
}

function listen(view: PlacementView, decisions: Decisions): void {
  setHandler(placementViewQuery, () => seen(view, decisions), { description: 'Progress of the placement' });
  setHandler(
    cancelUpdate,
    (decision) => {
      const { actor, reason } = decision;
      decisions.cancel ??= { actor, reason };
      note(view, { rule: 'operator:cancel', text: 'Cancel requested', actor, reason });
      return {
        rule: 'operator:cancel',
        decided: 'The cancel is requested as soon as the order is placed.',
      };
    },
    {
      validator: (decision) => {
        refuse(REFUSED_AS_UNUSABLE, unusable(decision));
      },
      description: 'Requests the cancel as soon as the order is placed',
    },
  );
  setHandler(
    identifyUpdate,
    (decision) => {
      decisions.identified = decision;
      const { portfolioOrderId, actor, reason } = decision;
      const text =
        portfolioOrderId === undefined
          ? 'An operator decided that there is no order'
          : `An operator identified ${portfolioOrderId}`;
      note(view, { rule: 'placement:identified', text, actor, reason });
      const decided =
        portfolioOrderId === undefined
          ? 'The placement ends: Upvest has no order of it.'
          : `${portfolioOrderId} is read at Upvest and becomes the order.`;
      return { rule: 'placement:identified', decided };
    },
    {
      validator: (decision) => {
        refuse(REFUSED_AS_UNUSABLE, unusable(decision));
        const isOpen = view.phase === 'UNKNOWN' && decisions.identified === undefined;
        refuse(
          REFUSED_BY_RULE,
          isOpen ? undefined : 'placement:identified: the outcome of the POST is known',
        );
      },
      description: 'Resolves a POST of unknown outcome: the order it made, or none',
    },
  );
}

function seen(view: PlacementView, { cancel, identified }: Decisions): PlacementView {
  return {
    ...view,
    ...(cancel && { cancel }),
    ...(identified && { identified }),
    actions: possibleActions(view.phase, identified !== undefined),
  };
}

function possibleActions(phase: PlacementView['phase'], isIdentified: boolean): OrderAction[] {
  switch (phase) {
    case 'PLACING':
    case 'HANDING_OVER':
      return ['cancel'];
    case 'UNKNOWN':
      return isIdentified ? ['cancel'] : ['cancel', 'identify'];
    case 'PLACED':
    case 'REFUSED':
    case 'NOT_PLACED':
      return [];
  }
}

/** A cancel that arrives during the handoff is not lost: the handoff is repeated with it. */
async function handOffWithLatestCancel(
  placement: PlacePortfolioOrderInput,
  { observation, handedOff }: PlacedOrder,
  decisions: Decisions,
): Promise<'handed-off' | 'finished'> {
  let handed = handedOff;
  let sent: Decision | undefined;
  const { identified } = decisions;
  while (handed === undefined || (handed === 'handed-off' && decisions.cancel !== sent)) {
    sent = decisions.cancel;
    const summary = 'Hand off to the order’s own workflow';
    handed = await handOff.executeWithOptions({ summary }, [
      { placement, observation, ...(identified && { identified }), ...(sent && { cancel: sent }) },
    ]);
  }
  return handed;
}

type Answer =
  | { kind: 'placed'; order: PlacedOrder }
  | { kind: 'refused'; problem: PlacementProblem }
  | { kind: 'unknown' };

/** POSTs under one key until Upvest answers or the hour for POSTs is over. */
async function post(input: PlacePortfolioOrderInput): Promise<Answer> {
  const endsAt = Date.parse(input.requestedAt) + POSTS_END_AFTER_MS;
  const { placeAtBroker } = proxyActivities<PlacementActivities>({
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
 * Polls Upvest for the order, at growing intervals, until exactly one matches or an operator has identified it. Never a
 * second POST, never a guess.
 *
 * @returns undefined if an operator decided that there is none
 */
async function lookUp(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: Decisions,
): Promise<PlacedOrder | undefined> {
  const { findPlacedOrder, readPlacedOrder } = proxyActivities<PlacementActivities>({
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

    await condition(() => decisions.identified !== undefined, pause, { summary: 'Look again' });
    if (decisions.identified === undefined) continue;
    const { portfolioOrderId } = decisions.identified;
    if (portfolioOrderId === undefined) return undefined;
    const observation = await readPlacedOrder.executeWithOptions({ summary: `Read ${portfolioOrderId}` }, [
      { portfolioOrderId },
    ]);
    if (observation?.accountId === input.request.accountId) return { observation };
    const what = observation === undefined ? 'is not known to Upvest' : 'belongs to another account';
    show(view, {
      waitingFor: `The order to be found at Upvest, or an operator: ${portfolioOrderId} ${what}.`,
    });
    delete decisions.identified;
  }
}
