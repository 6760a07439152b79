/**
 * Places one portfolio order exactly once, then hands off to the workflow that tracks it.
 *
 * Upvest assigns the order's id in its answer, so placing has a short workflow of its own, named by the client's reference.
 * An unknown outcome is never guessed: the POST is repeated under the same key for an hour, and from the second minute on
 * only after a look at Upvest; after that the order is looked up until it is found or an operator decides.
 */
import { CancellationScope, proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { appendAudit, type AuditEntry } from '../../src/domain/order-state/audit-log';
import { placementSteps, rejectionStep } from '../../src/domain/views/placement-steps';
import type { OrderAction } from '../../src/domain/operator/order-action';
import { unusable, type Decided } from '../../src/domain/operator/operator-commands';
import { placementName, type PlacementAttention } from '../../src/domain/broker/placement';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import { refuse } from '../portfolio-order/operator-updates';
import { lookUp } from './look-up';
import { postOrFind } from './post';
import { endStop } from './stop';
import { show } from './web-ui';
import { cancelUpdate, REFUSED_AS_UNUSABLE, REFUSED_BY_RULE } from '../../contracts/decisions';
import {
  candidateSignal,
  identifyUpdate,
  placementViewQuery,
  type IdentifyDecision,
  type PlacementOutcome,
  type PlacementView,
  type PlacePortfolioOrderInput,
} from '../../contracts/placement';
import type { PlacedOrder, HandoffActivities } from '../../contracts/activities';
import type { Decision, DecisionDigest } from '../../src/domain/values/decision';
import type { Decisions } from './look-up';

const { handOff } = proxyActivities<HandoffActivities>({
  startToCloseTimeout: '10s',
  retry: { maximumInterval: '60s' },
});

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
    ...(input.correctionOf !== undefined && { correctionOf: input.correctionOf }),
    waitingFor: 'Upvest to answer the POST.',
  };
  listen(view, decisions);
  show(view, {});

  const answer = await postOrFind(input, view, decisions);
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

function listen(view: PlacementView, decisions: Decisions): void {
  setHandler(placementViewQuery, () => seen(view, decisions), { description: 'Progress of the placement' });
  setHandler(
    cancelUpdate,
    ({ digest, ...cancel }: Decision & DecisionDigest): Decided & DecisionDigest => {
      decisions.cancel ??= cancel;
      const { actor, reason } = cancel;
      note(view, { rule: 'operator:cancel', text: 'Cancel requested', actor, reason });
      return {
        rule: 'operator:cancel',
        decided: 'The cancel is requested as soon as the order is placed.',
        ...(digest !== undefined && { digest }),
      };
    },
    {
      validator: (decision) => {
        refuse(REFUSED_AS_UNUSABLE, unusable(decision));
      },
      description: 'Requests the cancel as soon as the order is placed',
    },
  );
  setHandler(candidateSignal, () => {
    decisions.hasCandidate = true;
  });
  setHandler(
    identifyUpdate,
    ({ digest, ...identified }: IdentifyDecision & DecisionDigest): Decided & DecisionDigest => {
      decisions.identified = identified;
      const { portfolioOrderId, actor, reason } = identified;
      const text =
        portfolioOrderId === undefined
          ? 'An operator decided that there is no order'
          : `An operator identified ${portfolioOrderId}`;
      note(view, { rule: 'placement:identified', text, actor, reason });
      const decided =
        portfolioOrderId === undefined
          ? 'The placement ends: Upvest has no order of it.'
          : `${portfolioOrderId} is read at Upvest and becomes the order.`;
      return { rule: 'placement:identified', decided, ...(digest !== undefined && { digest }) };
    },
    {
      validator: (decision) => {
        refuse(REFUSED_AS_UNUSABLE, unusable(decision));
        const isOpen = view.phase === 'PLACING' || view.phase === 'UNKNOWN';
        refuse(
          REFUSED_BY_RULE,
          isOpen ? undefined : 'placement:identified: the outcome of the POST is known',
        );
        const isDecided = decisions.identified !== undefined;
        refuse(
          REFUSED_BY_RULE,
          isDecided ? 'placement:identified: an earlier decision is being carried out' : undefined,
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
    case 'HANDING_OVER':
      return ['cancel'];
    case 'PLACING':
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
