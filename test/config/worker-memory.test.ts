import { once } from 'node:events';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import {
  availableMemory,
  cachedAfter,
  cachedWithin,
  FEWEST_CACHED,
  limitThreadHeaps,
  MIB,
} from '../../src/worker-memory';

const GIB = 1024 * MIB;
const WIDE_HEAP = 64 * GIB;

describe('the memory of a worker process', () => {
  it("is the container's", () => {
    expect(availableMemory(512 * MIB, 16 * GIB)).toBe(512 * MIB);
  });

  // Node.js says 0, or more than there is, where nothing is limited.
  it.each([0, 2 ** 64])('is 2 GiB without a container (%d)', (limit) => {
    expect(availableMemory(limit, 16 * GIB)).toBe(2 * GIB);
  });

  it('is half of a small machine', () => {
    expect(availableMemory(0, 3 * GIB)).toBe(1.5 * GIB);
  });
});

describe('the heap of a thread', () => {
  const given = getHeapStatistics().heap_size_limit;
  afterEach(() => {
    setFlagsFromString(`--max-old-space-size=${Math.floor(given / MIB)}`);
  });

  async function limitInThread(): Promise<number> {
    const code =
      "process.exitCode = Math.round(require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20)";
    const [limit] = (await once(new Worker(code, { eval: true }), 'exit')) as [number];
    return limit * MIB;
  }

  it('is limited to half of the memory', async () => {
    expect(limitThreadHeaps(512 * MIB)).toBe(256 * MIB);
    const limit = await limitInThread();
    expect(limit).toBeGreaterThanOrEqual(256 * MIB);
    // With V8's young generation, which is larger since Node.js 24.
    expect(limit).toBeLessThan(512 * MIB);
  });

  it('keeps a lower limit', async () => {
    const before = await limitInThread();
    expect(limitThreadHeaps(4 * given)).toBe(given);
    expect(await limitInThread()).toBe(before);
  });
});

describe('the cache', () => {
  it('of 2 GiB holds three thousand orders of 10 children', () => {
    expect(cachedWithin(2 * GIB, WIDE_HEAP)).toBe(3426);
  });

  it('is no larger than the heap of the thread that has the workflows', () => {
    expect(cachedWithin(64 * GIB, GIB)).toBe(3670);
  });

  it('of a small container has room for the tasks under way', () => {
    expect(cachedWithin(256 * MIB, WIDE_HEAP)).toBe(FEWEST_CACHED);
  });
});

describe('a cache that fills the memory', () => {
  const full = { resident: 2000 * MIB, memory: 2 * GIB, held: 1000, cached: 3426 };

  it('is left as it is while there is room', () => {
    expect(cachedAfter({ ...full, resident: 1800 * MIB })).toBeUndefined();
  });

  it('shrinks to what fits of orders of this size', () => {
    // 1,700 MiB for 1,000 orders, and room for 1,338.
    expect(cachedAfter(full)).toBe(787);
  });

  it('shrinks by a fifth at least, since garbage may have been measured', () => {
    const after = cachedAfter({ ...full, resident: 1890 * MIB, memory: 2048 * MIB });
    expect(after).toBe(800);
  });

  it('ends at the smallest', () => {
    expect(cachedAfter({ ...full, held: 60, cached: 110 })).toBe(FEWEST_CACHED);
    expect(cachedAfter({ ...full, held: 60, cached: FEWEST_CACHED })).toBeUndefined();
  });
});
