/** Heap in use in all threads of a Node.js process after a collection, by the inspector, which listens once it is asked to. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';

const START_LIMIT_MS = 10_000;
/** Until the threads have reported themselves. */
const THREADS_MS = 300;

interface Message {
  id?: number;
  method?: string;
  params?: { sessionId: string; message: string };
  result?: { usedSize?: number };
}

/** @param port where the process's inspector listens, as it was started with `--inspect-port` */
export async function usedHeap(pid: number, port: number): Promise<number> {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await addressOf(port));
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve();
    });
    socket.addEventListener('error', () => {
      reject(new Error(`The inspector at port ${port} does not answer.`));
    });
  });
  await opened;
  try {
    return await sumOfThreads(socket);
  } finally {
    socket.close();
  }
}

async function addressOf(port: number): Promise<string> {
  for (const startedAt = Date.now(); ;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
      const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (Date.now() - startedAt > START_LIMIT_MS) throw error;
    }
    await sleep(50);
  }
}

async function sumOfThreads(socket: WebSocket): Promise<number> {
  let last = 0;
  const waiting = new Map<number, (message: Message) => void>();
  const threads: string[] = [];
  const hear = (message: Message): void => {
    if (message.method === 'NodeWorker.attachedToWorker' && message.params)
      threads.push(message.params.sessionId);
    else if (message.method === 'NodeWorker.receivedMessageFromWorker' && message.params)
      hear(JSON.parse(message.params.message) as Message);
    else if (message.id !== undefined) waiting.get(message.id)?.(message);
  };
  socket.addEventListener('message', ({ data }) => {
    hear(JSON.parse(String(data)) as Message);
  });
  /** @param thread session of a thread; absent for the main one */
  const call = (method: string, params: object, thread?: string): Promise<Message> => {
    const message = JSON.stringify({ id: (last += 1), method, params });
    const answer = new Promise<Message>((resolve) => waiting.set(last, resolve));
    if (thread === undefined) socket.send(message);
    else {
      const passed = { method: 'NodeWorker.sendMessageToWorker', params: { sessionId: thread, message } };
      socket.send(JSON.stringify({ id: (last += 1), ...passed }));
    }
    return answer;
  };

  await call('NodeWorker.enable', { waitForDebuggerOnStart: false });
  await sleep(THREADS_MS);
  let sum = 0;
  for (const thread of [undefined, ...threads]) {
    await call('HeapProfiler.collectGarbage', {}, thread);
    const { result } = await call('Runtime.getHeapUsage', {}, thread);
    sum += result?.usedSize ?? 0;
  }
  return sum;
}
