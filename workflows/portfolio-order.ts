/**
 * The life of one portfolio order: from whoever mentions it first, the placement or a webhook, until it is settled or
 * cancelled, all of its executions are final, and ESW has accepted every event that it is owed.
 *
 * Handlers only record; one loop decides. The workflow always ends Completed, because any other end would let the next
 * webhook start it again with an empty memory.
 */
import {
  CancellationScope,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { CoordinationActivities } from '../activities/coordination';
import {
  drainInbox,
  identityOf,
  isOver,
  needsPlacementAnswer,
  newLife,
  nextDeadline,
  withObservations,
  withPlaced,
  withPlacementAnswer,
  type OrderLife,
} from '../src/domain/order-life';
import { viewOf } from '../src/domain/view';
import { Alarm } from './alarm';
import { display } from './display';
import { EmissionLane } from './emission-lane';
import {
  brokerEventsSignal,
  placedSignal,
  viewQuery,
  type PortfolioOrderInput,
  type PortfolioOrderOutcome,
} from './messages';

const { findOpenPlacement } = proxyActivities<CoordinationActivities>({
  startToCloseTimeout: '5s',
  // Tracking waits for this answer, so it is short; without one the question is asked again later.
  scheduleToCloseTimeout: '10s',
});

/** A cancellation request from outside must not end the workflow while the broker still holds the order. */
export function portfolioOrder(input: PortfolioOrderInput): Promise<PortfolioOrderOutcome> {
  return CancellationScope.nonCancellable(() => live(input));
}

async function live(input: PortfolioOrderInput): Promise<PortfolioOrderOutcome> {
  const { policies } = input;
  const order: { life: OrderLife } = {
    life: input.life ?? newLife(input.portfolioOrderId, Date.now(), policies),
  };

  setHandler(placedSignal, (placed) => {
    order.life = withPlaced(order.life, placed);
  });
  setHandler(brokerEventsSignal, (observations) => {
    order.life = withObservations(order.life, observations);
  });
  setHandler(viewQuery, () => viewOf(order.life), { description: 'All that is known about the order' });
  setDefaultSignalHandler((name) => {
    log.warn('Ignored a signal with an unknown name', { name });
  });

  const alarm = new Alarm();
  const lane = new EmissionLane(order, input);
  void lane.run();

  for (;;) {
    order.life = drainInbox(order.life, Date.now());
    if (needsPlacementAnswer(order.life, Date.now())) await askForPlacement(order, policies.placedGraceMs);
    display(order.life);

    if (isOver(order.life)) return outcomeOf(order.life);

    lane.paused = isHistoryLong(policies.historyEventsPerRun);
    if (lane.paused && !lane.sending && order.life.inbox.length === 0) {
      return await continueAsNew<typeof portfolioOrder>({
        ...input,
        life: { ...order.life, run: order.life.run + 1 },
      });
    }

    alarm.set(nextDeadline(order.life, Date.now(), policies), 'Next deadline of the order');
    const answers = lane.answers;
    await condition(() => order.life.inbox.length > 0 || alarm.rang || lane.answers > answers);
  }
}

/** Finds out whether a client's placement of this very order is still under way; until then nothing is emitted. */
async function askForPlacement(order: { life: OrderLife }, graceMs: number): Promise<void> {
  const { accountId, cashAmount } = order.life.record;
  let underWay = true;
  try {
    underWay = await findOpenPlacement({ accountId, cashAmount });
  } catch (error) {
    log.warn('Could not ask for an open placement; asking again later', { error });
  }
  if (identityOf(order.life) === 'open')
    order.life = withPlacementAnswer(order.life, underWay, Date.now(), graceMs);
}

function isHistoryLong(limit: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > limit;
}

function outcomeOf(life: OrderLife): PortfolioOrderOutcome {
  return {
    portfolioOrderId: life.record.portfolioOrderId,
    outcome: life.record.status ?? 'UNKNOWN',
    finishedAt: new Date().toISOString(),
    life,
  };
}
