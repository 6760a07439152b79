/** The whole product with a dozen orders, one for each thing that is worth a picture. */
import type { Stack } from '../cli/dev-stack';
import { startWholeStack } from '../cli/whole-stack';
import { standardPolicies } from '../policy-config';
import { createLogger, installRuntime } from '../telemetry';
import {
  finishedOrder,
  isAt,
  needs,
  parkedEvent,
  pausedOrder,
  place,
  runningOrder,
  submit,
  troubledOrder,
  unansweredPlacement,
  untilOrder,
  type PlacedOrder,
} from './screenshots-orders';

export interface Scene {
  stack: Stack;
  /** Of the Temporal Web UI. */
  uiUrl: string;
  namespace: string;
  running: PlacedOrder;
  finished: PlacedOrder;
  troubled: PlacedOrder;
  paused: PlacedOrder;
  /** Id of an event that waits for an operator. */
  parked: string;
  stop(): Promise<void>;
}

/** What a minute or an hour takes in life takes seconds here; nothing else differs from a real deployment. */
const PACE = {
  processAfterMs: 300,
  childSpacingMs: 120,
  fillAfterMs: 250,
  settleAfterMs: 900,
  secondMs: 150,
};

/** @param log takes a line for each step */
export async function startScene(log: (line: string) => void): Promise<Scene> {
  const logger = createLogger('screenshots', 'fatal');
  installRuntime(logger);
  const { stack, temporal, stop } = await startWholeStack({
    server: { log, ui: true },
    logger,
    httpPort: 0,
    upvest: { pace: PACE },
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
): Promise<Pick<Scene, 'running' | 'finished' | 'troubled' | 'paused' | 'parked'>> {
  log('Orders that have ended …');
  const mistraded = finishedOrder(stack, 'savings-1037', { scenario: 'MISTRADE' });
  const mistradedLate = place(stack, 'savings-1038', { scenario: 'MISTRADE_AFTER_SETTLED' });
  const cancelled = finishedOrder(stack, 'savings-1039', { scenario: 'PARTNER_CANCEL' });
  const sold = finishedOrder(stack, 'savings-1040', {}, { side: 'SELL', cashAmount: '250.00' });
  await submit(stack, 'savings-1041', { scenario: 'ACCOUNT_NOT_FOUND' });
  await Promise.all([mistraded, mistradedLate, cancelled, sold]);
  const finished = await finishedOrder(stack, 'savings-1042');

  log('Orders that need somebody …');
  await unansweredPlacement(stack, 'savings-1043');
  await place(stack, 'savings-1044', { scenario: 'WAITS_IN_NEW' }, { side: 'SELL', cashAmount: '120.50' });
  const paused = await pausedOrder(stack, 'savings-1045');
  const troubled = await troubledOrder(stack, 'savings-1046');
  await untilOrder(stack, 'savings-1044', needs('NEW_OVERDUE'));

  log('Orders on their way …');
  const settling = await place(stack, 'savings-1047', { scenario: 'WAITS_IN_FILLED' });
  await untilOrder(stack, settling.reference, (status) => isAt(status, 'FILLED'));
  const running = await runningOrder(stack, 'savings-1048');
  const parked = await parkedEvent(stack);
  return { running, finished, troubled, paused, parked };
}
