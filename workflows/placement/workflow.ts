/**
 * Places one portfolio order exactly once, then hands off to the workflow that tracks it.
 *
 * Upvest assigns the order's id in its answer, so placing has a short workflow of its own, named by the client's reference.
 * An unknown outcome is never guessed: the POST is repeated under the same key for an hour, and from the second minute on
 * only after a look at Upvest; after that the order is looked up until it is found or an operator decides.
 */
import { CancellationScope, proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { rejectionStep } from '../../src/domain/views/placement-steps';
import type { PlacementAttention } from '../../src/domain/broker/placement';
import {
  firstView,
  placedStep,
  PLACED_WAITING_FOR,
  refusedWaitingFor,
} from '../../src/domain/records/placement-row';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import { PLACE } from '../priorities';
import { lookUp } from './look-up';
import { postOrFind } from './post';
import { placementRow } from './rows';
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
  priority: PLACE,
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
  const view: PlacementView = progress?.view ?? firstView(input);
  const row = placementRow(input, view, decisions);
  const placing = { input, view, decisions, row };
  listen(view, decisions);
  show(view, {});

  const answer = progress ? UNKNOWN : await postOrFind(placing);
  endStop(view);
  // So far the placing activity knows all that there is to show.
  const isPlain = view.steps?.length === 1 && !isDecided(decisions);
  if (answer.kind === 'refused') {
    const { problem, savedAt } = answer;
    note(view, rejectionStep(problem), savedAt);
    show(view, { phase: 'REFUSED', problem, waitingFor: refusedWaitingFor(problem) });
    if (savedAt === undefined || !isPlain) await row.saveAll(savedAt);
    return { outcome: 'refused', problem, view: seen(view, decisions) };
  }

  let placed = answer.kind === 'placed' ? answer.order : undefined;
  if (answer.kind === 'unknown') {
    if (progress === undefined) {
      note(view, { rule: 'placement:unknown', text: 'It is unknown whether Upvest has the order' });
      show(view, { phase: 'UNKNOWN', waitingFor: 'The order to be found at Upvest, or an operator.' });
    }
    upsertSearchAttributes([attention('PLACEMENT_UNKNOWN')]);
    row.save();
    placed = await lookUp(placing, progress?.pauseMs);
  }
  if (placed === undefined) {
    upsertSearchAttributes([attention()]);
    show(view, {
      phase: 'NOT_PLACED',
      waitingFor: 'Nothing: an operator decided that there is no order.',
    });
    await row.saveAll();
    return { outcome: 'not-placed', view: seen(view, decisions) };
  }

  const portfolioOrderId = placed.observation.id;
  const { savedAt, handedOff } = placed;
  note(view, placedStep(portfolioOrderId), savedAt);
  show(view, {
    phase: 'HANDING_OVER',
    portfolioOrderId,
    waitingFor: 'The handoff to the order’s own workflow.',
  });
  await handOffWithLatestCancel(input, placed, decisions);
  upsertSearchAttributes([{ key: keys.portfolioOrderId, value: portfolioOrderId }, attention()]);
  show(view, { phase: 'PLACED', waitingFor: PLACED_WAITING_FOR });
  const isStored = savedAt !== undefined && handedOff !== undefined && isPlain && !isDecided(decisions);
  if (!isStored) await row.saveAll(savedAt);
  return { outcome: 'placed', portfolioOrderId, view: seen(view, decisions) };
}

/** Between runs of the look-up. */
const UNKNOWN = { kind: 'unknown' } as const;

/** True if the view has more than Upvest's answer. */
function isDecided({ cancel, identified }: PlacementDecisions): boolean {
  return cancel !== undefined || identified !== undefined;
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
