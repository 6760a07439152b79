/** The updates of an open order. Handlers decide at once; the background tasks do what follows. */
import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
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
} from '../../src/domain/order/operator-commands';
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
import type { Decision } from '../../src/domain/values/decision';

export function listenToOperators(order: { state: OrderState; changes: number }): void {
  const listen = <D extends Decision>(
    update: UpdateDefinition<Decided, [D]>,
    operation: OperatorCommand<D>,
    description: string,
    isUsable: (decision: D) => string | undefined = unusable,
  ): void => {
    const validator = (decision: D): void => {
      refuse(REFUSED_AS_UNUSABLE, isUsable(decision));
      refuse(REFUSED_BY_RULE, operation.forbidden(order.state, decision));
    };
    const decide = (decision: D): Decided => {
      const { state, decided } = operation.apply(order.state, decision, Date.now());
      order.state = state;
      order.changes += 1;
      return { rule: operation.rule, decided };
    };
    setHandler(update, decide, { validator, description });
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

export function refuse(type: string, why: string | undefined): void {
  if (why !== undefined) throw ApplicationFailure.nonRetryable(why, type);
}
