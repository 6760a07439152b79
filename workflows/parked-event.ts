/**
 * Keeps one webhook event that could not be read or routed, so that nothing is lost. One whose order could not be found
 * out is tried again for a week; everything else waits for an operator.
 */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { CoordinationActivities } from '../activities/coordination';
import { discardUpdate, type ParkedEventInput, type ParkedEventOutcome } from './messages';

const { routeParkedEvent } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '7d',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10m' },
});

/** A cancellation request from outside must not lose the event: an operator discards it with a reason. */
export function parkedEvent(input: ParkedEventInput): Promise<ParkedEventOutcome> {
  return CancellationScope.nonCancellable(() => keep(input));
}

async function keep(input: ParkedEventInput): Promise<ParkedEventOutcome> {
  let decision: ParkedEventOutcome | undefined;
  setHandler(
    discardUpdate,
    ({ actor, reason }) => {
      decision = { outcome: 'discarded', actor, reason };
      return undefined;
    },
    {
      validator: ({ actor, reason }) => {
        if (!actor || !reason) throw new Error('Say who discards the event (actor) and why (reason).');
      },
      description: 'Ends the workflow: the event is of no use',
    },
  );

  if (input.reason === 'UNROUTED') void route(input).then((outcome) => (decision ??= outcome));
  for (;;) {
    await condition(() => decision !== undefined);
    if (decision !== undefined) return decision;
  }
}

/** Undefined when a week did not help. */
async function route(input: ParkedEventInput): Promise<ParkedEventOutcome | undefined> {
  try {
    return await routeParkedEvent(input);
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}
