/** The whole product against simulators, on the shared Temporal server, with task queues of its own. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { pino } from 'pino';
import { startStack, type Stack, type StackOptions } from '../../demo/stack';
import type { BrokerEvent } from '../../simulators/upvest/orders/wire-objects';
import type { OrderStatusView } from '../../src/app/orders/read';
import { call, newRequest } from './api-calls';
import { FAST_PACE } from './fast-pace';
import { closeTemporal, testBundle, testConnection, testTarget, uniqueName } from './temporal';
import { startMigratedDatabase } from './records';
import { until } from './until';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export { call, newRequest, type Answer } from './api-calls';
export { FAST_PACE } from './fast-pace';
export { until } from './until';

/** Policies for tests in which every skipped status arrives, however slow the machine is. */
export const NO_GAPS = { predecessorGraceMs: 20_000 };

export async function startTestStack(options: Partial<StackOptions> = {}): Promise<Stack> {
  const startedAt = Date.now();
  const database = options.databaseUrl === undefined ? await startMigratedDatabase() : undefined;
  try {
    const stack = await startStack({
      temporal: testTarget(),
      connection: await testConnection(),
      bundlePath: testBundle().codePath,
      logger: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
      queueSuffix: uniqueName(''),
      httpPort: 0,
      databaseUrl: database?.url ?? '',
      ...options,
      upvest: { pace: FAST_PACE, ...options.upvest },
      policies: { placedGraceMs: 2_000, predecessorGraceMs: 2_000, ...options.policies },
      deadlines: { quietMs: 300, ...options.deadlines },
    });
    recordBoot(Date.now() - startedAt);
    const stop = async (): Promise<void> => {
      await stack.stop();
      await database?.stop();
    };
    return { ...stack, stop };
  } catch (error) {
    await database?.stop();
    throw error;
  }
}

/** For `npm run test:slowest`. */
function recordBoot(ms: number): void {
  const file = process.env.TEST_BOOTS_FILE;
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify({ testFile: expect.getState().testPath, ms })}\n`);
}

/**
 * The stack of a test file: started before its tests, stopped after them. Suites take the function, since the stack is
 * there only once tests run.
 */
export function useStack(options: Partial<StackOptions> = {}): () => Stack {
  let stack: Stack | undefined;
  beforeAll(async () => {
    stack = await startTestStack(options);
  });
  afterAll(async () => {
    await stack?.stop();
    await closeTemporal();
  });
  return () => {
    if (stack === undefined)
      throw new Error('The stack is started before tests, not while they are declared.');
    return stack;
  };
}

export async function submit(stack: Stack, order = newRequest()): Promise<string> {
  const answer = await call(stack, 'POST', '/portfolio-orders', { token: stack.tokens.submit, json: order });
  if (answer.status !== 202)
    throw new Error(`submit answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return order.reference;
}

/** The order as the API shows it; undefined while it does not exist, or while no worker answers the query. */
export async function find(stack: Stack, referenceOrId: string): Promise<OrderStatusView | undefined> {
  const answer = await call(stack, 'GET', `/portfolio-orders/${referenceOrId}`, { token: stack.tokens.read });
  if (answer.status === 404 || answer.status === 503) return undefined;
  if (answer.status !== 200) throw new Error(`show answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as OrderStatusView;
}

/** Like {@link find}, but waits until the order exists. */
export function show(stack: Stack, referenceOrId: string): Promise<OrderStatusView> {
  return until(`${referenceOrId} to be there`, () => find(stack, referenceOrId));
}

/** View of an order once the broker has reported everything and ESW has all events. */
export function finished(
  stack: Stack,
  referenceOrId: string,
  limitMs?: number,
): Promise<Required<Pick<OrderStatusView, 'order'>> & OrderStatusView> {
  const look = async () => {
    const view = await find(stack, referenceOrId);
    return view?.phase === 'FINISHED' && view.order ? { ...view, order: view.order } : undefined;
  };
  return until(`${referenceOrId} to finish`, look, limitMs);
}

/** Ids of the workflows of all orders at the broker, and of the placements under these references. */
export function workflowIdsOf(stack: Stack, references: readonly string[]): string[] {
  const orders = stack.upvest.control.portfolioOrders();
  return [
    ...orders.map(({ portfolioOrder: { id } }) => portfolioOrderWorkflowId(id)),
    ...references.map(placementWorkflowId),
  ];
}

/** The statuses of the P stream that ESW stored for a reference, in order of acceptance. */
export function statusesAtEsw(stack: Stack, reference: string): (string | undefined)[] {
  return stack.esw.control.events({ reference }).map((event) => event.body.status);
}

/** An order started by Upvest that is settled there, with all webhooks held back. */
export async function settledAtBroker(stack: Stack): Promise<{ id: string; events: BrokerEvent[] }> {
  const { control } = stack.upvest;
  control.holdWebhooks();
  const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '500.00' };
  const { id } = control.initiate(draft).portfolioOrder;
  await until('the broker to settle', () => control.portfolioOrder(id).portfolioOrder.status === 'SETTLED');
  return { id, events: control.portfolioOrder(id).events };
}
