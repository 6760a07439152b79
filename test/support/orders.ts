/** Orders on accounts of their own, and what tests of deadlines and operators want to know of them. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Stack } from '../../src/cli/dev-stack';
import type { Decided, Decision } from '../../src/domain/operators';
import type { TimelineEntry } from '../../src/domain/timeline';
import type { PortfolioOrderView } from '../../src/domain/view';
import { grpcCodeOf, grpcStatus } from '../../src/temporal/grpc';
import { untilTaken } from '../../src/temporal/until-taken';
import type { AccountSettings, ApiCall, BrokerEvent } from '../../src/simulator/upvest';
import type { portfolioOrder } from '../../workflows';
import { portfolioOrderWorkflowId, timelineQuery, viewQuery } from '../../workflows/messages';
import { newRequest, submit, until } from './stack';

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

export function handleOf(stack: Stack, id: string): WorkflowHandle<typeof portfolioOrder> {
  return stack.client.workflow.getHandle<typeof portfolioOrder>(portfolioOrderWorkflowId(id));
}

/** The view of the order's workflow as soon as it is as wanted. */
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

/** As {@link viewWhen}, a worker that is too busy to answer is asked again. */
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
export async function toldBy(stack: Stack, id: string, rule: string): Promise<string[]> {
  return (await timeline(stack, id)).filter((step) => step.rule === rule).map(({ text }) => text);
}

const OPERATOR = { actor: 'ada', reason: 'the client called' };

/** What an operator asks of the order, asked again where the order's next step came in between. */
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

/** Reads of the portfolio order at the broker, oldest first. */
export function questionsAbout(stack: Stack, id: string): ApiCall[] {
  const reads = stack.upvest.control.requests({ method: 'GET', path: '/portfolios/orders/{id}' });
  return reads.filter(({ url }) => url.endsWith(id));
}

/** Milliseconds between one question and the next. */
export function gapsOf(questions: ApiCall[]): number[] {
  const times = questions.map(({ at }) => Date.parse(at));
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

/** Longer than any test needs, shorter than a client waits: answers held back go on by `clearFaults`. */
export const HELD_MS = 20_000;

/** Holds the broker's next answer back, acts as soon as the question has arrived there, and then lets it go. */
export async function whileAsked<T>(stack: Stack, id: string, act: () => Promise<T> | T): Promise<T> {
  const before = questionsAbout(stack, id).length;
  stack.upvest.control.delayAnswers({ method: 'GET', path: `/portfolios/orders/${id}`, ms: HELD_MS });
  await until('the question', () => questionsAbout(stack, id).length > before);
  const done = await act();
  stack.upvest.control.clearFaults();
  return done;
}

/** Events of the order that the broker has told so far, of these types. */
export function eventsOf(stack: Stack, id: string, ...types: string[]): BrokerEvent[] {
  return stack.upvest.control.portfolioOrder(id).events.filter(({ type }) => types.includes(type));
}

/** Sends these events in one request, whatever webhooks do; it has to be acknowledged. */
export async function tell(stack: Stack, events: unknown[]): Promise<void> {
  const { status } = await stack.upvest.control.sendRaw({ events });
  if (status !== 200) throw new Error(`The webhook answered ${status}`);
}

/** Repeats an event until the workflow is in a run after this one. */
export async function intoLaterRun(stack: Stack, id: string, run: number): Promise<void> {
  const [event] = eventsOf(stack, id, 'PORTFOLIO_ORDER.NEW');
  await until('a later run', async () => {
    await tell(stack, [event]);
    return (await viewWhen(stack, id, 'a view', () => true)).run > run;
  });
}

/** What ESW's events say of a metadata item, by status, where they do. */
export function metadataAtEsw(stack: Stack, reference: string, name: string): Record<string, string> {
  const said: Record<string, string> = {};
  for (const { body } of stack.esw.control.events({ reference })) {
    const { metadataItems = [] } = body as { metadataItems?: { name?: string; value?: string }[] };
    const value = metadataItems.find((item) => item.name === name)?.value;
    if (value !== undefined) said[body.status ?? ''] = value;
  }
  return said;
}

/**
 * Checks that ESW was told each of these statuses of a portfolio order, and whatever of its children, once and with the
 * same bytes, in an order that a correct emitter keeps.
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
