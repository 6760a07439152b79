/**
 * How many workflows a process caches: as many as its memory holds. The SDK's cache counts workflows and knows no bytes, and a
 * heap that overflows ends the process. docs/operations.md#sizing-of-workers says how to size one; `npm run bench:engine` measures
 * the figures.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const KIB = 2 ** 10;
export const MIB = 2 ** 20;

/** Memory of a process that no container limits. */
const WITHOUT_LIMIT = 2048 * MIB;
/** Part of the memory that may be full. The rest is for garbage that is not collected yet, and for bursts. */
const FULL = 0.8;
/** Resident memory of a busy process without any workflow. */
const BASE = 300 * MIB;
/** Resident memory of an open order of 10 children, and the part of it in the heap of the workflows' thread. */
const ORDER = 400 * KIB;
const ORDER_IN_HEAP = 200 * KIB;
/** Part of the memory for the heap of a thread; V8's own choice in a container. */
const HEAP = 0.5;
/** Part of the heap's limit that may be full: V8 spends ever more time on the rest. */
const FULL_HEAP = 0.7;
/** Enough for the workflow tasks under way, of which each needs a cached workflow. */
export const FEWEST_CACHED = 100;

/** Resident memory, as part of all, from which on the cache has to shrink. */
const TIGHT = 0.92;
/** A smaller cache has at most this part of the workflows of the one before. */
const SMALLER = 0.8;

/** Memory that the process may use: the container's, else 2 GiB, or half of a small machine's. */
export function availableMemory(limit = process.constrainedMemory(), total = totalmem()): number {
  return limit > 0 && limit < total ? limit : Math.min(WITHOUT_LIMIT, total / 2);
}

/**
 * Bounds the heap of each thread that starts from now on. V8 goes by the memory of the machine, and with a high limit leaves garbage of
 * three times what lives.
 *
 * @returns the limit, bytes; one that was set lower stays
 */
export function limitThreadHeaps(memory: number): number {
  const limit = getHeapStatistics().heap_size_limit;
  if (limit <= memory * HEAP) return limit;
  setFlagsFromString(`--max-old-space-size=${Math.floor((memory * HEAP) / MIB)}`);
  return memory * HEAP;
}

/** Workflows that a process of this memory can cache, if most are orders of 10 children. */
export function cachedWithin(memory: number, heapLimit: number): number {
  const byMemory = (memory * FULL - BASE) / ORDER;
  const byHeap = (heapLimit * FULL_HEAP) / ORDER_IN_HEAP;
  return Math.max(FEWEST_CACHED, Math.floor(Math.min(byMemory, byHeap)));
}

/**
 * Workflows to cache from now on, after as many as `held` filled the memory: so many of the same size that there is room again.
 * Undefined while there is room, or if the cache is as small as it may be.
 */
export function cachedAfter({
  resident,
  memory,
  held,
  cached,
}: {
  resident: number;
  memory: number;
  held: number;
  cached: number;
}): number | undefined {
  if (resident < memory * TIGHT || cached <= FEWEST_CACHED) return undefined;
  const each = Math.max(resident - BASE, 1) / Math.max(held, 1);
  const fits = Math.floor(Math.min((memory * FULL - BASE) / each, Math.min(held, cached) * SMALLER));
  return Math.max(FEWEST_CACHED, fits);
}
