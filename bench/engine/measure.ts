/** One round of one side: time, processor time, memory, and what it left in the histories. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { historyOfAllRuns, summarizeHistory } from '../../tools/temporal-server/history';
import { summarize } from '../statistics';
import { runOrders } from './load';
import type { EngineOptions } from './options';
import { orderEventsOf, type Basket } from './partners-messages';
import type { PartnersProcess } from './partners-process';
import { readCpu, readResidentMemory } from './processes';
import type { Side } from './sides';

/** Processes whose processor time counts. */
export const COUNTED = ['worker', 'server', 'Temporal', 'PostgreSQL'] as const;
export type Counted = (typeof COUNTED)[number];

export interface Round {
  ordersPerSecond: number;
  orderEventsPerSecond: number;
  /** Milliseconds of processor time for each order. */
  cpu: Record<Counted | 'total', number>;
  /** Milliseconds. */
  acknowledge: { p50: number; p99: number };
  /** Last webhook of an order to ESW's acceptance of its last event, milliseconds. */
  delivery: { p50: number; p99: number };
  /** Requests that the side's server refused, and that were sent again. */
  repeated: number;
  /** Of all workflows of an order, means. */
  history: { events: number; bytes: number; actions: number };
  /** Resident memory of the worker, bytes. */
  workerMemory: number;
}

export interface Bench {
  client: Client;
  partners: PartnersProcess;
  roots: Record<'Temporal' | 'PostgreSQL', number>;
  options: EngineOptions;
}

/** What an order that stays open costs the worker, bytes. */
export interface OpenOrderMemory {
  /** Of the second half of the orders: the first half also grows the heap to its usual size. */
  resident: number;
  /** Of all orders, in the heaps of all threads after a collection. */
  heap: number;
}

/**
 * Starts orders that stay open, as most orders of a deployment do for days.
 *
 * @returns undefined for fewer than two orders
 */
export async function openOrders(
  side: Side,
  { partners, options }: Bench,
): Promise<OpenOrderMemory | undefined> {
  const open = async (count: number): Promise<number> => {
    for (let opened = 0; opened < count; opened += PREPARED_AT_ONCE) {
      const baskets = await partners.prepare(Math.min(PREPARED_AT_ONCE, count - opened));
      await runOrders(side, baskets, partners, { ...options, part: 'open' });
      await sleep(SETTLE_MS);
      await partners.forget();
    }
    return readResidentMemory(side.roots.worker);
  };
  const half = Math.floor(options.open / 2);
  if (half === 0) return undefined;
  const heapBefore = await side.workerHeap();
  const before = await open(options.open - half);
  const resident = ((await open(half)) - before) / half;
  return { resident, heap: ((await side.workerHeap()) - heapBefore) / options.open };
}

/** What follows an order's last event: its last save, and the end of its workflow. */
const SETTLE_MS = 2_000;
/** Histories that are read in a round: they are much alike. */
const HISTORIES = 10;
/** Orders whose signed webhooks are held in memory. */
const PREPARED_AT_ONCE = 200;

/** @throws Error for orders that ESW did not get in full and in order, or whose workflows did not complete */
export async function measureRound(side: Side, count: number, bench: Bench): Promise<Round> {
  const { client, partners, roots, options } = bench;
  const baskets = await partners.prepare(count);
  const read = () => readCpu<Counted>({ ...roots, ...side.roots });
  const before = read();
  const load = await runOrders(side, baskets, partners, options);
  await sleep(SETTLE_MS);
  const after = read();
  const workerMemory = readResidentMemory(side.roots.worker);
  // Those that came after the last one that was expected.
  const expected = orderEventsOf(side.stream, options.children);
  const other = baskets.find((basket) => partners.countOf(basket) !== expected);
  if (other !== undefined)
    throw new Error(
      `${side.name}: ESW has ${partners.countOf(other)} events of ${other.reference}, not ${expected}`,
    );
  const problems = await partners.forget();
  if (problems.length > 0) throw new Error(`${side.name}: ESW complains: ${problems.slice(0, 3).join(', ')}`);

  const each = COUNTED.map((name): [Counted, number] => [name, (after[name] - before[name]) / count]);
  const total = each.reduce((sum, [, ms]) => sum + ms, 0);
  return {
    ordersPerSecond: count / load.seconds,
    orderEventsPerSecond: load.orderEvents / load.seconds,
    cpu: { ...(Object.fromEntries(each) as Record<Counted, number>), total },
    acknowledge: summarize(load.acknowledged),
    delivery: summarize(load.delivered),
    repeated: load.repeated,
    history: await meanHistory(client, side, baskets.slice(0, HISTORIES)),
    workerMemory,
  };
}

async function meanHistory(client: Client, side: Side, baskets: Basket[]): Promise<Round['history']> {
  const sum = { events: 0, bytes: 0, actions: 0 };
  for (const basket of baskets)
    for (const workflowId of side.workflowIds(basket)) {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      if (status.name !== 'COMPLETED') throw new Error(`${side.name}: ${workflowId} is ${status.name}`);
      const summary = summarizeHistory(await historyOfAllRuns(client, workflowId));
      sum.events += summary.events;
      sum.bytes += summary.bytes;
      sum.actions += summary.actions;
    }
  const mean = (value: number): number => value / baskets.length;
  return { events: mean(sum.events), bytes: mean(sum.bytes), actions: mean(sum.actions) };
}
