/**
 * Keeps webhook events that could not be used, so that nothing is lost. Where time can help it tries again for a week;
 * it ends by being routed, by being shown to be of no use, or by an operator.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { CoordinationActivities } from '../activities/coordination';
import type { Decision } from '../src/domain/cancellation';
import { searchAttributes } from '../src/temporal/search-attributes';
import {
  discardUpdate,
  retryUpdate,
  type ParkedEventAttempt,
  type ParkedEventInput,
  type ParkedEventOutcome,
  type RawEvent,
} from './messages';
import { TIME_HELPS } from './parking-reasons';

const retry = { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10m' } as const;
const { routeParkedEvent } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '7d',
  retry,
  summary: 'Route the event to its order',
});
/** An operator waits for the answer. */
const { routeParkedEvent: routeNow } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '60s',
  retry: { ...retry, maximumAttempts: 1 },
  summary: 'Route the event to its order, as an operator asked',
});

/** A cancellation request from outside must not lose the event: an operator discards it with a reason. */
export function parkedEvent(input: ParkedEventInput): Promise<ParkedEventOutcome> {
  return CancellationScope.nonCancellable(() => keep(input));
}

async function keep(input: ParkedEventInput): Promise<ParkedEventOutcome> {
  const { reason, detail, receivedAt } = input;
  const life: { ending?: ParkedEventOutcome; rest?: RawEvent } = {};
  const show = (state: string): void => {
    setCurrentDetails([`**${reason}** ${detail}`, `Received ${receivedAt}`, state].join('\n\n'));
  };
  const conclude = (attempt: ParkedEventAttempt): ParkedEventAttempt => {
    if (attempt.outcome === 'kept') show(`Waits for an operator: ${attempt.why}`);
    else if (attempt.outcome === 'partly') life.rest = attempt.rest;
    else life.ending ??= attempt;
    return attempt;
  };

  const validator = (decision: Decision): void => {
    if (!decision.actor || !decision.reason) throw new Error('Say who decides (actor) and why (reason).');
  };
  setHandler(
    discardUpdate,
    ({ actor, reason: why }) => void conclude({ outcome: 'discarded', actor, reason: why }),
    {
      validator,
      description: 'Ends the workflow: the event is of no use',
    },
  );
  setHandler(retryUpdate, async () => conclude(await attemptNow(input)), {
    validator,
    description: 'Tries now to route the event',
  });

  if (TIME_HELPS.has(reason)) {
    show('Is tried again, ever more slowly, for a week.');
    void attempt(input, routeParkedEvent).then(conclude);
  } else {
    show('Waits for an operator.');
  }

  await condition(() => (life.ending ?? life.rest) !== undefined && allHandlersFinished());
  if (life.ending === undefined) {
    const { raw, rawEncoding, ...same } = input;
    return continueAsNew<typeof parkedEvent>({ ...same, ...(life.rest ?? { raw }) });
  }
  upsertSearchAttributes([{ key: searchAttributes.attention, value: [] }]);
  return life.ending;
}

/** Handlers run outside of `keep`, in the scope that a cancellation request ends: it must not end their attempt. */
function attemptNow(input: ParkedEventInput): Promise<ParkedEventAttempt> {
  const route = (): Promise<ParkedEventAttempt> => attempt(input, routeNow);
  return patched('retry-outlives-cancellation') ? CancellationScope.nonCancellable(route) : route();
}

async function attempt(
  input: ParkedEventInput,
  route: CoordinationActivities['routeParkedEvent'],
): Promise<ParkedEventAttempt> {
  try {
    return await route(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { outcome: 'kept', why: rootCause(error) ?? error.message };
  }
}
