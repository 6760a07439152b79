/** Operators' calls as they are made over HTTP, and orders in the states that they are made for. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { RunningServer } from '../../src/start-server';
import { startPlacement } from '../../src/app/placements/start-placement';
import { call, find, until, type Answer } from '../support/stack';
import { uniqueName } from '../support/temporal';
import { portfolioOrder } from '../upvest/webhooks/event-fixture';
import { furtherServer } from './further-server';
import { expectProblem } from './problem';
import { newEvent } from './webhooks';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** Every call, with a body that is valid. */
export const BODIES = {
  cancel: { reason: 'the client called' },
  reconcile: { reason: 'it looks odd' },
  acknowledge: { reason: 'seen' },
  release: { reason: 'ESW knows nothing of it' },
  'retry-emission': { reason: 'cause fixed' },
  'skip-emission': { reason: 'ESW does not need it' },
  close: { reason: 'it is over', evidence: 'ticket 4711' },
  reopen: { reason: 'a mistrade' },
  identify: { reason: 'found in the dashboard', portfolioOrderId: null },
} satisfies Record<string, Record<string, unknown>>;
export type OperationName = keyof typeof BODIES;
export const OPERATIONS = Object.keys(BODIES) as OperationName[];

export interface OperateOptions {
  token?: string;
  key?: string;
}

/** A further server for decisions that no worker answers: waiting longer for them would bring nothing. */
export function impatientServer(stack: Stack): Promise<RunningServer> {
  return furtherServer(stack, {}, { timeLimits: { operationMs: 1_000 } });
}

export function operate(
  stack: Stack,
  referenceOrId: string,
  operation: OperationName,
  more: Record<string, unknown> = {},
  { token = stack.tokens.operate, key }: OperateOptions = {},
): Promise<Answer> {
  return call(stack, 'POST', `/portfolio-orders/${encodeURIComponent(referenceOrId)}/${operation}`, {
    token,
    json: { ...BODIES[operation], ...more },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}

/** Asks again as long as there is no answer in time: what no worker has accepted yet may be lost. */
export function decidedAtLast(ask: () => Promise<Answer>): Promise<Answer> {
  return until('an answer in time', async () => {
    const answer = await ask();
    return answer.status < 500 && answer;
  });
}

/** Checks that it was decided, by this rule, and returns the sentence. */
export function expectDecided({ status, body }: Answer, rule: string): string {
  expect({ status, body }).toEqual({ status: 200, body: { rule, decided: expect.any(String) as string } });
  return (body as { decided: string }).decided;
}

/** Checks that a rule forbade it, and that the answer begins with its id. */
export function expectForbidden(answer: Answer, rule: string): string {
  const { detail } = expectProblem(answer, 409, 'FORBIDDEN_BY_RULE');
  expect(detail.startsWith(`${rule}: `)).toBe(true);
  expect(detail).toMatch(/[^.]\.$/);
  return detail;
}

export interface TimelineRow {
  at: string;
  source: string;
  rule: string;
  subject: string;
  text: string;
  actor?: string;
  reason?: string;
  status?: string;
  eventId?: string;
}

export async function timelineOf(stack: Stack, referenceOrId: string): Promise<TimelineRow[]> {
  const path = `/portfolio-orders/${encodeURIComponent(referenceOrId)}/timeline`;
  const answer = await call(stack, 'GET', path, { token: stack.tokens.read });
  expect(answer.status).toBe(200);
  return (answer.body as { entries: TimelineRow[] }).entries;
}

/** A placement whose hour of POSTs is over, so that its outcome is unknown. */
export async function placeUnanswered(stack: Stack, accountId = randomUUID()): Promise<string> {
  const reference = uniqueName('unanswered');
  // Not one of the POSTs that the last moment allows gets through.
  stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 'reset', count: 9 });
  await startPlacement(stack.client, stack.config.orderTaskQueue, {
    reference,
    request: {
      userId: randomUUID(),
      accountId,
      cashAmount: '77.70',
      currency: 'EUR',
      side: 'BUY',
      postTax: false,
    },
    requestedAt: new Date(Date.now() - 3_600_000).toISOString(),
    attempt: 1,
    order: stack.config.order,
  });
  await until('the outcome to be unknown', async () => (await find(stack, reference))?.phase === 'UNKNOWN');
  stack.upvest.control.clearFaults();
  return reference;
}

/** An order that is first heard of a month after its end: emission is held. */
export async function heldOrder(stack: Stack): Promise<string> {
  const id = randomUUID();
  const created_at = new Date(Date.now() - 30 * 86_400_000).toISOString();
  const order = {
    ...portfolioOrder,
    id,
    created_at,
    status: 'SETTLED',
    initiation_flow: 'SAVINGS_PLAN',
    orders: [],
  };
  await stack.upvest.control.sendRaw({ events: [newEvent('PORTFOLIO_ORDER.SETTLED', order)] });
  await until('emission to be held', async () => (await find(stack, id))?.order?.held !== undefined);
  return id;
}

/** Terminates the order's workflow, which operators should not do. */
export async function terminate(stack: Stack, id: string): Promise<void> {
  await stack.client.workflow.getHandle(portfolioOrderWorkflowId(id)).terminate('by mistake');
}
