/** Query, updates and signal of a placement. Handlers decide at once; the placement does what follows. */
import type { UpdateDefinition } from '@temporalio/common';
import { currentUpdateInfo, setHandler } from '@temporalio/workflow';
import { appendAudit, type AuditEntry } from '../../src/domain/order-state/audit-log';
import { firstOutcome, withOutcome } from '../../src/domain/operator/decision-ledger';
import { unusable, type Decided } from '../../src/domain/operator/operator-commands';
import type { OrderAction } from '../../src/domain/operator/order-action';
import { refuse } from '../portfolio-order/operator-updates';
import { waitingFor } from './web-ui';
import { cancelUpdate, REFUSED_AS_UNUSABLE, REFUSED_BY_RULE } from '../../contracts/decisions';
import {
  candidateSignal,
  identifyUpdate,
  placementViewQuery,
  type PlacementDecisions,
  type PlacementView,
} from '../../contracts/placement';
import type { Decision, DecisionDigest } from '../../src/domain/values/decision';

export function listen(view: PlacementView, decisions: PlacementDecisions): void {
  /** The same key gives the first outcome, also in a later run. */
  const onUpdate = <D extends Decision>(
    update: UpdateDefinition<Decided, [D]>,
    description: string,
    { forbidden, decide }: { forbidden: () => string | undefined; decide: (decision: D) => Decided },
  ): void => {
    const handler = ({ digest, ...decision }: D & DecisionDigest): Decided & DecisionDigest => {
      const key = keyOf();
      const first = firstOutcome(decisions, key);
      if (first !== undefined) return first;
      const outcome = { ...decide(decision as unknown as D), ...(digest !== undefined && { digest }) };
      decisions.decisions = withOutcome(decisions, key, outcome).decisions ?? [];
      return outcome;
    };
    const validator = (decision: D): void => {
      refuse(REFUSED_AS_UNUSABLE, unusable(decision));
      if (firstOutcome(decisions, keyOf()) === undefined) refuse(REFUSED_BY_RULE, forbidden());
    };
    setHandler(update, handler, { validator, description });
  };

  setHandler(placementViewQuery, () => seen(view, decisions), { description: 'Progress of the placement' });
  setHandler(candidateSignal, () => {
    decisions.hasCandidate = true;
  });
  onUpdate(cancelUpdate, 'Requests the cancel as soon as the order is placed', {
    forbidden: () => undefined,
    decide: (cancel) => {
      decisions.cancel ??= cancel;
      const { actor, reason } = cancel;
      note(view, { rule: 'operator:cancel', text: 'Cancel requested', actor, reason });
      return {
        rule: 'operator:cancel',
        decided: 'The cancel is requested as soon as the order is placed.',
      };
    },
  });
  onUpdate(identifyUpdate, 'Resolves a POST of unknown outcome: the order it made, or none', {
    forbidden: () => {
      if (view.phase !== 'PLACING' && view.phase !== 'UNKNOWN')
        return 'placement:identified: the outcome of the POST is known';
      const isBusy = decisions.identified !== undefined && !decisions.isReadPutOff;
      return isBusy ? 'placement:identified: an earlier decision is being carried out' : undefined;
    },
    decide: (identified) => {
      decisions.identified = identified;
      const { portfolioOrderId, actor, reason } = identified;
      const isNone = portfolioOrderId === undefined;
      const text = isNone
        ? 'An operator decided that there is no order'
        : `An operator identified ${portfolioOrderId}`;
      note(view, { rule: 'placement:identified', text, actor, reason });
      const decided = isNone
        ? 'The placement ends: Upvest has no order of it.'
        : `${portfolioOrderId} is read at Upvest and becomes the order.`;
      return { rule: 'placement:identified', decided };
    },
  });
}

/** The idempotency key of the decision that is being handled. */
function keyOf(): string {
  return currentUpdateInfo()?.id ?? '';
}

/** Appends to the timeline of the placement. @param at default: now; milliseconds since the epoch */
export function note(view: PlacementView, entry: Omit<AuditEntry, 'at'>, at = Date.now()): void {
  view.steps = appendAudit(view.steps ?? [], at, entry);
}

/** The view as of now. */
export function seen(view: PlacementView, { cancel, identified }: PlacementDecisions): PlacementView {
  return {
    ...view,
    waitingFor: waitingFor(view),
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
