/** The whole product with a dozen orders, one per state to show. */
import {
  finishedOrder,
  isAt,
  needs,
  parkedEvent,
  place,
  runningOrder,
  submit,
  troubledOrder,
  unansweredPlacement,
  untilOrder,
  type PlacedOrder,
} from '../scene/orders';
import { SCENE_PACE } from '../scene/scene';
import { situations } from '../scene/situations';
import type { Stack } from '../stack';
import { startWholeStack } from '../full-stack';
import { standardPolicies } from '../../src/config/policies';
import { createLogger } from '../../src/lib/logger';
import { installRuntime } from '../../src/temporal/sdk-logs';

export interface Scene {
  stack: Stack;
  /** URL of the Temporal Web UI. */
  uiUrl: string;
  namespace: string;
  running: PlacedOrder;
  finished: PlacedOrder;
  troubled: PlacedOrder;
  /** Id of a parked event. */
  parked: string;
  stop(): Promise<void>;
}

/** @param log gets one line per step */
export async function startScene(log: (line: string) => void): Promise<Scene> {
  const logger = createLogger('screenshots', 'fatal');
  installRuntime(logger);
  const { stack, temporal, stop } = await startWholeStack({
    server: { log, ui: true },
    logger,
    httpPort: 0,
    upvest: { pace: SCENE_PACE },
    deadlines: {
      ...standardPolicies().deadlines,
      new: { askAfterMs: 2_000, attentionAfter: { ms: 3_000 } },
      quietMs: 500,
    },
  });
  try {
    const orders = await makeOrders(stack, log);
    return { stack, uiUrl: temporal.uiUrl ?? '', namespace: temporal.namespace, ...orders, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeOrders(
  stack: Stack,
  log: (line: string) => void,
): Promise<Pick<Scene, 'running' | 'finished' | 'troubled' | 'parked'>> {
  log('Finished orders …');
  const mistraded = situations.mistrade.arrange(stack, 'savings-1037');
  const mistradedLate = place(stack, 'savings-1038', { scenario: 'MISTRADE_AFTER_SETTLED' });
  const cancelled = finishedOrder(stack, 'savings-1039', { scenario: 'PARTNER_CANCEL' });
  const sold = finishedOrder(stack, 'savings-1040', {}, { side: 'SELL', cashAmount: '250.00' });
  await submit(stack, 'savings-1041', { scenario: 'ACCOUNT_NOT_FOUND' });
  await Promise.all([mistraded, mistradedLate, cancelled, sold]);
  const finished = await finishedOrder(stack, 'savings-1042');

  log('Orders that need attention …');
  await unansweredPlacement(stack, 'savings-1043');
  await situations.neverBegun.arrange(stack, 'savings-1044');
  await situations.shutOut.arrange(stack, 'savings-1045');
  const troubled = await troubledOrder(stack, 'savings-1046');
  await untilOrder(stack, 'savings-1044', needs('NEW_OVERDUE'));

  log('Running orders …');
  const settling = await place(stack, 'savings-1047', { scenario: 'WAITS_IN_FILLED' });
  await untilOrder(stack, settling.reference, (status) => isAt(status, 'FILLED'));
  const running = await runningOrder(stack, 'savings-1048');
  const parked = await parkedEvent(stack);
  return { running, finished, troubled, parked };
}
