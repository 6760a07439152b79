import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { usedHeap } from '../../bench/engine/heap';
import { freePort } from '../../src/lib/free-port';

const MIB = 2 ** 20;
/** A thread that keeps eight MiB of its heap. */
const KEEPS = 'const kept = new Array(2 ** 20).fill(0); setInterval(() => kept.length, 1e6)';
const PROGRAM = `
  const thread = new (require('node:worker_threads').Worker)(process.argv[1], { eval: true });
  thread.once('online', () => console.log('ready'));
  setInterval(() => thread.threadId, 1e6);
`;

async function heapWith(threadCode: string): Promise<number> {
  const port = await freePort();
  const program = spawn(process.execPath, [`--inspect-port=127.0.0.1:${port}`, '-e', PROGRAM, threadCode], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(program.stdout, 'data');
    return await usedHeap(program.pid ?? 0, port);
  } finally {
    program.kill('SIGKILL');
  }
}

test('the heap of a process is that of all of its threads', async () => {
  const idle = await heapWith('setInterval(() => 0, 1e6)');
  const full = await heapWith(KEEPS);
  expect((full - idle) / MIB).toBeGreaterThan(7);
  expect((full - idle) / MIB).toBeLessThan(10);
});
