/** Has operators' decisions stored in the records database, in the background: an event ends once all are. */
import {
  CancellationScope,
  condition,
  currentUpdateInfo,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { ParkedEventActivities } from '../../contracts/activities';
import type { ParkedDecision, ParkedEventAttempt, ParkedEventInput } from '../../contracts/parked-event';
import type { Decision } from '../../src/domain/values/decision';

const { saveParkedDecisions } = proxyActivities<ParkedEventActivities>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  summary: 'Store what operators decided',
});

/** Of a decision that the records database does not take. */
const ANSWER_AFTER = '1s';

export interface DecisionsToSave {
  /**
   * Notes the decision of the update that calls it, and waits a moment for it to be stored: normally an event has ended when its
   * decision is answered.
   *
   * @param decidedAt milliseconds since the epoch
   */
  add(
    operation: ParkedDecision['operation'],
    decision: Decision,
    decidedAt: number,
    outcome: ParkedEventAttempt,
  ): Promise<void>;
  /** Decisions that are not stored yet, oldest first. */
  unsaved(): ParkedDecision[];
}

export function decisionsToSave(input: ParkedEventInput): DecisionsToSave {
  const { eventId, reason, detail, receivedAt, unsaved: earlier = [] } = input;
  const event = { eventId, reason, detail, receivedAt };
  let unsaved = earlier;

  async function saveAll(): Promise<void> {
    for (;;) {
      await condition(() => unsaved.length > 0);
      const decisions = unsaved;
      await saveParkedDecisions({ subject: workflowInfo().workflowId, event, decisions });
      unsaved = unsaved.slice(decisions.length);
    }
  }
  void saveAll();

  return {
    async add(operation, decision, decidedAt, attempt) {
      // Runs of older code did not store them.
      if (!patched('parked-decisions')) return;
      unsaved = [
        ...unsaved,
        {
          ...decision,
          operation,
          key: currentUpdateInfo()?.id ?? '',
          decidedAt: new Date(decidedAt).toISOString(),
          outcome: withoutRest(attempt),
        },
      ];
      await CancellationScope.nonCancellable(() => condition(() => unsaved.length === 0, ANSWER_AFTER));
    },
    unsaved: () => unsaved,
  };
}

function withoutRest(attempt: ParkedEventAttempt): ParkedDecision['outcome'] {
  return attempt.outcome === 'partly' ? { outcome: 'partly', why: attempt.why } : attempt;
}
