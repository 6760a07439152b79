/** Orders in various states, created through the product, for the demo and for tests of the pages. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderPath, readOrder, sendForJson, submitOrder } from '../../src/cli/client/http';
import type { Stack } from '../stack';
import { isTransient, OrdersProblem } from '../../src/cli/client/problem';
import type { OrderStatusView } from '../../src/app/orders/read';
import { startPlacement } from '../../src/app/placements/start-placement';

/** How the simulated Upvest treats the orders of an account. */
export type AccountSettings = Parameters<Stack['upvest']['control']['configureAccount']>[1];

export interface PlacedOrder {
  reference: string;
  portfolioOrderId: string;
  accountId: string;
}

/** Time limit of a wait, generous for slow machines. */
const LIMIT_MS = 100_000;
const CURRENCY = 'EUR';

/** Places an order on an account of its own with these settings; resolves when Upvest has it. */
export async function place(
  stack: Stack,
  reference: string,
  settings: AccountSettings = {},
  request: { side?: 'BUY' | 'SELL'; cashAmount?: string } = {},
): Promise<PlacedOrder> {
  const accountId = await submit(stack, reference, settings, request);
  await until(`${reference} to reach Upvest`, () => brokerStatus(stack, accountId) !== undefined);
  const { portfolioOrderId = '' } = await untilOrder(
    stack,
    reference,
    (order) => order.portfolioOrderId !== undefined,
  );
  return { reference, portfolioOrderId, accountId };
}

/** Same as {@link place}, with any answer of Upvest. @returns the account */
export async function submit(
  stack: Stack,
  reference: string,
  settings: AccountSettings = {},
  { side = 'BUY', cashAmount = '1000.00' }: { side?: 'BUY' | 'SELL'; cashAmount?: string } = {},
): Promise<string> {
  const accountId = randomUUID();
  stack.upvest.control.configureAccount(accountId, settings);
  const order = { reference, userId: randomUUID(), accountId, cashAmount, currency: CURRENCY, side };
  await persistently(() => submitOrder({ url: stack.url, token: stack.tokens.submit }, order));
  return accountId;
}

/** Waits until the order, as the API shows it, meets a condition. @throws Error with its last state after 100 s */
export async function untilOrder(
  stack: Stack,
  referenceOrId: string,
  isWanted: (status: OrderStatusView) => boolean,
): Promise<OrderStatusView> {
  const options = { url: stack.url, token: stack.tokens.read };
  const deadline = Date.now() + LIMIT_MS;
  let last: unknown;
  for (let attempt = 1; Date.now() < deadline; attempt += 1) {
    const status = await readOrder(options, referenceOrId).catch((error: unknown) => String(error));
    if (typeof status !== 'string' && isWanted(status)) return status;
    last =
      typeof status === 'string' ? status : [status.phase, status.order?.status, status.order?.attention];
    await pause(attempt);
  }
  throw new Error(`${referenceOrId} never came to what was waited for: ${JSON.stringify(last)}`);
}

/**
 * Grows from 0.1 s to 1 s, since each query costs Temporal and a worker time. Does not keep a process alive whose stack has
 * stopped.
 */
function pause(attempt: number): Promise<void> {
  return sleep(Math.min(1_000, 100 * 1.5 ** attempt), undefined, { ref: false });
}

/** The account's order at the simulated Upvest, which costs no query; undefined until there is one. */
function brokerStatus({ upvest }: Stack, accountId: string): string | undefined {
  const orders = upvest.control.portfolioOrders();
  return orders.findLast(({ portfolioOrder }) => portfolioOrder.account_id === accountId)?.portfolioOrder
    .status;
}

/** The first result of `probe` that is not false. @throws Error after 100 s */
export async function until<T>(what: string, probe: () => Promise<T | false> | T | false): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    const found = await probe();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await pause(attempt);
  }
}

/** Submits an operator's decision about an order. @throws OrdersProblem */
export async function decide(
  stack: Stack,
  reference: string,
  operation: string,
  decision: { reason: string } & Record<string, unknown>,
): Promise<void> {
  await operate(stack, `${orderPath(reference)}/${operation}`, decision);
}

/** Calls the API with the role `operate`. @throws OrdersProblem */
export function operate(
  { url, tokens }: Stack,
  path: string,
  decision: { reason: string } & Record<string, unknown>,
): Promise<unknown> {
  const call = {
    method: 'POST',
    path,
    body: { actor: 'Ada', ...decision },
    headers: { 'idempotency-key': randomUUID() },
  } as const;
  return persistently(() => sendForJson({ url, token: tokens.operate }, call));
}

/** Repeats an idempotent call of the API while the server is busy. @throws OrdersProblem */
export async function persistently<T>(call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const isUnknown = error instanceof OrdersProblem && error.code === 'OUTCOME_UNKNOWN';
      if (!(isTransient(error) || isUnknown) || Date.now() > deadline) throw error;
    }
    await pause(attempt);
  }
}

/** An order that has settled, with all events at ESW. */
export async function finishedOrder(
  stack: Stack,
  reference: string,
  settings: AccountSettings = {},
  request: { side?: 'BUY' | 'SELL'; cashAmount?: string } = {},
): Promise<PlacedOrder> {
  const order = await place(stack, reference, settings, request);
  await until(`Upvest to end ${reference}`, () =>
    /^(SETTLED|CANCELLED)$/.test(brokerStatus(stack, order.accountId) ?? ''),
  );
  await untilOrder(stack, reference, isFinished);
  return order;
}

/** An order in PROCESSING until a cancel: some children are filled, one partly, some are NEW. */
export async function runningOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  const order = await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
  await untilOrder(
    stack,
    reference,
    (status) => isAt(status, 'PROCESSING') && (status.order?.progress.executions ?? 0) > 2,
  );
  return order;
}

/** An order in PROCESSING: ESW rejected an event, and Upvest rejected an operator's cancel. */
export async function troubledOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  stack.esw.control.addFault({ kind: '422', match: { reference, status: 'Confirmed' } });
  const order = await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING', cancelAnswer: 409 });
  await untilOrder(stack, reference, needs('EMISSION_REFUSED'));
  await decide(stack, reference, 'cancel', { reason: 'the client called' });
  await untilOrder(stack, reference, needs('CANCEL_REFUSED'));
  return order;
}

/** An order in PROCESSING, whose first event ESW says it already had. */
export async function knownOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  stack.esw.control.addFault({ kind: '409', match: { reference, status: 'Created' } });
  const order = await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
  await untilOrder(stack, reference, needs('ALREADY_AT_ESW'));
  return order;
}

/** An order with pending events: ESW answers 403 to each. */
export async function pausedOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  stack.esw.control.addFault({ kind: '403', count: 1000, match: { reference } });
  const order = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
  await untilOrder(stack, reference, needs('EMISSION_STOPPED'));
  return order;
}

/**
 * A placement with unknown outcome, after an hour of POSTs without an answer. Upvest resets every POST meanwhile, so no other
 * placement may run.
 */
export async function unansweredPlacement(
  stack: Stack,
  reference: string,
  accountId = randomUUID(),
): Promise<void> {
  const { control } = stack.upvest;
  // Keeps even the last POST from getting through.
  control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 'reset', count: 9 });
  await startPlacement(stack.client, stack.config.orderTaskQueue, {
    reference,
    request: {
      userId: randomUUID(),
      accountId,
      cashAmount: '77.70',
      currency: CURRENCY,
      side: 'BUY',
      postTax: false,
    },
    requestedAt: new Date(Date.now() - 3_600_000).toISOString(),
    attempt: 1,
    order: stack.config.order,
  });
  await untilOrder(stack, reference, ({ phase }) => phase === 'UNKNOWN');
  control.clearFaults();
}

/** Sends a webhook event of an unknown type. @returns its id */
export function parkedEvent(stack: Stack): Promise<string> {
  const object = { id: randomUUID(), risk_class: 3, valid_from: '2026-12-01' };
  return sendEvent(stack, 'ACCOUNT.RISK_CLASS_CHANGED', object);
}

/** Sends a signed webhook request with one event. @returns the event's id */
export async function sendEvent(stack: Stack, type: string, object: object): Promise<string> {
  const id = randomUUID();
  await send(stack, { id, created_at: new Date().toISOString(), type, object });
  return id;
}

/** Same as {@link sendEvent}, with existing events. Like Upvest, it repeats the request until it is acknowledged. */
export async function send(stack: Stack, ...events: unknown[]): Promise<void> {
  await until('the webhook to be acknowledged', async () => {
    const { status } = await stack.upvest.control.sendRaw({ events });
    return status === 200;
  });
}

/** Whether Upvest has no more events and ESW has every event. */
export function isFinished({ phase }: OrderStatusView): boolean {
  return phase === 'FINISHED';
}

export function isAt({ order }: OrderStatusView, status: string): boolean {
  return order?.status === status;
}

/** Whether the order has this attention. */
export function needs(code: string): (status: OrderStatusView) => boolean {
  return ({ order }) => order?.attentions.some((one) => one.code === code) === true;
}
