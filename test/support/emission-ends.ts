/** Waits for many orders and compares what each of them came to, so that a failure names all that fail. */
import type { Stack } from '../../src/cli/dev-stack';
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

/** What the orders are at their ends; rejects with what the first one that is late waits for. */
export async function endsOf(stack: Stack, started: StartedOrder[], limitMs: number): Promise<EndedOrder[]> {
  const deadline = Date.now() + limitMs;
  const ends: EndedOrder[] = [];
  // One after another: many that ask all the time would take the machine from the product.
  for (const order of started) {
    try {
      const end = await finished(stack, order.name, Math.max(1_000, deadline - Date.now()));
      ends.push({ ...order, ...end, portfolioOrderId: end.order.portfolioOrderId });
    } catch (cause) {
      const seen = await find(stack, order.name);
      const state = JSON.stringify({ ...seen?.order?.fulfillment, waits: seen?.order?.waits });
      const why = seen?.order?.waitingFor ?? seen?.phase ?? 'not to be seen';
      throw new Error(`${order.name} ${order.what}: ${why} ${state}`, { cause });
    }
  }
  return ends;
}

/** What each order is, beside what is expected of it. */
export function expectOfEach<T extends StartedOrder>(
  orders: readonly T[],
  observe: (order: T) => { is: unknown; expected: unknown },
): void {
  const pairs = orders.map((order) => ({ what: `${order.name} ${order.what}`, ...observe(order) }));
  expect(pairs.map(({ what, is }) => ({ what, is }))).toEqual(
    pairs.map(({ what, expected }) => ({ what, is: expected })),
  );
}
