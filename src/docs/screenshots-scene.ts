/** The whole product with a dozen orders, one for each thing that is worth a picture. */
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
} from '../../demo/orders';
import { SCENE_PACE } from '../../demo/scene';
import { situations } from '../../demo/situations';
import type { Stack } from '../cli/dev-stack';
import { startWholeStack } from '../cli/whole-stack';
import { standardPolicies } from '../policy-config';
import { createLogger } from '../logger';
import { installRuntime } from '../telemetry';

export interface Scene {
  stack: Stack;
  /** Of the Temporal Web UI. */
  uiUrl: string;
  namespace: string;
  running: PlacedOrder;
  finished: PlacedOrder;
  troubled: PlacedOrder;
  /** Id of an event that waits for an operator. */
  parked: string;
  stop(): Promise<void>;
}

/** @param log takes a line for each step */
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
  log('Orders that have ended …');
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

  log('Orders on their way …');
  const settling = await place(stack, 'savings-1047', { scenario: 'WAITS_IN_FILLED' });
  await untilOrder(stack, settling.reference, (status) => isAt(status, 'FILLED'));
  const running = await runningOrder(stack, 'savings-1048');
  const parked = await parkedEvent(stack);
  return { running, finished, troubled, parked };
}
