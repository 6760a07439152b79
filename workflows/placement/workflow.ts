/**
 * Places one portfolio order exactly once, then hands off to the workflow that tracks it.
 *
 * Upvest assigns the order's id in its answer, so placing has a short workflow of its own, named by the client's reference.
 * An unknown outcome is never guessed: the POST is repeated under the same key for an hour, and from the second minute on
 * only after a look at Upvest; after that the order is looked up until it is found or an operator decides.
 */
import { CancellationScope, proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { placementSteps, rejectionStep } from '../../src/domain/views/placement-steps';
import { placementName, type PlacementAttention } from '../../src/domain/broker/placement';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import { lookUp } from './look-up';
import { postOrFind } from './post';
import { endStop } from './stop';
import { listen, note, seen } from './updates';
import { show } from './web-ui';
import type {
  LookUp,
  PlacementDecisions,
  PlacementOutcome,
  PlacementView,
  PlacePortfolioOrderInput,
} from '../../contracts/placement';
import type { PlacedOrder, HandoffActivities } from '../../contracts/activities';
import type { Decision } from '../../src/domain/values/decision';

const { handOff } = proxyActivities<HandoffActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '60s' },
});

/** A cancellation of the workflow requests a cancel of the order; it never ends the workflow before the answer. */
export function placePortfolioOrder({
  lookUp: progress,
  ...input
}: PlacePortfolioOrderInput): Promise<PlacementOutcome> {
  const decisions = progress?.decisions ?? {};
  CancellationScope.current().cancelRequested.catch(() => {
    decisions.cancel ??= { actor: 'temporal', reason: 'The placement workflow was asked to cancel' };
  });
  return CancellationScope.nonCancellable(() => place(input, decisions, progress));
}

async function place(
  input: PlacePortfolioOrderInput,
  decisions: PlacementDecisions,
  progress: LookUp | undefined,
): Promise<PlacementOutcome> {
  const view = progress?.view ?? newView(input);
  listen(view, decisions);
  show(view, {});

  const answer = progress ? UNKNOWN : await postOrFind(input, view, decisions);
  endStop(view);
  if (answer.kind === 'refused') {
    note(view, rejectionStep(answer.problem));
    const why = answer.problem.retryable
      ? 'no attempt got through within the hour, and nothing was placed. The request may be sent again'
      : 'Upvest rejected the order';
    show(view, { phase: 'REFUSED', problem: answer.problem, waitingFor: `Nothing: ${why}.` });
    return { outcome: 'refused', problem: answer.problem, view: seen(view, decisions) };
  }

  let placed = answer.kind === 'placed' ? answer.order : undefined;
  if (answer.kind === 'unknown') {
    if (progress === undefined) {
      note(view, { rule: 'placement:unknown', text: 'It is unknown whether Upvest has the order' });
      show(view, { phase: 'UNKNOWN', waitingFor: 'The order to be found at Upvest, or an operator.' });
    }
    upsertSearchAttributes([attention('PLACEMENT_UNKNOWN')]);
    placed = await lookUp(input, view, decisions, progress?.pauseMs);
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
  await handOffWithLatestCancel(input, placed, decisions);
  upsertSearchAttributes([{ key: keys.portfolioOrderId, value: portfolioOrderId }, attention()]);
  show(view, { phase: 'PLACED', waitingFor: 'Nothing: the order has its own workflow.' });
  return { outcome: 'placed', portfolioOrderId, view: seen(view, decisions) };
}

/** Between runs of the look-up. */
const UNKNOWN = { kind: 'unknown' } as const;

function newView({
  reference,
  attempt,
  request,
  requestedAt,
  previous,
  correctionOf,
}: PlacePortfolioOrderInput): PlacementView {
  return {
    reference: placementName(reference, attempt),
    request,
    requestedAt,
    phase: 'PLACING',
    ...(attempt > 1 && { attempt }),
    ...(previous !== undefined && { previous }),
    steps: placementSteps(requestedAt),
    ...(correctionOf !== undefined && { correctionOf }),
    waitingFor: 'Upvest to answer the POST.',
  };
}

function attention(...codes: PlacementAttention[]): SearchAttributePair {
  return { key: keys.attention, value: codes };
}

/** A cancel that arrives during the handoff is not lost: the handoff is repeated with it. */
async function handOffWithLatestCancel(
  placement: PlacePortfolioOrderInput,
  { observation, handedOff }: PlacedOrder,
  decisions: PlacementDecisions,
): Promise<void> {
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
}
