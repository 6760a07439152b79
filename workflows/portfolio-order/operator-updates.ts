/** The updates of an open order. Handlers decide at once; the background tasks do what follows. */
import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, condition, currentUpdateInfo, setHandler } from '@temporalio/workflow';
import {
  acknowledge,
  cancel,
  close,
  reconcile,
  release,
  retryEmission,
  skipEmission,
  unusable,
  unusableAcknowledgement,
  unusableSkip,
  wordless,
  type Decided,
  type OperatorCommand,
} from '../../src/domain/operator/operator-commands';
import { firstOutcome, withOutcome } from '../../src/domain/operator/decision-ledger';
import {
  acknowledgeUpdate,
  closeUpdate,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
  skipEmissionUpdate,
} from '../../contracts/portfolio-order';
import { cancelUpdate, REFUSED_AS_UNUSABLE, REFUSED_BY_RULE } from '../../contracts/decisions';
import type { OrderState } from '../../src/domain/order-state/state';
import type { Decision, DecisionDigest } from '../../src/domain/values/decision';

export function listenToOperators(order: { state: OrderState; changes: number; waiting: number }): void {
  const listen = <D extends Decision>(
    update: UpdateDefinition<Decided, [D]>,
    operation: OperatorCommand<D>,
    description: string,
    isUsable: (decision: D) => string | undefined = unusable,
  ): void => {
    const validator = (decision: D): void => {
      refuse(REFUSED_AS_UNUSABLE, isUsable(decision));
      if (isOutdated(order) || firstOutcome(order.state, keyOf()) !== undefined) return;
      refuse(REFUSED_BY_RULE, operation.forbidden(order.state, decision));
    };
    const decide = (decision: D & DecisionDigest, key: string): Decided & DecisionDigest => {
      const known = firstOutcome(order.state, key);
      if (known !== undefined) return known;
      refuse(REFUSED_BY_RULE, operation.forbidden(order.state, decision));
      const { state, decided } = operation.apply(order.state, decision, Date.now());
      const { digest } = decision;
      const outcome = { rule: operation.rule, decided, ...(digest !== undefined && { digest }) };
      order.state = withOutcome(state, key, outcome);
      return outcome;
    };
    const decideWhenRecovered = async (decision: D): Promise<Decided & DecisionDigest> => {
      const key = keyOf();
      if (isOutdated(order)) {
        order.waiting += 1;
        await condition(() => !isOutdated(order));
        order.waiting -= 1;
      }
      order.changes += 1;
      return decide(decision, key);
    };
    setHandler(update, decideWhenRecovered, { validator, description });
  };

  listen(cancelUpdate, cancel, 'Requests the cancel of the order at Upvest');
  listen(reconcileUpdate, reconcile, 'Reconciles with Upvest now');
  listen(
    acknowledgeUpdate,
    acknowledge,
    'Acknowledges attentions',
    (decision) => unusable(decision) ?? unusableAcknowledgement(decision),
  );
  listen(releaseUpdate, release, 'Releases held emission');
  listen(retryEmissionUpdate, retryEmission, 'Resends rejected events');
  listen(
    skipEmissionUpdate,
    skipEmission,
    'Leaves out rejected events',
    (decision) => unusable(decision) ?? unusableSkip(decision),
  );
  listen(
    closeUpdate,
    close,
    'Closes the order, whatever its status at Upvest',
    (decision) => unusable(decision) ?? wordless(decision.evidence, 'what proves it (evidence)'),
  );
}

/** The idempotency key of the decision that is being handled. */
function keyOf(): string {
  return currentUpdateInfo()?.id ?? '';
}

/** True until the state of a run that was reset is recovered: a decision on it would be lost. */
function isOutdated({ state }: { state: OrderState }): boolean {
  return state.resetAt !== undefined;
}

export function refuse(type: string, why: string | undefined): void {
  if (why !== undefined) throw ApplicationFailure.nonRetryable(why, type);
}
