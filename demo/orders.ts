/** Orders in the states that are worth a look, made through the product. Tests of the pages use them, too. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderPath, readOrder, sendForJson, submitOrder } from '../src/cli/api';
import type { Stack } from '../src/cli/dev-stack';
import { isTransient, OrdersProblem } from '../src/cli/orders-problem';
import type { OrderStatusView } from '../src/temporal/order-reader';
import { startPlacement } from '../src/temporal/submissions';

/** How the simulated Upvest treats the orders of an account. */
export type AccountSettings = Parameters<Stack['upvest']['control']['configureAccount']>[1];

export interface PlacedOrder {
  reference: string;
  portfolioOrderId: string;
  accountId: string;
}

/** A guard against waiting for good, on however slow a machine. */
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

/** As {@link place}, whatever Upvest answers. @returns the account */
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

/** The order as the API shows it, as soon as it is as wanted. @throws Error with its last state after 100 s */
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
 * Grows from a tenth of a second to one: a query is work for Temporal and a worker, and on a busy machine they would do
 * nothing else. Does not keep a process alive whose stack has stopped.
 */
function pause(attempt: number): Promise<void> {
  return sleep(Math.min(1_000, 100 * 1.5 ** attempt), undefined, { ref: false });
}

/** What Upvest itself says of the account's order, which costs no query; undefined before it has one. */
function brokerStatus({ upvest }: Stack, accountId: string): string | undefined {
  const orders = upvest.control.portfolioOrders();
  return orders.findLast(({ portfolioOrder }) => portfolioOrder.account_id === accountId)?.portfolioOrder
    .status;
}

/** What `probe` finds, as soon as it finds something. @throws Error after 100 s */
export async function until<T>(what: string, probe: () => Promise<T | false> | T | false): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    const found = await probe();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await pause(attempt);
  }
}

/** What an operator decides about an order. @throws OrdersProblem */
export async function decide(
  stack: Stack,
  reference: string,
  operation: string,
  decision: { reason: string } & Record<string, unknown>,
): Promise<void> {
  await operate(stack, `${orderPath(reference)}/${operation}`, decision);
}

/** A call of the API that takes the role `operate`. @throws OrdersProblem */
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

/** Settled, and ESW knows. */
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

/** In PROCESSING until a cancel: some children are filled, one in part, some are NEW. */
export async function runningOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  const order = await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING' });
  await untilOrder(
    stack,
    reference,
    (status) => isAt(status, 'PROCESSING') && (status.order?.progress.executions ?? 0) > 2,
  );
  return order;
}

/** In PROCESSING; ESW has refused an event, and Upvest the cancel that an operator asked for. */
export async function troubledOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  stack.esw.control.addFault({ kind: '422', match: { reference, status: 'Confirmed' } });
  const order = await place(stack, reference, { scenario: 'WAITS_IN_PROCESSING', cancelAnswer: 409 });
  await untilOrder(stack, reference, needs('EMISSION_REFUSED'));
  await decide(stack, reference, 'cancel', { reason: 'the client called' });
  await untilOrder(stack, reference, needs('CANCEL_REFUSED'));
  return order;
}

/** ESW answers 403 to each event of this order, so its events wait. */
export async function pausedOrder(stack: Stack, reference: string): Promise<PlacedOrder> {
  stack.esw.control.addFault({ kind: '403', count: 1000, match: { reference } });
  const order = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
  await untilOrder(stack, reference, needs('EMISSION_STOPPED'));
  return order;
}

/**
 * A placement whose hour of POSTs is over, without an answer: whether there is an order is not known. Meanwhile Upvest
 * resets every POST, so it must be alone.
 */
export async function unansweredPlacement(
  stack: Stack,
  reference: string,
  accountId = randomUUID(),
): Promise<void> {
  const { control } = stack.upvest;
  // Not one of the POSTs that the last moment allows gets through.
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

/** A webhook event of a type that no rule knows. @returns its id */
export function parkedEvent(stack: Stack): Promise<string> {
  const object = { id: randomUUID(), risk_class: 3, valid_from: '2026-12-01' };
  return sendEvent(stack, 'ACCOUNT.RISK_CLASS_CHANGED', object);
}

/** A signed webhook request with one event. @returns the event's id */
export async function sendEvent(stack: Stack, type: string, object: object): Promise<string> {
  const id = randomUUID();
  await send(stack, { id, created_at: new Date().toISOString(), type, object });
  return id;
}

/** As {@link sendEvent}, with events that exist already. As Upvest does, it repeats the request until it is acknowledged. */
export async function send(stack: Stack, ...events: unknown[]): Promise<void> {
  await until('the webhook to be acknowledged', async () => {
    const { status } = await stack.upvest.control.sendRaw({ events });
    return status === 200;
  });
}

/** Whether Upvest has nothing more to report, and ESW has every event. */
export function isFinished({ phase }: OrderStatusView): boolean {
  return phase === 'FINISHED';
}

export function isAt({ order }: OrderStatusView, status: string): boolean {
  return order?.status === status;
}

/** Whether this attention is among those of the order. */
export function needs(code: string): (status: OrderStatusView) => boolean {
  return ({ order }) => order?.attentions.some((one) => one.code === code) === true;
}
