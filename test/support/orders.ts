/** Orders on separate accounts, and helpers for tests of deadlines and operators. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Stack } from '../../demo/stack';
import type { Decided } from '../../src/domain/operator/operator-commands';
import type { TimelineEntry } from '../../src/domain/views/timeline';
import type { PortfolioOrderView } from '../../src/domain/views/order-view';
import { grpcCodeOf, grpcStatus } from '../../src/temporal/grpc';
import { untilTaken } from '../../src/temporal/until-taken';
import type { AccountSettings, BrokerEvent } from '../../simulators/upvest';
import { newRequest, submit, until } from './stack';
import {
  portfolioOrderWorkflowId,
  timelineQuery,
  viewQuery,
  type PortfolioOrderWorkflow,
} from '../../contracts/portfolio-order';
import type { Decision } from '../../src/domain/values/decision';

export { FAR_DEADLINES } from './far-deadlines';

export const EVERY_STATE = ['Created', 'Confirmed', 'Fulfilled', 'Settled'];

export interface PlacedHere {
  reference: string;
  id: string;
  accountId: string;
}

/** Places an order on a new account with these settings; resolves when it is at the broker. */
export async function place(
  stack: Stack,
  settings: AccountSettings = {},
  more: Record<string, unknown> = {},
): Promise<PlacedHere> {
  const accountId = randomUUID();
  stack.upvest.control.configureAccount(accountId, settings);
  const reference = await submit(stack, newRequest({ accountId, ...more }));
  return { reference, id: await idAtBroker(stack, accountId), accountId };
}

/** Id of the account's newest portfolio order. */
export function idAtBroker(stack: Stack, accountId: string): Promise<string> {
  return until('the order at the broker', () => {
    const orders = stack.upvest.control.portfolioOrders();
    return orders.findLast(({ portfolioOrder: one }) => one.account_id === accountId)?.portfolioOrder.id;
  });
}

export function handleOf(stack: Stack, id: string): WorkflowHandle<PortfolioOrderWorkflow> {
  return stack.client.workflow.getHandle<PortfolioOrderWorkflow>(portfolioOrderWorkflowId(id));
}

/** Resolves with the first view of the order's workflow that matches. */
export function viewWhen(
  stack: Stack,
  id: string,
  what: string,
  isWanted: (view: PortfolioOrderView) => boolean,
  limitMs?: number,
): Promise<PortfolioOrderView> {
  let last: PortfolioOrderView | undefined;
  const look = async (): Promise<PortfolioOrderView | undefined> => {
    try {
      last = await handleOf(stack, id).query(viewQuery);
    } catch {
      // It may not have been started yet.
      return undefined;
    }
    return isWanted(last) ? last : undefined;
  };
  return until(what, look, limitMs).catch((error: unknown) => {
    const { status, waits, attention, questions, cancel } = last ?? {};
    throw new Error(JSON.stringify({ status, waits, attention, questions, cancel }), { cause: error });
  });
}

/** Like {@link viewWhen}, repeats the query if the worker is too busy to answer. */
export function timeline(stack: Stack, id: string): Promise<TimelineEntry[]> {
  return until('the timeline', async () => {
    try {
      return await handleOf(stack, id).query(timelineQuery);
    } catch (error) {
      if (grpcCodeOf(error) !== grpcStatus.deadlineExceeded) throw error;
      return undefined;
    }
  });
}

/** Texts of the steps that a rule allowed, oldest first. */
export async function timelineTexts(stack: Stack, id: string, rule: string): Promise<string[]> {
  return (await timeline(stack, id)).filter((step) => step.rule === rule).map(({ text }) => text);
}

const OPERATOR = { actor: 'ada', reason: 'the client called' };

/** Sends an operator's decision, and repeats it if the workflow was just continuing as new. */
export function decide<D extends Decision>(
  stack: Stack,
  id: string,
  update: UpdateDefinition<Decided, [D]>,
  more: Partial<D> = {},
): Promise<Decided> {
  const args: [D] = [{ ...OPERATOR, ...more } as unknown as D];
  const updateId = randomUUID();
  return untilTaken(() => handleOf(stack, id).executeUpdate(update, { args, updateId }));
}

/** Longer than any test needs, shorter than a client waits: `clearFaults` releases the answers. */
export const HELD_MS = 20_000;

/** Events of these types that the broker has reported for the order so far. */
export function eventsOf(stack: Stack, id: string, ...types: string[]): BrokerEvent[] {
  return stack.upvest.control.portfolioOrder(id).events.filter(({ type }) => types.includes(type));
}

/** Sends these events in one webhook request, which has to be acknowledged. */
export async function sendEvents(stack: Stack, events: unknown[]): Promise<void> {
  const { status } = await stack.upvest.control.sendRaw({ events });
  if (status !== 200) throw new Error(`The webhook answered ${status}`);
}

/** Repeats an event until the workflow is in a run after this one. */
export async function intoLaterRun(stack: Stack, id: string, run: number): Promise<void> {
  const [event] = eventsOf(stack, id, 'PORTFOLIO_ORDER.NEW');
  await until('a later run', async () => {
    await sendEvents(stack, [event]);
    return (await viewWhen(stack, id, 'a view', () => true)).run > run;
  });
}

/** Values of a metadata item in ESW's events, by status. */
export function metadataAtEsw(stack: Stack, reference: string, name: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { body } of stack.esw.control.events({ reference })) {
    const { metadataItems = [] } = body as { metadataItems?: { name?: string; value?: string }[] };
    const value = metadataItems.find((item) => item.name === name)?.value;
    if (value !== undefined) values[body.status ?? ''] = value;
  }
  return values;
}

/**
 * Checks that ESW has each of these statuses of a portfolio order, and all events of its children, once and with the same
 * bytes, in the order of a correct emitter.
 */
export function expectEachOnceAtEsw(stack: Stack, reference: string, statuses: string[]): void {
  const own = stack.esw.control.events({ reference });
  expect(own.map(({ body }) => body.status)).toEqual(statuses);
  const events = [...own, ...stack.esw.control.events({ parent: reference })];
  for (const { replays, byteIdenticalReplays } of events) expect(byteIdenticalReplays).toBe(replays);
  const ids = events.map(({ body }) => body.id);
  const findings = stack.esw.control.audit();
  expect(findings.filter((one) => one.reference === reference || ids.includes(one.id))).toEqual([]);
}
