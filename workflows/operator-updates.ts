/** What operators can ask of a running order. Handlers decide at once; what follows from it, the lanes do. */
import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import {
  acknowledge,
  cancel,
  close,
  reconcile,
  release,
  retryEmission,
  unusable,
  unusableAcknowledgement,
  wordless,
  type Decided,
  type Decision,
  type Operation,
} from '../src/domain/operators';
import type { OrderLife } from '../src/domain/order-life';
import {
  acknowledgeUpdate,
  cancelUpdate,
  closeUpdate,
  REFUSED_AS_UNUSABLE,
  REFUSED_BY_RULE,
  reconcileUpdate,
  releaseUpdate,
  retryEmissionUpdate,
} from './messages';

export function listenToOperators(order: { life: OrderLife; decisions: number }): void {
  const listen = <D extends Decision>(
    update: UpdateDefinition<Decided, [D]>,
    operation: Operation<D>,
    description: string,
    isUsable: (decision: D) => string | undefined = unusable,
  ): void => {
    const validator = (decision: D): void => {
      refuse(REFUSED_AS_UNUSABLE, isUsable(decision));
      refuse(REFUSED_BY_RULE, operation.forbidden(order.life, decision));
    };
    const decide = (decision: D): Decided => {
      const { life, decided } = operation.apply(order.life, decision, Date.now());
      order.life = life;
      order.decisions += 1;
      return { rule: operation.rule, decided };
    };
    setHandler(update, decide, { validator, description });
  };

  listen(cancelUpdate, cancel, 'Asks Upvest to cancel the order');
  listen(reconcileUpdate, reconcile, 'Has Upvest asked at once');
  listen(
    acknowledgeUpdate,
    acknowledge,
    'Says that attentions are dealt with',
    (decision) => unusable(decision) ?? unusableAcknowledgement(decision),
  );
  listen(releaseUpdate, release, 'Lets held emission go');
  listen(retryEmissionUpdate, retryEmission, 'Sends refused events again');
  listen(
    closeUpdate,
    close,
    'Ends the order whatever the broker says',
    (decision) => unusable(decision) ?? wordless(decision.evidence, 'what proves it (evidence)'),
  );
}

export function refuse(type: string, why: string | undefined): void {
  if (why !== undefined) throw ApplicationFailure.nonRetryable(why, type);
}
