/** Reads an order's event stream with fetch, because `EventSource` cannot send a token. */
import { Problem, send } from './api.js';

const MIN_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

/**
 * Follows a stream until its `end` event; reconnects when the connection breaks.
 *
 * @param {string} path
 * @param {AbortSignal} signal stops following
 * @param {{ view: (view: any) => void, end: () => void, connection: (isLive: boolean) => void }} on
 * @throws {Problem} on a permanent error: the order does not exist, or the token is no longer valid
 */
export async function follow(path, signal, on) {
  const isAborted = () => signal.aborted;
  let lastEventId = '';
  for (let retryMs = MIN_RETRY_MS; !isAborted(); retryMs = Math.min(MAX_RETRY_MS, retryMs * 2)) {
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(lastEventId !== '' && { 'last-event-id': lastEventId }),
      };
      const response = await send(path, { headers, signal });
      on.connection(true);
      for await (const { event, data, id } of eventsIn(response)) {
        retryMs = MIN_RETRY_MS;
        if (id !== '') lastEventId = id;
        if (event === 'view') on.view(JSON.parse(data));
        if (event !== 'end') continue;
        on.end();
        return;
      }
    } catch (error) {
      if (isAborted()) return;
      if (isPermanent(error)) throw error;
    }
    on.connection(false);
    await sleep(retryMs, signal);
  }
}

/** @param {unknown} error */
function isPermanent(error) {
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
