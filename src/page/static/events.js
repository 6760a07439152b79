/** The event stream of an order, read by fetch: `EventSource` cannot send a token. */
import { Problem, send } from './api.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows a stream until it says that it has ended; opens it again when it breaks off.
 *
 * @param {string} path
 * @param {AbortSignal} signal ends it
 * @param {{ view: (view: any) => void, end: () => void, standing: (isLive: boolean) => void }} on
 * @throws {Problem} when the server refuses for good: there is no such order, or the token is no longer good
 */
export async function follow(path, signal, on) {
  const hasLeft = () => signal.aborted;
  let last = '';
  for (let pause = FIRST_PAUSE_MS; !hasLeft(); pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    try {
      const headers = { accept: 'text/event-stream', ...(last !== '' && { 'last-event-id': last }) };
      const response = await send(path, { headers, signal });
      on.standing(true);
      for await (const { event, data, id } of eventsIn(response)) {
        pause = FIRST_PAUSE_MS;
        if (id !== '') last = id;
        if (event === 'view') on.view(JSON.parse(data));
        if (event !== 'end') continue;
        on.end();
        return;
      }
    } catch (error) {
      if (hasLeft()) return;
      if (isFinal(error)) throw error;
    }
    on.standing(false);
    await sleep(pause, signal);
  }
}

/** @param {unknown} error */
function isFinal(error) {
  const { status = 0 } = error instanceof Problem ? error : {};
  return status >= 400 && status < 500 && status !== 429;
}

/** @param {Response} response */
async function* eventsIn(response) {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text = (text + value).replaceAll('\r\n', '\n');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield eventIn(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @param {string} block lines of one event; comments have no field name */
function eventIn(block) {
  const fields = { event: 'message', data: '', id: '' };
  const data = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    if (name === 'event' || name === 'id') fields[name] = value;
  }
  return { ...fields, data: data.join('\n') };
}

/** @param {number} ms @param {AbortSignal} signal */
function sleep(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
