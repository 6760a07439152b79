/** Waits for many orders and compares what each of them came to, so that a failure names all that fail. */
import type { Stack } from '../../demo/stack';
import { cancelInTime, start, type StartedOrder } from './end-to-end-orders';
import type { Filed } from './emission-truth';
import { find, finished } from './stack';

type Kind = Parameters<typeof start>[1];

export type EndedOrder = StartedOrder & Filed & Awaited<ReturnType<typeof finished>>;

/** A whole number that a run may be given by an environment variable, to see the same once more. */
export function seedOf(variable: string, standard: number): number {
  return Number(process.env[variable] ?? standard);
}

/** Starts the orders; `cancelled` resolves when those that a client cancels have been. */
export async function startAll(
  stack: Stack,
  kinds: readonly Kind[],
  settlementDate: string,
): Promise<{ started: StartedOrder[]; cancelled: Promise<unknown> }> {
  const started: StartedOrder[] = [];
  const cancels: Promise<void>[] = [];
  for (const kind of kinds) {
    const order = await start(stack, kind, settlementDate);
    started.push(order);
    cancels.push(cancelInTime(stack, kind, order));
  }
  return { started, cancelled: Promise.all(cancels) };
}

/** Final state of the orders; rejects with the pending waits of the first order that is late. */
export async function endsOf(stack: Stack, started: StartedOrder[], limitMs: number): Promise<EndedOrder[]> {
  const deadline = Date.now() + limitMs;
  const ends: EndedOrder[] = [];
  // One after another: concurrent polling would slow the product down.
  for (const order of started) {
    try {
      const end = await finished(stack, order.name, Math.max(1_000, deadline - Date.now()));
      ends.push({ ...order, ...end, portfolioOrderId: end.order.portfolioOrderId });
    } catch (cause) {
      const seen = await find(stack, order.name);
      const state = JSON.stringify({ ...seen?.order?.fulfillment, waits: seen?.order?.waits });
      const why = seen?.order?.waitingFor ?? seen?.phase ?? 'not found';
      throw new Error(`${order.name} ${order.what}: ${why} ${state}`, { cause });
    }
  }
  return ends;
}

/** Compares each order's actual state with the expected one. */
export function expectOfEach<T extends StartedOrder>(
  orders: readonly T[],
  observe: (order: T) => { is: unknown; expected: unknown },
): void {
  const pairs = orders.map((order) => ({ what: `${order.name} ${order.what}`, ...observe(order) }));
  expect(pairs.map(({ what, is }) => ({ what, is }))).toEqual(
    pairs.map(({ what, expected }) => ({ what, is: expected })),
  );
}
