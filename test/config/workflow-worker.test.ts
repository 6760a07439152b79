import { createWorkflowWorker, type ReplaceableWorker } from '../../src/workflow-worker';
import { MIB } from '../../src/worker-memory';

/** A Worker that runs until it is shut down, or fails. */
class FakeWorker implements ReplaceableWorker {
  private state: ReturnType<ReplaceableWorker['getState']> = 'INITIALIZED';
  private settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(readonly cached: number) {}

  run(): Promise<void> {
    this.state = 'RUNNING';
    return new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  getState(): ReturnType<ReplaceableWorker['getState']> {
    return this.state;
  }

  getStatus(): { numCachedWorkflows: number } {
    return { numCachedWorkflows: 1000 };
  }

  shutdown(): void {
    if (this.state !== 'RUNNING') throw new Error(`Not running: ${this.state}`);
    this.state = 'STOPPED';
    this.settle?.resolve();
  }

  fail(): void {
    this.state = 'FAILED';
    this.settle?.reject(new Error('The native part failed'));
  }
}

async function setUp() {
  const created: FakeWorker[] = [];
  const logged: [object, string][] = [];
  const memory = { resident: 500 * MIB };
  const worker = await createWorkflowWorker({
    create: (cached) => {
      const one = new FakeWorker(cached);
      created.push(one);
      return Promise.resolve(one);
    },
    cachedWorkflows: 3346,
    memory: 2048 * MIB,
    warn: (fields, message) => logged.push([fields, message]),
    residentMemory: () => memory.resident,
    lookEveryMs: 1000,
  });
  return { created, logged, memory, worker };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const states = (created: FakeWorker[]) => created.map((one) => one.getState());

test('a Worker whose orders fill the memory is replaced by one that caches fewer', async () => {
  const { created, logged, memory, worker } = await setUp();
  const finished = worker.run();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(states(created)).toEqual(['RUNNING']);

  memory.resident = 2000 * MIB;
  await jest.advanceTimersByTimeAsync(1000);
  memory.resident = 400 * MIB;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(states(created)).toEqual(['STOPPED', 'RUNNING']);
  expect(created.map(({ cached }) => cached)).toEqual([3346, 787]);
  expect(logged).toEqual([
    [
      { residentMiB: 2000, memoryMiB: 2048, heldWorkflows: 1000, cachedWorkflows: 787 },
      'Memory is nearly used up; a Worker that caches fewer workflows takes over',
    ],
  ]);

  worker.shutdown();
  await finished;
  expect(states(created)).toEqual(['STOPPED', 'STOPPED']);
});

test('a stop during the replacement ends the new Worker, too', async () => {
  const { created, memory, worker } = await setUp();
  const finished = worker.run();
  memory.resident = 2000 * MIB;
  jest.advanceTimersByTime(1000);
  // The first has ended, and the second is not there yet.
  worker.shutdown();
  worker.shutdown();
  await finished;
  expect(states(created).at(-1)).toBe('STOPPED');
});

test('a Worker that fails ends the process', async () => {
  const { created, worker } = await setUp();
  const finished = worker.run();
  created[0]?.fail();
  await expect(finished).rejects.toThrow('The native part failed');
  worker.shutdown();
});
